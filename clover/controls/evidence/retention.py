"""EVD-2: evidence is locked against everybody for at least the zone's days."""

from collections.abc import Iterator
from typing import Any

from clover.controls.case import Case
from clover.controls.evidence.keepers import UNREAD, in_a_vault
from clover.controls.evidence.stores import EvidenceStores, name_of, tag
from clover.controls.network.counterexample import wrong
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.model.aws.network_links import Found, entries, known, last, member, present, referring
from clover.model.resources import Resources, value
from clover.sources import Resource
from clover.zones.vocabulary import DataClass, StoreRole

LOCK = (
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2",
)
VERSIONING = ("aws:s3/bucketVersioning:BucketVersioning", "aws:s3/bucketVersioningV2:BucketVersioningV2")
LIFECYCLE = (
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
)
PUBLIC = ("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",)
CLOSED = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")

_Part = tuple[Answer | None, Ground | None]


def locked(case: Case) -> Iterator[Answer]:
    """Answer for every evidence store, of the site or of its vault, and those that a site with a vault has left.

    A site without one has no evidence.
    """
    stores = EvidenceStores(case)
    if stores.missing:
        yield unknown(f"whether the vault's records are locked is not known: {UNREAD}")
    yield from _each(case, stores)
    if in_a_vault(case):
        yield from _each(case, EvidenceStores(case, left=True))
    if not (stores.missing or stores.all or stores.doubtful):
        root = next((each.urn for each in case.resources.of("pulumi:pulumi:Stack")), "")
        yield refuted(
            "the site has no evidence store", wrong(root, "clover:store-role", None, "a store of role evidence")
        )


def _each(case: Case, stores: EvidenceStores) -> Iterator[Answer]:
    for bucket in stores.all:
        yield _store(case, stores, bucket)
    for bucket in stores.doubtful:
        yield unknown(f"the role of {last(bucket.urn)} is not known", resource=bucket.urn)


def _store(case: Case, stores: EvidenceStores, bucket: Resource) -> Answer:
    days, resources = _days(case, stores, bucket), stores.resources
    if days is None:
        return unknown(f"the zone names no days for the class of {last(bucket.urn)}", resource=bucket.urn)
    parts = [_lock(resources, bucket, days), _versioned(resources, bucket), _closed(resources, bucket)]
    parts += _expiring(resources, bucket, days)
    wrongly = [answer for answer, _ in parts if answer is not None]
    if wrongly:
        return min(wrongly, key=lambda answer: list(type(answer.outcome)).index(answer.outcome))
    rests = {ground for _, ground in parts if ground} | {Ground(bucket.urn, "clover:store-role=evidence")}
    told = f"every version is locked in compliance mode for at least {days} days"
    return proved(told, resource=bucket.urn, rests_on=tuple(sorted(rests)))


def _days(case: Case, stores: EvidenceStores, bucket: Resource) -> int | None:
    """The zone's days for evidence of the store's class, or for the vault; without a class it counts as restricted."""
    named = tag(bucket, "clover:data-class")
    data_class = DataClass.RESTRICTED.value if named is None else named
    for rules in case.zone.file.data_classes:
        for floor in rules.floors:
            if rules.name.value == data_class and floor.role is StoreRole.EVIDENCE:
                return max(floor.retention_days or 0, stores.days)
    return None


def _beside(resources: Resources, bucket: Resource, kinds: tuple[str, ...]) -> Found:
    """The resources that configure a bucket."""
    return referring(resources, kinds, "bucket", name_of(bucket))


def _lock(resources: Resources, bucket: Resource, days: int) -> _Part:
    """The default retention: S3 Object Lock's, in compliance mode.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html.
    """
    found = _beside(resources, bucket, LOCK)
    holder, path = (
        (found.certain[0], "rule.defaultRetention")
        if found.certain
        else (bucket, "objectLockConfiguration.rule.defaultRetention")
    )
    if not found.certain and found.doubtful:
        return _doubt(bucket, found), None
    retention = value(holder, path)
    if not known(retention):
        return unknown(f"{path} of {last(holder.urn)} is not known", resource=bucket.urn), None
    mode, held = member(retention, "mode"), _length(retention)
    if mode == "COMPLIANCE" and held >= days:
        return None, Ground(holder.urn, f"{path}=COMPLIANCE, {held} days")
    told = (
        f"{last(bucket.urn)} is locked for {held} days in mode {mode}" if mode else f"{last(bucket.urn)} is not locked"
    )
    return refuted(
        told, wrong(holder.urn, path, retention, f"COMPLIANCE, {days} days or more"), resource=bucket.urn
    ), None


def _length(retention: Any) -> int:
    """Days of a retention that is given in days or years."""
    days, years = member(retention, "days"), member(retention, "years")
    return int(days or 0) or int(years or 0) * 365


def _versioned(resources: Resources, bucket: Resource) -> _Part:
    found = _beside(resources, bucket, VERSIONING)
    if not found.certain and found.doubtful:
        return _doubt(bucket, found), None
    holder, path = (
        (found.certain[0], "versioningConfiguration.status") if found.certain else (bucket, "versioning.enabled")
    )
    held = value(holder, path)
    if not known(held):
        return unknown(f"{path} of {last(holder.urn)} is not known", resource=bucket.urn), None
    if held in ("Enabled", True):
        return None, Ground(holder.urn, f"{path}={held}")
    told = f"{last(bucket.urn)} keeps no versions"
    return refuted(told, wrong(holder.urn, path, held, "Enabled"), resource=bucket.urn), None


def _closed(resources: Resources, bucket: Resource) -> _Part:
    """Nothing public: all four settings of the store's own block."""
    found = _beside(resources, bucket, PUBLIC)
    if not found.certain:
        if found.doubtful:
            return _doubt(bucket, found), None
        told = f"nothing blocks public access to {last(bucket.urn)}"
        return refuted(told, wrong(bucket.urn, PUBLIC[0], None, "one"), resource=bucket.urn), None
    for name in CLOSED:
        held = value(found.certain[0], name)
        if not known(held):
            return unknown(f"{name} of {last(found.certain[0].urn)} is not known", resource=bucket.urn), None
        if held is not True:
            told = f"{last(bucket.urn)} may be made public ({name})"
            return refuted(told, wrong(found.certain[0].urn, name, held, "true"), resource=bucket.urn), None
    return None, Ground(found.certain[0].urn, ", ".join(CLOSED))


def _expiring(resources: Resources, bucket: Resource, days: int) -> Iterator[_Part]:
    """Rules that hide or delete what is stored before the zone's days are over."""
    found = _beside(resources, bucket, LIFECYCLE)
    if found.doubtful and not found.certain:
        yield _doubt(bucket, found), None
    for holder, path in (*((each, "rules") for each in found.certain), (bucket, "lifecycleRules")):
        for number, rule in enumerate(entries(holder, path)):
            if not known(rule):
                yield unknown(f"{path} of {last(holder.urn)} is not known", resource=bucket.urn), None
            elif _enabled(rule) and (what := _expires(rule, days)):
                told = f"{last(holder.urn)} lets evidence expire: {what}"
                yield (
                    refuted(
                        told, wrong(holder.urn, f"{path}[{number}]", rule, f"{days} days or more"), resource=bucket.urn
                    ),
                    None,
                )
        if present(value(holder, path)):
            yield None, Ground(holder.urn, path)


def _enabled(rule: Any) -> bool:
    return member(rule, "status") == "Enabled" or member(rule, "enabled") is True


def _expires(rule: Any, days: int) -> str | None:
    """What of a rule expires early, in words."""
    current, older = member(rule, "expiration"), member(rule, "noncurrentVersionExpiration")
    if present(member(current, "date")):
        return f"on {member(current, 'date')}"
    age, age_of_older = member(current, "days"), member(older, "noncurrentDays") or member(older, "days")
    ages = {"current versions": int(age or 0), "older versions": int(age_of_older or 0)}
    return next((f"{what} after {found} days" for what, found in ages.items() if 0 < found < days), None)


def _doubt(bucket: Resource, found: Found) -> Answer:
    told = ", ".join(last(each.urn) for each in found.doubtful)
    return unknown(f"whether {told} is about {last(bucket.urn)} is not known", resource=bucket.urn)
