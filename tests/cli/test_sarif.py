"""What code scanning reads: every log has the form of SARIF 2.1.0.

The members that https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html requires of what is written, and the
values that it allows: 3.13 (log), 3.14 (run), 3.19 (driver), 3.27 (result), 3.29 (location), 3.49 (rule).
"""

import json
from pathlib import Path
from typing import Any

import pytest

from clover.cli import main
from tests.cli.test_prove import DAY, SPOILT, saved, validate

TEXT: dict[str, Any] = {
    "type": "object",
    "required": ["text"],
    "properties": {"text": {"type": "string", "minLength": 1}},
}
URI = {"type": "string", "pattern": r"^[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+$"}
REGION = {"type": "object", "required": ["startLine"], "properties": {"startLine": {"type": "integer", "minimum": 1}}}
RULE = {
    "type": "object",
    "required": ["id", "shortDescription", "fullDescription", "help"],
    "properties": {"id": {"type": "string"}, "shortDescription": TEXT, "fullDescription": TEXT, "help": TEXT},
}
LOCATION = {
    "type": "object",
    "required": ["physicalLocation"],
    "properties": {
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation"],
            "properties": {"artifactLocation": {"required": ["uri"], "properties": {"uri": URI}}, "region": REGION},
            "additionalProperties": False,
        }
    },
}
RESULT = {
    "type": "object",
    "required": ["ruleId", "ruleIndex", "kind", "level", "message", "partialFingerprints", "locations"],
    "properties": {
        "ruleIndex": {"type": "integer", "minimum": 0},
        "kind": {"enum": ["pass", "open", "informational", "notApplicable", "review", "fail"]},
        "level": {"enum": ["none", "note", "warning", "error"]},
        "message": TEXT,
        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
        "locations": {"type": "array", "minItems": 1, "items": LOCATION},
    },
    "if": {"properties": {"kind": {"const": "fail"}}},
    "else": {"properties": {"level": {"const": "none"}}},
}
DRIVER = {"type": "object", "required": ["name"], "properties": {"rules": {"items": RULE, "uniqueItems": True}}}
RUN = {
    "type": "object",
    "required": ["tool", "results"],
    "properties": {
        "tool": {"type": "object", "required": ["driver"], "properties": {"driver": DRIVER}},
        "results": {"type": "array", "items": RESULT},
    },
}
LOG = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {"version": {"const": "2.1.0"}, "runs": {"type": "array", "minItems": 1, "items": RUN}},
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_log_has_the_form_of_sarif(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", saved(tmp_path, SPOILT[name]()), "--format", "sarif", *DAY]) in (0, 1, 2)
    log = json.loads(capsys.readouterr().out)
    validate(log, LOG)
    rules = [rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]]
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in log["runs"][0]["results"])


def test_a_place_with_any_name_is_a_uri(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = json.dumps(SPOILT["refuted"]()).replace("Pulumi.dublin.yaml:", "my stacks/Dublin é%.yaml:")
    path = tmp_path / "stack.json"
    path.write_text(text, encoding="utf-8")
    assert main(["prove", str(path), "--format", "sarif", *DAY]) == 1
    log = json.loads(capsys.readouterr().out)
    validate(log, LOG)
    places = {
        place["physicalLocation"]["artifactLocation"]["uri"]
        for result in log["runs"][0]["results"]
        for place in result.get("locations", [])
    }
    assert "my%20stacks/Dublin%20%C3%A9%25.yaml" in places
