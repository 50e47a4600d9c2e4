"""A rule that a part of a resource meets stops every whole resource with that part; else nothing is claimed."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clover.logic.azure.policy_assignments import PolicyAssignment, read_policy_assignments
from clover.logic.azure.policy_partial import ANY_OTHER, Told, stops_all, weigh
from clover.logic.azure.request import read_request
from clover.logic.azure.scopes import read_hierarchy, read_scope

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000111"
GROUP = "/providers/Microsoft.Management/managementGroups/sites"
KIND = "Microsoft.Storage/storageAccounts"
SCOPE, ABOVE = read_scope(SUBSCRIPTION, "scope"), read_hierarchy([GROUP], "groups")


def policy(rule: Any, effect: str = "deny", **change: Any) -> PolicyAssignment | None:
    """A policy of one rule at the group above the subscription; None for one that stops nothing."""
    definition: dict[str, Any] = {"mode": "All", "policyRule": {"if": rule, "then": {"effect": effect}}}
    if effect == "denyAction":
        definition["policyRule"]["then"]["details"] = {"actionNames": ["delete"]}
    row = {"name": "p", "scope": GROUP, "definition": definition, **change}
    return next(iter(read_policy_assignments([row], "policies")), None)


def told(properties: dict[str, Any] | None = None, **top: Any) -> Told:
    """A store of which some properties and other members are told."""
    held = properties or {}
    kept = {name: content for name, content in held.items() if content is not None}
    body: dict[str, Any] = {"type": KIND, "properties": kept, **top}
    return Told(body, frozenset({"type", *top, *(name.lower() for name in held)}))


def stops(rule: Any, part: Told, **change: Any) -> bool:
    found = policy(rule, **change)
    return found is not None and stops_all(found, part, SCOPE, ABOVE)


KEYS = {"field": f"{KIND}/allowSharedKeyAccess", "notEquals": "false"}
IS_STORE = {"field": "type", "equals": KIND}
RULES = {"field": f"{KIND}/networkAcls.ipRules[*]"}


@pytest.mark.parametrize(
    ("rule", "part", "expected"),
    [
        ({"allOf": [IS_STORE, KEYS]}, told({"allowSharedKeyAccess": True}), True),
        ({"allOf": [IS_STORE, KEYS]}, told({"allowSharedKeyAccess": None}), True),
        ({"allOf": [IS_STORE, KEYS]}, told({"allowSharedKeyAccess": False}), False),
        ({"allOf": [IS_STORE, KEYS]}, told({}), False),
        ({"not": KEYS}, told({}), False),
        ({"anyOf": [KEYS, {"not": KEYS}]}, told({}), False),
        ({"anyOf": [IS_STORE, KEYS]}, told({}), True),
        ({"field": "location", "notEquals": "norwayeast"}, told(location=ANY_OTHER), True),
        ({"field": "location", "notIn": ["norwayeast"]}, told(location=ANY_OTHER), True),
        ({"field": "location", "equals": "norwayeast"}, told(location=ANY_OTHER), False),
        ({"field": "location", "like": "*"}, told(location=ANY_OTHER), False),
        ({"field": "location", "notContains": "norway"}, told(location=ANY_OTHER), False),
        ({"value": "[field('location')]", "notEquals": "norwayeast"}, told(location=ANY_OTHER), False),
        ({"value": "[field('location')]", "notEquals": "norwayeast"}, told(location="westus"), True),
        ({"value": "[resourceGroup().name]", "equals": "g"}, told(location="westus"), False),
        ({"field": "tags['a/b']", "exists": "false"}, told(), False),
        ({"field": "Microsoft.KeyVault/vaults/enablePurgeProtection", "exists": "false"}, told(), True),
        ({"count": RULES, "greater": 0}, told({"networkAcls": {"ipRules": [{"value": "1.1.1.1"}]}}), True),
        ({"count": RULES, "less": 2}, told({"networkAcls": {"ipRules": [{"value": "1.1.1.1"}]}}), False),
        ({"count": RULES, "equals": 1}, told({"networkAcls": {"ipRules": [{"value": "1.1.1.1"}]}}), False),
        ({"count": RULES, "notEquals": 0}, told({"networkAcls": {"ipRules": [{"value": "1.1.1.1"}]}}), True),
        ({"count": RULES, "greater": 0}, told({}), False),
        (
            {"field": f"{KIND}/networkAcls.ipRules[*].value", "equals": "1.1.1.1"},
            told({"networkAcls": {"ipRules": [{"value": "1.1.1.1"}]}}),
            False,
        ),
        (
            {"count": {**RULES, "where": {"field": f"{RULES['field']}.action", "notEquals": "Deny"}}, "greater": 0},
            told({"networkAcls": {"ipRules": [{"value": "1.1.1.1"}]}}),
            False,
        ),
        (
            {
                "count": {"value": ["a", "b"], "name": "n", "where": {"field": "id", "contains": "[current('n')]"}},
                "equals": 0,
            },
            told(id="/subscriptions/x"),
            False,
        ),
        (
            {
                "count": {"value": ["a", "q"], "name": "n", "where": {"field": "id", "contains": "[current('n')]"}},
                "equals": 0,
            },
            told(id="/s/x"),
            True,
        ),
        (
            {
                "count": {"value": ["a", "q"], "name": "n", "where": {"field": "id", "contains": "[current('n')]"}},
                "equals": 0,
            },
            told(),
            False,
        ),
    ],
)
def test_what_is_told_decides_or_nothing_is_claimed(rule: Any, part: Told, expected: bool) -> None:
    assert stops(rule, part) is expected


@pytest.mark.parametrize(
    "change",
    [
        {"effect": "audit"},
        {"effect": "denyAction"},
        {"enforcementMode": "DoNotEnforce"},
        {"notScopes": [SUBSCRIPTION]},
        {"notScopes": [f"{SUBSCRIPTION}/resourceGroups/free"]},
        {"exemptions": [{"name": "e", "scope": f"{SUBSCRIPTION}/resourceGroups/free"}]},
        {"exemptions": [{"name": "e", "scope": GROUP, "expiresOn": "2000-01-01T00:00:00Z"}]},
        {"scope": "/providers/Microsoft.Management/managementGroups/others"},
    ],
)
def test_a_policy_that_does_not_deny_everywhere_stops_not_all(change: dict[str, Any]) -> None:
    assert stops(IS_STORE, told())
    assert not stops(IS_STORE, told(), **change)


def test_the_mode_indexed_sees_what_has_a_location_alone() -> None:
    found = policy(IS_STORE)
    assert found is not None
    assert not stops_all(found._replace(indexed=True), told(), SCOPE, ABOVE)
    assert stops_all(found._replace(indexed=True), told(location="westus"), SCOPE, ABOVE)


NAMES = ("allowSharedKeyAccess", "isSftpEnabled", "publicNetworkAccess")
VALUES = st.sampled_from([True, False, "Enabled", "Disabled", None])
LEAVES = st.one_of(
    st.tuples(
        st.sampled_from(NAMES), st.sampled_from(["equals", "notEquals"]), st.sampled_from(["true", "Enabled"])
    ).map(lambda each: {"field": f"{KIND}/{each[0]}", each[1]: each[2]}),
    st.tuples(st.sampled_from(NAMES), st.sampled_from(["true", "false"])).map(
        lambda each: {"field": f"{KIND}/{each[0]}", "exists": each[1]}
    ),
    st.sampled_from(["westus", "norwayeast"]).map(lambda place: {"field": "location", "notEquals": place}),
    st.sampled_from([0, 1, 2]).map(lambda number: {"count": RULES, "greater": number}),
    st.sampled_from([0, 1, 2]).map(lambda number: {"count": RULES, "lessOrEquals": number}),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda each: {"allOf": each}),
        st.lists(inner, min_size=1, max_size=3).map(lambda each: {"anyOf": each}),
        inner.map(lambda each: {"not": each}),
    ),
    max_leaves=8,
)
BODIES = st.fixed_dictionaries(
    {
        **dict.fromkeys(NAMES, VALUES),
        "rules": st.integers(0, 3),
        "location": st.sampled_from(["westus", "norwayeast", "elsewhere"]),
    }
)


@settings(max_examples=400, deadline=None)
@given(TREES, BODIES, st.sets(st.sampled_from([*NAMES, "rules", "location"])))
def test_whatever_completes_the_part_is_stopped_where_all_is(rule: Any, body: dict[str, Any], kept: set[str]) -> None:
    """The whole resource agrees with what is told of its part: what was said to stop all stops this one."""
    found = policy(rule)
    assert found is not None
    whole = _resource(body, set(body))
    part = _resource(body, kept)
    if stops_all(found, Told(part, _paths(kept)), SCOPE, ABOVE):
        request = {
            "principal": "00000000-0000-0000-0000-000000000001",
            "action": f"{KIND}/write",
            "scope": SUBSCRIPTION,
        }
        assert found.stops(read_request({**request, "resource": whole, "contents": []}), ABOVE), (rule, body, kept)


@settings(max_examples=400, deadline=None)
@given(TREES, BODIES, BODIES, st.sets(st.sampled_from([*NAMES, "rules", "location"])))
def test_what_was_not_looked_at_changes_nothing(
    rule: Any, body: dict[str, Any], other: dict[str, Any], kept: set[str]
) -> None:
    found = policy(rule)
    assert found is not None
    weighed = weigh(found, Told(_resource(body, kept), _paths(kept)), SCOPE, ABOVE)
    changed = {**body, **{name: other[name] for name in kept if _path(name) not in weighed.looked_at}}
    assert weigh(found, Told(_resource(changed, kept), _paths(kept)), SCOPE, ABOVE) == weighed


def test_what_a_rule_asks_about_was_looked_at() -> None:
    part = told({"allowSharedKeyAccess": True}, location="westus", id="/s/x")
    for rule, looked_at in (
        (KEYS, {"allowsharedkeyaccess"}),
        ({"anyOf": [IS_STORE, {"field": "location", "equals": "westus"}]}, {"type", "location"}),
        ({"value": "[field('id')]", "contains": "x"}, {"id"}),
        ({"field": "Microsoft.KeyVault/vaults/enablePurgeProtection", "exists": "false"}, set[str]()),
    ):
        found = policy(rule)
        assert found is not None
        assert weigh(found, part, SCOPE, ABOVE).looked_at == looked_at
        assert weigh(found._replace(indexed=True), part, SCOPE, ABOVE).looked_at == looked_at | {"location"}


def _paths(kept: set[str]) -> frozenset[str]:
    return frozenset({"type", *map(_path, kept)})


def _path(name: str) -> str:
    return "networkacls.iprules" if name == "rules" else name.lower()


def _resource(body: dict[str, Any], kept: set[str]) -> dict[str, Any]:
    properties = {name: body[name] for name in NAMES if name in kept and body[name] is not None}
    if "rules" in kept:
        properties["networkAcls"] = {"ipRules": [{"value": str(number)} for number in range(body["rules"])]}
    place = {"location": body["location"]} if "location" in kept else {}
    return {"type": KIND, "properties": properties, **place}
