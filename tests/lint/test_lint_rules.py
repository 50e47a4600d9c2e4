"""`clover lint-rules`: configurations as projects write them, and the rules in them that would break residency."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from clover.cli import main
from clover.controls.catalogue import controls
from clover.lint.known import TOOLS, known

CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("configurations.yaml").read_text(encoding="utf-8")
)
BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
"""A text of a kilobyte that, written out, no machine holds."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_a_configuration_is_answered_with_the_rules_it_asks_for(
    case: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / case["file"]
    file.write_text(case["holds"], encoding="utf-8")
    assert main(["lint-rules", str(file)]) == (1 if case["asks"] else 0)
    told = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("    ")]
    assert {line.removeprefix(f"{file}: ").partition(" ")[0] for line in told} == set(case["asks"])


def test_every_tool_has_a_configuration_with_conflicts_and_one_without() -> None:
    tools = {rule.id: rule.tool for rule in known().rules}
    assert {tools[rule] for case in CASES for rule in case["asks"]} == set(TOOLS)


def test_trivy_reads_the_ignored_rules_beside_its_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "trivy.yaml").write_text("scan: {}\n", encoding="utf-8")
    (tmp_path / ".trivyignore").write_text("AVD-AZU-0010\n", encoding="utf-8")
    assert main(["lint-rules", str(tmp_path / "trivy.yaml")]) == 1
    told = capsys.readouterr().out
    assert "AZU-0058" in told
    assert "AZU-0010" not in told


def test_a_conflict_is_told_with_its_reason_its_remedy_and_its_source(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / ".checkov.yaml"
    file.write_text("check: [CKV_AZURE_36]\n", encoding="utf-8")
    assert main(["lint-rules", str(file)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert (
        lines[0]
        == f"{file}: CKV_AZURE_36 (Checkov): Ensure 'Trusted Microsoft Services' is enabled for Storage Account access"
    )
    assert lines[1].startswith("    breaks RES-P1: ")
    assert lines[2].startswith("    instead: Set bypass to None")
    assert lines[3].startswith("    https://github.com/bridgecrewio/checkov/")


@pytest.mark.parametrize(
    ("name", "holds", "told"),
    [
        ("some.yaml", "colour: blue\n", "is no configuration of"),
        ("some.yaml", "", "is no configuration of"),
        ("some.json", "[1, 2]", "is no configuration of"),
        ("some.json", '{"healthChecks": true}', "is no configuration of"),
        ("some.json", '{"suppressions": [{"id": "AwsSolutions-S1"}]}', "is no configuration of"),
        ("some.json", '{"Resources": {"Logs": {"Type": "AWS::S3::Bucket"}}}', "is no configuration of"),
        ("some.json", '{"aws": "eu-west-1"}', "is no configuration of"),
        ("some.json", "{", "is not JSON"),
        ("some.yaml", "a: [1\n", "some.yaml:2:1: is not YAML"),
        ("some.yaml", "a: !!python/object/apply:os.system [ls]\n", "is not YAML"),
        ("some.yaml", 'a: !!int ""\n', "is not YAML: a value is not of its tag"),
        ("some.yaml", "a: !!bool maybe\n", "is not YAML: a value is not of its tag"),
        ("some.yaml", "a: !!timestamp soon\n", "is not YAML: a value is not of its tag"),
        ("some.yaml", "a: &a {b: *a}\n", "is no configuration of"),
        ("some.yaml", "a: &a [*a]\n", "is no configuration of"),
        ("some.yaml", BOMB, "is no configuration of"),
        (".trivyignore", "not an id\n", ".trivyignore:1: 'not an id' is no id of a rule"),
        ("state.json", '{"version": 3, "deployment": {}}', "is no configuration of"),
    ],
)
def test_what_is_no_configuration_is_bad_input(
    name: str, holds: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / name
    file.write_text(holds, encoding="utf-8")
    assert main(["lint-rules", str(file)]) == 64
    written = capsys.readouterr()
    assert told in written.err
    assert (written.out, written.err.count("\n")) == ("", 1)


def test_a_missing_or_binary_file_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    assert main(["lint-rules", str(tmp_path / "binary.yaml")]) == 64
    assert main(["lint-rules", str(tmp_path / "missing.yaml")]) == 64
    assert "not UTF-8" in capsys.readouterr().err


def test_the_tables_are_whole() -> None:
    ids = [name for rule in known().rules for name in rule.names]
    assert len(ids) == len(set(ids))
    for rule in known().rules:
        assert rule.tool in TOOLS
        assert rule.source.startswith("https://")
        assert known().reasons[rule.reason].control in controls()
    held = {each for initiative in known().initiatives.values() for each in initiative.holds}
    assert held <= {rule.id for rule in known().of("azure-policy")}
