"""Small languages over few symbols, and every short word, so that all of a field can be looked at."""

from itertools import product

from hypothesis import strategies as st

from clover.logic.sets.patterns import ANYTHING, CHARACTER, Element, Language, Pattern, SymbolClass, exactly, pattern

SYMBOLS = ("a", "b", "c", "<m>")
"""`c` is mentioned by no pattern: it stands for all other characters."""
NOT_A = SymbolClass(frozenset("a"), negated=True)
EITHER = SymbolClass(frozenset("ab"))
ELEMENTS = [
    *(Element(exactly(symbol)) for symbol in ("a", "a", "b", "<m>")),
    *(Element(CHARACTER), Element(CHARACTER, repeated=True), Element(NOT_A), Element(EITHER), ANYTHING),
]
WORDS = [word for length in range(6) for word in product(SYMBOLS, repeat=length)]
EVERYTHING: Language = (pattern([ANYTHING]),)


def patterns() -> st.SearchStrategy[Pattern]:
    """Patterns of a few elements; neighbours that repeat different symbols are none."""
    return st.lists(st.sampled_from(ELEMENTS), max_size=4).map(pattern)


def languages() -> st.SearchStrategy[Language]:
    """Languages of a few patterns."""
    return st.lists(patterns(), min_size=1, max_size=2).map(lambda found: tuple(dict.fromkeys(found)))


def belongs(word: tuple[str, ...], language: Language) -> bool:
    """The definition, by recursion."""
    return any(_fits(word, each, 0) for each in language)


def _fits(word: tuple[str, ...], each: Pattern, place: int) -> bool:
    """Whether the rest of a word fits the rest of a pattern."""
    loop = each.loops[place]
    if word and loop is not None and loop.has(word[0]) and _fits(word[1:], each, place):
        return True
    if place == len(each.steps):
        return not word
    return bool(word) and each.steps[place].has(word[0]) and _fits(word[1:], each, place + 1)
