"""Pairs of policies on Azure: what is found opens, and where nothing is, no resource of a small universe shows it."""

from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from clover.change.azure_standing import Policy
from clover.change.azure_writes import Sought, search
from clover.logic.azure.policy_assignments import read_policy_assignments
from clover.logic.azure.request import read_request
from clover.logic.azure.scopes import read_hierarchy

SUBSCRIPTION = "00000000-0000-0000-0000-000000000111"
HIERARCHY = read_hierarchy([], "groups")
STORE, VAULT = "Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults"
WORDS = ("one", "two", "three")
FIELDS = {
    "type": (STORE, VAULT),
    "location": WORDS,
    f"{STORE}/kept": WORDS,
    f"{STORE}/shared": ("true", "false"),
}


@st.composite
def comparisons(draw: st.DrawFn) -> dict[str, Any]:
    """One field compared, or how many members of an array there are."""
    if draw(st.integers(0, 5)) == 0:
        where = {"field": f"{STORE}/rules[*].way", "equals": draw(st.sampled_from(WORDS))}
        return {"count": {"field": f"{STORE}/rules[*]", "where": where}, "greater": 0}
    field = draw(st.sampled_from(sorted(FIELDS)))
    how = draw(st.sampled_from(["equals", "notEquals", "in", "notIn", "exists"]))
    if how == "exists":
        return {"field": field, how: draw(st.sampled_from(["true", "false"]))}
    some = draw(st.lists(st.sampled_from(FIELDS[field]), min_size=1, max_size=2, unique=True))
    return {"field": field, how: some if how.lower().endswith("in") else some[0]}


RULES = st.recursive(
    comparisons(),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda each: {"allOf": each}),
        st.lists(inner, min_size=1, max_size=3).map(lambda each: {"anyOf": each}),
        inner.map(lambda each: {"not": each}),
    ),
    max_leaves=5,
)


def policy(rule: dict[str, Any]) -> Policy:
    row: dict[str, Any] = {
        "name": "policy",
        "scope": f"/subscriptions/{SUBSCRIPTION}",
        "notScopes": [],
        "parameters": {},
        "definition": {"mode": "All", "policyRule": {"if": rule, "then": {"effect": "deny"}}},
        "exemptions": [],
    }
    (read,) = read_policy_assignments([row], "rows")
    return Policy(("urn",), row, read)


def universe() -> list[dict[str, Any]]:
    """Every resource that the rules can tell apart, with one more word and arrays of up to two members."""
    found: list[dict[str, Any]] = []
    arrays: list[Any] = [None, [], *([{"way": one}] for one in (*WORDS, "four")), [{"way": "one"}, {"way": "two"}]]
    more = (None, *WORDS, "four")
    for kind, place, kept, shared, rules in product((STORE, VAULT, "A.B/c"), more, more, (None, True, False), arrays):
        if kind != STORE and (kept, shared, rules) != (None, None, None):
            continue
        properties = {"kept": kept, "shared": shared, "rules": rules}
        told = {name: held for name, held in properties.items() if held is not None}
        place_of = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/g/providers/{kind}/x"
        located = {} if place is None else {"location": place}
        found.append({"type": kind, "id": place_of, **located, "properties": told})
    return found


UNIVERSE = universe()


def stops(one: Policy, body: dict[str, Any]) -> bool:
    request = {"principal": SUBSCRIPTION, "action": f"{body['type']}/write", "scope": body["id"], "resource": body}
    return bool(one.read.stops(read_request(request), HIERARCHY))


@settings(max_examples=60, deadline=None)
@given(RULES, RULES)
def test_what_one_stops_and_the_other_does_not_is_found(first: dict[str, Any], second: dict[str, Any]) -> None:
    one, other = policy(first), policy(second)
    found = search(Sought([one], [other], (HIERARCHY, HIERARCHY), SUBSCRIPTION))
    if found.request:
        body = dict(found.request["resource"])
        assert stops(one, body)
        assert not stops(other, body)
    elif found.certain:
        assert not [body for body in UNIVERSE if stops(one, body) and not stops(other, body)]


@settings(max_examples=30, deadline=None)
@given(RULES)
def test_a_policy_beside_itself_opens_nothing(rule: dict[str, Any]) -> None:
    found = search(Sought([policy(rule)], [policy(rule)], (HIERARCHY, HIERARCHY), SUBSCRIPTION))
    assert found.request is None
