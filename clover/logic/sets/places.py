"""One pattern laid out in bits: a bit for each place, and for each symbol the places whose classes have it.

Patterns come again and again, in other company: their layout is kept and shifted to where an automaton has room.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from clover.logic.sets.patterns import CHARACTER, SYMBOL, Pattern, SymbolClass, Word


class Masks:
    """For each symbol the places whose class has it; symbols that no class mentions share the defaults."""

    __slots__ = ("characters", "markers", "mentioning", "mentions")

    def __init__(self) -> None:
        self.characters = 0
        self.markers = 0
        self.mentioning = 0
        self.mentions: dict[str, int] = {}

    def note(self, bit: int, symbols: SymbolClass) -> None:
        """Note the class of one place."""
        self.characters |= bit if symbols.negated else 0
        self.markers |= bit if symbols.markers else 0
        self.mentioning |= bit if symbols.symbols else 0
        for symbol in symbols.symbols:
            self.mentions[symbol] = self.mentions.get(symbol, 0) | bit

    def add(self, other: "Masks", shift: int) -> None:
        """Note the places of another, from the bit `shift` on."""
        self.characters |= other.characters << shift
        self.markers |= other.markers << shift
        self.mentioning |= other.mentioning << shift
        mentions = self.mentions
        for symbol, mask in other.mentions.items():
            mentions[symbol] = mentions.get(symbol, 0) | mask << shift

    def of(self, symbol: str) -> int:
        """The places whose class has the symbol."""
        default = self.characters if len(symbol) == 1 else self.markers
        return default ^ self.mentions.get(symbol, 0)

    def covering(self, symbols: SymbolClass) -> int:
        """The places whose class has every symbol of a class."""
        places = -1
        if symbols.markers:
            places &= self.markers
        if not symbols.negated:
            for symbol in symbols.symbols:
                places &= self.of(symbol)
            return places
        places &= self.characters
        for symbol, mask in self.mentions.items():
            if symbol not in symbols.symbols:
                places &= ~mask
        return places


class Layout(NamedTuple):
    """A pattern from bit 0 on.

    `mentioned[place]` are the symbols that the place's classes mention. `needless` gives for a place those that tell
    nothing more once it is reached. `markers`: some word that fits has one. `endless`: every word that completes the
    pattern still does with more symbols, or where `markers` is False with more characters.
    """

    size: int
    steps: Masks
    loops: Masks
    mentioned: Sequence[frozenset[str]]
    needless: Mapping[int, int]
    markers: bool
    endless: bool


def fits(each: Pattern, word: Word) -> bool:
    """Whether the word fits the pattern."""
    if tuple(word[: len(each.beginning)]) != each.beginning:
        return False
    laid, place = layout(each), len(each.beginning)
    state = 1 << place
    for symbol in word[place:]:
        state = ((state & laid.steps.of(symbol)) << 1) | (state & laid.loops.of(symbol))
    return bool(state >> (laid.size - 1) & 1)


@lru_cache(maxsize=8192)
def layout(each: Pattern) -> Layout:
    """Lay out a pattern."""
    steps, loops = Masks(), Masks()
    mentioned: list[frozenset[str]] = []
    for place, loop in enumerate(each.loops):
        step = each.steps[place] if place < len(each.steps) else None
        if step is not None:
            steps.note(1 << place, step)
        if loop is not None:
            loops.note(1 << place, loop)
        mentioned.append(frozenset[str]().union(*(each.symbols for each in (step, loop) if each is not None)))
    markers = bool(steps.markers | loops.markers) or any(len(symbol) > 1 for place in mentioned for symbol in place)
    last = each.loops[-1]
    endless = last is not None and last.covers(SYMBOL if markers else CHARACTER)
    return Layout(len(each.loops), steps, loops, mentioned, _needless(each), markers, endless)


def _needless(each: Pattern) -> dict[int, int]:
    """For each place the places from which every word that completes the pattern also completes it from this one.

    None before the first place that repeats, for two places are never reached by one word there.
    """
    found: dict[int, int] = {}
    first = next((place for place, loop in enumerate(each.loops) if loop is not None), len(each.loops))
    for place in range(first + 1, len(each.loops)):
        mask = _behind(each, place)
        if mask:
            found[1 << place] = mask
    return found


def _behind(each: Pattern, place: int) -> int:
    """The places before one that repeats, as far as what repeats there covers all that lies between."""
    loop, mask = each.loops[place], 0
    while loop is not None and place > 0:
        place -= 1
        before = each.loops[place]
        if not loop.covers(each.steps[place]) or (before is not None and not loop.covers(before)):
            break
        mask |= 1 << place
    return mask
