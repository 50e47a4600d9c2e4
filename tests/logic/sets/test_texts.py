"""The atoms of a field against the definition, word by word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clover.logic.sets.inclusion import apart, covers
from clover.logic.sets.patterns import Language, Pattern, glob, pattern
from clover.logic.sets.places import fits
from clover.logic.sets.texts import Texts
from tests.logic.exact.scale import tried
from tests.logic.sets.strategies import EVERYTHING, WORDS, belongs, languages, patterns


def _vector(word: tuple[str, ...], found: list[Language]) -> tuple[bool, ...]:
    """Which languages the word belongs to."""
    return tuple(belongs(word, each) for each in found)


@tried
@given(st.lists(languages(), max_size=4), languages() | st.just(EVERYTHING), st.none() | languages())
def test_atoms_are_the_combinations_that_occur(found: list[Language], within: Language, held: Language | None) -> None:
    field = Texts(found, within, held)
    there = [word for word in WORDS if belongs(word, within) and (held is None or belongs(word, held))]
    of_atoms: dict[int, tuple[bool, ...]] = {}
    for word in WORDS:
        atom = field.atom(word)
        assert (atom is not None) == (word in there)
        if atom is not None:
            vector = _vector(word, found)
            assert of_atoms.setdefault(atom, vector) == vector
            assert vector == tuple(bool(field.mask(number) >> atom & 1) for number in range(len(found)))
    for atom, words in enumerate(field.words):
        assert words
        assert {field.atom(word) for word in words} == {atom}


@tried
@given(patterns(), patterns())
def test_what_patterns_tell_by_themselves_is_true(one: Pattern, other: Pattern) -> None:
    if covers(one, other):
        assert all(fits(one, word) for word in WORDS if fits(other, word))
    if apart(one, other):
        assert not any(fits(one, word) and fits(other, word) for word in WORDS)
    assert covers(one, one)


@tried
@given(patterns())
def test_a_word_fits_by_definition(each: Pattern) -> None:
    assert all(fits(each, word) == belongs(word, (each,)) for word in WORDS)


PLAIN = [
    *(("a*", "ab", True, False), ("a*", "a*b", True, False), ("*a*", "*a", True, False), ("a?", "ab", True, False)),
    *(("a*", "b*", False, True), ("*a", "*b", False, True), ("a", "ab", False, True), ("?", "a*", False, False)),
]


@pytest.mark.parametrize(("wide", "narrow", "covered", "excluded"), PLAIN)
def test_patterns_tell_what_is_plain(wide: str, narrow: str, covered: bool, excluded: bool) -> None:
    one, other = pattern(glob(wide)), pattern(glob(narrow))
    assert covers(one, other) is covered
    assert apart(one, other) is apart(other, one) is excluded
