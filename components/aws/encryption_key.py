"""A key of the site, for one consuming service and one store role."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import kms

from clover.zones.vocabulary import StoreRole
from components.aws import site as names
from components.aws.policies import keys
from components.aws.policies.document import Document, render
from components.aws.records import Records, own_records
from components.aws.site import SiteArgs
from components.tags import role_tags


def declared_key(
    name: str, description: str, policy: Document, key_tags: Mapping[str, str], parent: pulumi.Resource
) -> kms.Key:
    """A key of one region whose material rotates yearly, and whose deletion takes the longest that KMS offers.

    OverLimit when the policy outgrows what KMS holds.
    """
    return kms.Key(
        name,
        description=description,
        customer_master_key_spec="SYMMETRIC_DEFAULT",
        key_usage="ENCRYPT_DECRYPT",
        multi_region=False,
        is_enabled=True,
        enable_key_rotation=True,
        rotation_period_in_days=365,
        deletion_window_in_days=keys.DELETION_WINDOW_DAYS,
        bypass_policy_lockout_safety_check=False,
        policy=render(policy, "kms-key-policy"),
        tags=key_tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )


class EncryptionKeyArgs(TypedDict):
    """What a key is for."""

    site: SiteArgs
    """The site that the key belongs to."""
    role: StoreRole
    """The role of the stores that the key encrypts."""
    recorded_by: NotRequired[pulumi.Input[str]]
    """ARN of the trail that records every use; the key is made after it. The key that the trail needs has none."""
    declared_at: NotRequired[str]
    """Where the intent is declared, as `file:line`."""


class EncryptionKey(pulumi.ComponentResource):
    """A single-region key that S3 alone uses, on the stores of one role, and that the deployer alone administers.

    Its material rotates yearly and a deletion takes 30 days. There is no grant path, no use by the administrator and
    no way round KMS's check against locking oneself out. The key of evidence stores is also written with by the log
    services, each bound to this account's sources, and read with by the auditor's roles; no other key admits a
    service principal.
    """

    key: pulumi.Output[str]
    """The key's ARN: an alias could be pointed at another key without the store's declaration changing."""
    alias: pulumi.Output[str]
    """The alias, for people."""

    def __init__(self, name: str, args: EncryptionKeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the key and its alias; OverLimit when the policy outgrows what KMS holds."""
        super().__init__("clover-aws:index:EncryptionKey", name, dict(args), opts)
        site, role = args["site"], StoreRole(args["role"])
        child = pulumi.ResourceOptions(parent=self)
        said = f"Clover {site['name']}: {role.value} stores, used through S3"
        key = declared_key(f"{name}-key", said, self._policy(site, role), role_tags(site, role), self)
        alias = kms.Alias(f"{name}-alias", name=names.key_alias(site, role), target_key_id=key.id, opts=child)
        self.key = key.arn
        self.alias = alias.name
        self.register_outputs({"key": self.key, "alias": self.alias})

    def _policy(self, site: SiteArgs, role: StoreRole) -> Document:
        """Who administers the key, and who uses it: that follows from the role of its stores."""
        if role is StoreRole.EVIDENCE:
            return keys.evidence_key(site, self._records(site))
        if role is StoreRole.AUDITOR_OWNED:
            return keys.owned_key(site, self._records(site))
        return keys.user_data_key(site, role)

    def _records(self, site: SiteArgs) -> Records:
        """Whose records the key of evidence stores is for, and who uses that of the auditor's own stores."""
        return own_records(site)
