"""A field of texts, split into the finitely many classes that the languages in play tell apart."""

from collections.abc import Sequence
from functools import lru_cache

from clover.logic.sets.automaton import Automaton
from clover.logic.sets.bounds import Undecided
from clover.logic.sets.patterns import Language, Pattern, Word, pattern, text

MOST_ATOMS = 8192
MOST_WORDS = 6


@lru_cache(maxsize=512)
def texts(languages: tuple[Language, ...], within: Language) -> "Texts":
    """The atoms of a field; the last few hundred fields are remembered, for many questions share theirs."""
    return Texts(languages, within)


class Texts:
    """The atoms of one field: every two words of an atom belong to the same languages.

    `words[atom]` are some words of the atom. `within` is the language of all words of the field. Exact: every
    combination that occurs is an atom, and every atom has a word.
    """

    def __init__(self, languages: Sequence[Language], within: Language) -> None:
        """Find the atoms; raises Undecided when there are too many."""
        self._listed: dict[tuple[str, ...], int] = {}
        globs = [self._without_words(language, 1 << number) for number, language in enumerate(languages)]
        self._automaton = Automaton([*globs, within])
        self._within = 1 << len(globs)
        self._atoms: dict[int, int] = {}
        self.words: list[list[tuple[str, ...]]] = []
        self._find(globs, within)
        self._masks = self._masks_of(len(languages))

    def atom(self, word: Word) -> int | None:
        """The atom that the word belongs to; None for a word that is none of the field's."""
        vector = self._automaton.vector(word)
        if not vector & self._within:
            return None
        return self._atoms.get(vector | self._listed.get(tuple(word), 0))

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

    def _masks_of(self, languages: int) -> list[int]:
        """For each language the atoms in it."""
        masks = [0] * languages
        for vector, atom in self._atoms.items():
            rest = vector & ~self._within
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

    def _find(self, globs: Sequence[Language], within: Language) -> None:
        """Every combination of languages, first among the words that nobody lists, then among those listed."""
        found: dict[int, tuple[str, ...]] = {}
        listed_only: set[int] = set()
        for vector, word in self._automaton.combinations(self._within, found):
            if word in self._listed:
                listed_only.add(vector)
            else:
                found[vector] = word
        vectors = {word: self._automaton.vector(word) for word in self._listed}
        contested = listed_only - found.keys()
        if contested:
            found |= self._beside_listed(globs, within, contested, vectors)
        for vector, word in found.items():
            self._add(vector, word)
        for word, vector in vectors.items():
            if vector & self._within:
                self._add(vector | self._listed[word], word)

    def _beside_listed(
        self, globs: Sequence[Language], within: Language, contested: set[int], vectors: dict[tuple[str, ...], int]
    ) -> dict[int, tuple[str, ...]]:
        """Words of the contested combinations other than those listed, where there are any."""
        listed = tuple(_only(word) for word, vector in vectors.items() if vector in contested)
        beside = Automaton([*globs, within, listed])
        found: dict[int, tuple[str, ...]] = {}
        for vector, word in beside.combinations(self._within, found, contested):
            if vector in contested:  # the bit of the listed words is not set
                found[vector] = word
        return found

    def _add(self, vector: int, word: tuple[str, ...]) -> None:
        """Note a word of a combination."""
        atom = self._atoms.setdefault(vector, len(self._atoms))
        if atom == len(self.words):
            if atom >= MOST_ATOMS:
                raise Undecided(f"the patterns of one field tell more than {MOST_ATOMS} classes of texts apart")
            self.words.append([])
        self.words[atom].append(word)


def _only(word: tuple[str, ...]) -> Pattern:
    """The pattern of one word."""
    return pattern(text(word))
