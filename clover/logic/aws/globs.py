"""Wildcard matching without backtracking: the time it takes grows with pattern times text, whatever the pattern."""

import re
from collections.abc import Iterable, Sequence
from enum import Enum
from functools import lru_cache

WILDCARDS = re.compile(r"([*?])")


class Wildcard(Enum):
    """What may stand in the place of a wildcard."""

    ONE = "any one character"
    ANY = "any characters, or none"
    ONE_IN_FIELD = "any one character but a colon"
    ANY_IN_FIELD = "any characters but colons, or none"


Part = str | Wildcard
BY_SIGN = {"*": Wildcard.ANY, "?": Wildcard.ONE}


@lru_cache(maxsize=4096)
def wildcard(text: str) -> tuple[Part, ...]:
    """The pattern in which `*` stands for any characters and `?` for any one."""
    return tuple(BY_SIGN.get(part, part) for part in WILDCARDS.split(text) if part)


def matches(pattern: Sequence[Part], text: str) -> bool:
    """Whether the whole text fits the pattern."""
    places: Iterable[int] = (0,)
    for part in pattern:
        places = _after(part, places, text)
        if not places:
            return False
    return len(text) in places


def _after(part: Part, places: Iterable[int], text: str) -> Sequence[int]:
    """Where one may stand in the text behind the part, from any of the places before it; in rising order."""
    if isinstance(part, str):
        return [place + len(part) for place in places if text.startswith(part, place)]
    if part is Wildcard.ANY:
        return range(min(places), len(text) + 1)
    if part is Wildcard.ANY_IN_FIELD:
        return sorted({further for place in places for further in range(place, _field_end(text, place) + 1)})
    within = part is Wildcard.ONE_IN_FIELD
    return [place + 1 for place in places if place < len(text) and not (within and text[place] == ":")]


def _field_end(text: str, place: int) -> int:
    """The place of the next colon, or the end."""
    end = text.find(":", place)
    return len(text) if end < 0 else end
