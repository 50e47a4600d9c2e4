"""From the SDK's shape to ARM's JSON and back: nothing is lost on the way, nothing invented."""

from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clover.lab.azure import conversion, layout
from clover.lab.azure.ids import id_of, inputs_of, normal_location
from clover.lab.azure.model import resource_types, schema
from clover.lab.provider.failure import Refusal
from clover.lab.provider.shapes import Findings, choices, shaped
from clover.lab.provider.wire import UNKNOWN, Props, as_list, as_map

TYPES = resource_types()
texts = st.text("abcXYZ019", min_size=1, max_size=5)
SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "string": texts,
    "boolean": st.booleans(),
    "integer": st.integers(0, 99),
    "number": st.floats(0, 9, width=16),
    "any": texts,
}


@cache
def values(kind: str, depth: int = 2) -> st.SearchStrategy[Any]:
    """Return values of a type; objects deep inside stay empty."""
    if len(parts := choices(kind)) > 1:
        return st.one_of([values(part, depth) for part in parts])
    if kind.startswith("["):
        return st.lists(values(kind[1:-1], depth), max_size=2, unique_by=repr)
    if kind.startswith("{"):
        return st.dictionaries(texts, values(kind[1:-1], depth), max_size=2)
    if kind in SCALARS:
        return SCALARS[kind]
    entry = schema()["objects"][kind]
    if "values" in entry:
        return st.sampled_from(entry["values"])
    return members(layout.of_object(kind), frozenset(entry["required"]), depth - 1)


def members(known: layout.Layout, required: frozenset[str], depth: int = 2) -> st.SearchStrategy[Props]:
    needed = {name: values(known.kinds[name], depth) for name in required}
    rest = known.kinds.keys() - required if depth > 0 else ()
    return st.fixed_dictionaries(needed, optional={name: values(known.kinds[name], depth) for name in sorted(rest)})


@pytest.mark.parametrize("token", TYPES)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_what_goes_to_arm_comes_back(token: str, data: st.DataObject) -> None:
    known = layout.asked(TYPES[token])
    inputs = sorted_sets(data.draw(members(known, frozenset())), known)
    findings = Findings(schema()["objects"], exact=True)
    for name, value in inputs.items():
        shaped(value, known.kinds[name], name, findings)
    assert findings.problems == []
    assert conversion.from_arm(known, conversion.to_arm(known, inputs)) == inputs


def sorted_sets(value: Any, known: layout.Layout) -> Any:
    """Return the value with lists that stand for sets in order, as they come back."""
    return {
        name: sorted(entry) if name in known.sets else _inside(entry, known.kinds[name])
        for name, entry in value.items()
        if name in known.kinds
    }


def _inside(value: Any, kind: str) -> Any:
    if isinstance(value, list):
        return [_inside(item, kind[1:-1]) for item in as_list(value)]
    if isinstance(value, dict) and kind.startswith("{"):
        return {name: _inside(entry, kind[1:-1]) for name, entry in as_map(value).items()}
    typed = layout.chosen(kind, as_map(value), in_arm=False) if isinstance(value, dict) else None
    return sorted_sets(as_map(value), typed) if typed else as_map(value)


def test_a_store_looks_to_arm_as_the_real_provider_sends_it() -> None:
    known = layout.asked(TYPES["azure-native:storage:StorageAccount"])
    inputs: Props = {
        "sku": {"name": "Standard_ZRS"},
        "enableHttpsTrafficOnly": True,
        "identity": {"type": "UserAssigned", "userAssignedIdentities": ["/b", "/a"]},
        "encryption": {
            "keySource": "Microsoft.Keyvault",
            "encryptionIdentity": {"encryptionUserAssignedIdentity": "/a"},
            "keyVaultProperties": {"keyName": "k", "keyVaultUri": "https://v"},
        },
        "networkRuleSet": {"bypass": "None", "ipRules": [{"iPAddressOrRange": "1.2.3.4", "action": "Allow"}]},
    }
    assert conversion.to_arm(known, inputs) == {
        "sku": {"name": "Standard_ZRS"},
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {"/b": {}, "/a": {}}},
        "properties": {
            "supportsHttpsTrafficOnly": True,
            "encryption": {
                "keySource": "Microsoft.Keyvault",
                "identity": {"userAssignedIdentity": "/a"},
                "keyvaultproperties": {"keyname": "k", "keyvaulturi": "https://v"},
            },
            "networkAcls": {"bypass": "None", "ipRules": [{"value": "1.2.3.4", "action": "Allow"}]},
        },
    }


def test_members_that_the_sdk_does_not_know_are_left_out() -> None:
    known = layout.answered(TYPES["azure-native:resources:ResourceGroup"])
    assert conversion.from_arm(known, {"location": "x", "surprise": 1, "properties": {"more": 2}}) == {
        "location": "x",
        "properties": {},
    }


def test_a_preview_knows_inputs_and_nothing_else() -> None:
    known = layout.answered(TYPES["azure-native:storage:StorageAccount"])
    found = conversion.foreseen(known, {"kind": "StorageV2", "networkRuleSet": {"bypass": "None"}, "tags": {"a": "b"}})
    assert found["kind"] == "StorageV2"
    assert found["tags"] == {"a": "b"}
    assert (found["networkRuleSet"]["bypass"], found["networkRuleSet"]["defaultAction"]) == ("None", UNKNOWN)
    assert {found["name"], found["primaryEndpoints"], found["location"]} == {UNKNOWN}


segments = st.text("abcdefXYZ0123456789-_. %#é", min_size=1, max_size=12)


@given(st.sampled_from(sorted(TYPES)), st.data())
def test_ids_give_back_the_inputs_that_stand_in_them(token: str, data: st.DataObject) -> None:
    kind = TYPES[token]
    names = {name: data.draw(segments) for name in kind.parameters}
    scoped = {name: "/subscriptions/s/resourceGroups/g" for name in ("scope", "resourceUri") if name in names}
    inputs = {**names, **scoped}
    assert inputs_of(kind, id_of(kind, inputs, "s")) == inputs


def test_what_is_no_id_of_the_type_is_refused() -> None:
    with pytest.raises(Refusal, match=r"'/subscriptions/s/x' is no id of azure-native:storage:StorageAccount"):
        inputs_of(TYPES["azure-native:storage:StorageAccount"], "/subscriptions/s/x")


def test_locations_are_compared_without_case_and_spaces() -> None:
    assert normal_location("Norway East") == "norwayeast"
