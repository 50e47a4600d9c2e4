"""All patterns of a field run side by side: which languages a word belongs to, and which combinations can occur.

The state is one integer with a bit for every place in every pattern, so that a step costs two machine operations per
word of bits, whatever the number of patterns.
"""

from collections import deque
from collections.abc import Collection, Container, Iterator, Sequence

from clover.logic.sets.bounds import Undecided
from clover.logic.sets.patterns import Language, Pattern, SymbolClass, Word

MOST_STATES = 40_000
PLEASANT = "xyzabcdefghijklmnopqrstuvw0123456789_-.~ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class _Masks:
    """For each symbol the places whose class has it; symbols that no class mentions share the defaults."""

    def __init__(self) -> None:
        self.characters = 0
        self.markers = 0
        self.mentioning = 0
        self.mentions: dict[str, int] = {}
        self.listed: dict[int, frozenset[str]] = {}

    def add(self, bit: int, symbols: SymbolClass) -> None:
        """Note the class of one place."""
        self.listed[bit] = symbols.symbols
        self.characters |= bit if symbols.negated else 0
        self.markers |= bit if symbols.markers else 0
        self.mentioning |= bit if symbols.symbols else 0
        for symbol in symbols.symbols:
            self.mentions[symbol] = self.mentions.get(symbol, 0) | bit

    def of(self, symbol: str) -> int:
        """The places whose class has the symbol."""
        default = self.characters if len(symbol) == 1 else self.markers
        return default ^ self.mentions.get(symbol, 0)


class Automaton:
    """The patterns of several languages; a vector has bit i where a word belongs to language i."""

    def __init__(self, languages: Sequence[Language]) -> None:
        """Lay out the places; a pattern that several languages share is run once."""
        members: dict[Pattern, int] = {}
        for number, language in enumerate(languages):
            for each in language:
                members[each] = members.get(each, 0) | (1 << number)
        self._steps, self._loops = _Masks(), _Masks()
        self._start = 0
        self._accepting: dict[int, int] = {}
        self._endless: dict[int, int] = {}
        self._needless: dict[int, int] = {}
        self._spans: list[tuple[int, int]] = []
        place = 0
        for each, languages_of in members.items():
            place = self._lay(each, languages_of, place)
        self._accept_mask = sum(self._accepting)
        self._note_settled()
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
        self, within: int, known: Container[int] = (), wanted: Collection[int] = ()
    ) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Every combination of languages that occurs, with words, the shortest first; combinations may come twice.

        Words outside all languages of the mask `within` are left out, and so are combinations in `known`, which may
        grow meanwhile. With `wanted` no others are sought, though some may come. Raises Undecided after too many
        states.
        """
        alphabet = self._alphabet()
        alive = self._on_the_way(wanted) if wanted else self._places_of(within)
        came: dict[int, tuple[int, str] | None] = {self._start: None}
        waiting = deque([self._start])
        while waiting:
            state = waiting.popleft()
            vector = self._accepted(state) if state & self._accept_mask else 0
            if vector & within and vector not in known:
                yield vector, _word(came, state)
            for symbol in alphabet.worth_trying(state):
                following = self._next(state, symbol)
                if following not in came and following & alive:
                    if len(came) >= MOST_STATES:
                        raise Undecided(f"{len(self._spans)} patterns of one field have more than {MOST_STATES} states")
                    came[following] = (state, symbol)
                    waiting.append(following)

    def _places_of(self, languages: int) -> int:
        """The places of the patterns of any of the languages."""
        return sum(span for span, members in self._spans if members & languages)

    def _on_the_way(self, wanted: Collection[int]) -> int:
        """Places of which every word of a wanted combination keeps one: those of its language with the fewest."""
        found = 0
        for vector in wanted:
            each = [1 << number for number in range(vector.bit_length()) if vector >> number & 1]
            found |= min(map(self._places_of, each), key=int.bit_count)
        return found

    def _lay(self, each: Pattern, members: int, place: int) -> int:
        """Give the pattern its bits from `place` on; return the first place behind it."""
        bits = [1 << (place + offset) for offset in range(len(each.loops))]
        for bit, step in zip(bits, each.steps, strict=False):
            self._steps.add(bit, step)
        for bit, loop in zip(bits, each.loops, strict=True):
            if loop is not None:
                self._loops.add(bit, loop)
        self._start |= bits[0]
        self._accepting[bits[-1]] = members
        self._spans.append((sum(bits), members))
        self._needless |= {bits[at]: mask for at in range(1, len(bits)) if (mask := _behind(each, at, bits))}
        last = each.loops[-1]
        if last is not None and last.negated and not last.symbols:
            self._endless[bits[-1]] = members
        return place + len(bits)

    def _note_settled(self) -> None:
        """A place that is never left again tells all of its pattern's languages: what tells no more is needless."""
        groups: dict[int, int] = {}
        for span, members in self._spans:
            groups[members] = groups.get(members, 0) | span
        for bit, members in self._endless.items():
            told = sum(span for others, span in groups.items() if not others & ~members)
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
            symbol: kinds.setdefault((self._steps.of(symbol), self._loops.of(symbol)), symbol)
            for symbol in (fresh, *sorted(mentioned, key=_pleasantness))
        }
        return _Alphabet(fresh, chosen, self._steps, self._loops)


class _Alphabet:
    """The symbols that can lead somewhere from a state: what its places mention, and one that nothing mentions.

    `chosen` are the symbols that stand for each symbol mentioned.
    """

    def __init__(self, fresh: str, chosen: dict[str, str], steps: _Masks, loops: _Masks) -> None:
        self._fresh = fresh
        self._chosen = chosen
        self._masks = (steps, loops)
        self._open = steps.characters | loops.characters
        self._mentioning = steps.mentioning | loops.mentioning
        self._of_bit: dict[int, dict[str, None]] = {}

    def worth_trying(self, state: int) -> list[str]:
        """The symbols, in the same order for the same state."""
        found: dict[str, None] = {self._fresh: None} if state & self._open else {}
        state &= self._mentioning
        while state:
            bit = state & -state
            symbols = self._of_bit.get(bit)
            if symbols is None:
                symbols = self._of_bit[bit] = self._mentioned_at(bit)
            found.update(symbols)
            state ^= bit
        return list(found)

    def _mentioned_at(self, bit: int) -> dict[str, None]:
        """The symbols chosen for those that the classes of one place mention, the pleasantest first."""
        mentioned = {symbol for masks in self._masks for symbol in masks.listed.get(bit, ())}
        chosen = {self._chosen[symbol] for symbol in mentioned}
        return dict.fromkeys(chosen if len(chosen) < 2 else sorted(chosen, key=_pleasantness))


def _behind(each: Pattern, at: int, bits: Sequence[int]) -> int:
    """The places from which every word that completes the pattern also completes it from place `at`.

    None where no place before repeats, for then two places are never reached by one word.
    """
    loop = each.loops[at]
    mask = 0
    if not any(each.loops[:at]):
        return mask
    while loop is not None and at > 0:
        at -= 1
        before = each.loops[at]
        if not loop.covers(each.steps[at]) or (before is not None and not loop.covers(before)):
            break
        mask |= bits[at]
    return mask


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
