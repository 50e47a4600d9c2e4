"""Host names as a finite number of classes: those that the patterns in play can tell apart, and no name at all.

A pattern asks for a beginning, an end, and pieces between. Names are compared in lower case, as DNS does (RFC 4343).
Any text is a name: who opens a flow writes what they like there. Exact: every combination of patterns that some name
fits is a class.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from clover.logic.sets.patterns import Element, Language, Pattern, SymbolClass, pattern, text
from clover.logic.sets.texts import Texts, texts

ABSENT = None
"""The class of a flow that names no host."""

OTHERS = ("host.example.net", "host.example.org", "host.nowhere.test")
"""Names for whatever no pattern speaks of: the first that is so."""

HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
"""Names that a host may have; a class is shown by one where it has one."""
MOST_SHOWN = 4096
LOWER = SymbolClass(frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), negated=True)
ANY = Element(LOWER, repeated=True)
EVERY: Language = (pattern([Element(LOWER), ANY]),)
"""Every name, in lower case."""


@dataclass(frozen=True)
class NamePattern:
    """Names that begin with `begins`, end with `ends` and hold every one of `holds`; `whole` allows nothing else.

    With `dotted` the name is compared as if a dot stood before it (Suricata's `dotprefix`).
    """

    begins: str = ""
    ends: str = ""
    holds: tuple[str, ...] = ()
    whole: str | None = None
    dotted: bool = False

    def fits(self, name: str) -> bool:
        """Tell whether `name` is one of the names."""
        compared = f".{name.lower()}" if self.dotted else name.lower()
        if self.whole is not None and compared != self.whole:
            return False
        edges = compared.startswith(self.begins) and compared.endswith(self.ends)
        return edges and all(piece in compared for piece in self.holds)

    def parts(self) -> Iterator[Language]:
        """The languages, of names read backwards, to all of which a name belongs that fits; each may be of no word.

        Backwards, since most patterns ask for an end: names that end alike are told apart where they begin to differ.
        """
        if self.whole is not None:
            yield tuple(_backwards(name) for name in self._behind_dot(self.whole) if name)
        if self.begins:
            yield tuple(_backwards(ANY, piece) for piece in self._behind_dot(self.begins))
        if self.ends:
            whole = self._behind_dot(self.ends) if self.dotted else []
            yield (_backwards(self.ends, ANY), *(_backwards(name) for name in whole if name))
        for piece in self.holds:
            first = self._behind_dot(piece) if self.dotted else []
            yield (_backwards(ANY, piece, ANY), *(_backwards(ANY, each) for each in first))

    def _behind_dot(self, piece: str) -> list[str]:
        """With what a name begins where the text that is compared begins with the piece; nothing where it cannot."""
        if not self.dotted:
            return [piece]
        return [piece[1:]] if piece.startswith(".") else []

    @property
    def samples(self) -> tuple[str, ...]:
        """Names that fit: the shortest, and one with a part of its own wherever the pattern leaves room."""
        if self.whole is not None:
            return (self._bare(self.whole),)
        middle = "".join(self.holds)
        tight, loose = f"{self.begins}{middle}{self.ends}", f"{self.begins}any{middle}{self._room}{self.ends}"
        names = map(self._bare, (tight, loose))
        return tuple(name for name in names if name and name[0] != "." and self.fits(name))

    @property
    def _room(self) -> str:
        """What may stand before the end: another domain where the end is open."""
        return ".example.net" if self.holds and not self.ends else ""

    def _bare(self, name: str) -> str:
        """The name without the dot that `dotted` puts before it."""
        return name[1:] if self.dotted and name.startswith(".") else name


def below(domain: str) -> NamePattern:
    """Every name below `domain`, itself not included."""
    return NamePattern(ends=f".{domain.lower()}")


def exactly(name: str) -> NamePattern:
    """The one name."""
    return NamePattern(whole=name.lower())


def declared(name: str) -> NamePattern:
    """What a declaration means: a name, or with `*.` everything below a name."""
    return below(name[2:]) if name.startswith("*.") else exactly(name)


@dataclass(frozen=True)
class NameClasses:
    """The classes that `patterns` tell apart, as bits; bit 0 is the class of no name."""

    patterns: tuple[NamePattern, ...]

    @cached_property
    def witnesses(self) -> tuple[str | None, ...]:
        """One name of each class."""
        return (ABSENT, *(name for name, _ in self._shown))

    @property
    def everything(self) -> int:
        """The mask of all classes."""
        return (1 << len(self.witnesses)) - 1

    @cached_property
    def masks(self) -> Mapping[NamePattern, int]:
        """The mask of each pattern's classes."""
        found = [0] * len(self.patterns)
        for place, (_, fitting) in enumerate(self._shown):
            for number in _bits(fitting):
                found[number] |= 2 << place
        return dict(zip(self.patterns, found, strict=True))

    def witness(self, mask: int) -> str | None:
        """Return a name of one of the classes in `mask`, a present name if there is one."""
        names = [name for bit, name in enumerate(self.witnesses) if mask >> bit & 1]
        return next((name for name in names if name is not ABSENT), ABSENT)

    def union(self, patterns: Iterable[NamePattern]) -> int:
        """Return the mask of the names that fit any of `patterns`, all of which the classes were made for."""
        mask = 0
        for each in patterns:
            mask |= self.masks[each]
        return mask

    @cached_property
    def _numbers(self) -> Mapping[Language, int]:
        """The languages that patterns are made of, numbered."""
        found = dict.fromkeys(part for each in self.patterns for part in each.parts() if part)
        return {part: number for number, part in enumerate(found)}

    @cached_property
    def _texts(self) -> Texts:
        """The classes of names; raises Undecided where there are too many."""
        return texts(tuple(self._numbers), EVERY)

    @cached_property
    def _fitting(self) -> Sequence[int]:
        """For each atom of names the patterns that they fit, as bits."""
        found = [0] * len(self._texts.words)
        for number, each in enumerate(self.patterns):
            for atom in _bits(self._atoms(each)):
                found[atom] |= 1 << number
        return found

    def _atoms(self, each: NamePattern) -> int:
        """The atoms of names that fit, as bits."""
        mask = (1 << len(self._texts.words)) - 1
        for part in each.parts():
            mask &= self._texts.mask(self._numbers[part]) if part else 0
        return mask

    @cached_property
    def _shown(self) -> Sequence[tuple[str, int]]:
        """A name of each class with the patterns that it fits, first those that people would write."""
        found: dict[int, str] = {}
        for name in islice(self._candidates(), MOST_SHOWN):
            atom = self._texts.atom(name[::-1])
            if atom is not None:
                found.setdefault(self._fitting[atom], name)
        for fitting, words in zip(self._fitting, self._texts.words, strict=True):
            names = ["".join(reversed(word)) for word in words]
            found.setdefault(fitting, next(filter(HOST.fullmatch, names), names[0]))
        return [(name, fitting) for fitting, name in found.items()]

    def _candidates(self) -> Iterator[str]:
        """Names as people would write them: of no pattern, of single ones, and of pairs that can meet."""
        yield from OTHERS
        for each in self.patterns:
            yield from each.samples
        open_ended = [each for each in self.patterns if each.begins or each.holds]
        pairs = (_joined(one, other) for one in open_ended for other in self.patterns)
        yield from (name for name in pairs if HOST.fullmatch(name))


def _backwards(*parts: str | Element) -> Pattern:
    """The pattern of the parts, texts given as they are read."""
    return pattern(element for part in parts for element in (text(part[::-1]) if isinstance(part, str) else [part]))


def _bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set."""
    while mask:
        bit = mask & -mask
        yield bit.bit_length() - 1
        mask ^= bit


def _joined(one: NamePattern, other: NamePattern) -> str:
    """A name that fits the beginning of one pattern and the end of another, where such a name exists."""
    begins = one.begins or other.begins
    ends = other.ends or one.ends
    name = f"{begins}any{''.join((*one.holds, *other.holds))}{ends}"
    return name.lstrip(".")
