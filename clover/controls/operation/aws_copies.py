"""What S3 asks for while it makes second copies, as the role of a replication: at the source, and at the copy."""

from collections.abc import Iterator, Mapping
from typing import Any

from clover.controls.aws_callers import partition
from clover.controls.aws_policies import Policies
from clover.controls.backups.aws_copies import arn_of, at
from clover.controls.backups.copies import copied_account
from clover.controls.case import Case
from clover.controls.operation.aws_calls import Call, Guards, context_of, key_of, needed, through_the_store
from clover.controls.residency.aws_reading import stores
from clover.model.aws.network_links import entries, known
from clover.model.aws.policies import Guarded, Held, statements
from clover.model.aws.principals import Principal, roles
from clover.model.resources import value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_list, as_object


def of_a_copier(case: Case, guards: Guards, replication: Resource) -> Iterator[Call | None]:
    """What the role of a replication asks for in the site's account, under its own policies, and of the copy.

    What the copy's own policy says is asked of the stack that keeps it.
    """
    role = next((each for each in roles(case.resources) if arn_of(case, each) == value(replication, "role")), None)
    store = next(
        (each for each in stores(case) if value(each.resource, "bucket") == value(replication, "bucket")), None
    )
    key = key_of(case, store.arn) if store and isinstance(store.arn, str) else None
    if role is None or store is None or isinstance(key, Unknown):
        yield None
        return
    yield from _at_the_source(case, guards, role, store, key)
    for rule in entries(replication, "rules"):
        yield from _at_the_copy(case, role, rule)


def _at_the_source(case: Case, guards: Guards, role: Principal, store: Guarded, key: str | None) -> Iterator[Call]:
    """Versions are read, and opened with the store's key; one without a key of its own is KEY-1's to refute."""
    own, rows = Policies(identity=role.identity, boundary=role.boundary), needed()["copier"]
    here = {**context_of(case), "aws:ResourceAccount": case.site.account}
    for name, arn in (("store", store.arn), ("objects", f"{store.arn}/object")):
        for action in rows[name]:
            yield Call(arn_of(case, role), action, str(arn), here, own._replace(resource=store.policy))
    behalf = {**here, **through_the_store(case, store), "kms:CallerAccount": case.site.account}
    for action in rows["key"] if key else ():
        yield Call(arn_of(case, role), action, str(key), behalf, own._replace(resource=guards.get(str(key))))


def _at_the_copy(case: Case, role: Principal, rule: Any) -> Iterator[Call | None]:
    """Copies are written, and closed with their key: what the role's own policies have to say of that."""
    target, account = at(rule, "destination.bucket"), at(rule, "destination.account")
    if not known(target) or not known(account):
        yield None
        return
    own, rows = Policies(identity=role.identity, boundary=role.boundary), needed()["copier"]
    there = {**context_of(case), "aws:ResourceAccount": str(account)}
    key, opened = (
        f"arn:{partition(case)}:kms:{case.site.region}:{account}:key/any",
        own._replace(resource=_leaving(case)),
    )
    for action in rows["copy"]:
        yield Call(arn_of(case, role), action, f"{target}/object", there, own)
    for action in rows["copy_key"]:
        yield Call(arn_of(case, role), action, key, {**there, **_through(case, str(target))}, opened)


def _leaving(case: Case) -> Held:
    """The policy of a key that leaves to the account of its callers which of them use it."""
    account = {"AWS": f"arn:{partition(case)}:iam::{case.site.account}:root"}
    statement = {"Effect": "Allow", "Principal": account, "Action": "kms:*", "Resource": "*"}
    return Held("the copy's key", {"Version": "2012-10-17", "Statement": [statement]})


def _through(case: Case, bucket: str) -> Mapping[str, str]:
    """What a key sees of a request that comes through a bucket of any account."""
    known_store = next(iter(stores(case)))
    return {**through_the_store(case, known_store), "kms:EncryptionContext:aws:s3:arn": bucket}


def into_a_copy(case: Case, guards: Guards, store: Guarded) -> Iterator[Call | None]:
    """What S3 asks for at a copy as the role that its policy names, of the copy and of its key."""
    key = key_of(case, store.arn) if isinstance(store.arn, str) else None
    if not isinstance(key, str) or store.policy is None or isinstance(store.policy.document, Unknown):
        yield None
        return
    source = copied_account(case)
    copier = _named_by(store) or f"arn:{partition(case)}:iam::{source}:role/copier"
    rows, here = needed()["copier"], {**context_of(case), "aws:ResourceAccount": case.site.account}
    behalf = {**here, **through_the_store(case, store), "kms:CallerAccount": source}
    for action in rows["copy"]:
        yield Call(copier, action, f"{store.arn}/object", here, Policies(resource=store.policy))
    for action in rows["copy_store"]:
        yield Call(copier, action, str(store.arn), here, Policies(resource=store.policy))
    for action in rows["copy_key"]:
        yield Call(copier, action, key, behalf, Policies(resource=guards.get(key)))


def _named_by(store: Guarded) -> str | None:
    """The principal that a store's policy lets write copies, by its condition."""
    for statement in statements(store.policy.document if store.policy else {}):
        if statement.get("Effect") == "Allow" and "s3:ReplicateObject" in (as_list(statement.get("Action")) or ()):
            equals = (as_object(statement.get("Condition")) or {}).get("ArnEquals")
            named = (as_object(equals) or {}).get("aws:PrincipalArn")
            return named if isinstance(named, str) else None
    return None
