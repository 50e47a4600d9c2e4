"""Patterns over words: sequences of symbol classes, each taken once or any number of times.

A word is a sequence of symbols. A symbol is one character, or a marker: a longer string that no text contains, so that
several texts can be one word without their characters being mistaken for what separates them.
"""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

Word = Sequence[str]


class SymbolClass(NamedTuple):
    """The symbols listed, or with `negated` every character but those; `markers` adds every marker."""

    symbols: frozenset[str] = frozenset()
    negated: bool = False
    markers: bool = False

    def has(self, symbol: str) -> bool:
        """Whether the symbol belongs to the class."""
        if len(symbol) > 1:
            return self.markers or symbol in self.symbols
        return (symbol in self.symbols) != self.negated

    def covers(self, other: "SymbolClass") -> bool:
        """Whether every symbol of the other class is one of this."""
        if other.markers and not self.markers:
            return False
        if not other.negated:
            return all(self.has(symbol) for symbol in other.symbols)
        return self.negated and all(not other.has(symbol) for symbol in self.symbols)

    def meets(self, other: "SymbolClass") -> bool:
        """Whether some symbol belongs to both classes."""
        if (self.markers and other.markers) or (self.negated and other.negated):
            return True
        return any(self.has(symbol) and other.has(symbol) for symbol in (*self.symbols, *other.symbols))


CHARACTER = SymbolClass(negated=True)
SYMBOL = SymbolClass(negated=True, markers=True)


class Element(NamedTuple):
    """One symbol of a class, or with `repeated` any number of them, none included."""

    symbols: SymbolClass
    repeated: bool = False


class Pattern:
    """`steps[i]` leads from place i to place i + 1; `loops[i]` stays at place i, where it is not None.

    `beginning` are the symbols that every word that fits begins with, as far as the classes say, and `word` the only
    word that fits, where there is only one. Never changed; it is hashed often, so its hash is kept.
    """

    __slots__ = ("_hash", "beginning", "loops", "steps", "word")

    def __init__(self, steps: tuple[SymbolClass, ...], loops: tuple[SymbolClass | None, ...]) -> None:
        """Note the classes; there is one loop more than there are steps."""
        self.steps = steps
        self.loops = loops
        self.beginning = _beginning(steps, loops)
        self.word = self.beginning if len(self.beginning) == len(steps) and loops[-1] is None else None
        self._hash = hash((steps, loops))

    def __hash__(self) -> int:
        """The hash of all classes."""
        return self._hash

    def __eq__(self, other: object) -> bool:
        """Whether both are of the same classes."""
        if self is other:
            return True
        return isinstance(other, Pattern) and self.steps == other.steps and self.loops == other.loops


def _beginning(steps: Sequence[SymbolClass], loops: Sequence[SymbolClass | None]) -> tuple[str, ...]:
    """The symbols at the places that do not repeat and have one symbol each, from the first on."""
    found: list[str] = []
    for step, loop in zip(steps, loops, strict=False):
        if loop is not None or step.negated or step.markers or len(step.symbols) != 1:
            break
        found += step.symbols
    return tuple(found)


Language = tuple[Pattern, ...]
"""The words that fit at least one of the patterns."""


@cache
def exactly(symbol: str) -> SymbolClass:
    """The class of one symbol."""
    return SymbolClass(frozenset((symbol,)))


@lru_cache(maxsize=4096)
def folded(symbol: str) -> SymbolClass:
    """The class of the symbols that have the same lower case."""
    lower = symbol.lower()
    kelvin_and_kin = {"k": "\u212a", "\xe5": "\u212b", "\u03c9": "\u2126"}
    variants = {symbol, lower, symbol.upper(), kelvin_and_kin.get(lower, lower)}
    return SymbolClass(frozenset(each for each in variants if len(each) == 1 and each.lower() == lower))


def pattern(elements: Iterable[Element]) -> Pattern:
    """The pattern of the elements in turn; of repeated neighbours the wider one is kept.

    Raises ValueError for repeated neighbours of which neither covers the other.
    """
    steps: list[SymbolClass] = []
    loops: list[SymbolClass | None] = [None]
    for symbols, repeated in elements:
        if not repeated:
            steps.append(symbols)
            loops.append(None)
            continue
        loop = loops[-1]
        if loop is None or symbols.covers(loop):
            loops[-1] = symbols
        elif not loop.covers(symbols):
            raise ValueError("two neighbours repeat different symbols")
    return Pattern(tuple(steps), tuple(loops))


def text(characters: Iterable[str]) -> list[Element]:
    """Every character as itself."""
    return [Element(exactly(character)) for character in characters]


def text_ignoring_case(characters: Iterable[str]) -> list[Element]:
    """Every character in any case."""
    return [Element(folded(character)) for character in characters]


def glob(characters: Iterable[str], within: SymbolClass = CHARACTER) -> list[Element]:
    """`*` stands for any number of symbols of the class, `?` for one; other characters are themselves."""
    wildcards = {"*": Element(within, repeated=True), "?": Element(within)}
    return [wildcards.get(character) or Element(exactly(character)) for character in characters]


ANY_TEXT = Element(CHARACTER, repeated=True)
ANYTHING = Element(SYMBOL, repeated=True)
EVERY_TEXT: Language = (pattern([ANY_TEXT]),)
"""Every text without markers."""
