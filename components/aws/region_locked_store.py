"""A store of the site."""

from collections.abc import Sequence
from functools import partial
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi_aws import s3

from clover.zones.vocabulary import DataClass, Immutability, StoreRole, TlsVersion, Versioning
from components.aws import site as names
from components.aws.policies import backend, buckets, copies
from components.aws.policies.document import Document, render
from components.aws.records import Records, own_records
from components.aws.replication import Replication, refuse_weak
from components.aws.site import SiteArgs
from components.ordering import once_created
from components.stores import (
    CopyOf,
    Landing,
    Lock,
    Owners,
    Runners,
    SecondCopy,
    closing,
    lock_of,
    role_of,
    unreachable,
    versioning_of,
)
from components.tags import store_tags

Retention = s3.BucketObjectLockConfigurationRuleDefaultRetentionArgsDict


class RegionLockedStoreArgs(TypedDict):
    """What a store holds, for whom, and how it is guarded."""

    site: SiteArgs
    """The site that the store belongs to."""
    name: str
    """The store's name within site and role."""
    data_class: DataClass
    """How closely the data is held."""
    role: StoreRole
    """What the store is for: evidence, the auditor's own, the state of a stack, or data of users that is kept or coming
    in."""
    key: pulumi.Input[str]
    """ARN of the key of this role's stores."""
    endpoints: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """Ids of the site's endpoints to S3: the only way to the data of users."""
    recorded_by: NotRequired[pulumi.Input[str]]
    """ARN of the trail that records every call on the data of users; the store is made after it."""
    auditor_networks: NotRequired[Sequence[str]]
    """The networks (CIDR) from which the auditor reads evidence, or works in a store of its own."""
    owners: NotRequired[Owners]
    """Who alone works in a store of role auditor-owned; AssessmentWorkspace gives them."""
    landing: NotRequired[Landing]
    """Who writes into a store of role intake, and until when; MigrationIntake gives it."""
    runners: NotRequired[Runners]
    """Who reads and writes a store of role state; StateBackend gives it."""
    second_copy: NotRequired[SecondCopy]
    """Where the second copy of a store of user data lies; without it there is none."""
    copy_of: NotRequired[CopyOf]
    """Whose copy the store is, where it is one; BackupVault gives it."""
    versioning: NotRequired[Versioning]
    """Whether older versions are kept; default enabled."""
    immutability: NotRequired[Immutability]
    """Who can delete a version early; default compliance for what the auditor reads or owns, none for user data."""
    retention_days: NotRequired[int | None]
    """How long a version is locked; needed where it is locked."""
    minimum_tls: NotRequired[TlsVersion]
    """The lowest TLS version answered; default 1.3."""
    declared_at: NotRequired[str]
    """Where the store is declared, as `file:line`."""


class RegionLockedStore(pulumi.ComponentResource):
    """A bucket in the site's region that nothing leaves but through the site, under its own key.

    Data actions are closed by network (user data) or by reader and network (evidence, state), control actions by
    deployer; so replication, inventory, logging and notification are the deployer's alone. S3 itself makes the second
    copy of user data, as a role that copies and does nothing else. Foreign accounts, other keys, plain or old TLS and
    early deletion are denied. `store` and `physical_name` are delivered only when policy, public access block,
    ownership, versioning, encryption, lock and copy exist, so that nobody who waits for them meets an open store.

    The bucket key is on: the encryption context that KMS sees is then the bucket, and KMS's records do not show single
    reads; the trail does.
    """

    store: pulumi.Output[str]
    """The bucket's ARN."""
    physical_name: pulumi.Output[str]
    """The bucket's name."""

    def __init__(self, name: str, args: RegionLockedStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the store; Refusal names an input that is missing or contradicts another."""
        super().__init__("clover-aws:index:RegionLockedStore", name, dict(args), opts)
        site, role, lock = args["site"], role_of(args), _retention(lock_of(args))
        physical = names.bucket_name(site, role, args["name"])
        bucket = s3.Bucket(
            f"{name}-bucket",
            bucket=physical,
            object_lock_enabled=lock is not None,
            tags=store_tags(site, role, args["data_class"]),
            opts=pulumi.ResourceOptions(parent=self),
        )
        closed = self._closed_to_the_public(name, bucket)
        policy = self._guarded(name, bucket, args, closed)
        after = pulumi.ResourceOptions(parent=self, depends_on=[policy])
        owned = s3.BucketOwnershipControls(
            f"{name}-ownership", bucket=bucket.bucket, rule={"object_ownership": "BucketOwnerEnforced"}, opts=after
        )
        encrypted = self._encrypted(name, bucket, args["key"], after)
        versioned = s3.BucketVersioning(
            f"{name}-versioning",
            bucket=bucket.bucket,
            versioning_configuration={"status": _VERSIONING[versioning_of(args)]},
            opts=after,
        )
        guards: list[pulumi.Resource] = [
            bucket,
            closed,
            policy,
            owned,
            encrypted,
            versioned,
            *self._locked(name, bucket, lock, versioned),
        ]
        guards += self._copied(name, bucket, args, guards)
        self.physical_name = once_created(physical, guards)
        self.store = self.physical_name.apply(partial(names.bucket_arn, site))
        self.register_outputs({"store": self.store, "physical_name": self.physical_name})

    def _closed_to_the_public(self, name: str, bucket: s3.Bucket) -> s3.BucketPublicAccessBlock:
        """Nothing of the bucket can be made public; the first thing after the bucket itself."""
        return s3.BucketPublicAccessBlock(
            f"{name}-public-access",
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _guarded(
        self, name: str, bucket: s3.Bucket, args: RegionLockedStoreArgs, closed: pulumi.Resource
    ) -> s3.BucketPolicy:
        """The bucket's policy, second: S3 refuses to change it and the public access block at once."""
        return s3.BucketPolicy(
            f"{name}-policy",
            bucket=bucket.bucket,
            policy=_policy(args, self._records(args["site"])),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[closed]),
        )

    def _records(self, site: SiteArgs) -> Records:
        """Whose records a store of evidence takes."""
        return own_records(site)

    def _encrypted(
        self, name: str, bucket: s3.Bucket, key: pulumi.Input[str], after: pulumi.ResourceOptions
    ) -> s3.BucketServerSideEncryptionConfiguration:
        """What comes without a wish for encryption lies under the store's key."""
        return s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption",
            bucket=bucket.bucket,
            rules=[
                {
                    "apply_server_side_encryption_by_default": {
                        "sse_algorithm": "aws:kms",
                        "kms_master_key_id": key,
                    },
                    "bucket_key_enabled": True,
                }
            ],
            opts=after,
        )

    def _locked(
        self, name: str, bucket: s3.Bucket, lock: Retention | None, versioned: pulumi.Resource
    ) -> list[s3.BucketObjectLockConfiguration]:
        """The default lock of every new version, where one is asked for."""
        if lock is None:
            return []
        return [
            s3.BucketObjectLockConfiguration(
                f"{name}-lock",
                bucket=bucket.bucket,
                object_lock_enabled="Enabled",
                rule={"default_retention": lock},
                opts=pulumi.ResourceOptions(parent=self, depends_on=[versioned]),
            )
        ]

    def _copied(
        self, name: str, bucket: s3.Bucket, args: RegionLockedStoreArgs, guards: list[pulumi.Resource]
    ) -> list[pulumi.Resource]:
        """What makes the second copy, where one is asked for; Refusal where it would be weaker than it is told."""
        copy = args.get("second_copy")
        if copy is None:
            return []
        refuse_weak(args["name"], args["site"], copy, lock_of(args), args.get("declared_at"))
        return [Replication(name, args["site"], args["name"], copy, self).declare(bucket, guards)]


_VERSIONING = {Versioning.ENABLED: "Enabled", Versioning.SUSPENDED: "Suspended"}
_MODES = {Immutability.GOVERNANCE: "GOVERNANCE", Immutability.COMPLIANCE: "COMPLIANCE"}


def _retention(lock: Lock | None) -> Retention | None:
    """The lock as S3 writes it."""
    return {"mode": _MODES[lock.immutability], "days": lock.days} if lock else None


def _policy(args: RegionLockedStoreArgs, records: Records) -> pulumi.Output[str]:
    """The text of the bucket's policy, unknown as long as the key or an endpoint is; Refusal for an empty list."""
    site, role = args["site"], StoreRole(args["role"])
    physical = names.bucket_name(site, role, args["name"])
    floor = TlsVersion(args.get("minimum_tls", TlsVersion.TLS_1_3))

    def text(found: Sequence[Any]) -> str:
        facts = buckets.BucketFacts(site, physical, found[0], floor)
        return render(_document(args, facts, records, found[1]), "s3-bucket-policy")

    return pulumi.Output.all(args["key"], args.get("endpoints")).apply(text)


def _document(
    args: RegionLockedStoreArgs, facts: buckets.BucketFacts, records: Records, endpoints: Sequence[str]
) -> Document:
    """The policy of a store of the role; Refusal where nobody could reach it."""
    role, networks = StoreRole(args["role"]), args.get("auditor_networks") or ()
    owners, runners = args.get("owners"), args.get("runners")
    running = runners["networks"] if runners else ()
    if copy := args.get("copy_of"):
        return copies.store(facts, copy, args.get("declared_at"))
    by_network = {StoreRole.EVIDENCE: networks, StoreRole.AUDITOR_OWNED: networks, StoreRole.STATE: running}
    if not by_network.get(role, endpoints):
        raise unreachable(args)
    if role is StoreRole.EVIDENCE:
        return buckets.evidence(facts, records, networks)
    if role is StoreRole.AUDITOR_OWNED and owners:
        return buckets.owned(facts, owners, networks)
    if role is StoreRole.STATE and runners:
        return backend.store(facts, runners)
    return _of_data(args, facts, endpoints)


def _of_data(args: RegionLockedStoreArgs, facts: buckets.BucketFacts, endpoints: Sequence[str]) -> Document:
    """The policy of a store of user data, or of one that historic data lands in."""
    landing = args.get("landing")
    if landing is None:
        copier = names.copier_arn(args["site"], args["name"]) if args.get("second_copy") else None
        return buckets.user_data(facts, endpoints, copier)
    return buckets.landing(facts, endpoints, landing["writer"], closing(landing, args.get("declared_at")))
