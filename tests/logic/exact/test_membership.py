"""A set of requests holds exactly the requests that the plain evaluator allows: 2,000 of each kind in a usual run."""

import random
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clover.logic.aws import Malformed, evaluate
from clover.logic.aws_sets import World
from clover.logic.aws_sets.points import point
from clover.logic.aws_sets.reading import read_document
from clover.logic.aws_sets.space import Space
from tests.logic.evaluator_cases import ACCOUNT, ALLOW, Json, allowing
from tests.logic.exact.scale import DECIDED, EACH, enough
from tests.logic.exact.strategies import FOREIGN, context_of, documents, request_in

chances = st.randoms(use_true_random=False)
MOST = 5 * EACH
"""Requests tried for one example; some are of no account, and some of no space."""


def _decides(request: Json, policies: Json) -> bool | None:
    """Whether the plain evaluator allows the request; None for one that is no request."""
    try:
        return evaluate(request, policies).decision == ALLOW
    except Malformed:
        return None


def _agrees(
    space: Space, chance: random.Random, account: str, policies: Json, holds: Callable[[Json], bool | None]
) -> int:
    """Decide requests both ways, and compare; how many there were. `holds` is None for one outside the space."""
    compared = 0
    for _ in range(MOST):
        if compared == EACH:
            break
        request = request_in(space, chance, account)
        expected = _decides(request, policies)
        found = None if expected is None else holds(request)
        if found is not None:
            assert found == expected, (request, policies)
            compared += 1
    return compared


def _held_by(document: Json) -> tuple[Space, Callable[[Json], bool | None]]:
    """The space of a document, and whether what it allows holds a request."""
    read = read_document(document, "document")
    space = Space([read])
    allowed = space.allows(read).minus(space.denies(read))

    def holds(request: Json) -> bool | None:
        found = point(space, request, context_of(request))
        return None if found is None else allowed.holds(found)

    return space, holds


def test_what_a_resources_policy_allows() -> None:
    compared: list[int] = []

    @enough
    @given(documents(named=True, templates=True), chances)
    def agrees(document: Json, chance: random.Random) -> None:
        space, holds = _held_by(document)
        policies = {"resource": document, "identity": [allowing()], "session": [allowing()]}
        compared.append(_agrees(space, chance, FOREIGN, policies, holds))

    agrees()
    assert sum(compared) >= DECIDED


def test_what_an_identitys_policy_allows() -> None:
    compared: list[int] = []

    @enough
    @given(documents(named=False, templates=True), chances)
    def agrees(document: Json, chance: random.Random) -> None:
        space, holds = _held_by(document)
        policies = {"identity": [document], "resource": allowing({"AWS": ACCOUNT})}
        asked = _agrees(space, chance, ACCOUNT, policies, lambda each: holds(each) if _bears_policies(each) else None)
        compared.append(asked)

    agrees()
    assert sum(compared) >= DECIDED


def _bears_policies(request: Json) -> bool:
    """Whether the caller is a user or a role of the account, and the call one that policies decide."""
    kind = request["principal"].split(":")[-1].partition("/")[0]
    free = request["action"].lower() in ("sts:getcalleridentity", "sts:getsessiontoken")
    return f":{ACCOUNT}:" in request["principal"] and kind in ("user", "role", "assumed-role") and not free


policy_sets: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {},
    optional={
        "identity": st.lists(documents(named=False, most=2), max_size=2),
        "boundary": st.lists(documents(named=False, most=2), max_size=1),
        "session": st.lists(documents(named=False, most=2), max_size=1),
        "resource": documents(named=True),
        "scp": st.lists(st.lists(documents(named=False, most=2) | st.just(allowing()), max_size=2), max_size=2),
        "rcp": st.lists(st.lists(documents(named=True, most=2) | st.just(allowing("*")), max_size=2), max_size=2),
        "vpc_endpoint": st.lists(documents(named=True, most=2) | st.just(allowing("*")), max_size=1),
    },
)


def test_what_all_policies_together_allow() -> None:
    compared: list[int] = []

    @enough
    @given(policy_sets, chances)
    def agrees(policies: Json, chance: random.Random) -> None:
        world = World(ACCOUNT, [policies])
        allowed = world.effective(policies)
        asked = _agrees(world.space, chance, ACCOUNT, policies, lambda each: allowed.holds(each, context_of(each)))
        compared.append(asked)
        witness = allowed.witness()
        assert witness is None or _decides(witness, policies), (witness, policies)
        assert witness is not None or allowed.is_empty()

    agrees()
    assert sum(compared) >= DECIDED
