"""The second copy of a store: S3 itself replicates every new version into another account."""

import pulumi
from pulumi_aws import iam, s3

from clover.zones.vocabulary import Immutability, StoreRole
from components.aws import site as names
from components.aws.policies import copies
from components.aws.policies.document import render
from components.aws.site import SiteArgs
from components.refusal import Refusal
from components.stores import Lock, SecondCopy
from components.tags import tags

SESSION_SECONDS = 3600


class Replication:
    """A role that S3 alone becomes, and the rule that copies every version of one store, whole, under the copy's key.

    Deletions are not copied. A version that is locked at its source has that lock at the copy too, whatever the copy's
    own default says (https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html).
    """

    def __init__(self, name: str, site: SiteArgs, store: str, copy: SecondCopy, parent: pulumi.Resource) -> None:
        """Take what is copied; nothing is declared yet."""
        self._name, self._site, self._store, self._parent = name, site, store, parent
        self._place = names.copies_place(site, copy["account"])

    def declare(self, bucket: s3.Bucket, after: list[pulumi.Resource]) -> s3.BucketReplicationConfig:
        """Declare the role, and what it may and the rule once the bucket keeps versions and is guarded."""
        role = iam.Role(
            f"{self._name}-copier",
            name=names.copier_name(self._site, self._store),
            path=names.COPIES_PATH,
            description=f"S3 makes second copies of {self._store} with it, and nobody else does anything",
            assume_role_policy=render(copies.trust(), "iam-trust-policy"),
            max_session_duration=SESSION_SECONDS,
            tags=tags(self._site),
            opts=pulumi.ResourceOptions(parent=self._parent),
        )
        allowed = iam.RolePolicy(
            f"{self._name}-copies",
            role=role.name,
            policy=render(copies.copying(self._site, self._place, self._store), "iam-role-inline-policies"),
            opts=pulumi.ResourceOptions(parent=self._parent, depends_on=after),
        )
        return s3.BucketReplicationConfig(
            f"{self._name}-replication",
            bucket=bucket.bucket,
            role=names.copier_arn(self._site, self._store),
            rules=[self._rule()],
            opts=pulumi.ResourceOptions(parent=self._parent, depends_on=[allowed, *after]),
        )

    def _rule(self) -> s3.BucketReplicationConfigRuleArgsDict:
        """Every version of every object; the key is named by its alias, which is known before the key is there."""
        copy = names.bucket_name(self._place, StoreRole.USER_DATA, self._store)
        return {
            "id": "everything",
            "status": "Enabled",
            "priority": 1,
            "filter": {"prefix": ""},
            "delete_marker_replication": {"status": "Disabled"},
            "source_selection_criteria": {"sse_kms_encrypted_objects": {"status": "Enabled"}},
            "destination": {
                "bucket": names.bucket_arn(self._place, copy),
                "account": self._place["account"],
                "access_control_translation": {"owner": "Destination"},
                "encryption_configuration": {"replica_kms_key_id": names.copies_key_alias(self._place)},
            },
        }


def refuse_weak(name: str, site: SiteArgs, copy: SecondCopy, lock: Lock | None, declared_at: str | None) -> None:
    """Raise Refusal for a copy beside its store, and for a lock of the store's that would be the weaker one there."""
    if copy["account"] == site["account"]:
        raise Refusal(f"store {name}: {copy['account']} is its own account, no place for a second copy", declared_at)
    weak = lock is not None and (lock.immutability is not Immutability.COMPLIANCE or lock.days < copy["retention_days"])
    if weak:
        days = copy["retention_days"]
        raise Refusal(
            f"store {name}: its copies would have its own lock, which is weaker than {days} days in compliance mode",
            declared_at,
        )
