"""The OSCAL files are what NIST's own model takes, whatever the plan says, and the bill of materials is CycloneDX.

compliance-trestle's classes are generated from NIST's schemas. The schemas themselves are not part of this repository:
CLOVER_OSCAL_SCHEMAS names a folder of them (https://github.com/usnistgov/OSCAL/releases, 1.2): then they decide too.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from trestle.oscal import OSCAL_VERSION as KNOWN
from trestle.oscal.assessment_results import AssessmentResults
from trestle.oscal.component import ComponentDefinition

from clover.dossier.oscal import OSCAL_VERSION
from tests.dossier.asking import report
from tests.dossier.hostile import SPOILED

SCHEMAS = "CLOVER_OSCAL_SCHEMAS"
FILES: dict[str, tuple[str, Any]] = {
    "component-definition": ("oscal_component_schema.json", ComponentDefinition),
    "assessment-results": ("oscal_assessment-results_schema.json", AssessmentResults),
}
LETTERS = {"\\p{L}": "a-zA-Z\u00c0-\uffff", "\\p{N}": "0-9"}
"""What Python's expressions lack, near enough for the names that are written."""


@pytest.fixture(scope="module", params=["plain", "tags and reasons", "every text", "a name: lines"])
def folder(request: pytest.FixtureRequest, made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The OSCAL files of a plain dossier, and of hostile ones."""
    if request.param == "plain":
        return made / "second" / "oscal"
    spoiled = tmp_path_factory.mktemp("oscal")
    (spoiled / "plan.json").write_text(json.dumps(SPOILED[request.param]("hamar")), encoding="utf-8")
    report(spoiled / "plan.json", spoiled / "made", "2026-11-01", {})
    return spoiled / "made" / "oscal"


@pytest.mark.parametrize("name", FILES)
def test_trestle_takes_it(folder: Path, name: str) -> None:
    _, model = FILES[name]
    content = json.loads((folder / f"{name}.json").read_bytes())[name]
    assert content["metadata"]["oscal-version"] == OSCAL_VERSION
    assert OSCAL_VERSION.split(".")[:2] == KNOWN.split(".")[:2]
    read = model.oscal_read(folder / f"{name}.json")
    assert read is not None
    assert json.loads(read.oscal_serialize_json())[name]["uuid"] == content["uuid"]


@pytest.mark.parametrize("name", FILES)
def test_the_schema_of_nist_takes_it(folder: Path, name: str) -> None:
    if SCHEMAS not in os.environ:
        pytest.skip(f"{SCHEMAS} names no folder with NIST's schemas")
    text = (Path(os.environ[SCHEMAS]) / FILES[name][0]).read_text(encoding="utf-8")
    for letter, those in LETTERS.items():
        escaped = letter.replace("\\", "\\\\")
        text = re.sub(r"(\[[^\]]*)" + re.escape(escaped), lambda found, those=those: found[1] + those, text)
        text = text.replace(escaped, f"[{those}]")
    content = json.loads((folder / f"{name}.json").read_bytes())
    validator: Any = jsonschema.Draft7Validator(json.loads(text))
    validator.validate(content)
    assert list(validator.iter_errors({name: {**content[name], "uuid": "none"}})), "the schema refuses something"


def test_the_bill_of_materials_is_cyclonedx(made: Path) -> None:
    validation: Any = pytest.importorskip("cyclonedx.validation.json", reason="cyclonedx-python-lib is not installed")
    schema: Any = pytest.importorskip("cyclonedx.schema")
    text = (made / "second" / "sbom.cdx.json").read_text(encoding="utf-8")
    assert validation.JsonStrictValidator(schema.SchemaVersion.V1_6).validate_str(text) is None
    parts = {one["name"] for one in json.loads(text)["components"]}
    assert {"cryptography", "jinja2", "msgspec", "pyyaml", "securesystemslib"} <= parts
