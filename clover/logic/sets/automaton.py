"""All patterns of a field run side by side: which languages a word belongs to, and which combinations can occur.

The state is one integer with a bit for every place in every pattern, so that a step costs two machine operations per
word of bits, whatever the number of patterns.
"""

from collections import deque
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Any

from clover.logic.sets.bounds import Undecided
from clover.logic.sets.patterns import Language, Pattern, Word
from clover.logic.sets.places import Layout, Masks, layout

MOST_STATES = 40_000
FRESH_MARKER = "<other>"
"""Stands for all markers that are not mentioned."""
PLEASANT = "xyzabcdefghijklmnopqrstuvw0123456789_-.~ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Automaton:
    """The patterns of several languages; a vector has bit i where a word belongs to language i."""

    def __init__(self, languages: Sequence[Language]) -> None:
        """Lay out the places; a pattern that several languages share is run once."""
        members: dict[Pattern, int] = {}
        for number, language in enumerate(languages):
            for each in language:
                members[each] = members.get(each, 0) | (1 << number)
        self._members = members
        self._steps, self._loops = Masks(), Masks()
        self._mentioned: list[frozenset[str]] = []
        self._start = 0
        self._accepting: dict[int, int] = {}
        self._needless: dict[int, int] = {}
        self._spans: list[tuple[int, int]] = []
        laid = [layout(each) for each in members]
        for one, languages_of in zip(laid, members.values(), strict=True):
            self._lay(one, languages_of, len(self._mentioned))
        self._accept_mask = sum(self._accepting)
        self._note_settled(laid)
        self._telling = sum(self._needless)
        self._moves: dict[str, tuple[int, int]] = {}

    def vector(self, word: Word) -> int:
        """The languages that the word belongs to."""
        state = self._start
        for symbol in word:
            steps, loops = self._moves.get(symbol) or self._moves_of(symbol)
            state = ((state & steps) << 1) | (state & loops)
            if not state:
                return 0
        return self._accepted(state)

    def combinations(
        self, within: Sequence[int], known: Container[int] = (), wanted: Collection[int] = (), *, without: int = 0
    ) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Every combination of languages that occurs, with words, the shortest first; combinations may come twice.

        Only words that belong to a language of every mask in `within` are looked at, and combinations in `known`, which
        may grow meanwhile, are left out. With `wanted` no others are sought, though some may come. The languages of the
        mask `without` are not watched: their bits are not set. Raises Undecided after too many states.
        """
        begin = self._common_beginning(within)
        alphabet = self._alphabet()
        alive = [self._places_of(mask) for mask in within]
        if wanted:
            alive.append(self._on_the_way(wanted))
        first = self._behind(begin, self._start & ~self._places_only_of(without))
        came: dict[int, tuple[int, str] | None] = {first: None}
        waiting = deque([first])
        accept_mask = self._accept_mask
        while waiting:
            state = waiting.popleft()
            vector = self._accepted(state) if state & accept_mask else 0
            if vector and vector not in known and all(vector & mask for mask in within):
                yield vector, (*begin, *_word(came, state))
            for symbol in alphabet.worth_trying(state):
                following = self._next(state, symbol)
                if following in came:
                    continue
                for places in alive:
                    if not following & places:
                        break
                else:
                    if len(came) >= MOST_STATES:
                        raise Undecided(f"{len(self._spans)} patterns of one field have more than {MOST_STATES} states")
                    came[following] = (state, symbol)
                    waiting.append(following)

    def _common_beginning(self, within: Sequence[int]) -> tuple[str, ...]:
        """What all words that count begin with: the longest that all patterns of one mask have in common."""
        found: tuple[str, ...] = ()
        for mask in within:
            begins = [each.beginning for each, members in self._members.items() if members & mask]
            alike = takewhile(lambda symbols: len(set(symbols)) == 1, zip(*begins, strict=False))
            found = max(found, tuple(symbols[0] for symbols in alike), key=len)
        return found

    def _behind(self, word: Word, state: int) -> int:
        """The state that a word leads to from a state."""
        for symbol in word:
            state = self._next(state, symbol)
        return state

    def _places_of(self, languages: int) -> int:
        """The places of the patterns of any of the languages."""
        return sum(span for span, members in self._spans if members & languages)

    def _places_only_of(self, languages: int) -> int:
        """The places of the patterns that no language besides these has."""
        return sum(span for span, members in self._spans if not members & ~languages)

    def _on_the_way(self, wanted: Collection[int]) -> int:
        """Places of which every word of a wanted combination keeps one: those of its language with the fewest."""
        found = 0
        for vector in wanted:
            each = [1 << number for number in range(vector.bit_length()) if vector >> number & 1]
            found |= min(map(self._places_of, each), key=int.bit_count)
        return found

    def _lay(self, laid: Layout, members: int, place: int) -> None:
        """Give a pattern its bits from `place` on."""
        self._steps.add(laid.steps, place)
        self._loops.add(laid.loops, place)
        self._mentioned += laid.mentioned
        self._start |= 1 << place
        self._accepting[1 << (place + laid.size - 1)] = members
        self._spans.append((((1 << laid.size) - 1) << place, members))
        for bit, mask in laid.needless.items():
            self._needless[bit << place] = mask << place

    def _note_settled(self, laid: Sequence[Layout]) -> None:
        """A place that is never left again tells all of its pattern's languages: what tells no more is needless.

        Where only characters do not lead away from it, that says nothing about patterns with markers.
        """
        spans = [(span, members, one.markers) for (span, members), one in zip(self._spans, laid, strict=True)]
        for span, members, markers in (each for each, one in zip(spans, laid, strict=True) if one.endless):
            bit = 1 << (span.bit_length() - 1)
            told = sum(other for other, those, marked in spans if not those & ~members and (markers or not marked))
            self._needless[bit] = self._needless.get(bit, 0) | (told & ~bit)

    def _next(self, state: int, symbol: str) -> int:
        """The state behind one more symbol, without places that other places make needless."""
        steps, loops = self._moves.get(symbol) or self._moves_of(symbol)
        state = ((state & steps) << 1) | (state & loops)
        telling = state & self._telling
        while telling:
            bit = telling & -telling
            state &= ~self._needless[bit]
            telling = telling & state & ~bit & -bit
        return state

    def _moves_of(self, symbol: str) -> tuple[int, int]:
        """The places that the symbol leads on from, and those where it may stay."""
        moves = self._moves[symbol] = (self._steps.of(symbol), self._loops.of(symbol))
        return moves

    def _accepted(self, state: int) -> int:
        """The languages whose patterns are complete in this state."""
        complete = state & self._accept_mask
        vector = 0
        while complete:
            bit = complete & -complete
            vector |= self._accepting[bit]
            complete ^= bit
        return vector

    def _alphabet(self) -> "_Alphabet":
        """One symbol of each kind that the patterns tell apart."""
        mentioned = {**self._steps.mentions, **self._loops.mentions}
        fresh = next(letter for letter in _letters() if letter not in mentioned)
        kinds: dict[tuple[int, int], str] = {}
        chosen = {
            symbol: kinds.setdefault(self._moves.get(symbol) or self._moves_of(symbol), symbol)
            for symbol in (fresh, FRESH_MARKER, *sorted(mentioned, key=_pleasantness))
        }
        return _Alphabet(fresh, chosen, self._steps, self._loops, self._mentioned)


class _Alphabet:
    """The symbols that can lead somewhere from a state: what its places mention, and a character and a marker besides.

    `chosen` are the symbols that stand for each symbol mentioned.
    """

    def __init__(
        self, fresh: str, chosen: dict[str, str], steps: Masks, loops: Masks, mentioned: Sequence[frozenset[str]]
    ) -> None:
        self._fresh = fresh
        self._chosen = chosen
        self._mentioned = mentioned
        self._open = steps.characters | loops.characters
        self._open_to_markers = steps.markers | loops.markers
        self._mentioning = steps.mentioning | loops.mentioning
        self._of_bit: dict[int, list[str]] = {}

    def worth_trying(self, state: int) -> Iterable[str]:
        """The symbols, in the same order for the same state."""
        mentioning = state & self._mentioning
        if not mentioning & (mentioning - 1) and not state & (self._open | self._open_to_markers):
            return self._symbols_at(mentioning) if mentioning else ()
        found: dict[str, Any] = {self._fresh: None} if state & self._open else {}
        if state & self._open_to_markers:
            found[FRESH_MARKER] = None
        while mentioning:
            bit = mentioning & -mentioning
            for symbol in self._symbols_at(bit):
                found[symbol] = None
            mentioning ^= bit
        return found

    def _symbols_at(self, bit: int) -> list[str]:
        """The symbols chosen for those that the classes of one place mention, the pleasantest first."""
        symbols = self._of_bit.get(bit)
        if symbols is None:
            chosen = {self._chosen[symbol] for symbol in self._mentioned[bit.bit_length() - 1]}
            symbols = self._of_bit[bit] = list(chosen) if len(chosen) < 2 else sorted(chosen, key=_pleasantness)
        return symbols


def _word(came: dict[int, tuple[int, str] | None], state: int) -> tuple[str, ...]:
    """The symbols that led to the state."""
    symbols: list[str] = []
    step = came[state]
    while step is not None:
        state, symbol = step
        symbols.append(symbol)
        step = came[state]
    return tuple(reversed(symbols))


def _letters() -> Iterator[str]:
    """Characters to stand for all that are not mentioned; none has an upper or lower case that is another's."""
    yield from PLEASANT
    yield from (chr(code) for code in range(0x4E00, 0x9FFF))


def _pleasantness(symbol: str) -> tuple[int, str]:
    """Letters first."""
    found = PLEASANT.find(symbol) if len(symbol) == 1 else -1
    return (found if found >= 0 else len(PLEASANT), symbol)
