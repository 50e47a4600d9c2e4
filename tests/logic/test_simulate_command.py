"""`clover simulate`: one answer per line, one line for what cannot be answered."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from clover import cli
from clover.logic.aws import Malformed, evaluate
from tests.logic.evaluator_cases import USER, Json, allowing, denying, request

ROOT_FOLDER = Path(__file__).parents[2]
MALFORMED: list[Json] = yaml.safe_load((Path(__file__).parent / "malformed.yaml").read_text())
GOOD: Json = {"id": "a", "request": request(), "policies": {"identity": [allowing(Sid="Open")]}}
ANSWER = {"id": "a", "decision": "allow", "because": ["identity: Sid Open (allow)"]}


@pytest.fixture
def batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A batch in the working folder, so that messages name it without machine path."""
    monkeypatch.chdir(tmp_path)
    return Path("batch.jsonl")


def _run(batch: Path, *lines: str | bytes) -> int:
    """Write the lines and simulate them through the command's own entry."""
    batch.write_bytes(b"\n".join(line.encode() if isinstance(line, str) else line for line in lines))
    return cli.main(["simulate", "--batch", str(batch)])


def _fits(name: str, value: Json) -> bool:
    """Whether a value fits one of the published schemas."""
    schema = json.loads((ROOT_FOLDER / "schema" / name).read_text())
    Draft202012Validator.check_schema(schema)
    validator: Any = Draft202012Validator(schema)
    return validator.is_valid(value)


@pytest.mark.parametrize("row", MALFORMED, ids=range(len(MALFORMED)))
def test_what_aws_could_not_accept_is_refused_by_its_place(row: Json) -> None:
    with pytest.raises(Malformed) as refusal:
        evaluate(row.get("request", request()), row.get("policies", {}))
    message = str(refusal.value)
    assert row["says"] in message
    assert "\n" not in message


@pytest.mark.parametrize("number", [10**5_000, float("inf"), float("nan")], ids=["long", "infinite", "none"])
def test_a_number_that_json_cannot_show_is_refused(number: float) -> None:
    for policies in ({"identity": number}, {"identity": [allowing(Sid=number)]}):
        with pytest.raises(Malformed):
            evaluate(request(), policies)
    with pytest.raises(Malformed):
        evaluate(request(context={"k:a": [{"n": number}]}), {})


def test_every_line_is_answered_in_order(batch: Path, capsys: pytest.CaptureFixture[str]) -> None:
    denied = {"id": 2, "request": request(), "policies": {"identity": [denying()]}, "note": "kept out of the answer"}
    assert _run(batch, json.dumps(GOOD), "", json.dumps(denied)) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert answers == [ANSWER, {"id": 2, "decision": "explicit_deny", "because": ["identity: statement 1 (deny)"]}]
    for answer in answers:
        assert _fits("simulate-answer.schema.json", answer)
    for asked in (GOOD, denied):
        assert _fits("simulate-request.schema.json", asked)


@pytest.mark.parametrize("row", [row for row in MALFORMED if "policies" not in row], ids=lambda row: row["says"])
def test_the_schema_knows_no_more_requests_than_the_command(row: Json) -> None:
    shaped = _fits("simulate-request.schema.json", {"id": 1, "request": row["request"], "policies": {}})
    assert not shaped or row["says"] in ("resource_account is missing", "given twice")


BAD_LINES: list[tuple[str, Any]] = [
    ("not JSON", "{"),
    ("not JSON", "nonsense"),
    ("expected an object", "[]"),
    ("not UTF-8 at byte 2", b'"\xff"'),
    ("NaN is not JSON", '{"id": NaN}'),
    ("stands twice", '{"id": 1, "id": 2}'),
    ("nested too deeply", "[" * 100_000),
    ("too long", '{"id": ' + "9" * 5_000 + "}"),
    ("id is missing", "{}"),
    ("request is missing", '{"id": 1}'),
    ("policies is missing", json.dumps({"id": 1, "request": request()})),
    ("line.id", json.dumps(GOOD | {"id": None})),
    ("line.id", json.dumps(GOOD | {"id": True})),
    ("request.principal", json.dumps(GOOD | {"request": request("\ud800\n\x1b[31m")})),
    ('request.context."\\u001b[2J"', json.dumps(GOOD | {"request": request(context={"\x1b[2J": {}})})),
    ("longer than", b" " * (4 * 1024 * 1024 + 1)),
]


@pytest.mark.parametrize(("says", "line"), BAD_LINES, ids=range(len(BAD_LINES)))
def test_a_bad_line_is_named_in_one_line(batch: Path, capsys: pytest.CaptureFixture[str], says: str, line: Any) -> None:
    assert _run(batch, json.dumps(GOOD), line) == 64
    printed = capsys.readouterr()
    assert json.loads(printed.out) == ANSWER
    assert printed.err.startswith("clover: batch.jsonl:2: ")
    assert says in printed.err
    assert printed.err.count("\n") == 1
    assert printed.err.replace("…", "").strip().isprintable()


def test_the_lines_after_a_bad_one_are_answered(batch: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(batch, "{", json.dumps(GOOD), "[]", "1") == 64
    printed = capsys.readouterr()
    assert json.loads(printed.out) == ANSWER
    assert printed.err.startswith("clover: batch.jsonl:1: ")
    assert printed.err.endswith("(and 2 more lines)\n")


@pytest.mark.parametrize("words", [[], ["--batch"], ["--batch", "a", "b"], ["--file", "a"]])
def test_wrong_arguments_are_one_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["simulate", *words]) == 64
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_a_file_that_cannot_be_read(batch: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert cli.main(["simulate", "--batch", name]) == 64
    assert capsys.readouterr().err.startswith(f"clover: {name}: cannot be read: ")


def test_an_empty_batch_has_no_answers(batch: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(batch) == 0
    assert capsys.readouterr().out == ""


def test_the_account_may_be_left_out_where_it_is_plain() -> None:
    own = {"principal": USER, "action": "sqs:ListQueues", "resource": "*"}
    queue = own | {"resource": "arn:aws:sqs:eu-west-1:444455556666:q"}
    policies = {"identity": [allowing()]}
    assert evaluate(own, policies).decision == "allow"
    assert evaluate(queue, policies).decision == "implicit_deny"
    managed = {"principal": USER, "action": "iam:GetPolicy", "resource": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    assert evaluate(managed, policies).decision == "allow"
