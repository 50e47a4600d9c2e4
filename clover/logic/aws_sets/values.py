"""The single values of one condition key, split into cells that the comparisons in play do not tell apart."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from clover.logic.aws_sets import typed
from clover.logic.sets.patterns import EVERY_TEXT, Language, Pattern, pattern
from clover.logic.sets.texts import texts

EMPTY: Language = (pattern([]),)
SEEN_TOGETHER = frozenset({typed.NUMBER.name, typed.DATE.name, typed.ADDRESS.name})
"""The kinds whose combinations the candidates below cover completely."""


class Typed(NamedTuple):
    """A comparison of values of a kind: any of the policy's values may hold."""

    kind: typed.Kind
    test: str
    policies: tuple[str, ...]

    def holds(self, value: str) -> bool:
        """Whether the value compares so with one of the policy's."""
        return any(self.kind.holds(self.test, policy, value) for policy in self.policies)


Comparison = Language | Typed


class Cell(NamedTuple):
    """Values that hold the same comparisons (`holds`, a bit for each) and are all empty, or all not.

    `text` is one of them; None where nobody found one, though nothing excludes that there is one.
    """

    holds: int
    empty: bool
    text: str | None


class Values:
    """The cells of one key under the comparisons in play."""

    def __init__(self, comparisons: Sequence[Comparison], pleasant: Sequence[str] = ()) -> None:
        """Find the cells; raises Undecided where the texts have too many classes."""
        self._comparisons = comparisons
        self._languages = [each for each in comparisons if not isinstance(each, Typed)]
        self._typed = [each for each in comparisons if isinstance(each, Typed)]
        self._texts = texts((EMPTY, *self._languages), EVERY_TEXT)
        self._bits = self._bits_of_atoms()
        self.cells = self._cells(pleasant)

    def holds(self, value: str) -> int:
        """The comparisons that hold for a value."""
        return self._of_texts(self._texts.atom(value)) | self._of_typed(value)

    def _bits_of_atoms(self) -> list[int]:
        """For each class of texts the comparisons that hold."""
        places = [place for place, each in enumerate(self._comparisons) if not isinstance(each, Typed)]
        masks = [(1 << place, self._texts.mask(number + 1)) for number, place in enumerate(places)]
        return [sum(bit for bit, mask in masks if mask >> atom & 1) for atom in range(len(self._texts.words))]

    def _of_texts(self, atom: int | None) -> int:
        """The comparisons of texts that hold; every text has an atom."""
        return 0 if atom is None else self._bits[atom]

    def _of_typed(self, value: str) -> int:
        """The comparisons of typed values that hold."""
        return sum(
            1 << place for place, each in enumerate(self._comparisons) if isinstance(each, Typed) and each.holds(value)
        )

    def _cells(self, pleasant: Sequence[str]) -> list[Cell]:
        """The cells that have a value, then those that might have one."""
        candidates = [*pleasant, *("".join(word) for words in self._texts.words for word in words)]
        if self._typed:
            candidates += _typed_texts(self._typed, len(self._languages) + _finite(self._languages))
            candidates += _variants(self._languages)
        found: dict[tuple[int, bool], Cell] = {}
        for text in candidates:
            key = (self.holds(text), not text)
            found.setdefault(key, Cell(*key, text))
        if self._complete():
            return list(found.values())
        of_texts = sum(1 << place for place, each in enumerate(self._comparisons) if not isinstance(each, Typed))
        others = sorted({holds & ~of_texts for holds, _ in found})
        maybe = [Cell(bits | other, False, None) for bits in dict.fromkeys(self._bits) for other in others]
        return [*found.values(), *(cell for cell in maybe if (cell.holds, cell.empty) not in found)]

    def _complete(self) -> bool:
        """Whether the texts tried hit every cell: one kind alone, or kinds whose combinations are known.

        Texts told apart only by lists of texts leave every cell of numbers, dates and addresses in other spellings.
        """
        kinds = {each.kind.name for each in self._typed}
        listed = all(_listed(each) for language in self._languages if language != EVERY_TEXT for each in language)
        return not kinds or (listed and (kinds <= SEEN_TOGETHER or (len(kinds) == 1 and not self._languages)))


def _listed(each: Pattern) -> bool:
    """Whether finitely many texts fit."""
    return not any(each.loops) and not any(step.negated for step in each.steps)


def _finite(languages: Iterable[Language]) -> int:
    """How many patterns there are that list texts."""
    return sum(_listed(each) for language in languages for each in language)


def _variants(languages: Iterable[Language]) -> Iterator[str]:
    """The texts that are listed, in lower case and in upper case where both fit."""
    for language in languages:
        for each in language:
            if _listed(each):
                yield from ("".join(pick(step.symbols) for step in each.steps) for pick in (max, min))


def _typed_texts(comparisons: Sequence[Typed], listed: int) -> list[str]:
    """Texts of every cell of every kind; more of each than there are texts listed one by one."""
    kinds = {each.kind.name: each.kind for each in comparisons}
    policies = {
        name: [text for each in comparisons if each.kind.name == name for text in each.policies] for name in kinds
    }
    if typed.NUMBER.name in kinds and typed.DATE.name in kinds:
        both = {*policies[typed.NUMBER.name], *policies[typed.DATE.name]}
        cuts = [
            cut for text in sorted(both) for read in (typed.number, typed.seconds) if (cut := read(text)) is not None
        ]
        policies[typed.NUMBER.name] = [format(cut, "f") for cut in cuts]
        return [*_taken(kinds, policies, listed), *_years(cuts)]
    return list(_taken(kinds, policies, listed))


def _taken(kinds: dict[str, typed.Kind], policies: dict[str, list[str]], listed: int) -> Iterator[str]:
    """The first texts of every cell."""
    for name, kind in kinds.items():
        for cell in kind.cells(policies[name]):
            yield from islice(cell, listed + 1)


def _years(cuts: Sequence[Decimal]) -> Iterator[str]:
    """Four digits are a year as a date, and themselves as a number: years around every cut of either kind."""
    near = {1, 9999}
    for cut in cuts:
        near |= {int(cut) + more for more in (-1, 0, 1)}
        near |= {int(cut // 31_556_952) + 1970 + more for more in (-1, 0, 1, 2)}
    return (f"{year:04d}" for year in sorted(near) if 0 <= year <= 9999)
