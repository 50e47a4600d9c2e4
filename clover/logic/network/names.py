"""Host names as a finite number of classes: those that the patterns in play can tell apart, and no name at all.

A pattern asks for a beginning, an end, and pieces between. Names are compared in lower case, as DNS does (RFC 4343).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

ABSENT = None
"""The class of a flow that names no host."""

OTHERS = ("host.example.net", "host.example.org", "host.nowhere.test")
"""Names for whatever no pattern speaks of: the first that is so."""


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
        found: dict[frozenset[int], str] = {}
        for name in self._candidates():
            found.setdefault(self._signature(name), name)
        return (ABSENT, *found.values())

    @property
    def everything(self) -> int:
        """The mask of all classes."""
        return (1 << len(self.witnesses)) - 1

    @cached_property
    def masks(self) -> Mapping[NamePattern, int]:
        """The mask of each pattern's classes."""
        return {pattern: self._mask(pattern) for pattern in self.patterns}

    def witness(self, mask: int) -> str | None:
        """Return a name of one of the classes in `mask`, a present name if there is one."""
        names = [name for bit, name in enumerate(self.witnesses) if mask >> bit & 1]
        return next((name for name in names if name is not ABSENT), ABSENT)

    def union(self, patterns: Iterable[NamePattern]) -> int:
        """Return the mask of the names that fit any of `patterns`, all of which the classes were made for."""
        mask = 0
        for pattern in patterns:
            mask |= self.masks[pattern]
        return mask

    def _mask(self, pattern: NamePattern) -> int:
        return sum(1 << bit for bit, name in enumerate(self.witnesses) if name is not None and pattern.fits(name))

    def _candidates(self) -> Sequence[str]:
        """A name for every class that can occur: of the patterns alone, of none, and of pairs that can meet."""
        single = [name for pattern in self.patterns for name in pattern.samples]
        open_ended = [pattern for pattern in self.patterns if pattern.begins or pattern.holds]
        pairs = [_joined(one, other) for one in open_ended for other in self.patterns]
        return [*OTHERS, *single, *pairs]

    def _signature(self, name: str) -> frozenset[int]:
        """Which patterns the name fits."""
        exact, loose = self._split
        fitting = {number for number, pattern in loose if pattern.fits(name)}
        return frozenset(fitting | set(exact.get(name.lower(), ())))

    @cached_property
    def _split(self) -> tuple[Mapping[str, Sequence[int]], Sequence[tuple[int, NamePattern]]]:
        """The patterns of one name by that name, and the rest: there may be hundreds of the former."""
        exact: dict[str, list[int]] = {}
        loose: list[tuple[int, NamePattern]] = []
        for number, pattern in enumerate(self.patterns):
            if pattern == NamePattern(whole=pattern.whole):
                exact.setdefault(str(pattern.whole), []).append(number)
            else:
                loose.append((number, pattern))
        return exact, loose


def _joined(one: NamePattern, other: NamePattern) -> str:
    """A name that fits the beginning of one pattern and the end of another, where such a name exists."""
    begins = one.begins or other.begins
    ends = other.ends or one.ends
    name = f"{begins}any{''.join((*one.holds, *other.holds))}{ends}"
    return name.lstrip(".")
