"""What is told from the patterns alone is right: checked against the sets of requests themselves."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clover.logic.aws_sets.differences import suspects
from clover.logic.aws_sets.elements import apart, beyond, lean, never_applies
from clover.logic.aws_sets.reading import read_document
from clover.logic.aws_sets.space import Space
from clover.logic.aws_sets.statements import Document, Statement
from clover.logic.sets.regions import Region
from tests.logic.evaluator_cases import Json
from tests.logic.exact.scale import tried
from tests.logic.exact.strategies import documents

Found = tuple[Document, Document]


def read(pair: tuple[Json, Json]) -> Found:
    """Both documents."""
    one, other = pair
    return read_document(one, "one"), read_document(other, "other")


pairs: st.SearchStrategy[Found] = (
    st.booleans().flatmap(lambda named: st.tuples(documents(named=named), documents(named=named, most=4))).map(read)
)


def space_of(found: Found, *more: Statement) -> Space:
    """The space of two documents and more statements."""
    return Space([*found, Document((*found[0].statements, *more), found[0].attachment)])


def is_empty(space: Space, region: Region) -> bool:
    """Whether no request is in the region."""
    return next(iter(space.possible(region).pieces()), None) is None


def differs(space: Space, one: Region, other: Region) -> bool:
    """Whether a request is in one of the regions alone."""
    return not (is_empty(space, one.minus(other)) and is_empty(space, other.minus(one)))


@tried
@given(pairs)
def test_statements_that_are_told_to_be_apart_never_meet(found: Found) -> None:
    space = space_of(found)
    for one in found[0].statements:
        for other in found[1].statements:
            if apart(one, other):
                assert is_empty(space, space.of([one]).intersect(space.of([other])))


@tried
@given(pairs)
def test_a_lean_statement_is_about_the_same_requests(found: Found) -> None:
    for statement in found[0].statements:
        space = space_of(found, lean(statement))
        assert not differs(space, space.of([statement]), space.of([lean(statement)]))


@tried
@given(pairs)
def test_what_is_beyond_others_is_all_that_they_leave(found: Found) -> None:
    statement = found[0].statements[0]
    others = [each for each in found[1].statements if not never_applies(each)]
    rest = beyond(statement, others)
    space = space_of(found, *(() if rest is None else (rest,)))
    left = space.of([statement]).minus(space.of(others))
    assert is_empty(space, left if rest is None else left.minus(space.of([rest])))
    assert rest is None or is_empty(space, space.of([rest]).minus(space.of([statement])))


@tried
@given(pairs)
def test_suspects_add_up_to_the_difference(found: Found) -> None:
    before, after = found
    doubted = list(suspects(before, after))
    space = space_of(found, *(each for suspect in doubted for each in suspect.statements))
    added = _allowed(space, after).minus(_allowed(space, before))
    shown: Any = space.of(())
    for suspect in doubted:
        region = space.of([suspect.held]).minus(space.of(suspect.taken))
        shown = shown.union(region.intersect(space.of(suspect.granted)) if suspect.granted else region)
    assert not differs(space, added, shown)


def _allowed(space: Space, document: Document) -> Region:
    """Where a statement allows, and none denies."""
    return space.allows(document).minus(space.denies(document))
