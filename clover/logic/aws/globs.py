"""Wildcard matching in time linear in pattern times text, whatever the pattern: no backtracking."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Token(NamedTuple):
    """One step of a pattern: the given character, or any one where it is None, once or any number of times."""

    character: str | None
    repeats: bool = False
    crosses_colons: bool = True

    def admits(self, character: str) -> bool:
        """Whether this step can stand for the character."""
        if self.character is None:
            return self.crosses_colons or character != ":"
        return self.character == character


ANY = Token(None)
ANY_NUMBER = Token(None, repeats=True)
ANY_NUMBER_IN_SEGMENT = Token(None, repeats=True, crosses_colons=False)
ANY_IN_SEGMENT = Token(None, crosses_colons=False)


def literal(text: str) -> list[Token]:
    """A pattern that matches exactly the text."""
    return [Token(character) for character in text]


def wildcard(text: str) -> list[Token]:
    """A pattern in which `*` stands for any characters and `?` for any one."""
    special = {"*": ANY_NUMBER, "?": ANY}
    return [special.get(character) or Token(character) for character in text]


def matches(pattern: Sequence[Token], text: str) -> bool:
    """Whether the whole text fits the pattern."""
    places = _after_repeats(pattern, {0})
    for character in text:
        places = _after_repeats(pattern, _step(pattern, places, character))
        if not places:
            return False
    return len(pattern) in places


def _step(pattern: Sequence[Token], places: Iterable[int], character: str) -> set[int]:
    """The places in the pattern reachable by reading one character."""
    reached: set[int] = set()
    for place in places:
        if place < len(pattern) and pattern[place].admits(character):
            reached.add(place if pattern[place].repeats else place + 1)
    return reached


def _after_repeats(pattern: Sequence[Token], places: set[int]) -> set[int]:
    """The places together with those behind every repeat that may stand for nothing."""
    reached = set(places)
    for place in places:
        following = place
        while following < len(pattern) and pattern[following].repeats:
            following += 1
            reached.add(following)
    return reached
