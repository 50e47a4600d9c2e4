"""A field of texts, split into the finitely many classes that the languages in play tell apart."""

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache

from clover.logic.sets.automaton import PLEASANT, Automaton
from clover.logic.sets.bounds import Undecided
from clover.logic.sets.inclusion import language_covers
from clover.logic.sets.patterns import Language, Pattern, SymbolClass, Word, pattern, text
from clover.logic.sets.places import fits

MOST_ATOMS = 8192
MOST_WORDS = 6
SAMPLED = ("x", "y", "", "q7")
"""What samples of a pattern have where it leaves room."""


@lru_cache(maxsize=1024)
def texts(languages: tuple[Language, ...], within: Language, held: Language | None = None) -> "Texts":
    """The atoms of a field; the last few hundred fields are remembered, for many questions share theirs."""
    return Texts(languages, within, held)


class Texts:
    """The atoms of one field: every two words of an atom belong to the same languages.

    `words[atom]` are some words of the atom. The words of the field are those of the language `within`, and of `held`
    where one is given. Exact: every combination that occurs is an atom, and every atom has a word.
    """

    def __init__(self, languages: Sequence[Language], within: Language, held: Language | None = None) -> None:
        """Find the atoms; raises Undecided when there are too many."""
        required = _required(within, held)
        self._listed: dict[tuple[str, ...], int] = {}
        globs = [self._without_words(language, 1 << number) for number, language in enumerate(languages)]
        everywhere = [any(language_covers(each, one) for one in required) for each in languages]
        self._always = sum(1 << number for number, yes in enumerate(everywhere) if yes)
        self._listed = {word: bits for word, each in self._listed.items() if (bits := each & ~self._always)}
        self._globs = [() if yes else each for each, yes in zip(globs, everywhere, strict=True)]
        self._required = required
        self._within = [1 << (len(globs) + number) for number in range(len(required))]
        self._atoms: dict[int, int] = {}
        self.words: list[list[tuple[str, ...]]] = []
        self._find()
        self._masks = self._masks_of(len(languages))

    @cached_property
    def _automaton(self) -> Automaton:
        """The languages that tell words apart, and those that say which there are."""
        return Automaton([*self._globs, *self._required])

    def atom(self, word: Word) -> int | None:
        """The atom that the word belongs to; None for a word that is none of the field's."""
        vector = self._automaton.vector(word)
        if not self._belongs(vector):
            return None
        return self._atoms.get(self._telling(vector) | self._listed.get(tuple(word), 0))

    def mask(self, number: int) -> int:
        """The atoms in one language, a bit for each."""
        return self._masks[number]

    def shown(self, pleasant: Sequence[Word]) -> list[list[Word]]:
        """For each atom some words, first those of the pleasant ones that belong to it."""
        found: list[list[Word]] = [[] for _ in self.words]
        for word in pleasant:
            atom = self.atom(word)
            if atom is not None and len(found[atom]) < MOST_WORDS:
                found[atom].append(word)
        return [[*chosen, *words[:MOST_WORDS]] for chosen, words in zip(found, self.words, strict=True)]

    def _belongs(self, vector: int) -> bool:
        """Whether a word with this vector is one of the field's."""
        return all(vector & bit for bit in self._within)

    def _telling(self, vector: int) -> int:
        """The vector without what holds of every word of the field."""
        return vector & (self._within[0] - 1)

    def _masks_of(self, languages: int) -> list[int]:
        """For each language the atoms in it."""
        every = (1 << len(self.words)) - 1
        masks = [every if self._always >> number & 1 else 0 for number in range(languages)]
        for vector, atom in self._atoms.items():
            rest = vector & ~self._always
            while rest:
                bit = rest & -rest
                masks[bit.bit_length() - 1] |= 1 << atom
                rest ^= bit
        return masks

    def _without_words(self, language: Language, bit: int) -> Language:
        """The language without the words that it lists one by one; those are noted and need no automaton."""
        for each in language:
            word = each.word
            if word is not None:
                self._listed[word] = self._listed.get(word, 0) | bit
        return tuple(each for each in language if each.word is None)

    def _find(self) -> None:
        """Every combination of languages: of words that nobody lists, then of those listed."""
        vectors = {word: self._automaton.vector(word) for word in self._words_to_ask()}
        few = self._few_words()
        found = {} if few is not None else self._of_globs(vectors)
        for vector, word in found.items():
            self._add(vector, word)
        for word, vector in vectors.items():
            if self._belongs(vector):
                self._add(self._telling(vector) | self._listed.get(word, 0), word)

    def _few_words(self) -> list[tuple[str, ...]] | None:
        """All words that there can be, where a language lists them; else None."""
        for language in self._required:
            words = [each.word for each in language if each.word is not None]
            if len(words) == len(language):
                return words
        return None

    def _words_to_ask(self) -> list[tuple[str, ...]]:
        """The words to look at one by one."""
        few = self._few_words()
        return list(self._listed) if few is None else few

    def _of_globs(self, vectors: dict[tuple[str, ...], int]) -> dict[int, tuple[str, ...]]:
        """Every combination that has a word which nobody lists, with such a word."""
        telling = sum(1 << number for number, each in enumerate(self._globs) if each)
        other = self._of_no_glob()
        if other is None:
            return self._combinations(self._within, 0, vectors, {})
        found = {0: other}
        if not telling:
            return found
        watched = [bit for bit, each in zip(self._within, self._required, strict=True) if not self._inside(each)]
        return self._combinations([telling, *watched], sum(self._within) - sum(watched), vectors, found)

    def _inside(self, language: Language) -> bool:
        """Whether all that the globs cover lies within the language, as far as the patterns tell."""
        return all(language_covers(language, each) for each in self._globs)

    def _of_no_glob(self) -> tuple[str, ...] | None:
        """A word of the field that is listed nowhere and fits no glob; None where the samples show none."""
        for word in _samples(min(self._required, key=len)):
            if word in self._listed or any(fits(each, word) for language in self._globs for each in language):
                continue
            if all(any(fits(each, word) for each in language) for language in self._required):
                return word
        return None

    def _combinations(
        self,
        within: Sequence[int],
        without: int,
        vectors: dict[tuple[str, ...], int],
        found: dict[int, tuple[str, ...]],
    ) -> dict[int, tuple[str, ...]]:
        """Add to `found` the combinations of words in all of `within`; the languages `without` hold all of them."""
        known = set[int]()
        listed_only = set[int]()
        for vector, word in self._automaton.combinations(within, known, without=without):
            if word in self._listed:
                listed_only.add(self._telling(vector))
            else:
                known.add(vector)
                found.setdefault(self._telling(vector), word)
        contested = listed_only - found.keys()
        if contested:
            self._beside_listed(contested, vectors, found)
        return found

    def _beside_listed(
        self, contested: set[int], vectors: dict[tuple[str, ...], int], found: dict[int, tuple[str, ...]]
    ) -> None:
        """Words of the contested combinations other than those listed, where there are any."""
        listed = tuple(_only(word) for word, vector in vectors.items() if self._telling(vector) in contested)
        beside = Automaton([*self._globs, *self._required, listed])
        wanted = {vector | sum(self._within) for vector in contested}
        known = set[int]()
        for vector, word in beside.combinations(self._within, known, wanted):
            if vector in wanted:  # the bit of the listed words is not set
                known.add(vector)
                found[self._telling(vector)] = word

    def _add(self, vector: int, word: tuple[str, ...]) -> None:
        """Note a word of a combination."""
        atom = self._atoms.setdefault(vector, len(self._atoms))
        if atom == len(self.words):
            if atom >= MOST_ATOMS:
                raise Undecided(f"the patterns of one field tell more than {MOST_ATOMS} classes of texts apart")
            self.words.append([])
        self.words[atom].append(word)


def _required(within: Language, held: Language | None) -> list[Language]:
    """The languages of which every word of a field is one: both, or the one that lies in the other."""
    if held is None or language_covers(held, within):
        return [within]
    return [held] if language_covers(within, held) else [within, held]


def _only(word: tuple[str, ...]) -> Pattern:
    """The pattern of one word."""
    return pattern(text(word))


def _samples(language: Language) -> Iterator[tuple[str, ...]]:
    """Some words of a language."""
    for filler in SAMPLED:
        for each in language:
            yield _sample(each, filler)


def _sample(each: Pattern, filler: str) -> tuple[str, ...]:
    """A word that fits the pattern, with the filler where it leaves room for that."""
    found: list[str] = []
    for place, loop in enumerate(each.loops):
        if loop is not None and all(map(loop.has, filler)):
            found += filler
        if place < len(each.steps):
            found.append(_symbol_of(each.steps[place], filler))
    return tuple(found)


def _symbol_of(symbols: SymbolClass, filler: str) -> str:
    """A symbol of the class."""
    if symbols.negated:
        return next(letter for letter in (*filler, *PLEASANT) if symbols.has(letter))
    return min(symbols.symbols)
