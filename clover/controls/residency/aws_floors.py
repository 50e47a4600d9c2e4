"""RES-4 on AWS: every store has the versions, the owner and the transport that the zone asks of its class and role."""

from collections.abc import Iterator
from typing import Any

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
from clover.zones.vocabulary import Versioning

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
    for type_name, path, wanted in _settings(floor):
        found = _setting(case, store.resource, type_name, path, wanted)
        if isinstance(found, Answer):
            return found
        grounds.append(found)
    if not known(store):
        return unknown(f"the policy of {store.resource.name} is not known", resource=store.resource.urn)
    told = f"{store.resource.name} keeps the zone's floor: versions, owner, TLS {floor.minimum_tls.value}"
    answer = nobody(case, Policies(resource=store.policy), _below(str(store.arn), floor), told, store.resource.urn)
    return msgspec.structs.replace(answer, rests_on=(*grounds, *answer.rests_on)) if answer.rests_on else answer


def _settings(floor: Floor) -> Iterator[tuple[str, str, Any]]:
    """The settings of a bucket that are resources of their own, with what each has to say."""
    if floor.versioning is Versioning.ENABLED:
        yield "aws:s3/bucketVersioning:BucketVersioning", "versioningConfiguration.status", "Enabled"
    yield "aws:s3/bucketOwnershipControls:BucketOwnershipControls", "rule.objectOwnership", "BucketOwnerEnforced"
    for name in _BLOCKS:
        yield "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", name, True


def _setting(case: Case, bucket: Resource, type_name: str, path: str, wanted: Any) -> Answer | Ground:
    """The ground where the setting says what it has to; else why it does not."""
    found = referring(case.resources, (type_name,), "bucket", value(bucket, "bucket"))
    name = type_name.rpartition(":")[2]
    if not found.certain:
        if found.doubtful:
            return unknown(f"which {name} is that of {bucket.name} is not known", resource=bucket.urn)
        return refuted(f"{bucket.name} has no {name}", _property(bucket, name, None, str(wanted)), resource=bucket.urn)
    for each in found.certain:
        said = value(each, path)
        if isinstance(said, Unknown):
            return unknown(f"{path} of {each.name} is not known", resource=bucket.urn)
        if said != wanted:
            example = _property(each, path, said, str(wanted))
            return refuted(f"{bucket.name}: {path} is {said!r}, not {wanted!r}", example, resource=bucket.urn)
    return Ground(found.certain[0].urn, f"{path}={wanted}")


def _below(store: str, floor: Floor) -> Document:
    """Requests in the clear, and those below the floor; what version a log service speaks is not documented."""
    data = data_of(store, names=True)
    older = {"NumericLessThan": {"s3:TlsVersion": floor.minimum_tls.value}, **NOT_A_SERVICE}
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    return either(requests(data, plain), requests([Asked(each.actions, each.resources) for each in data], older))


def _property(resource: Resource, name: str, found: Any, allowed: str) -> dict[str, Any]:
    return {"kind": "property", "urn": resource.urn, "property": name, "value": found, "allowed": allowed}
