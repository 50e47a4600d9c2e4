"""Boxes: products of sets of atoms, one set per field, and what is left of them when others are taken away."""

from collections.abc import Iterator, Sequence

from clover.logic.sets.bounds import Undecided

Box = dict[int, int]
"""Field → mask of atoms; a field that is not mentioned is unconstrained. No mask is empty. Never changed in place."""

MOST_PIECES = 200_000
MOST_BOXES = 50_000


class Boxes:
    """The algebra of boxes over fields with `full[field]` as the mask of all atoms."""

    def __init__(self, full: Sequence[int]) -> None:
        self.full = full

    def box(self, masks: Box) -> Box | None:
        """The box of the masks; None when one is empty."""
        if not all(masks.values()):
            return None
        return {field: mask for field, mask in masks.items() if mask != self.full[field]}

    def common(self, one: Box, other: Box) -> Box | None:
        """What both boxes hold; None when nothing."""
        if len(one) < len(other):
            one, other = other, one
        common = dict(one)
        for field, mask in other.items():
            kept = common.get(field, -1) & mask
            if not kept:
                return None
            common[field] = kept
        return common

    def products(self, some: Sequence[Box], others: Sequence[Box]) -> list[Box]:
        """What the two unions have in common."""
        found = [common for one in some for other in others if (common := self.common(one, other)) is not None]
        return self.pruned(found)

    def pruned(self, boxes: Sequence[Box]) -> list[Box]:
        """The same union without boxes that lie in another; raises Undecided when there are too many."""
        unlike = list({tuple(sorted(box.items())): box for box in boxes}.values())
        if len(unlike) > MOST_BOXES:
            raise Undecided(f"a set of requests takes more than {MOST_BOXES} boxes")
        if len(unlike) > 2000:
            return unlike
        return [box for box in unlike if not any(other is not box and self.covers(other, box) for other in unlike)]

    def covers(self, outer: Box, inner: Box) -> bool:
        """Whether every point of the inner box lies in the outer one."""
        for field, mask in outer.items():  # noqa: SIM110 (asked millions of times, and all() takes twice as long)
            if inner.get(field, self.full[field]) & ~mask:
                return False
        return True

    def left(self, box: Box, taken: Sequence[Box]) -> Iterator[Box]:
        """What is left of the box when the others are taken away, in boxes that have nothing in common.

        Raises Undecided after too many pieces.
        """
        waiting = [(box, taken)]
        pieces = 0
        while waiting:
            pieces += 1
            if pieces > MOST_PIECES:
                raise Undecided(f"a difference of sets takes more than {MOST_PIECES} pieces")
            piece, candidates = waiting.pop()
            meeting = [each for each in candidates if self.common(piece, each) is not None]
            if not meeting:
                yield piece
                continue
            fewest = min(meeting, key=lambda each: self._outside(piece, each))
            rest = [each for each in meeting if each is not fewest]
            waiting += [(part, rest) for part in self._cuts(piece, fewest)]

    def _outside(self, box: Box, taken: Box) -> int:
        """In how many fields the box reaches beyond the other one."""
        return sum(1 for field, mask in taken.items() if box.get(field, self.full[field]) & ~mask)

    def _cuts(self, box: Box, taken: Box) -> list[Box]:
        """The parts of the box outside the other one, which it meets; none when it lies inside."""
        parts: list[Box] = []
        inside = dict(box)
        for field, mask in taken.items():
            own = inside.get(field, self.full[field])
            outside = own & ~mask
            if outside:
                parts.append({**inside, field: outside})
                inside[field] = own & mask
        return parts
