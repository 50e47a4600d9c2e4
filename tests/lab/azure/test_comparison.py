"""What counts as a change, and what a refresh carries into the inputs."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clover.lab.azure.comparison import MADE_UP, VERSION, compare, drifted, spoken_of
from clover.lab.azure.model import resource_types
from clover.lab.provider.wire import UNKNOWN, Props

TYPES = resource_types()
STORE, SUBNET = TYPES["azure-native:storage:StorageAccount"], TYPES["azure-native:network:Subnet"]
ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/routeTables/t"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"location": "Norway East"}, {"location": "norwayeast"}),
        ({"location": "norwayeast"}, {"location": "NorwayEast"}),
    ],
)
def test_locations_that_say_the_same_are_the_same(old: Props, new: Props) -> None:
    assert compare(STORE, old, new).paths == {}


def test_ids_know_no_case() -> None:
    assert compare(SUBNET, {"routeTable": {"id": ID}}, {"routeTable": {"id": ID.upper()}}).paths == {}


@pytest.mark.parametrize(
    ("old", "new", "paths", "replaces"),
    [
        ({"location": "norwayeast"}, {"location": "northeurope"}, {"location": "update"}, ("location",)),
        ({"location": "norwayeast"}, {"location": UNKNOWN}, {"location": "update"}, ("location",)),
        ({"accountName": "a"}, {"accountName": "b"}, {"accountName": "update"}, ("accountName",)),
        ({}, {"isHnsEnabled": True}, {"isHnsEnabled": "add"}, ("isHnsEnabled",)),
        ({"tags": {"a": "b"}}, {"tags": {"a": "c"}}, {"tags.a": "update"}, ()),
        ({"allowSharedKeyAccess": False}, {}, {"allowSharedKeyAccess": "delete"}, ()),
        ({}, {"allowSharedKeyAccess": False}, {"allowSharedKeyAccess": "add"}, ()),
        (
            {"networkRuleSet": {"ipRules": [{"iPAddressOrRange": "1.1.1.1"}]}},
            {"networkRuleSet": {"ipRules": [{"iPAddressOrRange": "1.1.1.2"}]}},
            {"networkRuleSet.ipRules[0].iPAddressOrRange": "update"},
            (),
        ),
    ],
)
def test_changes_are_named_where_they_are(old: Props, new: Props, paths: Any, replaces: Any) -> None:
    found = compare(STORE, old, new)
    assert (found.paths, found.replaces) == (paths, replaces)


@pytest.mark.parametrize(("made_up", "first"), [(True, False), (False, True)])
def test_the_old_thing_goes_first_unless_its_name_was_made_up(*, made_up: bool, first: bool) -> None:
    old: Props = {"location": "a", **({MADE_UP: True} if made_up else {})}
    assert compare(STORE, old, {"location": "b"}).deletes_first is first


def test_a_change_of_the_api_version_is_an_update_where_the_old_one_is_known() -> None:
    assert compare(STORE, {VERSION: "1"}, {VERSION: "2"}).paths == {VERSION: "update"}
    assert compare(STORE, {}, {VERSION: "2"}).paths == {}


def test_what_the_program_ignores_is_no_change() -> None:
    assert compare(STORE, {"tags": {"a": "b"}}, {"tags": {"a": "c"}}, ("tags",)).changed == set()


@pytest.mark.parametrize(
    ("inputs", "before", "after", "expected"),
    [
        ({"a": 1}, {"a": 1, "filled": 2}, {"a": 1, "filled": 2}, {"a": 1}),
        ({"a": 1}, {"a": 1, "filled": 2}, {"a": 1, "filled": 3}, {"a": 1, "filled": 3}),
        ({"a": 1}, {"a": 1}, {"a": 1, "new": 2}, {"a": 1, "new": 2}),
        ({"a": 1, "b": 2}, {"a": 1, "b": 2}, {"a": 1}, {"a": 1}),
        ({"unread": 1}, {}, {}, {"unread": 1}),
        ({"m": {"x": 1}}, {"m": {"x": 1, "d": 0}}, {"m": {"x": 2, "d": 0}}, {"m": {"x": 2}}),
        (
            {"l": [{"x": 1}]},
            {"l": [{"x": 1, "d": 0}]},
            {"l": [{"x": 1, "d": 0}, {"x": 9}]},
            {"l": [{"x": 1}, {"x": 9}]},
        ),
        (
            {"id": "/subscriptions/A"},
            {"id": "/subscriptions/a"},
            {"id": "/SUBSCRIPTIONS/a"},
            {"id": "/subscriptions/A"},
        ),
    ],
)
def test_a_refresh_carries_changes_into_the_inputs_and_nothing_else(
    inputs: Props, before: Props, after: Props, expected: Props
) -> None:
    assert drifted(inputs, before, after) == expected


shapes = st.recursive(
    st.integers(0, 3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from("abc"), shapes), st.dictionaries(st.sampled_from("abc"), shapes))
def test_without_drift_the_inputs_stay(inputs: Props, outputs: Props) -> None:
    assert drifted(inputs, outputs, outputs) == inputs


@given(st.dictionaries(st.sampled_from("abc"), shapes), st.dictionaries(st.sampled_from("abc"), shapes))
def test_inputs_that_were_all_there_is_become_what_is_there_now(before: Props, after: Props) -> None:
    assert drifted(before, before, after) == after


@pytest.mark.parametrize(
    ("said", "now", "expected"),
    [
        ({"m": {"x": 1}}, {"m": {"x": 2, "d": 0}, "filled": 3}, {"m": {"x": 2}}),
        ({"l": [{"x": 1}]}, {"l": [{"x": 1, "d": 0}]}, {"l": [{"x": 1}]}),
        ({"l": [{"x": 1}]}, {"l": [{"x": 1, "d": 0}, {"x": 9}]}, {"l": [{"x": 1, "d": 0}, {"x": 9}]}),
        ({"gone": 1}, {}, {}),
    ],
)
def test_what_inputs_speak_of_is_told_from_what_was_filled_in(said: Props, now: Props, expected: Props) -> None:
    assert spoken_of(said, now) == expected
