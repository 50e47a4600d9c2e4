"""`clover compare`: one answer per line, one line for what cannot be answered."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from clover import cli
from clover.logic.aws import evaluate
from clover.logic.sets import automaton
from tests.logic.evaluator_cases import ALLOW, Json, allowing, denying, document, statement

SCHEMAS = Path(__file__).parents[3] / "schema"
READ, WRITE = statement(Action="s3:GetObject"), statement(Action="s3:PutObject")
GOOD: Json = {"id": "a", "existing": document(READ), "new": document(READ, WRITE)}


@pytest.fixture
def batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A batch in the working folder, so that messages name it without machine path."""
    monkeypatch.chdir(tmp_path)
    return Path("batch.jsonl")


def _run(batch: Path, *lines: Any) -> int:
    """Write the lines and compare them through the command's own entry."""
    batch.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return cli.main(["compare", "--batch", str(batch)])


def _fits(name: str, value: Json) -> bool:
    """Whether a value fits one of the published schemas."""
    schema = json.loads((SCHEMAS / name).read_text())
    Draft202012Validator.check_schema(schema)
    validator: Any = Draft202012Validator(schema)
    return validator.is_valid(value)


def test_every_line_is_answered_in_order(batch: Path, capsys: pytest.CaptureFixture[str]) -> None:
    same = {"id": 2, "existing": allowing("*"), "new": allowing("*"), "note": "kept out of the answer"}
    assert _run(batch, GOOD, "", same, {"id": 3, "existing": document(WRITE), "new": document(READ)}) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(answer["id"], answer["relation"]) for answer in answers] == [
        ("a", "wider"),
        (2, "equal"),
        (3, "incomparable"),
    ]
    assert answers[0]["removed"] is None
    assert answers[0]["added"]["action"] == "s3:PutObject"
    assert answers[1] == {"id": 2, "relation": "equal", "added": None, "removed": None}
    assert all(_fits("compare-answer.schema.json", answer) for answer in answers)
    assert all(_fits("compare-request.schema.json", asked) for asked in (GOOD, same))
    assert not _fits("compare-answer.schema.json", answers[0] | {"added": {"action": "s3:PutObject"}})


def test_a_request_has_the_form_that_simulate_takes() -> None:
    taken = json.loads((SCHEMAS / "simulate-request.schema.json").read_text())
    given = json.loads((SCHEMAS / "compare-answer.schema.json").read_text())
    assert given["$defs"]["request"] == taken["properties"]["request"]


def test_a_request_replays_in_simulate(batch: Path, capsys: pytest.CaptureFixture[str]) -> None:
    existing, new = allowing({"AWS": "111122223333"}), allowing("*")
    assert _run(batch, {"id": 1, "existing": existing, "new": new}) == 0
    added = json.loads(capsys.readouterr().out)["added"]
    assert evaluate(added, {"resource": new}).decision == ALLOW
    assert evaluate(added, {"resource": existing}).decision != ALLOW


BAD_LINES: list[tuple[str, Any]] = [
    ("not JSON", "{"),
    ("id is missing", {"existing": document(), "new": document()}),
    ("existing is missing", {"id": 1, "new": document()}),
    ("new is missing", {"id": 1, "existing": document()}),
    ("line.id", GOOD | {"id": None}),
    ("existing: expected an object", GOOD | {"existing": None}),
    ("new: expected an object", GOOD | {"new": [1]}),
    ("new: Statement is missing", GOOD | {"new": {}}),
    ("new.Version", GOOD | {"new": document() | {"Version": "2020"}}),
    ("new.Id", GOOD | {"new": document() | {"Id": 1}}),
    ("new.Statement[0]: expected an object", GOOD | {"new": {"Statement": "x"}}),
    ("new.Statement[0]: unknown key", GOOD | {"new": document(statement(Actions="*"))}),
    ("new.Statement[0].Effect", GOOD | {"new": document(statement("allow"))}),
    ("new.Statement[0].Sid", GOOD | {"new": document(statement(Sid=1))}),
    ("new.Statement[0]: Action is missing", GOOD | {"new": document(statement(Action=None))}),
    ("new.Statement[0]: Action and NotAction exclude", GOOD | {"new": document(statement(NotAction="*"))}),
    ("names no service", GOOD | {"new": document(statement(Action="GetObject"))}),
    ("new.Statement[0]: Resource is missing", GOOD | {"new": document(statement(Resource=None))}),
    ("new.Statement[1]: Principal is missing", GOOD | {"new": document(statement(Principal="*"), READ)}),
    ('expected "*" or an object', GOOD | {"new": document(statement(Principal="arn:aws:iam::111122223333:root"))}),
    ("new.Statement[0].Principal: unknown key", GOOD | {"new": document(statement(Principal={"Aws": "*"}))}),
    ("is no condition operator", GOOD | {"new": document(statement(Condition={"StringIs": {"k": "v"}}))}),
    ("is no condition operator", GOOD | {"new": document(statement(Condition={"NullIfExists": {"k": "v"}}))}),
    ("new.Statement[0].Condition.Bool.k", GOOD | {"new": document(statement(Condition={"Bool": {"k": None}}))}),
]


@pytest.mark.parametrize(("says", "line"), BAD_LINES, ids=range(len(BAD_LINES)))
def test_a_bad_line_is_named_in_one_line(batch: Path, capsys: pytest.CaptureFixture[str], says: str, line: Any) -> None:
    assert _run(batch, GOOD, line) == 64
    printed = capsys.readouterr()
    assert json.loads(printed.out)["relation"] == "wider"
    assert printed.err.startswith("clover: batch.jsonl:2: ")
    assert says in printed.err
    assert printed.err.count("\n") == 1


def test_what_is_undecided_is_said_and_not_answered(
    batch: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(automaton, "MOST_STATES", 20)
    knotty = denying(Resource="arn:aws:s3:::*unheard*of*")
    assert _run(batch, {"id": 1, "existing": knotty, "new": allowing()}, GOOD) == 64
    printed = capsys.readouterr()
    assert [json.loads(line)["id"] for line in printed.out.splitlines()] == ["a"]
    assert printed.err.startswith("clover: batch.jsonl:1: undecided: ")


@pytest.mark.parametrize("words", [[], ["--batch"], ["--batch", "a", "b"], ["--file", "a"]])
def test_wrong_arguments_are_one_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compare", *words]) == 64
    assert capsys.readouterr().err.count("\n") == 1
