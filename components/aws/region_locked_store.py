"""A store of the site."""

from collections.abc import Sequence
from functools import partial
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi_aws import s3

from clover.zones.vocabulary import DataClass, Immutability, StoreRole, TlsVersion, Versioning
from components.aws import site as names
from components.aws.ordering import once_created
from components.aws.policies import buckets
from components.aws.policies.document import render
from components.aws.refusal import Refusal
from components.aws.site import SiteArgs

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
    """What the store is for: evidence, or data of users that is kept or coming in."""
    key_arn: pulumi.Input[str]
    """ARN of the key of this role's stores."""
    endpoints: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """Ids of the site's endpoints to S3: the only way to the data of users."""
    recorded_by: NotRequired[pulumi.Input[str]]
    """ARN of the trail that records every call on the data of users; the store is made after it."""
    auditor_networks: NotRequired[Sequence[str]]
    """The networks (CIDR) from which the auditor reads evidence."""
    versioning: NotRequired[Versioning]
    """Whether older versions are kept; default enabled."""
    immutability: NotRequired[Immutability]
    """Who can delete a version early; default compliance for evidence, none for user data."""
    retention_days: NotRequired[int | None]
    """How long a version is locked; needed where it is locked."""
    minimum_tls: NotRequired[TlsVersion]
    """The lowest TLS version answered; default 1.3."""
    declared_at: NotRequired[str]
    """Where the store is declared, as `file:line`."""


class RegionLockedStore(pulumi.ComponentResource):
    """A bucket in the site's region that nothing leaves but through the site, under its own key.

    Data actions are closed by network (user data) or by reader and network (evidence), control actions by deployer;
    so replication, inventory, logging and notification are the deployer's alone. Foreign accounts, other keys, plain
    or old TLS and early deletion are denied. `bucket` and `arn` are delivered only when policy, public access block,
    ownership, versioning, encryption and lock exist, so that nobody who waits for them meets an open store.

    The bucket key is on: the encryption context that KMS sees is then the bucket, and KMS's records do not show single
    reads; the trail does.
    """

    bucket: pulumi.Output[str]
    """The bucket's name."""
    arn: pulumi.Output[str]
    """The bucket's ARN."""

    def __init__(self, name: str, args: RegionLockedStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the store; Refusal names an input that is missing or contradicts another."""
        super().__init__("clover-aws:index:RegionLockedStore", name, dict(args), opts)
        site, role, lock = args["site"], _role(args), _lock(args)
        physical = names.bucket_name(site, role, args["name"])
        bucket = s3.Bucket(
            f"{name}-bucket",
            bucket=physical,
            object_lock_enabled=lock is not None,
            tags=names.store_tags(site, role, args["data_class"]),
            opts=pulumi.ResourceOptions(parent=self),
        )
        closed = self._closed_to_the_public(name, bucket)
        policy = self._guarded(name, bucket, args, closed)
        after = pulumi.ResourceOptions(parent=self, depends_on=[policy])
        owned = s3.BucketOwnershipControls(
            f"{name}-ownership", bucket=bucket.bucket, rule={"object_ownership": "BucketOwnerEnforced"}, opts=after
        )
        encrypted = self._encrypted(name, bucket, args["key_arn"], after)
        versioned = s3.BucketVersioning(
            f"{name}-versioning",
            bucket=bucket.bucket,
            versioning_configuration={"status": _VERSIONING[Versioning(args.get("versioning", Versioning.ENABLED))]},
            opts=after,
        )
        guards = [bucket, closed, policy, owned, encrypted, versioned, *self._locked(name, bucket, lock, versioned)]
        self.bucket = once_created(physical, guards)
        self.arn = self.bucket.apply(partial(names.bucket_arn, site))
        self.register_outputs({"bucket": self.bucket, "arn": self.arn})

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
            policy=_policy(args),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[closed]),
        )

    def _encrypted(
        self, name: str, bucket: s3.Bucket, key_arn: pulumi.Input[str], after: pulumi.ResourceOptions
    ) -> s3.BucketServerSideEncryptionConfiguration:
        """What comes without a wish for encryption lies under the store's key."""
        return s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption",
            bucket=bucket.bucket,
            rules=[
                {
                    "apply_server_side_encryption_by_default": {
                        "sse_algorithm": "aws:kms",
                        "kms_master_key_id": key_arn,
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


_VERSIONING = {Versioning.ENABLED: "Enabled", Versioning.SUSPENDED: "Suspended"}
_MODES = {Immutability.GOVERNANCE: "GOVERNANCE", Immutability.COMPLIANCE: "COMPLIANCE"}
_NEEDED = {
    StoreRole.USER_DATA: ("endpoints", "recorded_by"),
    StoreRole.INTAKE: ("endpoints", "recorded_by"),
    StoreRole.EVIDENCE: ("auditor_networks",),
}


def _role(args: RegionLockedStoreArgs) -> StoreRole:
    """The store's role; Refusal when it has no policy here, or when an input that its policy needs is missing."""
    role = StoreRole(args["role"])
    if role not in _NEEDED:
        raise Refusal(f"store {args['name']}: stores of role {role.value} are not a site's", args.get("declared_at"))
    missing = [needed for needed in _NEEDED[role] if args.get(needed) is None]
    if missing:
        raise Refusal(f"store {args['name']}: role {role.value} needs {', '.join(missing)}", args.get("declared_at"))
    return role


def _lock(args: RegionLockedStoreArgs) -> Retention | None:
    """The default retention, None where nothing is locked; Refusal when mode, days and versioning do not agree."""
    default = Immutability.COMPLIANCE if args["role"] == StoreRole.EVIDENCE else Immutability.NONE
    mode, days = Immutability(args.get("immutability", default)), args.get("retention_days")
    if mode is Immutability.NONE:
        if days is not None:
            raise Refusal(f"store {args['name']}: retention_days without immutability", args.get("declared_at"))
        return None
    if days is None or Versioning(args.get("versioning", Versioning.ENABLED)) is not Versioning.ENABLED:
        raise Refusal(
            f"store {args['name']}: immutability needs retention_days and versioning", args.get("declared_at")
        )
    return {"mode": _MODES[mode], "days": days}


def _policy(args: RegionLockedStoreArgs) -> pulumi.Output[str]:
    """The text of the bucket's policy, unknown as long as the key or an endpoint is; Refusal for an empty list."""
    site, role, networks = args["site"], StoreRole(args["role"]), args.get("auditor_networks") or ()
    physical = names.bucket_name(site, role, args["name"])
    floor = TlsVersion(args.get("minimum_tls", TlsVersion.TLS_1_3))

    def text(found: Sequence[Any]) -> str:
        facts = buckets.BucketFacts(site, physical, found[0], floor)
        evidence = role == StoreRole.EVIDENCE
        if not (networks if evidence else found[1]):
            raise Refusal(
                f"store {args['name']}: {_NEEDED[role][0]} is empty, so nobody could reach it", args.get("declared_at")
            )
        document = buckets.evidence(facts, networks) if evidence else buckets.user_data(facts, found[1])
        return render(document, "s3-bucket-policy")

    return pulumi.Output.all(args["key_arn"], args.get("endpoints")).apply(text)
