"""The controls of historic data on AWS."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from clover.controls.aws_callers import partition
from clover.controls.aws_policies import Policies
from clover.controls.aws_requests import Asked, nobody, requests
from clover.controls.case import Case, Question
from clover.controls.migration.sites import nothing_is_left
from clover.controls.residency.aws_reading import data_actions, known, role_of, stores
from clover.controls.verdict import Answer, Outcome, proved, refuted, unknown
from clover.model.aws.policies import Guarded
from clover.zones.registers import Migration

LEFT = ("aws:s3/bucket:Bucket", "aws:kms/key:Key", "aws:kms/grant:Grant")
"""What holds data, opens it, or lets somebody open it."""

_LANDING = ("s3:PutObject", "s3:PutObjectTagging", "s3:AbortMultipartUpload")
"""What a writer does with objects that are not there yet."""


def lands_write_only(case: Case) -> Iterator[Answer]:
    """MIG-1: each store of role intake takes in from one writer, until the zone's day, and gives it nothing back."""
    migration = case.zone.file.migration(case.site.name)
    found = [store for store in stores(case) if role_of(store.resource) == "intake"]
    if not found:
        yield _nothing_lands(case, migration)
    for store in found:
        if not known(store):
            yield unknown(f"the policy of {store.resource.name} is not known", resource=store.resource.urn)
        elif migration is None:
            yield _unpromised(store)
        else:
            yield _landing(case, store, migration)


def _nothing_lands(case: Case, migration: Migration | None) -> Answer:
    if migration is None:
        return proved("the zone promises no migration into the site, and the stack declares no landing for one")
    return unknown(f"the zone promises that {migration.what} lands here; {case.stack} declares no landing for it")


def _unpromised(store: Guarded) -> Answer:
    example = {
        "kind": "property",
        "urn": store.resource.urn,
        "property": "tags",
        "value": "intake",
        "allowed": "a migration of the zone that ends on a day",
    }
    return refuted(
        f"{store.resource.name} takes in what no migration of the zone names", example, resource=store.resource.urn
    )


def _landing(case: Case, store: Guarded, migration: Migration) -> Answer:
    """The first of the guarantees that does not hold, or that all do."""
    answers = [
        nobody(case, Policies(resource=store.policy), requests(asked, condition), told, store.resource.urn)
        for asked, condition, told in _forbidden(case, store, migration)
    ]
    failing = next((answer for answer in answers if answer.outcome is not Outcome.PROVED), None)
    if failing:
        return failing
    grounds = tuple(dict.fromkeys(ground for answer in answers for ground in answer.rests_on))
    given = tuple(sorted({each for answer in answers for each in answer.given}))
    told = f"{store.resource.name} takes in until {migration.deadline}, from one writer, who reads nothing back"
    return proved(told, resource=store.resource.urn, rests_on=grounds, given=given)


def _forbidden(
    case: Case, store: Guarded, migration: Migration
) -> Iterator[tuple[list[Asked], Mapping[str, Any], str]]:
    """What no request may do, each with the condition that it is asked under."""
    found, objects = data_actions()["s3"], f"{store.arn}/*"
    writer = f"arn:{partition(case)}:iam::{case.site.account}:{migration.writer}"
    reads = [Asked(found["read"], [objects]), Asked([*found["list"], *found["names"]], [store.arn])]
    changes = Asked([action for action in found["write"] if action not in _LANDING], [objects])
    puts = [Asked(_LANDING[:2], [objects])]
    closes = f"{(migration.deadline + timedelta(days=1)).isoformat()}T00:00:00Z"
    theirs = {"ArnEquals": {"aws:PrincipalArn": writer}}
    yield [*reads, changes], theirs, "the writer reads nothing"
    yield puts, {"ArnNotEquals": {"aws:PrincipalArn": writer}}, "nobody else writes"
    yield puts, {"DateGreaterThanEquals": {"aws:CurrentTime": closes}}, "nothing lands after the deadline"
    yield [Asked(["s3:PutObject"], [objects])], _UNSIGNED, "nothing lands whose content is not signed"


_UNSIGNED = {"StringEquals": {"s3:x-amz-content-sha256": "UNSIGNED-PAYLOAD"}}


def nothing_is_left_on_aws(case: Case) -> Iterator[Answer]:
    """MIG-2 on AWS."""
    return nothing_is_left(case, LEFT)


QUESTIONS: Mapping[str, Question] = {"MIG-1": lands_write_only, "MIG-2": nothing_is_left_on_aws}
"""Each control's question on whether it holds."""
