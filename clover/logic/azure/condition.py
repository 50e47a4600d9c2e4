"""What a condition means, piece by piece: true, false, or open.

Source: https://learn.microsoft.com/azure/role-based-access-control/conditions-format. The documents do not say what a
comparison with an absent attribute gives, nor a plain one with several values: it stays open (None), in a negation
too, and an open condition neither grants anything nor lifts a denial.
"""

from typing import NamedTuple, Protocol

from clover.logic.aws.reading import quoted
from clover.logic.azure.condition_operators import CROSS_PRODUCTS, Operator
from clover.logic.azure.request import Request


class Condition(Protocol):
    """A condition or a piece of one."""

    def holds(self, request: Request) -> bool | None:
        """Whether it holds for the request; None where that is open."""
        ...


class AllOf(NamedTuple):
    """AND: one false piece decides, else one open piece leaves it open."""

    pieces: tuple[Condition, ...]

    def holds(self, request: Request) -> bool | None:
        """Whether every piece holds."""
        found = [piece.holds(request) for piece in self.pieces]
        return False if False in found else (None if None in found else True)


class AnyOf(NamedTuple):
    """OR: one true piece decides, else one open piece leaves it open."""

    pieces: tuple[Condition, ...]

    def holds(self, request: Request) -> bool | None:
        """Whether a piece holds."""
        found = [piece.holds(request) for piece in self.pieces]
        return True if True in found else (None if None in found else False)


class Negation(NamedTuple):
    """NOT; what is open stays open."""

    piece: Condition

    def holds(self, request: Request) -> bool | None:
        """Whether the piece does not hold."""
        found = self.piece.holds(request)
        return None if found is None else not found


class ActionMatches(NamedTuple):
    """The action fits a pattern, as the pattern of a role would."""

    pattern: str

    def holds(self, request: Request) -> bool:
        """Whether the request's action fits."""
        return request.action.fits(self.pattern.lower())


class SubOperationMatches(NamedTuple):
    """The suboperation is the one named."""

    name: str

    def holds(self, request: Request) -> bool:
        """Whether the request says this suboperation."""
        return request.suboperation == self.name.lower()


class Operand(NamedTuple):
    """A side of a comparison: literal values, or with `attribute` (source, name) the request's."""

    literals: tuple[str, ...]
    attribute: tuple[str, str] | None = None

    def values(self, request: Request) -> tuple[str, ...]:
        """The values; none for an attribute that the request lacks."""
        return self.literals if self.attribute is None else request.attributes.get(self.attribute, ())

    def __str__(self) -> str:
        """The attribute as conditions write it, or the first literal."""
        return f"@{self.attribute[0]}[{self.attribute[1]}]" if self.attribute else quoted(self.literals[0])


class Exists(NamedTuple):
    """The request has the attribute."""

    operand: Operand

    def holds(self, request: Request) -> bool:
        """Whether there is a value."""
        return bool(self.operand.values(request))


class Comparison(NamedTuple):
    """Two sides under an operator; `quantifier` is ForAnyOfAnyValues and so on, or empty."""

    left: Operand
    operator: Operator
    quantifier: str
    right: Operand

    def holds(self, request: Request) -> bool | None:
        """Whether the comparison holds; open where a side has no value, or several without a quantifier."""
        left, right = self.left.values(request), self.right.values(request)
        if not left or not right:
            return None
        if not self.quantifier:
            return self._fits(left[0], right[0]) if len(left) == len(right) == 1 else None
        over_left, over_right = CROSS_PRODUCTS[self.quantifier]
        return over_left(over_right(self._fits(one, other) for other in right) for one in left)

    def _fits(self, left: str, right: str) -> bool:
        """One value against one; a value that is not of the operator's kind fits nothing."""
        form = self.operator.form
        return bool(form.fullmatch(left) and form.fullmatch(right)) and self.operator.holds(left, right)
