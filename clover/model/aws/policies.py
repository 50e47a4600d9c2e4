"""The policies that requests to a site on AWS meet: of stores, keys, roles and endpoints, and of the organisation."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from clover.model.aws.key_grants import grant_statements
from clover.model.aws.network_links import Found, referring
from clover.model.aws.store_acls import acl_statements
from clover.model.resources import Resources, value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_list, as_object
from clover.zones.registers import Given

Document = Mapping[str, Any]
VERSION = "2012-10-17"
"""The language's version."""
EMPTY: Document = {"Version": VERSION}
"""A policy that says nothing."""


class Held(NamedTuple):
    """A policy document and where it is held: a resource's URN or a given's id; Unknown where its text is not known.

    `rivals` are others for the same thing, of which nobody knows whether they count in this one's place.
    """

    origin: str
    document: "Document | Unknown"
    rivals: "tuple[Held, ...]" = ()


def statements(document: Any) -> list[Mapping[str, Any]]:
    """The statements of a document; a single one may stand without a list."""
    found = document.get("Statement", [])
    listed = as_list(found)
    return [found] if listed is None else listed


class Guarded(NamedTuple):
    """A thing with an ARN and, where one is attached, the policy of its own."""

    resource: Resource
    arn: Any
    policy: Held | None


def document_of(text: Any) -> "Document | Unknown | None":
    """The policy in a JSON text; None where there is none, Unknown where it is open; ValueError where it is none."""
    if text is None or isinstance(text, Unknown):
        return text
    document = as_object(_read(text) if isinstance(text, str) else text)
    if document is None:
        raise ValueError("a policy is a JSON object")
    return document


@lru_cache(maxsize=4096)
def _read(text: str) -> Any:
    """What a JSON text holds; every question about a site reads the same policies."""
    return json.loads(text)


def buckets(resources: Resources, partition: str) -> Iterator[Guarded]:
    """Every bucket with its policy, to which belongs what its access control lists grant."""
    for bucket in resources.of("aws:s3/bucket:Bucket"):
        name = value(bucket, "bucket")
        arn = name if isinstance(name, Unknown) else f"arn:{partition}:s3:::{name}"
        policy = _own(bucket, referring(resources, "aws:s3/bucketPolicy:BucketPolicy", "bucket", name))
        lists = acl_statements(resources, bucket, str(arn))
        yield Guarded(bucket, arn, policy if lists == [] else _with_more(policy or Held(bucket.urn, EMPTY), lists))


def _own(thing: Resource, attached: Found) -> Held | None:
    """The policy of a thing: those attached, and its own text; of several nobody knows which counts."""
    declared = [] if attached.certain and not thing.inputs.get("policy") else [thing]
    candidates = [found for each in (*attached.certain, *declared) if (found := held(each, "policy"))]
    unlike = list({str(each.document): each for each in candidates}.values())
    if attached.doubtful and (not candidates or not thing.settled):
        return Held(attached.doubtful[0].urn, Unknown(f"whether {attached.doubtful[0].name} is about {thing.name}"))
    return unlike[0]._replace(rivals=tuple(unlike[1:])) if unlike else None


def _with_more(policy: Held, more: "list[dict[str, Any]] | Unknown") -> Held:
    """The policy with what access control lists or grants permit, which add to it."""
    if isinstance(more, Unknown):
        return Held(policy.origin, more)
    if isinstance(policy.document, Unknown):
        return policy
    whole = {**policy.document, "Statement": [*statements(policy.document), *more]}
    return Held(policy.origin, whole, tuple(_with_more(rival, more) for rival in policy.rivals))


def keys(resources: Resources) -> Iterator[Guarded]:
    """Every key with its policy: a separate policy resource, or else the key's own text; grants add to it."""
    for key in resources.of("aws:kms/key:Key", "aws:kms/externalKey:ExternalKey", "aws:kms/replicaKey:ReplicaKey"):
        names = [value(key, "keyId"), value(key, "arn")]
        found = [referring(resources, "aws:kms/keyPolicy:KeyPolicy", "keyId", each) for each in names]
        certain = tuple({each.urn: each for one in found for each in one.certain}.values())
        policy = _own(key, Found(certain, found[0].doubtful))
        grants = grant_statements(resources, key)
        if grants != []:
            policy = _with_more(policy or Held(key.urn, Unknown(f"the policy of {key.name}")), grants)
        yield Guarded(key, value(key, "arn"), policy)


def topic_policy(resources: Resources, arn: Any, topic: Resource) -> Held | None:
    """The policy of the topic with this ARN."""
    return _own(topic, referring(resources, "aws:sns/topicPolicy:TopicPolicy", "arn", arn))


def topics(resources: Resources) -> Iterator[Guarded]:
    """Every topic with its policy."""
    for topic in resources.of("aws:sns/topic:Topic"):
        arn = value(topic, "arn")
        yield Guarded(topic, arn, topic_policy(resources, arn, topic))


def backup_vaults(resources: Resources, place: str) -> Iterator[Guarded]:
    """Every vault of backups with its policy; `place` is how the ARNs of vaults begin that are not made yet."""
    for vault in resources.of("aws:backup/vault:Vault"):
        name, arn = value(vault, "name"), value(vault, "arn")
        attached = referring(resources, "aws:backup/vaultPolicy:VaultPolicy", "backupVaultName", name)
        made = name if isinstance(name, Unknown) else f"{place}:backup-vault:{name}"
        yield Guarded(vault, arn if isinstance(arn, str) else made, _own(vault, attached))


def endpoints(resources: Resources) -> Iterator[Guarded]:
    """Every VPC endpoint with its policy; AWS gives an endpoint without one a policy that allows everything."""
    for endpoint in resources.of("aws:ec2/vpcEndpoint:VpcEndpoint"):
        yield Guarded(endpoint, value(endpoint, "arn"), held(endpoint, "policy"))


def held(resource: Resource, name: str) -> Held | None:
    """The document in the property `name` of a resource."""
    document = document_of(value(resource, name))
    return None if document is None else Held(resource.urn, document)


Levels = tuple[tuple[Held, ...], ...]


def levels(givens: Mapping[str, Given], documents: Mapping[str, Document], kind: str) -> Levels:
    """The organisation's policies of one kind that count, level by level from the root; none where none is given."""
    found: dict[str, list[Held]] = {}
    for given in givens.values():
        if given.kind.value == kind and given.level is not None:
            found.setdefault(given.level.value, []).append(Held(given.id, documents[given.id]))
    return tuple(map(tuple, found.values()))
