"""How the kinds of policy combine, and where services decide otherwise: one row of data, one documented rule."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from clover.logic.aws import evaluate
from tests.logic.evaluator_cases import (
    ACCOUNT,
    ROOT,
    USER,
    Json,
    allowing,
    decision,
    denying,
    document,
    request,
    statement,
)

FOLDER = Path(__file__).parent
KINDS = ("identity", "boundary", "session", "resource", "scp", "rcp", "vpc_endpoint")
FOREIGN = "arn:aws:iam::444455556666:user/bob"
GRANT = allowing()
NOTHING = allowing(Action="ec2:*")


def _rows() -> list[Any]:
    """Every row of the tables, together with its table."""
    tables = [yaml.safe_load((FOLDER / name).read_text()) for name in ("composition.yaml", "services.yaml")]
    return [pytest.param(table, row, id=row["name"].replace(" ", "-")) for table in tables for row in table["cases"]]


def _resolved(value: Any, documents: Json) -> Any:
    """Lists of documents with their names filled in."""
    if isinstance(value, list):
        return [_resolved(member, documents) for member in value]  # pyright: ignore[reportUnknownVariableType]
    elements: Json = documents[value] if isinstance(value, str) else value
    return document(statement(**{"Effect": "Allow", **elements}))


def combined_cases() -> list[Any]:
    """Every row as policies, a request, the decision and its source."""
    return [pytest.param(*_case(*row.values), id=row.id) for row in _rows()]


def _case(table: Json, row: Json) -> tuple[Json, Json, str, str]:
    """One row with its names filled in."""
    asked = {
        "principal": table["callers"].get(row["by"], row["by"]),
        "action": row["action"],
        "resource": table["resources"].get(row.get("about", "*"), row.get("about", "*")),
        "resource_account": ACCOUNT,
    }
    policies = {kind: _resolved(row[kind], table["documents"]) for kind in KINDS if kind in row}
    return policies, asked, row["expected"], table["sources"][row["source"]]


@pytest.mark.parametrize(("policies", "asked", "expected", "source"), combined_cases())
def test_policies_combine_as_documented(policies: Json, asked: Json, expected: str, source: str) -> None:
    assert decision(asked, policies) == expected, source


BECAUSE: dict[str, tuple[str, Json, tuple[str, ...]]] = {
    "a deny": (USER, {"resource": denying("*", Sid="Closed")}, ("resource: Sid Closed (deny)",)),
    "an allow": (USER, {"identity": [allowing(Sid="Open")]}, ("identity: Sid Open (allow)",)),
    "no Sid": (
        USER,
        {"identity": [NOTHING, document(statement(Action="ec2:*"), statement())]},
        ("identity document 2: statement 2 (allow)",),
    ),
    "silence": (USER, {"boundary": [NOTHING]}, ("identity: no statement allows", "boundary: no statement allows")),
    "a shut level": (USER, {"identity": [GRANT], "scp": [[GRANT], []]}, ("scp level 2: no statement allows",)),
    "both sides": (
        FOREIGN,
        {"identity": [GRANT], "resource": allowing("*", Sid="All")},
        ("resource: Sid All (allow)", "identity: statement 1 (allow)"),
    ),
    "one side": (FOREIGN, {"identity": [GRANT]}, ("resource: no statement allows",)),
    "root": (ROOT, {}, ("identity: root of the account",)),
    "every deny": (
        USER,
        {"identity": [denying(Sid="A")], "rcp": [[denying("*", Sid="B")]]},
        ("rcp level 1: Sid B (deny)", "identity: Sid A (deny)"),
    ),
}


@pytest.mark.parametrize(("principal", "policies", "because"), BECAUSE.values(), ids=BECAUSE)
def test_an_answer_names_what_decides(principal: str, policies: Json, because: tuple[str, ...]) -> None:
    assert evaluate(request(principal), policies).because == because
