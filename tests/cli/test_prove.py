"""`clover prove` and `clover explain`, as a user calls them: exit codes, one line for what is wrong, safe output."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from clover.cli import main
from clover.report.schema import PATH, render, verdicts_schema
from tests.data import FIRST_PREVIEW, HAMAR_STATE, STATE, file_of, preview_of, state
from tests.sources.test_bad_files import BAD
from tests.zones import own_evidence

DAY = ["--as-of", "2026-11-20"]
OWN = [str(file_of(own_evidence.STACK)), "--zone", str(own_evidence.file())]
"""A site that leans on no other hand's stack for its records, so that nothing is open where it is read alone."""
Captured = pytest.CaptureFixture[str]


def saved(folder: Path, data: Any, name: str = "stack.json") -> str:
    path = folder / name
    path.write_text(json.dumps(data), encoding="utf-8")
    return str(path)


def validate(told: Any, schema: dict[str, Any]) -> None:
    """The data is of the JSON Schema; jsonschema is untyped."""
    validator: Any = jsonschema.Draft202012Validator
    validator(schema).validate(told)


def without_encryption(data: Any) -> Any:
    """The state in which the store of profiles has no default encryption."""
    resources = data["deployment"]["resources"]
    kept = [each for each in resources if not each["urn"].endswith("::profiles-encryption")]
    known = {each["urn"] for each in kept}
    for each in kept:  # the gate leans on every part of the store that it opens
        links: dict[str, list[str]] = each.get("propertyDependencies") or {}
        each["propertyDependencies"] = {name: [urn for urn in urns if urn in known] for name, urns in links.items()}
        each["dependencies"] = [urn for urn in each.get("dependencies") or () if urn in known]
    data["deployment"]["resources"] = kept
    return data


def refused(words: list[str], told: str, capsys: Captured) -> None:
    """The command ends with 64, one line on standard error, and nothing on standard output."""
    assert main(words) == 64
    written = capsys.readouterr()
    assert told in written.err
    assert written.err.startswith("clover: ")
    assert written.err.count("\n") == 1
    assert written.err.rstrip("\n").isprintable()
    assert written.out == ""


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_gets_no_verdict(name: str, tmp_path: Path, capsys: Captured) -> None:
    text, _ = BAD[name]
    path = tmp_path / "stack.json"
    path.write_text(text(), encoding="utf-8")
    refused(["prove", str(path)], "stack.json", capsys)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["no-such.json"], "no-such.json: cannot be read: No such file"),
        (["."], "cannot be read: Is a directory"),
        ([], "FILE"),
        ([str(STATE), str(STATE)], "and so is"),
        ([str(STATE), "--as-of", "tomorrow"], "is not a day"),
        ([str(STATE), "--as-of", "20261001"], "is not a day"),
        ([str(STATE), "--as-of", "2026-02-30"], "is not a day"),
        ([str(STATE), "--format", "xml"], "invalid choice"),
        ([str(STATE), "--zone", "atlantis"], "atlantis"),
        ([str(STATE), "--zone", ""], "zone '' is not known"),
        ([str(STATE), "--zone", "no-such.yaml"], "there is no such file"),
        (["a\x1b[2J\u202eb.json"], "a\\x1b[2J\\u202eb.json: cannot be read"),
        (["a\x00b.json"], "cannot be read"),
    ],
)
def test_a_bad_line_is_refused(words: list[str], told: str, capsys: Captured) -> None:
    refused(["prove", *words], told, capsys)


@pytest.mark.parametrize("beginning", ["\x00\x01garbage", "{garbage", '{"version": 3, "deployment": tru}'])
def test_a_large_file_of_garbage_is_refused_by_its_beginning(
    beginning: str, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "stack.json"
    path.write_text(beginning + " " * 200_000, encoding="utf-8")
    monkeypatch.setattr("clover.sources.files.SIZE_LIMIT", 0)  # whoever reads on says that the file is too large
    refused(["prove", str(path)], "is not JSON", capsys)


def deep(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = {"x": value}
    return value


def test_values_nested_as_deeply_as_json_goes_are_refused_or_read(tmp_path: Path, capsys: Captured) -> None:
    data = state()
    data["deployment"]["resources"][4]["inputs"]["x"] = deep(900)
    refused(["prove", saved(tmp_path, data)], "nested too deeply", capsys)


def test_a_site_holds_and_its_headline_says_on_what(capsys: Captured) -> None:
    assert main(["prove", *OWN, "--strict", *DAY]) == 0
    line = capsys.readouterr().out
    assert line.startswith("own-evidence: ")
    assert line.count("\n") == 1
    assert "facts attested 2026-10-01), " in line
    assert "; lab, not evidence" in line


def test_a_refuted_site_is_one_and_every_format_says_it(tmp_path: Path, capsys: Captured) -> None:
    path = saved(tmp_path, without_encryption(state()))
    assert main(["prove", path, *DAY]) == 1
    told = capsys.readouterr().out
    assert "KEY-1.holds@dublin/profiles-bucket" in told
    assert main(["explain", path, "--id", "KEY-1.holds@dublin/profiles-bucket", *DAY]) == 1
    assert capsys.readouterr().out.startswith("KEY-1.holds@dublin/profiles-bucket: refuted\npromise: ")


def test_an_id_that_is_not_there_is_refused_with_the_nearest(capsys: Captured) -> None:
    words = ["explain", str(STATE), "--id", "KEY-1.holds@dublin/profile-bucket", *DAY]
    refused(words, "the nearest is KEY-1.holds@dublin/profiles-bucket", capsys)


def test_a_first_preview_leaves_named_unknowns(capsys: Captured) -> None:
    assert main(["prove", str(FIRST_PREVIEW), *DAY]) == 2
    assert " unknown" in capsys.readouterr().out.splitlines()[-1]


def test_strictly_a_given_that_has_expired_is_three(tmp_path: Path, capsys: Captured) -> None:
    zone = own_evidence.written(tmp_path)
    before, mark, after = zone.read_text(encoding="utf-8").partition("  - id: F-A6\n")
    expired = after.replace("valid_until: 2027-10-01", "valid_until: 2026-11-01", 1)
    zone.write_text(before + mark + expired, encoding="utf-8")
    words = ["prove", OWN[0], "--zone", str(zone), *DAY]
    assert main(words) == 0
    assert main([*words, "--strict"]) == 3
    assert capsys.readouterr().err == ""


def test_two_sites_are_one_world(capsys: Captured) -> None:
    assert main(["prove", str(file_of(own_evidence.ON_AZURE)), *OWN, *DAY]) == 0
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()] == [
        own_evidence.STACK,
        own_evidence.ON_AZURE,
    ]


def of_the_organisation(data: Any) -> Any:
    """A stack that names no site, under a provider of the organisation's own account."""
    kept = [each for each in data["deployment"]["resources"] if each["type"] in (STACK, PROVIDER)]
    kept[0]["outputs"] = {"zone": "europe"}
    kept[1]["inputs"]["allowedAccountIds"] = kept[1]["outputs"]["allowedAccountIds"] = '["777788889999"]'
    data["deployment"]["resources"] = kept
    return data


STACK, PROVIDER = "pulumi:pulumi:Stack", "pulumi:providers:aws"


def test_a_world_without_a_site_is_refused(tmp_path: Path, capsys: Captured) -> None:
    path = saved(tmp_path, of_the_organisation(state()))
    refused(["prove", path, "--zone", "europe"], "names no site", capsys)


@pytest.mark.parametrize("site", ["dublin", "hamar"])
def test_nothing_is_proved_of_a_stack_that_declares_nothing(site: str, tmp_path: Path, capsys: Captured) -> None:
    data = state(site)
    data["deployment"]["resources"] = [each for each in data["deployment"]["resources"] if each["type"] == STACK]
    assert main(["prove", saved(tmp_path, data), "--format", "json", *DAY]) in (1, 2)
    told = json.loads(capsys.readouterr().out)
    assert told["summary"]["proved"] == 0
    whole = {each["id"] for each in _told_of(site, capsys)["verdicts"]}
    controls = {name.partition(".")[0] for name in whole}
    assert {each["control"] for each in told["verdicts"]} == controls


def _told_of(site: str, capsys: Captured) -> Any:
    main(["prove", str(STATE if site == "dublin" else HAMAR_STATE), "--format", "json", *DAY])
    return json.loads(capsys.readouterr().out)


def test_a_control_that_nothing_is_there_for_is_unknown(tmp_path: Path, capsys: Captured) -> None:
    data = state()
    gone = ("aws:ec2/vpcEndpoint:VpcEndpoint",)
    data["deployment"]["resources"] = [each for each in data["deployment"]["resources"] if each["type"] not in gone]
    urns = {each["urn"] for each in data["deployment"]["resources"]}
    for each in data["deployment"]["resources"]:
        each["dependencies"] = [urn for urn in each.get("dependencies", []) if urn in urns]
    main(["prove", saved(tmp_path, data), "--format", "json", *DAY])
    told = json.loads(capsys.readouterr().out)["verdicts"]
    assert {each["verdict"] for each in told if each["control"] == "NET-4"} == {"unknown"}


def test_the_schema_is_what_the_structure_says() -> None:
    assert PATH.read_text(encoding="utf-8") == render(verdicts_schema())


SPOILT: dict[str, Callable[[], Any]] = {
    "dublin": state,
    "plan": lambda: preview_of(state()),
    "refuted": lambda: without_encryption(state()),
    "hamar": lambda: state("hamar"),
    "first": lambda: json.loads(FIRST_PREVIEW.read_text(encoding="utf-8")),
}


@pytest.mark.parametrize("name", SPOILT)
def test_json_is_of_its_schema(name: str, tmp_path: Path, capsys: Captured) -> None:
    assert main(["prove", saved(tmp_path, SPOILT[name]()), "--format", "json", *DAY]) in (0, 1, 2)
    told = json.loads(capsys.readouterr().out)
    validate(told, verdicts_schema())
    assert all(each["counterexample"] for each in told["verdicts"] if each["verdict"] == "refuted")
    assert len({each["id"] for each in told["verdicts"]}) == len(told["verdicts"])


HOSTILE = "\x1b]0;owned\x07\u202eevil\u2028" + "m" * 1_000_000


def test_hostile_names_are_printed_harmlessly(tmp_path: Path, capsys: Captured) -> None:
    text = json.dumps(without_encryption(state())).replace("::profiles-", f"::{json.dumps(HOSTILE)[1:-1]}-")
    path = tmp_path / "stack.json"
    path.write_text(text, encoding="utf-8")
    assert main(["prove", str(path), *DAY]) == 1
    told = capsys.readouterr().out
    assert "\\x1b]0;owned\\x07\\u202eevil\\u2028" in told
    assert all(line.isprintable() and len(line) < 3000 for line in told.split("\n"))
