"""Random pairs of policies on a small universe: the direction is what asking every request one by one says."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from clover.change.aws_difference import ANY_IDENTITY, VERSION, allowed, difference
from clover.change.azure_access import access_findings
from clover.change.finding import Finding, together
from clover.change.pairing import sides
from clover.logic.azure import evaluate
from clover.model.azure.declared_roles import Held, declared_assignments, declared_definitions
from clover.model.resources import Resources
from clover.sources import Resource
from clover.sources.resource import read_resource

ACCOUNT, OTHER = "111122223333", "999999999999"
BUCKET = "arn:aws:s3:::store"
PRINCIPALS = [f"arn:aws:iam::{ACCOUNT}:role/one", f"arn:aws:iam::{ACCOUNT}:role/two", f"arn:aws:iam::{OTHER}:role/one"]
ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
OBJECTS = [f"{BUCKET}/a", f"{BUCKET}/b"]
ENDPOINTS = ["vpce-1", "vpce-2", None]

principals = st.sampled_from(["*", *({"AWS": each} for each in PRINCIPALS)])
actions = st.lists(st.sampled_from([*ACTIONS, "s3:*", "s3:*Object"]), min_size=1, max_size=2)
objects = st.sampled_from([f"{BUCKET}/*", *OBJECTS])
conditions = st.sampled_from(
    [
        None,
        {"StringEquals": {"aws:SourceVpce": "vpce-1"}},
        {"StringNotEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}},
        {"StringNotEqualsIfExists": {"aws:SourceVpce": "vpce-1"}},
        {"Null": {"aws:SourceVpce": "true"}},
    ]
)


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {"Effect": draw(st.sampled_from(["Allow", "Deny"])), "Principal": draw(principals)}
    found |= {"Action": draw(actions), "Resource": draw(objects)}
    condition = draw(conditions)
    return found | ({"Condition": condition} if condition else {})


policies = st.lists(statements(), max_size=3)


def around(listed: list[dict[str, Any]]) -> dict[str, Any]:
    return {"identity": [ANY_IDENTITY], "resource": {"Version": VERSION, "Statement": listed}}


QUESTION = {
    "Version": VERSION,
    "Statement": {
        "Effect": "Allow",
        "Principal": {"AWS": PRINCIPALS},
        "Action": ACTIONS,
        "Resource": OBJECTS,
    },
}


def every_request() -> Iterator[dict[str, Any]]:
    for principal, action, resource, endpoint in product(PRINCIPALS, ACTIONS, OBJECTS, [*ENDPOINTS, "vpce-3"]):
        context = {"aws:SourceVpce": endpoint} if endpoint else {}
        request = {"principal": principal, "action": action, "resource": resource}
        yield request | {"resource_account": ACCOUNT, "context": context}


@settings(max_examples=60, deadline=None)
@given(policies, policies)
def test_a_policys_direction_agrees_with_asking_every_request(one: list[dict[str, Any]], other: list[dict[str, Any]]):
    before, after = around(one), around(other)
    found = difference(ACCOUNT, before, after, [QUESTION])
    assert found.open is None
    asked = [(allowed(request, before), allowed(request, after)) for request in every_request()]
    assert (found.added is not None) == ((False, True) in asked)
    assert (found.removed is not None) == ((True, False) in asked)
    back = difference(ACCOUNT, after, before, [QUESTION])
    assert (back.added is not None, back.removed is not None) == (found.removed is not None, found.added is not None)


SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000111"
SCOPES = [SUBSCRIPTION, f"{SUBSCRIPTION}/resourceGroups/one", f"{SUBSCRIPTION}/resourceGroups/one/providers/A.B/c/d"]
PEOPLE = [f"00000000-0000-0000-0000-00000000000{digit}" for digit in (1, 2)]
NAMES = ["A.B/c/read", "A.B/c/write", "A.B/c/e/read", "A.B/c/delete", "C.D/f/read", "A.B/c/read/action"]
PATTERNS = [*NAMES[:5], "*", "*/read", "A.B/*", "A.B/c/*", "A.B/*/read", "C.D/*"]
patterns = st.lists(st.sampled_from(PATTERNS), max_size=2, unique=True)


@st.composite
def grants(draw: st.DrawFn) -> tuple[str, str, list[str], list[str]]:
    return draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(SCOPES)), draw(patterns), draw(patterns)


def resources(listed: list[tuple[str, str, list[str], list[str]]]) -> list[Resource]:
    found: list[Resource] = []
    for number, (principal, scope, allows, excepts) in enumerate(listed):
        guid = f"10000000-0000-0000-0000-00000000000{number}"
        lists = {"actions": [], "notActions": [], "dataActions": allows, "notDataActions": excepts}
        role = {"roleDefinitionId": guid, "roleName": guid, "scope": SUBSCRIPTION, "assignableScopes": [SUBSCRIPTION]}
        held = {"principalId": principal, "scope": scope, "roleDefinitionId": guid}
        found.append(made("RoleDefinition", f"role-{number}", role | {"permissions": [lists]}))
        found.append(made("RoleAssignment", f"assignment-{number}", held))
    return found


def made(kind: str, name: str, inputs: dict[str, Any]) -> Resource:
    kind = f"azure-native:authorization:{kind}"
    urn = f"urn:pulumi:hamar::clover::{kind}::{name}"
    return read_resource({"urn": urn, "type": kind, "custom": True, "id": name, "inputs": inputs}, inputs, True, name)


def granted(listed: list[Resource]) -> set[tuple[str, str, str]]:
    """Every request of the universe that the plain evaluator allows."""
    held = Resources(listed)
    definitions, _ = declared_definitions(held)
    rows = [each.row for each in declared_assignments(held, definitions) if isinstance(each, Held)]
    asked = product(PEOPLE, NAMES, SCOPES)
    return {one for one in asked if evaluate(_data(*one), {"role_assignments": rows}).decision == "allow"}


def _data(principal: str, action: str, scope: str) -> dict[str, Any]:
    return {"principal": principal, "action": action, "scope": scope, "is_data_action": True}


def directions(before: list[Resource], after: list[Resource]) -> tuple[str, list[Finding]]:
    found = list(access_findings(sides(before, after)))
    assert not any(each.undecided for each in found)
    return together(found).value, found


@settings(max_examples=60, deadline=None)
@given(st.lists(grants(), max_size=3), st.lists(grants(), max_size=3))
def test_a_roles_direction_agrees_with_asking_every_request(
    one: list[tuple[str, str, list[str], list[str]]], other: list[tuple[str, str, list[str], list[str]]]
):
    """The universe holds a name for most classes of actions: what it shows is found, and what is found replays."""
    before, after = resources(one), resources(other)
    direction, found = directions(before, after)
    old, new = granted(before), granted(after)
    if new - old:
        assert direction in ("widens", "mixed")
    if old - new:
        assert direction in ("narrows", "mixed")
    for each in found:
        assert each.witness is not None
        policies_of = each.witness["policies"]
        told = [
            evaluate(each.witness["request"], policies_of[side]).decision == "allow" for side in ("before", "after")
        ]
        assert told == [each.before == "allowed", each.after == "allowed"]
    back, _ = directions(after, before)
    assert {direction, back} in ({"widens", "narrows"}, {"neutral"}, {"mixed"})
    assert directions(before, before)[0] == "neutral"
