"""One condition key: its possible values, absence and lists included, split into atoms by the conditions in play.

Exact for lists too: a condition on a list depends only on which cells its members lie in, and what a list's members
say together is the union of what each says. So the atoms of lists are found by closing the members' words under union,
not by going through all subsets.

Source: IAM User Guide, "Single-valued vs. multivalued context keys" and "IAM JSON policy elements: Condition",
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from clover.logic.aws_sets.operators import OPERATORS, language
from clover.logic.aws_sets.statements import Clause
from clover.logic.aws_sets.values import Cell, Comparison, Typed, Values
from clover.logic.aws_sets.variables import Part, Written
from clover.logic.sets.bounds import Undecided

MOST_LISTS = 4096
ALL, ANY = "forallvalues", "foranyvalue"


class State(NamedTuple):
    """What conditions can know of a key's values: their number (2 for more), and what their members say.

    `some` and `every` have a bit for each comparison that holds for some or for every member.
    """

    number: int
    some: int
    every: int
    null: bool
    values: tuple[str, ...] | None


@lru_cache(maxsize=2048)
def key_of(clauses: tuple[Clause, ...], pleasant: tuple[str, ...], *, lists: bool) -> "Key":
    """The atoms of a key under some conditions; the last ones are remembered, for the same conditions come again."""
    return Key(clauses, lists=lists, pleasant=pleasant)


class Key:
    """The atoms of one condition key. `values[atom]` are values of the atom: None where no known value shows it."""

    def __init__(self, clauses: Sequence[Clause], *, lists: bool, pleasant: Sequence[str] = ()) -> None:
        """Find the atoms; with `lists` the key may have several values. Raises Undecided where there are too many."""
        self.clauses = clauses
        self._lists = lists
        self._comparisons: dict[Comparison, int] = {}
        self._places = [self._place(clause) for clause in clauses]
        self._values = Values(list(self._comparisons), pleasant)
        self._atoms: dict[int, int] = {}
        self._known: dict[tuple[str, ...], int | None] = {}
        self.values: list[tuple[str, ...] | None] = []
        self._add(State(0, 0, -1, True, ()))
        cells = self._values.cells
        for state in [*map(_single, cells), *(_lists(cells) if lists else ())]:
            self._add(state)

    def mask(self, clause: Clause) -> int:
        """The atoms in which the condition holds."""
        bit = 1 << self.clauses.index(clause)
        return sum(1 << atom for vector, atom in self._atoms.items() if vector & bit)

    def atom(self, values: tuple[str, ...]) -> int | None:
        """The atom of a request's values, none for an absent key; None for several values of a single-valued key."""
        if values not in self._known:
            self._known[values] = self._atom(values)
        return self._known[values]

    def _atom(self, values: tuple[str, ...]) -> int | None:
        """The same, found out."""
        if len(values) > 1 and not self._lists:
            return None
        holds = [self._values.holds(value) for value in values]
        some, every = 0, -1
        for each in holds:
            some |= each
            every &= each
        return self._atoms.get(self._vector(State(min(len(values), 2), some, every, not any(values), values)))

    def _place(self, clause: Clause) -> int:
        """The number of the clause's comparison."""
        return self._comparisons.setdefault(_comparison(clause), len(self._comparisons))

    def _add(self, state: State) -> None:
        """Note a state; the first known values of an atom stand for it."""
        atom = self._atoms.setdefault(self._vector(state), len(self._atoms))
        if atom == len(self.values):
            self.values.append(state.values)
        elif self.values[atom] is None:
            self.values[atom] = state.values

    def _vector(self, state: State) -> int:
        """The conditions that hold."""
        pairs = zip(self.clauses, self._places, strict=True)
        return sum(1 << number for number, (clause, place) in enumerate(pairs) if _holds(clause, place, state))


def _comparison(clause: Clause) -> Comparison:
    """What the clause compares values with."""
    operator = OPERATORS[clause.operator]
    if operator.kind is None:
        return language(operator, clause.values)
    return Typed(operator.kind, operator.test, tuple("".join(map(_plain, parts)) for parts in clause.values))


def _plain(part: Part) -> str:
    """The text of a value that takes no variables."""
    return part.text if isinstance(part, Written) else ""


def _holds(clause: Clause, place: int, state: State) -> bool:
    """Whether the condition holds; the truth of a negated comparison is turned member by member."""
    negated = OPERATORS[clause.operator].negated
    if clause.operator == "null":
        return ("true" if state.null else "false") in (
            _plain(parts[0]).lower() if parts else "" for parts in clause.values
        )
    if not state.number:
        return clause.if_exists or clause.quantifier == ALL or (negated and clause.quantifier != ANY)
    some, every = state.some >> place & 1, state.every >> place & 1
    if clause.quantifier == ALL:
        return state.null or bool(not some if negated else every)
    if clause.quantifier == ANY:
        return not state.null and bool(not every if negated else some)
    return state.number == 1 and bool(some) != negated


def _single(cell: Cell) -> State:
    """One value."""
    return State(1, cell.holds, cell.holds, cell.empty, None if cell.text is None else (cell.text,))


def _lists(cells: Sequence[Cell]) -> list[State]:
    """Every list of two or more values, up to what conditions can know; of unlike values where there is such a list."""
    singles = list({(cell.holds, cell.empty): _single(cell) for cell in cells}.values())
    known: dict[tuple[int, int, bool], State] = {}
    waiting = list(singles)
    while waiting:
        state = waiting.pop(0)
        for single in singles:
            if single.values is None or state.values is None or single.values[0] not in state.values:
                _note(_joined(state, single), known, waiting)
    for single in singles:
        _note(_joined(single, single), known, [])
    return list(known.values())


def _note(state: State, known: dict[tuple[int, int, bool], State], waiting: list[State]) -> None:
    """Keep a list that says something new."""
    key = (state.some, state.every, state.null)
    if key in known:
        return
    if len(known) >= MOST_LISTS:
        raise Undecided(f"the conditions on one key tell more than {MOST_LISTS} lists of values apart")
    known[key] = state
    waiting.append(state)


def _joined(one: State, other: State) -> State:
    """The values of both."""
    values = None if one.values is None or other.values is None else one.values + other.values
    return State(2, one.some | other.some, one.every & other.every, one.null and other.null, values)
