"""The controls of backups on AWS."""

from collections.abc import Iterator, Mapping
from typing import Any

from clover.controls.aws_callers import partition
from clover.controls.aws_policies import Policies
from clover.controls.aws_requests import nobody
from clover.controls.backups import aws_second_copies
from clover.controls.backups.aws_policies import nobody_copies_out, nobody_outside_takes, vaults
from clover.controls.case import Case, Question
from clover.controls.network.counterexample import wrong
from clover.controls.residency.aws_reading import stores
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.model.aws.network_links import entries, known, member, referring
from clover.model.aws.policies import Document, Guarded
from clover.model.aws.principals import Principal, roles
from clover.model.resources import value
from clover.sources import Resource, Unknown
from clover.zones.vocabulary import StackKind

LOCK = ("aws:backup/vaultLockConfiguration:VaultLockConfiguration",)
PLAN = "aws:backup/plan:Plan"
SERVICE = "backup.amazonaws.com"
RESTORES = (
    "s3:CreateBucket", "s3:PutObject", "s3:PutObjectAcl", "s3:PutBucketPolicy", "dynamodb:RestoreTableFromBackup",
    "ec2:RunInstances", "ec2:CreateVolume", "rds:RestoreDBInstanceFromDBSnapshot",
)  # fmt: skip
"""What makes something new of a backup, or writes it somewhere."""


def backups_are_kept(case: Case) -> Iterator[Answer]:
    """BAK-1: each vault is locked in compliance mode under a customer's key, and each plan copies within the zone.

    Each store that the zone has copied is copied whole, and each copy is locked.
    """
    yield from aws_second_copies.stores_are_copied(case)
    yield from aws_second_copies.copies_are_locked(case)
    found, plans = tuple(vaults(case)), case.resources.of(PLAN)
    if not found and not plans and case.hand is not StackKind.BACKUPS:
        yield proved(f"{case.stack} declares no backup, so none is unlocked, and none is copied out")
    for vault in found:
        yield _kept(case, vault)
    names = {value(vault.resource, "name") for vault in found}
    for plan in plans:
        yield _planned(case, plan, names)


def _kept(case: Case, vault: Guarded) -> Answer:
    """Whether a vault is locked and lies under a key of the zone."""
    urn, name = vault.resource.urn, value(vault.resource, "name")
    locks = referring(case.resources, LOCK, "backupVaultName", name)
    if isinstance(name, Unknown) or (locks.doubtful and not locks.certain):
        return unknown(f"which lock is that of {vault.resource.name} is not known", resource=urn)
    if not locks.certain:
        example = wrong(urn, LOCK[0], None, "a lock")
        return refuted(f"nothing locks {vault.resource.name}", example, resource=urn)
    return _locked(vault.resource, locks.certain[0]) or _under_a_key(case, vault.resource, locks.certain[0])


def _locked(vault: Resource, lock: Resource) -> Answer | None:
    """What is wrong with a lock: without a day on which it closes, whoever may write it takes it away again.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html (compliance and governance mode).
    """
    for name, why in (("changeableForDays", "may be taken off for ever"), ("minRetentionDays", "keeps nothing")):
        held = value(lock, name)
        if not known(held):
            return unknown(f"{name} of {lock.name} is not known", resource=vault.urn)
        if not held:
            example = wrong(lock.urn, name, held, "a number of days")
            return refuted(f"the lock of {vault.name} {why}: no {name}", example, resource=vault.urn)
    return None


def _under_a_key(case: Case, vault: Resource, lock: Resource) -> Answer:
    key = value(vault, "kmsKeyArn")
    if not known(key):
        return unknown(f"the key of {vault.name} is not known", resource=vault.urn)
    here = tuple(f"arn:{partition(case)}:kms:{case.site.region}:{account}:key/" for account in sorted(case.accounts))
    if not str(key).startswith(here):
        example = wrong(vault.urn, "kmsKeyArn", key, "the ARN of a key of the zone in this region")
        return refuted(f"{vault.name} lies under no key of the zone", example, resource=vault.urn)
    settings = ", ".join(f"{name}={value(lock, name)}" for name in ("changeableForDays", "minRetentionDays"))
    rests = (Ground(lock.urn, settings), Ground(vault.urn, f"kmsKeyArn={key}"))
    return proved(f"what {vault.name} holds is locked, under a key of the zone", resource=vault.urn, rests_on=rests)


def _planned(case: Case, plan: Resource, names: set[Any]) -> Answer:
    """Whether every rule of a plan backs up into a vault of the stack, and copies within the region and the zone."""
    rests: list[Ground] = []
    for number, rule in enumerate(entries(plan, "rules")):
        target, copies = member(rule, "targetVaultName"), member(rule, "copyActions")
        if not known(rule) or target not in names:
            return unknown(f"where rule {number} of {plan.name} backs up to is not declared", resource=plan.urn)
        for copy in copies or ():
            arn = member(copy, "destinationVaultArn")
            if not _inside(case, str(arn)):
                example = wrong(
                    plan.urn, f"rules[{number}].copyActions.destinationVaultArn", arn, "a vault of the zone"
                )
                return refuted(f"{plan.name} copies backups to {arn}", example, resource=plan.urn)
        rests.append(Ground(plan.urn, f"rules[{number}].targetVaultName={target}"))
    return proved(f"{plan.name} backs up into locked vaults of the zone", resource=plan.urn, rests_on=tuple(rests))


def _inside(case: Case, arn: str) -> bool:
    """Whether a vault lies in the site's region, in an account of the zone."""
    parts = arn.split(":")
    return len(parts) > 5 and parts[2] == "backup" and parts[3] == case.site.region and parts[4] in case.accounts


def backups_come_back_here(case: Case) -> Iterator[Answer]:
    """BAK-2: nobody outside takes backups, and whoever restores them for the site writes into its own stores alone.

    Into second copies S3 alone writes, and nobody reads them but by a restore of the zone's.
    """
    yield from aws_second_copies.nobody_reaches_copies(case)
    found = tuple(vaults(case))
    restoring = [role for role in roles(case.resources) if SERVICE in role.services]
    if not found and not restoring and case.hand is not StackKind.BACKUPS:
        yield proved(f"{case.stack} declares no backup, so none is restored elsewhere")
    for vault in found:
        yield nobody_outside_takes(case, vault)
        yield nobody_copies_out(case, vault)
    for role in restoring:
        yield _restored_here(case, role)


def _restored_here(case: Case, role: Principal) -> Answer:
    """Whether the role that the service restores with writes anywhere but into the site's own stores."""
    urn, own = role.resource.urn, [store.arn for store in stores(case)]
    open_ones = [held for held in role.identity if isinstance(held.document, Unknown)]
    if not isinstance(role.arn, str) or open_ones or not all(isinstance(arn, str) for arn in own):
        return unknown(f"what {role.resource.name} may do is not known", resource=urn)
    elsewhere: Document = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": "*",
                "Action": list(RESTORES),
                "NotResource": [each for arn in own for each in (arn, f"{arn}/*")] or ["arn:aws:s3:::none"],
                "Condition": {"ArnEquals": {"aws:PrincipalArn": role.arn}},
            }
        ],
    }
    told = f"{role.resource.name} restores into the site's own stores alone"
    return nobody(case, Policies(identity=role.identity, boundary=role.boundary), elsewhere, told, urn)


QUESTIONS: Mapping[str, Question] = {"BAK-1": backups_are_kept, "BAK-2": backups_come_back_here}
"""Each control's question on whether it holds."""
