"""BAK-1 and BAK-2 of second copies on AWS: stores are copied whole, copies are locked, and nobody reaches one."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from clover.controls.aws_callers import partition
from clover.controls.aws_policies import Policies
from clover.controls.aws_requests import Asked, either, nobody, requests
from clover.controls.backups.aws_copies import REPLICATION, Wrong, at, failed, grounds, leading_elsewhere
from clover.controls.backups.copies import UNREAD, copied_account, copies_of, keepers_of
from clover.controls.case import Case
from clover.controls.network.counterexample import wrong
from clover.controls.residency.aws_reading import CLASS_TAG, data_actions, known, role_of, stores
from clover.controls.verdict import Answer, Ground, assumed, proved, refuted, unknown
from clover.model.aws import policies
from clover.model.aws.network_links import entries, referring
from clover.model.aws.policies import Document, Guarded
from clover.model.resources import value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_object
from clover.zones.parties import Restore
from clover.zones.vocabulary import DataClass, StackKind, StoreRole

LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
COPIERS = "role/clover/copies/*"
"""Where the roles lie that S3 makes second copies as."""
_COPYING = ("s3:ReplicateObject", "s3:ReplicateTags", "s3:ObjectOwnerOverrideToBucketOwner")
"""What S3 writes a copy with; whatever else writes is denied to the copier too."""
_MODE, _DAYS = "rule.defaultRetention.mode", "rule.defaultRetention.days"
_WHOLE: tuple[Any, ...] = (None, {}, {"prefix": ""}, {"prefix": None})
"""Filters that leave nothing out."""


def stores_are_copied(case: Case) -> Iterator[Answer]:
    """Each store of a site of a class that the zone has copied has one whole replication into its second copies."""
    copies = copies_of(case)
    if copies is None or case.hand is not StackKind.SITE:
        return
    for store in stores(case):
        role, held = role_of(store.resource), _class_of(store.resource)
        if isinstance(role, Unknown) or isinstance(held, Unknown):
            yield unknown(f"what {store.resource.name} is for, or holds, is not known", resource=store.resource.urn)
        elif role == StoreRole.USER_DATA.value and held in copies.data_classes:
            yield _copied(case, store.resource, copies.retention_days)
    if not keepers_of(case):
        yield assumed(f"that the second copies of {case.site.title} are locked and read by nobody: {UNREAD}")


def _class_of(bucket: Resource) -> Any:
    """The class that the bucket's tags say; restricted where they say none."""
    tags = value(bucket, "tags")
    return tags if isinstance(tags, Unknown) else (as_object(tags) or {}).get(CLASS_TAG, DataClass.RESTRICTED.value)


def _copied(case: Case, bucket: Resource, days: int) -> Answer:
    """Whether every new version of a store comes to lie in the second copies, and stays as long as the zone says."""
    found = referring(case.resources, REPLICATION, "bucket", value(bucket, "bucket"))
    if len(found.certain) > 1 or (found.doubtful and not found.certain):
        return unknown(f"which replication is that of {bucket.name} is not known", resource=bucket.urn)
    if not found.certain:
        example = wrong(bucket.urn, "replication", None, "a replication into the account of second copies")
        return refuted(f"{bucket.name} has no second copy", example, resource=bucket.urn)
    replication, rules = found.certain[0], entries(found.certain[0], "rules")
    if not rules:
        example = wrong(replication.urn, "rules", None, "a rule into the account of second copies")
        return refuted(f"{bucket.name} has no second copy", example, resource=bucket.urn)
    for number, rule in enumerate(rules):
        missing = leading_elsewhere(case, rule) or _leaving_out(rule)
        if missing:
            return failed(replication, number, missing, f"{bucket.name} is not copied whole", bucket)
    held = (Ground(replication.urn, "every rule is enabled, and leaves nothing out"), *grounds(case, replication))
    return _weaker_lock(case, bucket, days) or proved(
        f"every new version of {bucket.name} is copied into the account of second copies",
        resource=bucket.urn,
        rests_on=held,
    )


def _leaving_out(rule: Any) -> Wrong | None:
    """What keeps a rule from copying every version of every object under a key of the site."""
    encrypted = "sourceSelectionCriteria.sseKmsEncryptedObjects.status"
    for path in ("status", encrypted):
        if at(rule, path) != "Enabled":
            return Wrong(path, at(rule, path), "Enabled")
    if at(rule, "filter") not in _WHOLE:
        return Wrong("filter", at(rule, "filter"), "nothing that leaves an object out")
    if at(rule, "prefix") not in (None, ""):
        return Wrong("prefix", at(rule, "prefix"), "no prefix")
    return None


def _weaker_lock(case: Case, bucket: Resource, days: int) -> Answer | None:
    """A lock of the store's own, which its copies have in the place of theirs, that is the weaker one.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html
    """
    for lock in referring(case.resources, LOCK, "bucket", value(bucket, "bucket")).certain:
        missing = _short(lock, days)
        if missing:
            told = f"the copies of {bucket.name} have its own lock, which is weaker than that of second copies"
            return _of_the_lock(lock, missing, told, bucket)
    return None


def _short(lock: Resource, days: int) -> Wrong | None:
    """What a lock lacks: it has to be in compliance mode, for so many days."""
    if value(lock, _MODE) != "COMPLIANCE":
        return Wrong(_MODE, value(lock, _MODE), "COMPLIANCE")
    held, years = value(lock, _DAYS), value(lock, "rule.defaultRetention.years")
    told = years * 365 if isinstance(years, int | float) and not held else held
    if not isinstance(told, int | float) or told < days:
        return Wrong(_DAYS, told, f"{days} or more")
    return None


def _of_the_lock(lock: Resource, missing: Wrong, told: str, about: Resource) -> Answer:
    if isinstance(missing.found, Unknown):
        return unknown(f"{missing.path} of {lock.name} is not known", resource=about.urn)
    example = wrong(lock.urn, missing.path, missing.found, missing.allowed)
    return refuted(f"{told}: {missing.path} is {missing.found!r}", example, resource=about.urn)


def copies_are_locked(case: Case) -> Iterator[Answer]:
    """Each copy is locked against everybody for as long as the zone says."""
    copies = copies_of(case)
    if copies is None or case.hand is not StackKind.BACKUPS:
        return
    for store in stores(case):
        yield _locked(case, store.resource, copies.retention_days)


def _locked(case: Case, bucket: Resource, days: int) -> Answer:
    locks = referring(case.resources, LOCK, "bucket", value(bucket, "bucket"))
    if locks.doubtful and not locks.certain:
        return unknown(f"which lock is that of {bucket.name} is not known", resource=bucket.urn)
    if not locks.certain:
        return refuted(f"nothing locks {bucket.name}", wrong(bucket.urn, LOCK, None, "a lock"), resource=bucket.urn)
    missing = _short(locks.certain[0], days)
    if missing:
        return _of_the_lock(locks.certain[0], missing, f"{bucket.name} is locked too weakly", bucket)
    held = (Ground(locks.certain[0].urn, f"{_MODE}=COMPLIANCE"), Ground(locks.certain[0].urn, f"{_DAYS}>={days}"))
    return proved(f"nobody ends a version in {bucket.name} within {days} days", resource=bucket.urn, rests_on=held)


def nobody_reaches_copies(case: Case) -> Iterator[Answer]:
    """Nobody reads a copy, or opens one with its key, but by a restore of the zone's; nobody writes one but S3."""
    copies = copies_of(case)
    if copies is None or case.hand is not StackKind.BACKUPS:
        return
    restore = copies.restore if copies.restore and case.day <= copies.restore.until else None
    for store in stores(case):
        yield _reached(case, store, restore)
    for key in policies.keys(case.resources):
        yield _opened(case, key, restore)


def _reached(case: Case, store: Guarded, restore: Restore | None) -> Answer:
    name, urn = store.resource.name, store.resource.urn
    if not known(store):
        return unknown(f"the policy of {name}, or what it names, is not known", resource=urn)
    found, arn = data_actions()["s3"], str(store.arn)
    reading = [Asked(found["read"], [f"{arn}/*"]), Asked(found["list"], [arn])]
    copiers = f"arn:{partition(case)}:iam::{copied_account(case)}:{COPIERS}"
    writing = requests([Asked(found["write"], [f"{arn}/*"])], {"ArnNotLike": {"aws:PrincipalArn": copiers}})
    listing = {"ArnNotEquals": {"aws:PrincipalArn": case.deployer}}
    named = _beside([Asked(["s3:ListBucket"], [arn])], restore, listing)
    put = requests([Asked([each for each in found["write"] if each not in _COPYING], [f"{arn}/*"])], {})
    question = either(_beside(reading, restore), writing, put, named)
    told = f"{name} is written by S3 alone, and read by nobody{_restoring(restore)}"
    return nobody(case, Policies(resource=store.policy), question, told, urn)


def _beside(reading: list[Asked], restore: Restore | None, whose: Mapping[str, Any] | None = None) -> Document:
    """Reads that no restore opens, by whoever `whose` says."""
    by = whose or {}
    if restore is None:
        return requests(reading, by)
    elsewhere = {"StringNotEquals": {"aws:SourceVpce": list(restore.endpoints)}}
    return either(requests(reading, {**by, **elsewhere}), requests(reading, {**by, **_after(restore)}))


def _after(restore: Restore) -> dict[str, Any]:
    over = f"{(restore.until + timedelta(days=1)).isoformat()}T00:00:00Z"
    return {"DateGreaterThanEquals": {"aws:CurrentTime": over}}


def _restoring(restore: Restore | None) -> str:
    return f" but through {', '.join(restore.endpoints)} until {restore.until}" if restore else ""


def _opened(case: Case, key: Guarded, restore: Restore | None) -> Answer:
    """Whether anybody opens with a key what lies under it."""
    urn, name = key.resource.urn, key.resource.name
    if not isinstance(key.arn, str) or key.policy is None or isinstance(key.policy.document, Unknown):
        return unknown(f"the policy or the ARN of {name} is not known", resource=urn)
    opening = Asked(["kms:Decrypt", "kms:ReEncryptFrom", "kms:DeriveSharedSecret"], [key.arn])
    question = requests([opening], _after(restore) if restore else {})
    told = f"nobody opens with {name} what lies under it{f' after {restore.until}' if restore else ''}"
    return nobody(case, Policies(resource=key.policy), question, told, urn)
