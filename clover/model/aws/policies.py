"""The policies that requests to a site on AWS meet: of stores, keys, roles and endpoints, and of the organisation."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from clover.model.resources import Resources, value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_list, as_object
from clover.zones.registers import Given

Document = Mapping[str, Any]


class Held(NamedTuple):
    """A policy document and where it is held: a resource's URN or a given's id; Unknown where its text is not known."""

    origin: str
    document: "Document | Unknown"


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
    """Every bucket with its policy: the policy resource's, or else the bucket's own inline text."""
    attached = {value(policy, "bucket"): policy for policy in resources.of("aws:s3/bucketPolicy:BucketPolicy")}
    for bucket in resources.of("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"):
        name = value(bucket, "bucket")
        arn = name if isinstance(name, Unknown) else f"arn:{partition}:s3:::{name}"
        yield Guarded(bucket, arn, held(attached[name], "policy") if name in attached else held(bucket, "policy"))


def keys(resources: Resources) -> Iterator[Guarded]:
    """Every key with its policy: a separate policy resource wins over the key's own text."""
    attached = {value(policy, "keyId"): policy for policy in resources.of("aws:kms/keyPolicy:KeyPolicy")}
    for key in resources.of("aws:kms/key:Key", "aws:kms/externalKey:ExternalKey", "aws:kms/replicaKey:ReplicaKey"):
        separate = attached.get(value(key, "keyId")) or attached.get(value(key, "arn"))
        yield Guarded(key, value(key, "arn"), held(separate or key, "policy"))


def endpoints(resources: Resources) -> Iterator[Guarded]:
    """Every VPC endpoint with its policy; AWS gives an endpoint without one a policy that allows everything."""
    for endpoint in resources.of("aws:ec2/vpcEndpoint:VpcEndpoint"):
        yield Guarded(endpoint, value(endpoint, "arn"), held(endpoint, "policy"))


def held(resource: Resource, name: str) -> Held | None:
    """The document in the property `name` of a resource."""
    document = document_of(value(resource, name))
    return None if document is None else Held(resource.urn, document)


class Role(NamedTuple):
    """A role that the stack declares: its ARN, whom it trusts, what it may do, and its boundary."""

    resource: Resource
    arn: Any
    trust: Held | None
    identity: tuple[Held, ...]


def roles(resources: Resources) -> Iterator[Role]:
    """Every role with its inline policies; a managed policy that the stack declares is found by its ARN."""
    inline: dict[Any, list[Held]] = {}
    for policy in resources.of("aws:iam/rolePolicy:RolePolicy"):
        found = held(policy, "policy")
        inline.setdefault(value(policy, "role"), []).extend([found] if found else [])
    for attachment in resources.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment"):
        inline.setdefault(value(attachment, "role"), []).append(_managed(resources, attachment))
    for role in resources.of("aws:iam/role:Role"):
        name = value(role, "name")
        yield Role(role, value(role, "arn"), held(role, "assumeRolePolicy"), tuple(inline.get(name, ())))


def _managed(resources: Resources, attachment: Resource) -> Held:
    """The document of an attached policy; Unknown for one that no stack declares, such as AWS's own."""
    wanted = value(attachment, "policyArn")
    for policy in resources.of("aws:iam/policy:Policy"):
        found = held(policy, "policy")
        if found and value(policy, "arn") == wanted:
            return found
    return Held(attachment.urn, Unknown(f"the document of {wanted}"))


def levels(givens: Mapping[str, Given], documents: Mapping[str, Document], kind: str) -> list[list[Held]]:
    """The organisation's policies of one kind that count, level by level from the root; none where none is given."""
    found: dict[str, list[Held]] = {}
    for given in givens.values():
        if given.kind.value == kind and given.level is not None:
            found.setdefault(given.level.value, []).append(Held(given.id, documents[given.id]))
    return list(found.values())
