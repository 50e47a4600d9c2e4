"""Questions to a world: what a control asks of all policies together."""

from typing import Any

import pytest

from clover.logic.aws import evaluate
from clover.logic.aws_sets import World
from tests.logic.evaluator_cases import ACCOUNT, ALLOW, OTHER_ACCOUNT, USER, Json, allowing, document, statement

BUCKET = "arn:aws:s3:::store"
READING = statement(Action="s3:GetObject", Resource=f"{BUCKET}/*")
STRANGERS: Json = document(READING | {"NotPrincipal": {"AWS": ACCOUNT}})
OUTSIDE: Json = document(READING | {"Condition": {"StringNotEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}})
LOCK = statement("Deny", Principal="*", Condition={"StringNotEqualsIfExists": {"aws:SourceVpce": "vpce-1"}})
OWN = statement("Deny", Principal="*", Condition={"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}})


def _asked(question: Json, *statements: Json, **policies: Any) -> tuple[Json | None, bool]:
    """A witness that replays, and whether the answer is proved to be empty."""
    found: Json = {"identity": [allowing()], "resource": document(*statements) if statements else None, **policies}
    world = World(ACCOUNT, [found], [question])
    asked = world.effective(found).intersect(world.question(question))
    return asked.witness(lambda request: evaluate(request, found).decision == ALLOW), asked.is_empty()


def test_a_stranger_reads_what_the_bucket_gives_to_everybody() -> None:
    witness, empty = _asked(STRANGERS, READING | {"Principal": "*"})
    assert witness is not None
    assert not empty
    assert f":{ACCOUNT}:" not in witness["principal"]


def test_nobody_reads_from_outside_past_a_lock() -> None:
    assert _asked(OUTSIDE, READING | {"Principal": "*"}, LOCK) == (None, True)
    assert _asked(OUTSIDE, READING | {"Principal": "*"})[0] is not None


def test_the_callers_account_agrees_with_the_caller() -> None:
    both = {"AWS": [ACCOUNT, OTHER_ACCOUNT]}
    assert _asked(STRANGERS, READING | {"Principal": both}, OWN) == (None, True)
    assert _asked(STRANGERS, READING | {"Principal": both})[0] is not None


def test_an_scp_takes_away_what_the_account_gave_but_from_service_linked_roles() -> None:
    levels = [[allowing()], [allowing(), document(statement("Deny", Action="s3:*"))]]
    witness, _ = _asked(document(READING), scp=levels)
    assert witness is not None
    assert ":role/aws-service-role/" in witness["principal"]
    others = {"StringNotLike": {"aws:PrincipalArn": "*:role/aws-service-role/*"}}
    assert _asked(document(READING | {"Condition": others}), scp=levels) == (None, True)


def test_sets_add_up() -> None:
    policies = {"identity": [document(READING)]}
    world = World(ACCOUNT, [policies], [OUTSIDE])
    allowed, outside = world.effective(policies), world.question(OUTSIDE)
    inside = allowed.minus(outside)
    assert inside.intersect(outside).is_empty()
    assert allowed.minus(inside.union(allowed.intersect(outside))).is_empty()
    assert world.everything().minus(allowed).witness() is not None
    assert not allowed.is_empty()


def test_a_document_that_the_world_was_not_made_with() -> None:
    world = World(ACCOUNT, [], [OUTSIDE])
    with pytest.raises(ValueError, match="not made for"):
        world.question(document(statement(Principal={"AWS": USER}, Action="sqs:*")))
