"""A set of requests holds exactly the requests that the plain evaluator allows."""

import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clover.logic.aws import Malformed, evaluate
from clover.logic.aws_sets import World
from clover.logic.aws_sets.points import point
from clover.logic.aws_sets.reading import read_document
from clover.logic.aws_sets.space import Space
from tests.logic.evaluator_cases import ACCOUNT, ALLOW, Json, allowing
from tests.logic.exact.scale import REQUESTS, tried
from tests.logic.exact.strategies import FOREIGN, context_of, documents, request_in

chances = st.randoms(use_true_random=False)


def _decides(request: Json, policies: Json) -> bool | None:
    """Whether the plain evaluator allows the request; None for one that is no request."""
    try:
        return evaluate(request, policies).decision == ALLOW
    except Malformed:
        return None


def _agrees(document: Json, policies: Json, chance: random.Random, account: str | None) -> None:
    """The set of one document holds what the policies allow, for many requests."""
    read = read_document(document, "document")
    space = Space([read])
    allowed = space.allows(read).minus(space.denies(read))
    for _ in range(REQUESTS):
        request = request_in(space, chance, account)
        expected = _decides(request, policies)
        found = None if expected is None else point(space, request, context_of(request))
        assert found is None or allowed.holds(found) == expected, (request, document)


@tried
@given(documents(named=True, templates=True), chances)
def test_what_a_resources_policy_allows(document: Json, chance: random.Random) -> None:
    policies = {"resource": document, "identity": [allowing()], "session": [allowing()]}
    _agrees(document, policies, chance, FOREIGN)


@tried
@given(documents(named=False, templates=True), chances)
def test_what_an_identitys_policy_allows(document: Json, chance: random.Random) -> None:
    read = read_document(document, "document")
    space = Space([read])
    allowed = space.allows(read).minus(space.denies(read))
    for _ in range(REQUESTS):
        request = request_in(space, chance, ACCOUNT)
        if not _bears_policies(request):
            continue
        delegating = allowing({"AWS": ACCOUNT})
        expected = _decides(request, {"identity": [document], "resource": delegating})
        found = None if expected is None else point(space, request, context_of(request))
        assert found is None or allowed.holds(found) == expected, (request, document)


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


@tried
@given(policy_sets, chances)
def test_what_all_policies_together_allow(policies: Json, chance: random.Random) -> None:
    world = World(ACCOUNT, [policies])
    allowed = world.effective(policies)
    for _ in range(REQUESTS):
        request = request_in(world.space, chance, ACCOUNT)
        expected = _decides(request, policies)
        held = None if expected is None else allowed.holds(request, context_of(request))
        assert held is None or held == expected, (request, policies)
    witness = allowed.witness()
    assert witness is None or _decides(witness, policies), (witness, policies)
    assert witness is not None or allowed.is_empty()
