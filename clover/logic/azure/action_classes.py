"""Actions as finitely many classes: what the patterns of roles, denials and conditions cannot tell apart is one.

So a question about all actions is one about an action of each class; nothing is left to a list of known names. Exact:
two actions of a class fit the same patterns, and every combination that occurs is a class.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import product

from clover.logic.sets.patterns import SYMBOL, Element, Language, SymbolClass, Word, exactly, pattern
from clover.logic.sets.texts import Texts, texts

SLASH = "a slash"
"""Stands for a slash in the words of actions: a marker, so that names are told apart segment by segment."""
SLASHES = Element(exactly(SLASH))
ANYTHING = Element(SYMBOL, repeated=True)
IN_NAMES = SymbolClass(frozenset("*"), negated=True, markers=True)
NAME = Element(IN_NAMES, repeated=True)
NAMES: Language = (pattern([NAME, SLASHES, NAME]),)
"""Texts with a slash and without wildcards: every action is one, and so are some texts with an empty segment."""
EMPTY_SEGMENT: Language = (
    pattern([SLASHES, ANYTHING]),
    pattern([ANYTHING, SLASHES]),
    pattern([ANYTHING, SLASHES, SLASHES, ANYTHING]),
)
OWN_WORDS = ("read", "write", "delete", "something/action")
"""What stands for a wildcard at the end of a pattern in the actions that people would write."""


class ActionClasses:
    """The classes that some patterns, in any capitals, tell apart."""

    def __init__(self, patterns: Iterable[str]) -> None:
        """Find the classes; raises Undecided when there are too many."""
        self.patterns = tuple(dict.fromkeys(each.lower() for each in patterns))
        self._texts = _classes(self.patterns)
        empty = self._texts.mask(len(self.patterns))
        shown = self._texts.shown([_word(each) for each in _pleasant(self.patterns)])
        self._actions = {
            atom: list(dict.fromkeys("".join("/" if symbol == SLASH else symbol for symbol in word) for word in words))
            for atom, words in enumerate(shown)
            if not empty >> atom & 1
        }

    def of(self, action: str) -> int | None:
        """The class of an action; None for what is no action's name."""
        atom = self._texts.atom(_word(action.lower()))
        return atom if atom in self._actions else None

    def within(self, covering: str) -> Iterator[str]:
        """An action, in lower case, of each class that a pattern covers, which must be one of the classes' own."""
        mask = self._texts.mask(self.patterns.index(covering.lower()))
        return (actions[0] for atom, actions in self._actions.items() if mask >> atom & 1)

    def all(self) -> Iterator[str]:
        """Some actions, in lower case, of every class, the first of each class first."""
        deepest = max(map(len, self._actions.values()), default=0)
        return (
            actions[depth] for depth in range(deepest) for actions in self._actions.values() if depth < len(actions)
        )

    def representative(self, action: str) -> str:
        """The first action of an action's class; raises ValueError for what is no action's name."""
        atom = self.of(action)
        if atom is None:
            raise ValueError(f"{action!r} is no action's name")
        return self._actions[atom][0]


@lru_cache(maxsize=512)
def _classes(patterns: tuple[str, ...]) -> Texts:
    """The classes of texts; the last ones are remembered, for many principals hold the same roles."""
    return texts((*map(_language, patterns), EMPTY_SEGMENT), NAMES)


def _word(action: str) -> Word:
    """An action as a word."""
    return tuple(SLASH if character == "/" else character for character in action)


def _language(written: str) -> Language:
    """The actions that a pattern covers; `/*/` stands for one slash too (clover.logic.azure.permissions)."""
    pieces = written.split("/*/")
    joints: list[tuple[list[Element], ...]] = [([SLASHES, ANYTHING, SLASHES], [SLASHES])] * (len(pieces) - 1)
    return tuple(dict.fromkeys(pattern(_joined(pieces, chosen)) for chosen in product(*joints)))


def _joined(pieces: Sequence[str], joints: Sequence[list[Element]]) -> list[Element]:
    """The pieces with what stands between them."""
    found = _elements(pieces[0])
    for piece, joint in zip(pieces[1:], joints, strict=True):
        found += [*joint, *_elements(piece)]
    return found


def _elements(written: str) -> list[Element]:
    """Every character as itself; `*` is any number of any symbols."""
    signs = {"/": SLASHES, "*": ANYTHING}
    return [signs.get(character) or Element(exactly(character)) for character in written]


def _pleasant(patterns: Iterable[str]) -> Iterator[str]:
    """Actions as people would write them: the patterns with words for their wildcards."""
    for each in patterns:
        yield from (each.removesuffix("*").replace("*", "something") + word for word in OWN_WORDS if each.endswith("*"))
        yield each.replace("*", "something")
