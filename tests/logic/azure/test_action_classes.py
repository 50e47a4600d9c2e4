"""Classes of actions are exact: what holds of an action holds of every other of its class, so sets of them are exact.

A usual run decides some 2,000 requests both ways, plainly and for the representative of the action's class.
"""

from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from clover.logic.azure.action_classes import ActionClasses
from clover.logic.azure.locks import TOLD_APART
from clover.logic.azure.permissions import Action, read_action
from tests.logic.azure.evaluator_cases import ALICE, SUBSCRIPTION, Json, decision
from tests.logic.azure.test_properties import policies
from tests.soak import soaked

ACTIONS_EACH = 10
EXAMPLES = soaked(210, 10_000)
tried = settings(max_examples=EXAMPLES, phases=[Phase.explicit, Phase.reuse, Phase.generate], deadline=None)

PATTERNS = [
    *("*", "*/read", "a/*", "a/*/b", "a/*/*", "*/*", "a/b", "a/b*", "*b*/read", "a/*/b/*/read", "a/*b/read"),
    *("x*/*/read", "*/delete", "a/b/*", "a*b/c", "*/b", "A/B", "*/READ"),
]
SPOKEN_OF = [*TOLD_APART, "Microsoft.Authorization/denyAssignments/*", "Microsoft.Authorization/*/*/*", "*/read"]
"""What locks, and users' own denials, tell apart beside the patterns of roles."""

names = st.lists(st.sampled_from(["a", "b", "x", "ab", "xb", "read", "c", "bc", "delete"]), min_size=2, max_size=5)
real = st.lists(
    st.sampled_from(
        ["Microsoft.Storage", "Microsoft.Authorization", "storageAccounts", "locks", "listKeys", "roleAssignments"]
    ),
    min_size=1,
    max_size=4,
)
verbs = st.sampled_from(["read", "write", "delete", "action", "other"])
asked_about = st.tuples(real, verbs).map(lambda pair: "/".join([*pair[0], pair[1]]))


@tried
@given(
    st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=5),
    st.lists(names.map("/".join), min_size=ACTIONS_EACH, max_size=ACTIONS_EACH),
)
def test_an_action_and_its_representative_fit_the_same_patterns(patterns: list[str], actions: list[str]) -> None:
    classes = ActionClasses(patterns)
    for action in actions:
        chosen = read_action(classes.representative(action), "action", is_data=False)
        for pattern in classes.patterns:
            fits = Action(action, is_data=False).fits(pattern)
            assert fits == chosen.fits(pattern) == (chosen.name in set(classes.within(pattern)))


@given(st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=5))
def test_every_action_shown_is_one_that_can_be_asked_for(patterns: list[str]) -> None:
    classes = ActionClasses(patterns)
    shown = list(classes.all())
    assert len(shown) == len(set(shown))
    for action in shown:
        assert read_action(action, "action", is_data=False).name == action
        assert classes.of(action) == classes.of(classes.representative(action))


@tried
@given(policies, st.lists(asked_about, min_size=ACTIONS_EACH, max_size=ACTIONS_EACH), st.booleans())
def test_a_decision_is_that_on_the_representative(found: Json, actions: list[str], is_data: bool) -> None:
    """For every request: the set of what is permitted is exactly the union of the classes of which one is."""
    classes = ActionClasses([*_patterns(found), *SPOKEN_OF])
    for action in actions:
        pair = [
            decision({"principal": ALICE, "action": name, "scope": SUBSCRIPTION, "is_data_action": is_data}, **found)
            for name in (action, classes.representative(action))
        ]
        assert pair[0] == pair[1], (action, found)


def _patterns(found: Any) -> list[str]:
    """Every pattern of actions in policies, those of conditions too."""
    roles = [row["role"] for row in found.get("role_assignments", [])]
    sets = [*roles, *(row["permissions"] for row in found.get("deny_assignments", []))]
    listed = [pattern for each in sets for name in sorted(each) for pattern in each[name]]
    conditions = [row.get("condition", "") for row in found.get("role_assignments", [])]
    return [*listed, *(["*/write"] if any("ActionMatches" in text for text in conditions) else [])]


def test_a_name_with_an_empty_segment_is_of_no_class() -> None:
    classes = ActionClasses(["*/read"])
    assert [classes.of(name) for name in ("a//read", "/read", "a/", "read", "a/*")] == [None] * 5
    with pytest.raises(ValueError, match="no action"):
        classes.representative("a//read")


def test_a_pattern_meets_actions_that_nobody_has_heard_of() -> None:
    classes = ActionClasses(["Microsoft.Storage/*", "Microsoft.Storage/*/read", "*/read"])
    found = set(classes.within("Microsoft.Storage/*"))
    assert {name.endswith("/read") for name in found} == {True, False}
