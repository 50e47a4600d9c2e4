"""No component, resource or statement stands for nothing: what becomes of the proofs without it is what is recorded."""

from collections import Counter

import pytest

from tests.mutants.cascade import without
from tests.mutants.deletion_record import PAGE, Row, page, recorded, row, stacks
from tests.mutants.deletions import Deletion, deletions
from tests.soak import soaked

EVERY = [deletion for stack in stacks() for deletion in deletions(stack)]
SAMPLE = EVERY[3 :: soaked(40, 1)]


def known(deletion: Deletion) -> Row:
    """The recorded row of a deletion; of several of one name the one in its place."""
    found = recorded()[EVERY.index(deletion)]
    assert (found.stack, found.kind, found.name) == (deletion.stack, deletion.kind, deletion.name)
    return found


def test_the_record_is_of_everything_that_there_is():
    there = Counter((each.stack, each.kind, each.name) for each in EVERY)
    assert Counter((each.stack, each.kind, each.name) for each in recorded()) == there


def test_nothing_is_there_that_nobody_misses():
    assert [each for each in recorded() if each.effect not in ("flips", "redundant", "held")] == []


def test_what_names_a_resource_goes_with_it_and_a_list_loses_its_item():
    held = [
        {"urn": "a", "id": "1"},
        {"urn": "b", "id": "2", "inputs": {"of": "1"}},
        {"urn": "c", "id": "3", "inputs": {"all": ["1", "9"]}, "outputs": {"first": "1"}},
        {"urn": "d", "id": "4", "inputs": {"of": "2"}},
        {"urn": "e", "id": "5", "dependencies": ["a"]},
    ]
    assert without(held, "a") == [{**held[2], "inputs": {"all": ["9"]}, "outputs": {}}, held[4]]


def test_the_page_is_what_the_record_says():
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tests.mutants.deletion_record --page"


@pytest.mark.parametrize("deletion", SAMPLE, ids=lambda each: f"{each.stack}-{each.kind}-{each.name}"[:90])
def test_a_deletion_does_what_is_recorded(deletion: Deletion):
    assert row(deletion).effect == known(deletion).effect
