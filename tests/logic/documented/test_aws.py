"""The examples of AWS's documentation, decided as their pages say: by the plain evaluator, and by exact sets."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from clover.logic.aws_sets import World
from tests.logic.evaluator_cases import ACCOUNT, ALLOW, Json, decision, document, statement
from tests.logic.exact.strategies import context_of

TABLE: Json = yaml.safe_load((Path(__file__).parent / "aws.yaml").read_text())
ASKED = ("by", "action", "about", "account", "expected", "context", "version")
CHANGES = ("more", "replace", "without", "plain_only")


def _cases() -> list[Any]:
    """Every decision of every example, with the page that states it."""
    return [
        pytest.param(*_case(example, asked), id=f"{example['name'].replace(' ', '-')}-{number + 1}")
        for example in TABLE["examples"]
        for number, asked in enumerate(example["asks"])
    ]


def _case(example: Json, asked: Json) -> tuple[Json, Json, Json, str]:
    """Policies, a request, what is asked, and the source."""
    assert not set(asked) - {*ASKED, *CHANGES}
    found = {**{name: example[name] for name in ASKED if name in example}, **asked}
    version = found.get("version", "2012-10-17")
    kept = {kind: listed for kind, listed in example["policies"].items() if kind not in found.get("without", ())}
    kinds: Json = {**kept, **found.get("replace", {})}
    for kind, listed in found.get("more", {}).items():
        kinds[kind] = [*kinds.get(kind, []), *listed]
    policies = {kind: _documents(kind, listed, version) for kind, listed in kinds.items()}
    return policies, _request(found), found, TABLE["sources"][example["source"]]


def _documents(kind: str, listed: list[Any], version: str) -> Any:
    """The documents of one kind of policy: one of a resource, levels of an organisation, or a list."""
    if kind == "resource":
        return _document(listed, version)
    if kind in ("scp", "rcp"):
        return [[_document(found, version) for found in level] for level in listed]
    return [_document(found, version) for found in listed]


def _document(found: list[Json], version: str) -> Json:
    """A document of the statements."""
    return document(*(statement(**{"Effect": "Allow", **each}) for each in found), version=version)


def _request(found: Json) -> Json:
    """The request; a session says its role, whose path a world knows."""
    principal = TABLE["callers"].get(found["by"], found["by"])
    context = dict(found.get("context", {}))
    if ":assumed-role/" in principal:
        account, role = principal.split(":")[4], principal.split("/")[1]
        context.setdefault("aws:PrincipalArn", f"arn:aws:iam::{account}:role/{role}")
    return {
        "principal": principal,
        "action": found["action"],
        "resource": found["about"],
        "resource_account": found.get("account", ACCOUNT),
        "context": context,
    }


@pytest.mark.parametrize(("policies", "request_", "asked", "source"), _cases())
def test_the_evaluator_decides_as_documented(policies: Json, request_: Json, asked: Json, source: str) -> None:
    assert decision(request_, policies) == asked["expected"], source


@pytest.mark.parametrize(("policies", "request_", "asked", "source"), _cases())
def test_exact_sets_hold_what_is_documented(policies: Json, request_: Json, asked: Json, source: str) -> None:
    if "plain_only" in asked:
        pytest.skip(asked["plain_only"])
    allowed = World(request_["resource_account"], [policies]).effective(policies)
    assert allowed.holds(request_, context_of(request_)) is (asked["expected"] == ALLOW), source
