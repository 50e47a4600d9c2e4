"""What patterns tell by themselves: that one covers another, or that no word fits both. Quick, and one-sided.

"Yes" is always right. "No" may only mean that it does not show here; then the atoms tell.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import zip_longest

from clover.logic.sets.patterns import Language, Pattern
from clover.logic.sets.places import layout


@lru_cache(maxsize=32768)
def covers(wide: Pattern, narrow: Pattern) -> bool:
    """Whether every word of the narrow pattern fits the wide one, as far as a walk along the narrow one shows.

    `places` are those of the wide pattern that every word reaches which reaches the present place of the narrow one.
    """
    if wide is narrow:
        return True
    laid = layout(wide)
    places = 1
    for loop, step in zip_longest(narrow.loops, narrow.steps):
        if loop is not None:
            places &= laid.loops.covering(loop)
        if not places:
            return False
        if step is not None:
            places = ((places & laid.steps.covering(step)) << 1) | (places & laid.loops.covering(step))
    return bool(places >> len(wide.steps) & 1)


@lru_cache(maxsize=32768)
def apart(one: Pattern, other: Pattern) -> bool:
    """Whether the beginnings or the ends of the patterns exclude each other."""
    forward, backward = _Walk(one, other), _Walk(_reversed(one), _reversed(other))
    return forward.clash() or backward.clash()


def language_covers(wide: Sequence[Pattern], narrow: Language) -> bool:
    """Whether each pattern of the narrow language is covered by one of the wide one."""
    return all(any(covers(each, pattern) for each in wide) for pattern in narrow)


def languages_apart(one: Language, other: Language) -> bool:
    """Whether no pattern of the one can meet one of the other."""
    return all(apart(each, pattern) for each in one for pattern in other)


class _Walk:
    """Two patterns side by side, as far as neither repeats anything."""

    def __init__(self, one: Pattern, other: Pattern) -> None:
        self._one = one
        self._other = other

    def clash(self) -> bool:
        """Whether a symbol that the one asks for is none that the other takes, or only one of them ends."""
        for place, (loop, another) in enumerate(zip(self._one.loops, self._other.loops, strict=False)):
            if loop is not None or another is not None:
                return False
            ended = place == len(self._one.steps), place == len(self._other.steps)
            if any(ended):
                return not all(ended)
            if not self._one.steps[place].meets(self._other.steps[place]):
                return True
        return False


@lru_cache(maxsize=8192)
def _reversed(each: Pattern) -> Pattern:
    """The pattern of the words read backwards."""
    return Pattern(each.steps[::-1], each.loops[::-1])
