"""S3's replication into the second copies that the zone names: where a rule leads, and whom S3 makes copies as."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from clover.controls.aws_callers import partition
from clover.controls.backups.copies import copies_of, keepers_of
from clover.controls.case import Case
from clover.controls.network.counterexample import wrong
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.model.aws.network_links import entries, known, member, referring
from clover.model.aws.planned_arns import made_arn
from clover.model.aws.policies import statements
from clover.model.aws.principals import Principal, roles
from clover.model.resources import value
from clover.sources import Resource, Unknown

REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
BUCKET = "aws:s3/bucket:Bucket"
ALIAS = "aws:kms/alias:Alias"
KEY = "aws:kms/key:Key"
SERVICE = "s3.amazonaws.com"
_TO, _ACCOUNT = "destination.bucket", "destination.account"
_KEY, _OWNER = "destination.encryptionConfiguration.replicaKmsKeyId", "destination.accessControlTranslation.owner"


class Wrong(NamedTuple):
    """A property of a rule that is not what it has to be; `found` is Unknown where it is not known."""

    path: str
    found: Any
    allowed: str


def into_a_copy(case: Case, replication: Resource) -> bool:
    """Whether any rule of a replication names the account that the zone has for second copies, or may name it."""
    copies = copies_of(case)
    accounts = [at(rule, _ACCOUNT) for rule in entries(replication, "rules")]
    return copies is not None and any(not known(each) or each == copies.account for each in accounts)


def at(rule: Any, path: str) -> Any:
    """What stands at a path within a rule; Unknown where something on the way is not known."""
    for name in path.split("."):
        rule = member(rule, name)
    return rule


def leading_elsewhere(case: Case, rule: Any) -> Wrong | None:
    """What keeps a rule from leading into the site's second copies, where anything does.

    S3 replicates only into a bucket that the named account owns, and only under a key of the bucket's own region
    (https://docs.aws.amazon.com/AmazonS3/latest/API/API_Destination.html,
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html): account and key say
    where a copy comes to lie also where the stack that keeps it was not read.
    """
    copies = copies_of(case)
    account = copies.account if copies else ""
    wanted = {
        _ACCOUNT: account,
        _OWNER: "Destination",
        _KEY: f"arn:{partition(case)}:kms:{case.site.region}:{account}:*",
        _TO: f"arn:{partition(case)}:s3:::*",
    }
    for path, pattern in wanted.items():
        found = at(rule, path)
        if not known(found) or not fnmatchcase(str(found), pattern):
            return Wrong(path, found, pattern)
    return _beside(case, rule)


def _beside(case: Case, rule: Any) -> Wrong | None:
    """What keeps a rule from leading into a store, and under a key, of the keeper's stack, where that was read."""
    for keeper in keepers_of(case):
        bucket = str(at(rule, _TO)).rpartition(":::")[2]
        if keeper.resources.having(BUCKET, "bucket", bucket) is None:
            return Wrong(_TO, at(rule, _TO), f"a store of {keeper.stack}")
        named = {value(each, "arn") for each in keeper.resources.of(ALIAS, KEY)}
        if at(rule, _KEY) not in named and not any(isinstance(each, Unknown) for each in named):
            return Wrong(_KEY, at(rule, _KEY), f"a key of {keeper.stack}")
    return None


def stays(case: Case, replication: Resource) -> Answer:
    """RES-2 of a replication into second copies: every rule leads there and nowhere else."""
    for number, rule in enumerate(entries(replication, "rules")):
        found = leading_elsewhere(case, rule)
        if found:
            return failed(replication, number, found, f"{replication.name} copies objects to another place")
    told = f"{replication.name} copies into the account that the zone has for second copies, in {case.site.region}"
    return proved(told, resource=replication.urn, rests_on=grounds(case, replication))


def failed(replication: Resource, number: int, found: Wrong, told: str, about: Resource | None = None) -> Answer:
    """The answer where a property of a rule is not what it has to be, or not known."""
    path, urn = f"rules[{number}].{found.path}", (about or replication).urn
    if not known(found.found):
        return unknown(f"{path} of {replication.name} is not known", resource=urn)
    return refuted(
        f"{told}: {path} is {found.found!r}",
        wrong(replication.urn, path, found.found, found.allowed),
        resource=urn,
    )


def grounds(case: Case, replication: Resource) -> tuple[Ground, ...]:
    """What a proof about where a replication leads rests on."""
    said = [
        Ground(replication.urn, f"rules[{number}].{path}={at(rule, path)}")
        for number, rule in enumerate(entries(replication, "rules"))
        for path in (_TO, _ACCOUNT, _KEY)
    ]
    return (*said, *_kept(case, replication))


def _kept(case: Case, replication: Resource) -> Iterator[Ground]:
    """The stores of the keeper's that a replication leads into, where its stack was read."""
    for keeper in keepers_of(case):
        for rule in entries(replication, "rules"):
            name = str(at(rule, _TO)).rpartition(":::")[2]
            if bucket := keeper.resources.having(BUCKET, "bucket", name):
                yield Ground(bucket.urn, f"bucket={name}")


class Copier(NamedTuple):
    """The role that S3 makes the second copy of a store as, and what it rests on that S3 alone becomes it."""

    arn: str
    grounds: tuple[Ground, ...]


def copier_of(case: Case, bucket: Resource) -> Copier | None:
    """The role that copies a store, once three things are known of it; None where one of them is not.

    S3 alone becomes it, the store's own replication names it, and that leads into the site's second copies alone.
    """
    found = referring(case.resources, REPLICATION, "bucket", value(bucket, "bucket"))
    if copies_of(case) is None or len(found.certain) != 1 or found.doubtful:
        return None
    replication = found.certain[0]
    rules = entries(replication, "rules")
    role = _named(case, value(replication, "role"))
    if role is None or not rules or any(leading_elsewhere(case, rule) for rule in rules):
        return None
    trusted = Ground(role.resource.urn, f"assumeRolePolicy admits {SERVICE} alone")
    arn = arn_of(case, role)
    return Copier(arn, (Ground(replication.urn, f"role={arn}"), trusted, *grounds(case, replication)))


def unclear_copier(case: Case, bucket: Resource) -> str | None:
    """Why it is not known whether a store has a copier, in words; None where that is known."""
    found = referring(case.resources, REPLICATION, "bucket", value(bucket, "bucket"))
    if copies_of(case) is None or not (found.certain or found.doubtful):
        return None
    if found.doubtful or len(found.certain) > 1:
        return f"which replication is that of {bucket.name} is not known"
    replication = next(iter(found.certain))
    wrongs = (leading_elsewhere(case, rule) for rule in entries(replication, "rules"))
    trusts = (each.trust for each in roles(case.resources) if arn_of(case, each) == value(replication, "role"))
    doubts = (
        isinstance(value(replication, "role"), Unknown),
        any(wrong and not known(wrong.found) for wrong in wrongs),
        any(trust and isinstance(trust.document, Unknown) for trust in trusts),
    )
    return f"where {replication.name} copies to, or as whom, is not known" if any(doubts) else None


def _named(case: Case, arn: Any) -> Principal | None:
    """The role of that ARN, if S3 and nobody else becomes it."""
    role = next((each for each in roles(case.resources) if isinstance(arn, str) and arn == arn_of(case, each)), None)
    return role if role and _becomes_by_s3_alone(role) else None


def arn_of(case: Case, role: Principal) -> str:
    """A role's ARN: the cloud's, else the one that its name makes; empty while that is not known."""
    return role.arn if isinstance(role.arn, str) else made_arn(role.resource, case.site.account, partition(case)) or ""


def _becomes_by_s3_alone(role: Principal) -> bool:
    """Whether every statement that lets anybody become a role names S3, and nothing beside it."""
    if role.trust is None or isinstance(role.trust.document, Unknown) or role.trust.rivals:
        return False
    allowed = [each for each in statements(role.trust.document) if each.get("Effect") == "Allow"]
    return bool(allowed) and all(_names_s3(each) for each in allowed)


def _names_s3(statement: Any) -> bool:
    return statement.get("Principal") in ({"Service": SERVICE}, {"Service": [SERVICE]})
