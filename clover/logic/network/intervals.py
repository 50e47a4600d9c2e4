"""Exact sets of whole numbers, as disjoint ranges."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Intervals:
    """A set of whole numbers; `ranges` are sorted, disjoint, not adjacent, and include both ends."""

    ranges: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, ranges: Iterable[tuple[int, int]]) -> "Intervals":
        """Return the union of the given ranges, which may overlap."""
        merged: list[tuple[int, int]] = []
        for low, high in sorted(pair for pair in ranges if pair[0] <= pair[1]):
            if merged and low <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(merged[-1][1], high))
            else:
                merged.append((low, high))
        return cls(tuple(merged))

    @classmethod
    def only(cls, *numbers: int) -> "Intervals":
        """Return the set of exactly these numbers."""
        return cls.of((number, number) for number in numbers)

    def __bool__(self) -> bool:
        return bool(self.ranges)

    def __contains__(self, number: int) -> bool:
        return any(low <= number <= high for low, high in self.ranges)

    def __or__(self, other: "Intervals") -> "Intervals":
        return Intervals.of((*self.ranges, *other.ranges))

    def __and__(self, other: "Intervals") -> "Intervals":
        return Intervals(tuple(_overlaps(self.ranges, other.ranges)))

    def __sub__(self, other: "Intervals") -> "Intervals":
        left = list(self.ranges)
        for low, high in other.ranges:
            left = [piece for pair in left for piece in _without(pair, low, high)]
        return Intervals(tuple(left))

    def __le__(self, other: "Intervals") -> bool:
        return not self - other

    @property
    def first(self) -> int:
        """The smallest number; IndexError when the set is empty."""
        return self.ranges[0][0]


NOTHING = Intervals()
"""The empty set."""


def _overlaps(one: tuple[tuple[int, int], ...], other: tuple[tuple[int, int], ...]) -> Iterator[tuple[int, int]]:
    """What two sorted lists of ranges have in common, in order."""
    mine, theirs = 0, 0
    while mine < len(one) and theirs < len(other):
        low, high = max(one[mine][0], other[theirs][0]), min(one[mine][1], other[theirs][1])
        if low <= high:
            yield low, high
        if one[mine][1] < other[theirs][1]:
            mine += 1
        else:
            theirs += 1


def _without(pair: tuple[int, int], low: int, high: int) -> Iterator[tuple[int, int]]:
    """What is left of a range outside `low` to `high`."""
    if pair[0] < low:
        yield pair[0], min(pair[1], low - 1)
    if pair[1] > high:
        yield max(pair[0], high + 1), pair[1]
