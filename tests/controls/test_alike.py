"""What was found out about one store is said of another only where working it out again says the same."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clover.controls import aws_requests
from clover.controls.alike import Alike, named_in
from clover.controls.aws_policies import Policies
from clover.controls.aws_requests import Asked, Finding, Findings, ask, requests
from clover.controls.case import Case
from clover.logic.aws import evaluate
from clover.model.aws.policies import Document, Held
from clover.sources.plain import as_list, as_object
from tests.mutants.site import case as deployed

ACCOUNT = "111122223333"
CASE = deployed()
NAMES = ("store-a", "store-b", "store-ab", "logs-a", "b")
ENDINGS = ("", "/*", "/a*", "/*b")
TEXTS = (
    *("*", "arn:aws:s3:::*", "arn:aws:s3:::store-*", "arn:aws:s3:::*-a", "arn:aws:s3:::*/a*", "arn:aws:s3:::store-?"),
    *("arn:aws:s3:::store-?*", "arn:aws:s3:::store-a*", "arn:aws:s3:::?", "arn:aws:s3:::*b/*", "arn:*:*:*:*:store-b/*"),
    *("arn:aws:s3:::STORE-*", "arn:aws:s3:::store-b/x", "arn:aws:kms:*"),
)
KEYS = ("aws:SourceArn", "aws:PrincipalArn", "kms:EncryptionContext:aws:s3:arn")
OPERATORS = ("ArnLike", "StringLike", "StringNotEquals", "StringEqualsIgnoreCase", "ArnNotEqualsIfExists")


def arn(name: str) -> str:
    return f"arn:aws:s3:::{name}"


@st.composite
def policies(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Statements in which `{}` stands for the store's ARN."""
    texts = st.sampled_from([*TEXTS, *(f"{{}}{ending}" for ending in ENDINGS)])
    found: list[dict[str, Any]] = []
    for effect in ("Allow", *draw(st.lists(st.sampled_from(["Allow", "Deny"]), max_size=2))):
        element = draw(st.sampled_from(["Resource", "Resource", "NotResource"]))
        statement: dict[str, Any] = {"Effect": effect, "Principal": "*", "Action": "s3:*", element: draw(texts)}
        if draw(st.booleans()):
            statement["Condition"] = {draw(st.sampled_from(OPERATORS)): {draw(st.sampled_from(KEYS)): draw(texts)}}
        found.append(statement)
    return found


def filled(value: Any, name: str) -> Any:
    if isinstance(value, str):
        return value.replace("{}", arn(name))
    members, items = as_object(value), as_list(value)
    if members is not None:
        return {key: filled(inner, name) for key, inner in members.items()}
    return [filled(inner, name) for inner in items or ()]


def asked(statements: list[dict[str, Any]], name: str) -> tuple[Policies, dict[str, Any]]:
    document = {"Version": "2012-10-17", "Statement": filled(statements, name)}
    question = requests([Asked(["s3:GetObject"], [f"{arn(name)}/*"]), Asked(["s3:ListBucket"], [arn(name)])], {})
    return Policies(resource=Held(f"urn:{name}", document)), dict(question)


def afresh(monkeypatch: pytest.MonkeyPatch, met: Policies, question: dict[str, Any]) -> Finding:
    with monkeypatch.context() as patch:
        patch.setattr(aws_requests, "_FINDINGS", Alike[Findings]())
        return ask(CASE, met, question)


@given(policies(), st.permutations(NAMES))
def test_what_is_carried_over_is_what_would_be_found(statements: list[dict[str, Any]], names: list[str]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(aws_requests, "_FINDINGS", Alike[Findings]())
        for name in names:
            met, question = asked(statements, name)
            carried, fresh = ask(CASE, met, question), afresh(monkeypatch, met, question)
            assert carried.empty == fresh.empty
            assert carried.grounds == fresh.grounds
            assert (carried.request is None) == (fresh.request is None)
            if carried.request:
                assert evaluate(carried.request, met.plain()).decision == "allow"


def counted(statements: list[dict[str, Any]], names: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    """How many of the questions about the stores are worked out."""
    made: list[str] = []
    work: Callable[..., Findings] = getattr(aws_requests, "_worked_out")  # noqa: B009 (it is the module's own)
    monkeypatch.setattr(aws_requests, "_FINDINGS", Alike[Findings]())

    def noted(about: Case, account: str, met: Policies, questions: dict[str, Document]) -> Findings:
        made.append(account)
        return work(about, account, met, questions)

    monkeypatch.setattr(aws_requests, "_worked_out", noted)
    for name in names:
        ask(CASE, *asked(statements, name))
    return len(made)


@pytest.mark.parametrize(
    ("beside", "worked_out"),
    [("arn:aws:s3:::*", 1), ("arn:aws:s3:::store-*", 1), ("arn:aws:s3:::*-a", 2), ("${aws:PrincipalTag/a}", 2)],
)
def test_stores_are_one_question_where_no_text_tells_them_apart(
    beside: str, worked_out: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements = [
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "{}/*"},
        {"Effect": "Deny", "Principal": "*", "Action": "s3:ListBucket", "Resource": beside},
    ]
    assert counted(statements, ["store-a", "store-b"], monkeypatch) == worked_out


def test_one_store_gives_its_name_before_a_key_and_two_give_none() -> None:
    key = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/5ffff5bd"
    about_one = named_in([key, arn("store-a"), f"{arn('store-a')}/x"])
    assert about_one is not None
    assert about_one.arn == arn("store-a")
    assert named_in([arn("store-a"), arn("store-b")]) is None


def test_what_is_not_kept_is_worked_out_again() -> None:
    made: list[int] = []
    known = Alike[int]()

    def asked(number: int) -> int:
        def make() -> int:
            made.append(number)
            return number

        return known.of([number], None, make, lambda found, _old, _new: found)

    assert (asked(1), asked(2)) == (1, 2)
    known.keep(lambda found: found == 1)
    assert (asked(1), asked(2)) == (1, 2)
    assert made == [1, 2, 2]
