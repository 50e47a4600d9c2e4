"""RES-4 on AWS: each store has the versions, lock, owner and transport that the zone asks of its class and role."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from clover.controls.aws_callers import NOT_A_SERVICE
from clover.controls.aws_policies import Policies
from clover.controls.aws_requests import Asked, either, nobody, requests
from clover.controls.case import Case
from clover.controls.residency.aws_reading import data_of, known, stores
from clover.controls.residency.floors import floor_of
from clover.controls.verdict import Answer, Ground, refuted, unknown
from clover.model.aws.network_links import referring
from clover.model.aws.policies import Document, Guarded
from clover.model.resources import value
from clover.sources import Resource, Unknown
from clover.zones.registers import Floor
from clover.zones.vocabulary import Immutability, Versioning

_LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
_MODES = {
    Immutability.NONE: (),
    Immutability.GOVERNANCE: ("GOVERNANCE", "COMPLIANCE"),
    Immutability.COMPLIANCE: ("COMPLIANCE",),
}
_DAYS, _YEARS = "rule.defaultRetention.days", "rule.defaultRetention.years"
_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


def stores_keep_the_floor(case: Case) -> Iterator[Answer]:
    """RES-4: one answer for each store."""
    for store in stores(case):
        floor = floor_of(case, value(store.resource, "tags"))
        if isinstance(floor, str):
            yield unknown(f"{store.resource.name}: {floor}", resource=store.resource.urn)
        else:
            yield _kept(case, store, floor)


def _kept(case: Case, store: Guarded, floor: Floor) -> Answer:
    grounds: list[Ground] = []
    for wanted in _settings(floor):
        found = _setting(case, store.resource, wanted)
        if isinstance(found, Answer):
            return found
        grounds.append(found)
    if not known(store):
        return unknown(f"the policy of {store.resource.name} is not known", resource=store.resource.urn)
    told = f"{store.resource.name} keeps the zone's floor: versions, lock, owner, TLS {floor.minimum_tls.value}"
    answer = nobody(case, Policies(resource=store.policy), _below(str(store.arn), floor), told, store.resource.urn)
    return msgspec.structs.replace(answer, rests_on=(*grounds, *answer.rests_on)) if answer.rests_on else answer


class _Wanted(NamedTuple):
    """A setting of a bucket that is a resource of its own: what it has to say, or from which number on."""

    type: str
    path: str
    said: tuple[Any, ...] = ()
    least: int | None = None

    def fits(self, found: Any) -> bool:
        """Whether what is said is enough."""
        return found in self.said if self.least is None else isinstance(found, int | float) and found >= self.least

    def __str__(self) -> str:
        return f"{self.least} or more" if self.least is not None else str(self.said[0])


def _settings(floor: Floor) -> Iterator[_Wanted]:
    """The settings of a bucket that are resources of their own, with what each has to say."""
    if floor.versioning is Versioning.ENABLED:
        yield _Wanted("aws:s3/bucketVersioning:BucketVersioning", "versioningConfiguration.status", ("Enabled",))
    owner = ("BucketOwnerEnforced",)
    yield _Wanted("aws:s3/bucketOwnershipControls:BucketOwnershipControls", "rule.objectOwnership", owner)
    for name in _BLOCKS:
        yield _Wanted("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", name, (True,))
    if modes := _MODES[floor.immutability]:
        yield _Wanted(_LOCK, "rule.defaultRetention.mode", modes)
        if floor.retention_days:
            yield _Wanted(_LOCK, _DAYS, least=floor.retention_days)


def _setting(case: Case, bucket: Resource, wanted: _Wanted) -> Answer | Ground:
    """The ground where the setting says what it has to; else why it does not."""
    type_name, path = wanted.type, wanted.path
    found = referring(case.resources, (type_name,), "bucket", value(bucket, "bucket"))
    name = type_name.rpartition(":")[2]
    if not found.certain:
        if found.doubtful:
            return unknown(f"which {name} is that of {bucket.name} is not known", resource=bucket.urn)
        return refuted(f"{bucket.name} has no {name}", _property(bucket, name, None, str(wanted)), resource=bucket.urn)
    for each in found.certain:
        said = _said(each, path)
        if isinstance(said, Unknown):
            return unknown(f"{path} of {each.name} is not known", resource=bucket.urn)
        if not wanted.fits(said):
            example = _property(each, path, said, str(wanted))
            return refuted(f"{bucket.name}: {path} is {said!r}, not {wanted}", example, resource=bucket.urn)
    return Ground(found.certain[0].urn, f"{path}={wanted}")


def _said(setting: Resource, path: str) -> Any:
    """What a setting says; a lock may be told in years instead, each of 365 days.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_DefaultRetention.html
    """
    said = value(setting, path)
    if said is not None or path != _DAYS:
        return said
    years = value(setting, _YEARS)
    return years * 365 if isinstance(years, int | float) else years


def _below(store: str, floor: Floor) -> Document:
    """Requests in the clear, and those below the floor; what version a log service speaks is not documented."""
    data = data_of(store, names=True)
    older = {"NumericLessThan": {"s3:TlsVersion": floor.minimum_tls.value}, **NOT_A_SERVICE}
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    return either(requests(data, plain), requests([Asked(each.actions, each.resources) for each in data], older))


def _property(resource: Resource, name: str, found: Any, allowed: str) -> dict[str, Any]:
    return {"kind": "property", "urn": resource.urn, "property": name, "value": found, "allowed": allowed}
