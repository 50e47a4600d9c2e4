"""Laws that hold for every request and every set of assignments."""

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clover.logic.azure import Malformed, evaluate, evaluate_network
from tests.logic.azure.evaluator_cases import (
    ACCOUNT,
    ALICE,
    ALLOW,
    BOB,
    CONTAINER,
    DENY,
    EVERYBODY,
    GROUP,
    READ_BLOB,
    SUBSCRIPTION,
    Json,
    decision,
)

CHAIN = [
    "/providers/Microsoft.Management/managementGroups/root",
    "/providers/Microsoft.Management/managementGroups/sites",
]
MARKETING = "20000000-0000-0000-0000-000000000001"
SCOPES = ["/", *CHAIN, SUBSCRIPTION, GROUP, ACCOUNT, CONTAINER, f"{SUBSCRIPTION}/resourceGroups/other"]
ACTIONS = [
    "Microsoft.Storage/storageAccounts/read",
    "Microsoft.Storage/storageAccounts/write",
    "Microsoft.Storage/storageAccounts/delete",
    "Microsoft.Storage/storageAccounts/listKeys/action",
    "Microsoft.Authorization/roleAssignments/write",
    "Microsoft.Authorization/locks/delete",
    READ_BLOB,
]
PATTERNS = [*ACTIONS, "*", "*/read", "*/write", "*/delete", "Microsoft.Storage/*", "Microsoft.Storage/*/action"]
CONDITIONS = [
    "@Resource[name] StringEquals 'a'",
    "NOT (@Resource[name] StringLike 'A*')",
    "@Environment[isPrivateLink] BoolEquals true OR ActionMatches{'*/write'}",
    "Exists @Request[x] AND 1 NumericLessThan 2",
    "@Principal[p] ForAnyOfAnyValues:StringEquals {'a', 'b'}",
]
WORDS = ["(", ")", "{", "}", ",", "!", "NOT", "AND", "OR", "@Resource[a]", "StringEquals", "'b'", "1", "Exists"]
WHOLE_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([*SCOPES, *PATTERNS, ALICE, EVERYBODY, *CONDITIONS]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=12,
)


def _named(principal: str) -> Json:
    """A principal as deny assignments name it."""
    return {"id": principal}


patterns = st.lists(st.sampled_from(PATTERNS), max_size=3)
principals = st.sampled_from([ALICE, BOB, MARKETING])
scopes = st.sampled_from(SCOPES)
values = st.sampled_from(["a", "b", "A", True, 3])
attributes: st.SearchStrategy[Json] = st.fixed_dictionaries(
    {},
    optional={
        "resource": st.dictionaries(st.just("name"), values, max_size=1),
        "environment": st.dictionaries(st.just("isPrivateLink"), st.booleans(), max_size=1),
        "request": st.dictionaries(st.just("x"), values, max_size=1),
        "principal": st.dictionaries(st.just("p"), st.lists(st.sampled_from(["a", "c"]), max_size=2), max_size=1),
    },
)
requests: st.SearchStrategy[Json] = st.fixed_dictionaries(
    {
        "principal": principals,
        "groups": st.lists(st.just(MARKETING), max_size=1),
        "action": st.sampled_from(ACTIONS),
        "is_data_action": st.booleans(),
        "scope": st.sampled_from([SUBSCRIPTION, GROUP, ACCOUNT, CONTAINER]),
        "attributes": attributes,
    }
)
roles: st.SearchStrategy[Json] = st.fixed_dictionaries(
    {"actions": patterns, "notActions": patterns, "dataActions": patterns, "notDataActions": patterns}
)
assignments: st.SearchStrategy[Json] = st.fixed_dictionaries(
    {"principalId": principals, "scope": scopes, "role": roles},
    optional={"condition": st.sampled_from(CONDITIONS)},
)
denials: st.SearchStrategy[Json] = st.fixed_dictionaries(
    {
        "principals": st.sampled_from([[{"id": ALICE}], [{"id": EVERYBODY, "type": "SystemDefined"}]]),
        "excludePrincipals": st.lists(st.builds(_named, principals), max_size=2),
        "scope": scopes,
        "permissions": st.fixed_dictionaries(
            {"actions": st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=2), "notActions": patterns}
        ),
        "isSystemProtected": st.just(True),
        "doNotApplyToChildScopes": st.booleans(),
    }
)
locks: st.SearchStrategy[Json] = st.fixed_dictionaries(
    {
        "scope": st.sampled_from([SUBSCRIPTION, GROUP, ACCOUNT, CONTAINER]),
        "level": st.sampled_from(["CanNotDelete", "ReadOnly"]),
    }
)
policies: st.SearchStrategy[Json] = st.fixed_dictionaries(
    {"management_groups": st.just(CHAIN)},
    optional={
        "role_assignments": st.lists(assignments, max_size=3),
        "deny_assignments": st.lists(denials, max_size=2),
        "locks": st.lists(locks, max_size=2),
    },
)


def _with(found: Json, kind: str, *added: Json) -> Json:
    """The policies with more of a kind."""
    return {**found, kind: [*found.get(kind, []), *added]}


def _swapped(value: Any) -> Any:
    """The same in other capitals."""
    if isinstance(value, dict):
        return {key: _swapped(inner) for key, inner in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [_swapped(inner) for inner in value]  # pyright: ignore[reportUnknownVariableType]
    return value.swapcase() if isinstance(value, str) and ("/" in value or "-" in value) else value


@given(requests, policies, assignments)
def test_a_role_assignment_more_never_removes_access(asked: Json, found: Json, added: Json) -> None:
    if decision(asked, **found) == ALLOW:
        assert decision(asked, **_with(found, "role_assignments", added)) == ALLOW


@given(requests, policies, denials)
def test_a_deny_assignment_more_never_adds_access(asked: Json, found: Json, added: Json) -> None:
    if decision(asked, **_with(found, "deny_assignments", added)) == ALLOW:
        assert decision(asked, **found) == ALLOW


@given(requests, policies, locks)
def test_a_lock_more_never_adds_access(asked: Json, found: Json, added: Json) -> None:
    if decision(asked, **_with(found, "locks", added)) == ALLOW:
        assert decision(asked, **found) == ALLOW


@given(requests, policies, st.sampled_from(CONDITIONS))
def test_a_condition_never_adds_access(asked: Json, found: Json, condition: str) -> None:
    rows = [each | {"condition": condition} for each in found.get("role_assignments", []) if "condition" not in each]
    plain = [each for each in found.get("role_assignments", []) if "condition" not in each]
    if decision(asked, **found | {"role_assignments": rows}) == ALLOW:
        assert decision(asked, **found | {"role_assignments": plain}) == ALLOW


@given(requests, policies)
def test_the_order_of_anything_does_not_matter(asked: Json, found: Json) -> None:
    turned = copy.deepcopy(found)
    for kind in ("role_assignments", "deny_assignments", "locks"):
        turned[kind] = list(reversed(turned.get(kind, [])))
    for row in turned["role_assignments"]:
        row["role"] = {name: list(reversed(listed)) for name, listed in row["role"].items()}
    assert decision(asked, **turned) == decision(asked, **found)


@given(requests, policies)
def test_ids_and_actions_ignore_case(asked: Json, found: Json) -> None:
    plain = [each for each in found.get("role_assignments", []) if "condition" not in each]
    found = found | {"role_assignments": plain}
    assert decision({**_swapped(asked), "attributes": {}}, **found) == decision(asked, **found)
    assert decision(asked, **_swapped(found)) == decision(asked, **found)


@given(requests, policies)
def test_an_assignment_at_a_wider_scope_grants_no_less(asked: Json, found: Json) -> None:
    wider = [{**each, "scope": "/"} for each in found.get("role_assignments", [])]
    if decision(asked, **found) == ALLOW:
        assert decision(asked, **{**found, "role_assignments": wider}) == ALLOW


@given(requests, policies)
def test_nothing_is_allowed_without_a_reason_that_says_so(asked: Json, found: Json) -> None:
    decided = evaluate(asked, found)
    assert decided.because
    if decided.decision == ALLOW:
        assert all(reason.startswith("role assignment ") for reason in decided.because)
    if decided.decision == DENY:
        assert all(reason.startswith(("deny assignment ", "lock ")) for reason in decided.because)


@given(requests, policies)
def test_not_actions_are_the_same_as_leaving_the_actions_out(asked: Json, found: Json) -> None:
    """One role's NotActions touch no other role: the roles decide one by one."""
    rows = found.get("role_assignments", [])
    alone = any(decision(asked, management_groups=CHAIN, role_assignments=[row]) == ALLOW for row in rows)
    together = decision(asked, management_groups=CHAIN, role_assignments=rows) == ALLOW
    assert alone == together


@given(WHOLE_JSON, WHOLE_JSON)
def test_any_input_is_decided_or_refused(asked: Any, found: Any) -> None:
    for check in (evaluate, evaluate_network):
        try:
            check(asked, found)
        except Malformed as refused:
            assert "\n" not in str(refused)


@given(requests, policies, st.sampled_from(["role_assignments", "deny_assignments", "locks"]), WHOLE_JSON)
def test_any_member_is_decided_or_refused(asked: Json, found: Json, kind: str, odd: Any) -> None:
    try:
        evaluate(asked, _with(found, kind, odd))
    except Malformed as refused:
        assert "\n" not in str(refused)


@given(st.text(max_size=60) | st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_any_condition_is_read_or_refused(text: str) -> None:
    row = {"principalId": ALICE, "scope": "/", "role": {"actions": ["*"]}, "condition": text}
    try:
        evaluate({"principal": ALICE, "action": "a/read", "scope": SUBSCRIPTION}, {"role_assignments": [row]})
    except Malformed as refused:
        assert str(refused).startswith("policies.role_assignments[0].condition: ")


@given(st.text(max_size=40).map(lambda text: f"[{text}]"))
def test_any_expression_is_read_or_refused(text: str) -> None:
    rule = {"if": {"value": text, "equals": "a"}, "then": {"effect": "deny"}}
    row = {"scope": SUBSCRIPTION, "definition": {"mode": "All", "policyRule": rule}}
    asked = {"principal": ALICE, "action": "a/write", "scope": SUBSCRIPTION, "resource": {"type": "a", "name": "n"}}
    try:
        evaluate(asked, {"policy_assignments": [row]})
    except Malformed as refused:
        assert "\n" not in str(refused)
