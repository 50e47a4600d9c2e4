"""The relation of two documents: what single requests say, and laws that hold for all documents."""

import copy
import random
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from clover.cli.compare import replay
from clover.logic.aws import Malformed
from clover.logic.aws_sets import Comparison, Undecided, compare, names_principals
from clover.logic.aws_sets.points import point
from clover.logic.aws_sets.reading import read_document
from clover.logic.aws_sets.space import Space
from tests.logic.evaluator_cases import ACCOUNT, Json
from tests.logic.exact.scale import REQUESTS, tried
from tests.logic.exact.strategies import FOREIGN, context_of, documents, request_in, statements

chances = st.randoms(use_true_random=False)
named = st.booleans()
MIRRORED = {"equal": "equal", "wider": "narrower", "narrower": "wider", "incomparable": "incomparable"}


def _compared(existing: Json, new: Json) -> Comparison:
    """The comparison, every request in it replayed."""
    decide = replay(existing, new)
    found = compare(existing, new, decide)
    for request, wanted in ((found.added, (False, True)), (found.removed, (True, False))):
        assert request is None or wanted in (decide(request, False), decide(request, True))
    assert (found.added is not None) == (found.relation in ("wider", "incomparable"))
    assert (found.removed is not None) == (found.relation in ("narrower", "incomparable"))
    return found


@st.composite
def pairs(draw: st.DrawFn, *, templates: bool) -> tuple[Json, Json]:
    """Two documents that share much: often one is the other with a change."""
    with_principals = draw(named)
    existing = draw(documents(named=with_principals, templates=templates))
    new = copy.deepcopy(existing)
    change = draw(st.sampled_from(["drop", "add", "effect", "element", "other"]))
    place = draw(st.integers(0, len(new["Statement"]) - 1))
    other = draw(statements(named=with_principals, templates=templates))
    if change == "drop":
        del new["Statement"][place]
    elif change == "add":
        new["Statement"].append(other)
    elif change == "effect":
        new["Statement"][place]["Effect"] = other["Effect"]
    elif change == "element":
        new["Statement"][place]["Condition"] = other["Condition"]
    else:
        new["Statement"] = [other]
    return existing, new


def _differences(existing: Json, new: Json, chance: random.Random) -> set[str]:
    """The relations that single requests, tried at random, exclude."""
    space = Space([read_document(existing, "existing"), read_document(new, "new")])
    decide, attached = replay(existing, new), names_principals(existing) or names_principals(new)
    excluded: set[str] = set()
    for _ in range(4 * REQUESTS):
        for account, beside in ((ACCOUNT, False), (FOREIGN, True)):
            request = request_in(space, chance, account)
            if request["principal"].endswith(":root") and (account in request["principal"] or not attached):
                continue  # root needs no policy of its own
            try:
                before, after = decide(request, beside)
            except Malformed:
                continue
            if before != after and point(space, request, context_of(request)) is not None:
                excluded |= {"equal", "narrower"} if after else {"equal", "wider"}
    return excluded


@tried
@given(pairs(templates=False), chances)
def test_no_single_request_contradicts_the_relation(pair: tuple[Json, Json], chance: random.Random) -> None:
    assert _compared(*pair).relation not in _differences(*pair, chance), pair


@tried
@given(pairs(templates=True), chances)
def test_with_variables_the_relation_is_right_or_not_said(pair: tuple[Json, Json], chance: random.Random) -> None:
    try:
        relation = _compared(*pair).relation
    except Undecided:
        assume(False)
        return
    assert relation not in _differences(*pair, chance), pair


@tried
@given(named.flatmap(lambda principals: documents(named=principals, templates=True, most=4)), st.randoms())
def test_a_document_equals_itself_in_any_order(document: Json, chance: random.Random) -> None:
    shuffled = copy.deepcopy(document)
    chance.shuffle(shuffled["Statement"])
    assert _compared(document, shuffled) == Comparison("equal", None, None)


@tried
@given(st.data(), named, st.sampled_from(["Allow", "Deny"]))
def test_one_more_statement_goes_one_way(data: st.DataObject, principals: bool, effect: str) -> None:
    existing = data.draw(documents(named=principals))
    more: Any = data.draw(statements(named=principals)) | {"Effect": effect}
    new = {**existing, "Statement": [*existing["Statement"], more]}
    found = _compared(existing, new).relation
    assert found in ("equal", "wider" if effect == "Allow" else "narrower")


@tried
@given(pairs(templates=False))
def test_the_relation_is_mirrored(pair: tuple[Json, Json]) -> None:
    existing, new = pair
    assert _compared(new, existing).relation == MIRRORED[_compared(existing, new).relation]
