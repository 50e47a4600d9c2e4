"""What the access control list of a bucket grants, as statements of a policy.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from clover.model.aws.network_links import entries, known, member, referring
from clover.model.resources import Resources, value
from clover.sources import Resource, Unknown
from clover.tables import read_table

LIST = "aws:s3/bucketAcl:BucketAcl"
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
STRANGER = "999988887777"
"""An account that stands for one of which only S3's canonical id is known."""


@cache
def _table() -> Mapping[str, Any]:
    return read_table(Path(__file__).with_name("store_acls.yaml"))


def acl_statements(resources: Resources, bucket: Resource, arn: str) -> "list[dict[str, Any]] | Unknown":
    """The statements that say what the bucket's lists grant; Unknown where that is not known."""
    name = value(bucket, "bucket")
    if _is_off(resources, name):
        return []
    lists = referring(resources, LIST, "bucket", name)
    if lists.doubtful and not lists.certain:
        return Unknown(f"whether {lists.doubtful[0].name} is about {bucket.name}")
    found: list[tuple[str, str]] = []
    for holder in (bucket, *lists.certain):
        granted = _granted(holder)
        if isinstance(granted, Unknown):
            return granted
        found += granted
    ignoring = _ignores_public(resources, name)
    shown = (pair for pair in dict.fromkeys(found) if not (ignoring and pair[0] in ("everybody", "accounts")))
    return [statement for pair in shown for statement in _statements(*pair, arn)]


def _is_off(resources: Resources, name: Any) -> bool:
    """Whether the bucket's owner owns all objects, so that no list counts."""
    rules = referring(resources, OWNERSHIP, "bucket", name).certain
    return any(value(rule, "rule.objectOwnership") == "BucketOwnerEnforced" for rule in rules)


def _ignores_public(resources: Resources, name: Any) -> bool:
    return any(value(each, "ignorePublicAcls") is True for each in referring(resources, BLOCK, "bucket", name).certain)


def _granted(holder: Resource) -> "list[tuple[str, str]] | Unknown":
    """Whom a bucket or a list grants which permission: everybody, accounts, or an account's canonical id."""
    canned, grants = value(holder, "acl"), _grants(holder)
    if not known(canned) or not known(grants):
        return Unknown(f"the access control list of {holder.name}")
    rows = _table()["canned"].get(canned or "private")
    if rows is None:
        return Unknown(f"what the access control list {canned} of {holder.name} grants")
    found = [(row["to"], row["permission"]) for row in rows]
    own = {value(holder, "accessControlPolicy.owner.id")}
    return [*found, *(pair for grant in grants for pair in _of_grant(grant) if pair[0] not in own)]


def _grants(holder: Resource) -> list[Any]:
    """The grants that a list spells out; those that a bucket gives back are its declared ones or its owner's."""
    if holder.type == LIST:
        return entries(holder, "accessControlPolicy.grants")
    return list(holder.inputs.get("grants") or ()) if known(holder.inputs.get("grants")) else [Unknown(holder.name)]


def _of_grant(grant: Any) -> Iterator[tuple[str, str]]:
    grantee = member(grant, "grantee") or grant
    group = _table()["groups"].get(str(member(grantee, "uri")), "everybody")
    to = group if member(grantee, "type") == "Group" else str(member(grantee, "id") or member(grantee, "emailAddress"))
    for permission in member(grant, "permissions") or [member(grant, "permission")]:
        if to != "nobody":
            yield to, str(permission)


def _statements(to: str, permission: str, arn: str) -> Iterator[dict[str, Any]]:
    """The statements of one grant; one to a canonical id is taken for one to a stranger's account."""
    principal: Any = "*" if to == "everybody" else {"AWS": "*" if to == "accounts" else STRANGER}
    table = _table()["permissions"]
    rows = list(table.values()) if permission == _table()["all"] else [table[permission]]
    for part, resource in (("bucket", arn), ("objects", f"{arn}/*")):
        actions = sorted(action for row in rows for action in row.get(part, ()))
        if actions:
            sid = f"access control list: {permission} for {to}"
            yield {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": actions, "Resource": resource}
