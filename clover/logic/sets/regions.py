"""Sets of points: unions of boxes, each union with boxes taken away that are only looked at when asked."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from clover.logic.sets.boxes import Box, Boxes


class Term(NamedTuple):
    """Every point of a box in `within` that is in no box of `without`."""

    within: Sequence[Box]
    without: Sequence[Box]


class Region:
    """A set of points; all operations give a new one of the same fields."""

    def __init__(self, boxes: Boxes, terms: Sequence[Term]) -> None:
        self._boxes = boxes
        self._terms = [term for term in terms if term.within]

    def union(self, other: "Region") -> "Region":
        """The points of either."""
        return Region(self._boxes, [*self._terms, *other._terms])

    def intersect(self, other: "Region") -> "Region":
        """The points of both."""
        return Region(self._boxes, [self._both(one, another) for one in self._terms for another in other._terms])

    def minus(self, other: "Region") -> "Region":
        """The points of this region only: outside what the other has, or inside what the other takes away."""
        terms = self._terms
        for taken in other._terms:
            outside = [Term(term.within, [*term.without, *taken.within]) for term in terms]
            spared = Term(taken.without, ())
            terms = [*outside, *(self._both(term, spared) for term in terms if taken.without)]
            terms = [term for term in terms if term.within]
        return Region(self._boxes, terms)

    def is_everything(self) -> bool:
        """Whether one of the region's own boxes is the whole space; False may also mean that nobody looked closer."""
        return any(not term.without and {} in term.within for term in self._terms)

    def holds(self, point: Sequence[int]) -> bool:
        """Whether the point, given by its atom in every field, belongs to the region."""
        return any(_in(point, term.within) and not _in(point, term.without) for term in self._terms)

    def pieces(self) -> Iterator[Box]:
        """Boxes that together are the region; raises Undecided when there are too many to go through."""
        for term in self._terms:
            for box in term.within:
                meeting = [each for each in term.without if self._boxes.common(box, each) is not None]
                if not any(self._boxes.covers(each, box) for each in meeting):
                    yield from self._boxes.left(box, self._boxes.pruned(meeting))

    def _both(self, one: Term, other: Term) -> Term:
        """What two terms have in common."""
        return Term(self._boxes.products(one.within, other.within), [*one.without, *other.without])


def _in(point: Sequence[int], boxes: Sequence[Box]) -> bool:
    """Whether one of the boxes holds the point."""
    return any(all(mask >> point[field] & 1 for field, mask in box.items()) for box in boxes)
