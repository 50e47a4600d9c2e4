"""Who takes backups out of a vault on AWS: by the vault's own policy, and whatever else binds its account.

What vaults' policies are about: https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html.
AWS says there that it rejects whatever another account asks for but copying into a vault, whatever the policy says;
no proof here rests on that.
"""

from collections.abc import Iterator

import msgspec

from clover.controls.aws_callers import NOT_A_SERVICE, SERVICE_LINKED, outsiders, partition
from clover.controls.aws_policies import Policies
from clover.controls.aws_requests import Asked, nobody, requests
from clover.controls.case import Case
from clover.controls.verdict import Answer, unknown
from clover.model.aws import policies
from clover.model.aws.policies import Guarded
from clover.sources import Resource, Unknown

TAKING = (
    "backup:CopyFromBackupVault",
    "backup:CopyIntoBackupVault",
    "backup:DeleteBackupVault",
    "backup:DeleteRecoveryPoint",
    "backup:DescribeRecoveryPoint",
    "backup:GetRecoveryPointRestoreMetadata",
    "backup:PutBackupVaultAccessPolicy",
    "backup:StartCopyJob",
    "backup:StartRestoreJob",
    "backup:UpdateRecoveryPointLifecycle",
)
"""What copies, restores, shows or removes backups, or puts foreign ones beside them."""


def vaults(case: Case) -> Iterator[Guarded]:
    """The vaults of the stack with their policies."""
    place = f"arn:{partition(case)}:backup:{case.site.region}:{case.site.account}"
    return policies.backup_vaults(case.resources, place)


def nobody_outside_takes(case: Case, vault: Guarded) -> Answer:
    """Whether a principal outside the zone's accounts may copy, restore or remove what a vault holds."""
    urn, name = vault.resource.urn, vault.resource.name
    if not isinstance(vault.arn, str) or (vault.policy and isinstance(vault.policy.document, Unknown)):
        return unknown(f"the name or the policy of {name} is not known", resource=urn)
    question = requests([Asked(TAKING, [vault.arn])], outsiders(case))
    told = f"no account outside the zone takes backups from {name}"
    return nobody(case, Policies(resource=vault.policy), question, told, urn)


def by_its_policy(case: Case, policy: Resource) -> Answer:
    """The same of a vault's policy, as what may copy data out: of a vault that is not declared, nobody knows."""
    attached = [each for each in vaults(case) if each.policy and policy.urn in _origins(each)]
    if not attached:
        return unknown(f"the vault that {policy.name} is about is not declared", resource=policy.urn)
    found = nobody_outside_takes(case, attached[0])
    return msgspec.structs.replace(found, resource=policy.urn)


def _origins(vault: Guarded) -> list[str]:
    return [each.origin for each in (vault.policy, *vault.policy.rivals)] if vault.policy else []


def nobody_copies_out(case: Case, vault: Guarded) -> Answer:
    """Whether somebody of the account, whatever they hold, may copy what a vault holds to a vault outside the zone.

    `backup:CopyTargets` are the ARNs of the vaults that a copy goes to
    (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html).
    """
    urn, name = vault.resource.urn, vault.resource.name
    if not isinstance(vault.arn, str) or (vault.policy and isinstance(vault.policy.document, Unknown)):
        return unknown(f"the name or the policy of {name} is not known", resource=urn)
    here = f"arn:{partition(case)}:backup:{case.site.region}"
    places = [f"{here}:{account}:backup-vault:*" for account in sorted(case.accounts)]
    whoever = {
        "StringEquals": {"aws:PrincipalAccount": case.site.account},
        "StringNotLike": {"aws:PrincipalArn": SERVICE_LINKED},
        **NOT_A_SERVICE,
    }
    elsewhere = {**whoever, "ForAnyValue:ArnNotLike": {"backup:CopyTargets": places}}
    question = requests([Asked(["backup:CopyFromBackupVault"], [vault.arn])], elsewhere)
    told = f"nobody copies backups of {name} to a vault outside the zone"
    return nobody(case, Policies(resource=vault.policy), question, told, urn)
