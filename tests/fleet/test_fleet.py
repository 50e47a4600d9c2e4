"""`clover prove` of many files: what one process says, several say, in whatever order the files come."""

import json
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from clover.cli import main
from clover.cli.prove import MANY, read_proof
from clover.controls.verdict import Outcome
from clover.errors import BadInput
from clover.fleet import prove as fleet
from clover.fleet.identity import prover_digest
from clover.fleet.processes import Lost
from clover.fleet.task import File, Refused, Task, decide_on
from clover.report.as_json import as_json
from tests.data import state
from tests.fleet.stacks import OTHERS, files, saved

DAY = "2026-11-24"


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return files(tmp_path_factory.mktemp("fleet"))


@pytest.fixture(scope="module")
def expected(stacks: list[Path]) -> str:
    """What one process says of all."""
    return as_json(read_proof(stacks, None, DAY)[0].in_order())


def words(listed: list[Path], *more: str) -> list[str]:
    return ["prove", *map(str, listed), "--as-of", DAY, "--format", "json", *more]


def test_several_processes_say_what_one_says_in_any_order(
    stacks: list[Path], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(stacks) >= MANY
    shuffled = random.Random(1).sample(stacks, len(stacks))  # noqa: S311 (an order, no secret)
    assert main(words(shuffled)) == 1
    assert capsys.readouterr().out == expected


def test_what_one_process_says_does_not_depend_on_the_order_either(stacks: list[Path], expected: str) -> None:
    assert as_json(read_proof(stacks[::-1], None, DAY)[0].in_order()) == expected


def test_each_stack_is_decided_as_by_itself(stacks: list[Path], expected: str) -> None:
    """The organisation's and the auditor's stacks are the same world's, and read beside it."""
    few = json.loads(as_json(read_proof([stacks[0], *OTHERS], None, DAY)[0].in_order()))["verdicts"]
    about = [each for each in few if f"@{stacks[0].stem}" in each["id"]]
    assert about
    assert [each for each in json.loads(expected)["verdicts"] if each["id"] in {one["id"] for one in about}] == about


@pytest.mark.parametrize(
    ("name", "content"),
    [("garbage", "{"), ("nothing", "{}"), ("missing", None), ("deep", '{"a":' * 100_000)],
    # An id goes into the environment, which has room for less than the last text.
    ids=["garbage", "nothing", "missing", "deep"],
)
def test_a_file_that_is_refused_is_refused_in_the_same_words(
    stacks: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: str | None
) -> None:
    bad = tmp_path / f"{name}.json"
    if content is not None:
        bad.write_text(content, encoding="utf-8")
    with pytest.raises(BadInput) as one:
        read_proof([bad], None, DAY)
    assert main(words([*stacks[:4], bad, *stacks[4:]])) == 64
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", f"clover: {one.value}\n")


def test_a_stack_that_comes_twice_is_refused(
    stacks: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = tmp_path / "again.json"
    again.write_bytes(stacks[0].read_bytes())
    assert main(words([*stacks, again])) == 64
    assert f"and so is {stacks[0]}" in capsys.readouterr().err


def test_a_stack_of_no_zone_is_refused(stacks: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export = state()
    text = json.dumps(export).replace('"zone": "europe"', '"zone": "atlantis"')
    other = saved(tmp_path, "lost", json.loads(text))
    assert main(words([*stacks, other])) == 64
    assert "atlantis" in capsys.readouterr().err


def dying(task: Task) -> Any:
    return Lost() if Path(task.file.name).stem == "hamar" else decide_on(task)


def test_a_stack_that_nobody_can_decide_is_unknown_and_the_others_are_not(
    stacks: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def here(work: Any, items: list[Any], tell: Any) -> list[Any]:
        return [dying(item) if isinstance(item, Task) else work(item) for item in items]

    monkeypatch.setattr(fleet, "on_processes", here)
    named = [each for each in stacks if each.stem in ("dublin", "hamar")]
    proof = fleet.prove_fleet(named, None, date.fromisoformat(DAY)).in_order()
    dublin, hamar = proof.sites
    assert {verdict.verdict for verdict in hamar.verdicts} == {Outcome.UNKNOWN}
    assert all("has died" in verdict.reason for verdict in hamar.verdicts)
    assert not any("has died" in verdict.reason for verdict in dublin.verdicts)
    assert proof.exit_code() == 2
    assert json.loads(as_json(proof))["summary"]["unknown"] == len(hamar.verdicts) + sum(
        verdict.verdict is Outcome.UNKNOWN for verdict in dublin.verdicts
    )


def test_a_file_that_changes_meanwhile_is_refused(stacks: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def here(work: Any, items: list[Any], tell: Any) -> list[Any]:
        return list(map(work, items))

    def changed(task: Task) -> Any:
        other = json.dumps(state("hamar")).replace("TLS1_2", "TLS1_3")
        return decide_on(task._replace(file=File(task.file.name, other.encode())))

    monkeypatch.setattr(fleet, "on_processes", here)
    monkeypatch.setattr(fleet, "decide_on", changed)
    (hamar,) = (each for each in stacks if each.stem == "hamar")
    with pytest.raises(BadInput, match="has changed while it was read"):
        fleet.prove_fleet([hamar], None, date.fromisoformat(DAY))


def test_another_version_of_the_prover_decides_nothing(stacks: list[Path]) -> None:
    assert len(prover_digest()) == 64
    task = Task(File(str(stacks[0])), (), {}, date.fromisoformat(DAY), "0" * 64)
    found = decide_on(task)
    assert isinstance(found, Refused)
    assert "another version" in found.message
