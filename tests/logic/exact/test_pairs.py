"""Pairs of documents with the relation that the documentation says they have."""

from pathlib import Path

import pytest
import yaml

from clover.cli.compare import replay
from clover.logic.aws_sets import Undecided, compare
from clover.logic.sets import automaton
from tests.logic.evaluator_cases import Json, document, statement

PAIRS: list[Json] = yaml.safe_load((Path(__file__).parent / "pairs.yaml").read_text())
MIRRORED = {"equal": "equal", "wider": "narrower", "narrower": "wider", "incomparable": "incomparable"}


def _document(found: list[Json], version: str) -> Json:
    """The document of a row."""
    return document(*(_statement(each) for each in found), version=version)


def _statement(found: Json) -> Json:
    """A statement with what the row leaves out."""
    elements: Json = {"Action": "s3:GetObject", **found}
    for name in ("Action", "Resource"):
        if f"Not{name}" in elements:
            elements[name] = None
    return statement(**elements) if "Effect" not in elements else statement(elements.pop("Effect"), **elements)


@pytest.mark.parametrize("row", PAIRS, ids=lambda row: row["name"].replace(" ", "-"))
def test_a_pair_stands_as_documented(row: Json) -> None:
    existing = _document(row["existing"], row.get("existing_version", "2012-10-17"))
    new = _document(row["new"], "2012-10-17")
    for pair, relation in (((existing, new), row["relation"]), ((new, existing), MIRRORED[row["relation"]])):
        decide = replay(*pair)
        found = compare(*pair, decide)
        assert found.relation == relation
        for request, wanted in ((found.added, (False, True)), (found.removed, (True, False))):
            assert request is None or wanted in (decide(request, False), decide(request, True))


def test_too_many_lists_are_not_told_apart() -> None:
    conditions = [
        {"ForAllValues:StringLike": {"aws:TagKeys": f"a{n}*"}, "ForAnyValue:StringLike": {"aws:TagKeys": f"*b{n}"}}
        for n in range(8)
    ]
    many = [statement("Deny", Condition=condition) for condition in conditions]
    with pytest.raises(Undecided, match="lists of values"):
        compare(document(), document(statement(), *many))


def test_patterns_that_are_too_many_to_tell_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automaton, "MOST_STATES", 50)
    apart = document(statement(Resource="arn:aws:s3:::*x*y*"), statement("Deny", Resource="arn:aws:s3:::*long-name*"))
    with pytest.raises(Undecided, match="patterns of one field"):
        compare(apart, document())
