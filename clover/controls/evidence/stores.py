"""The evidence stores of a site, and whether something is delivered to one."""

import re
from functools import cached_property
from typing import Any

from clover.controls.case import Case
from clover.controls.evidence.keepers import UNREAD, days_in_the_vault, keepers, kept_at
from clover.model.aws.network_links import entries, identity, known, member, referring, text
from clover.model.resources import Resources, value
from clover.sources import Resource
from clover.zones.vocabulary import StoreRole

BUCKET = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
ENCRYPTION = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
)
_ARN = re.compile(r"arn:[\w-]+:s3:::([^/]+)(/.*)?")


def tag(resource: Resource, name: str) -> Any:
    """A tag of a resource, those of the provider included; Unknown where it is not known."""
    found = [member(value(resource, path), name) for path in ("tags", "tagsAll")]
    certain = next((held for held in found if isinstance(held, str)), None)
    return certain if certain is not None else next((held for held in found if not known(held)), None)


class EvidenceStores:
    """The stores that a site's records have to end in, by the tag `clover:store-role`.

    They are those of the auditor's vault where the zone gives the site one, else those of the site's own stack.
    """

    def __init__(self, case: Case, *, left: bool = False) -> None:
        """Read the stores of whoever keeps the case's evidence; with `left` those that a site with a vault has left."""
        self._keepers = (case,) if left else keepers(case)
        self.days = 0 if left else days_in_the_vault(case)
        self._own = case.resources
        self._site = kept_at(case)
        regions = (region for cloud in case.zone.file.clouds for region in cloud.regions)
        self._partition = next((region.partition for region in regions if region.name == case.site.region), None)

    @cached_property
    def resources(self) -> Resources:
        """Everything in the stacks that hold the stores."""
        held = [keeper.resources for keeper in self._keepers]
        return held[0] if len(held) == 1 else Resources(each for found in held for each in found.all)

    @property
    def missing(self) -> bool:
        """Whether the auditor keeps the evidence in a stack that was not read."""
        return not self._keepers

    @cached_property
    def all(self) -> tuple[Resource, ...]:
        """Every evidence store of the site."""
        return tuple(bucket for bucket in self.resources.of(*BUCKET) if self._is_evidence(bucket))

    @cached_property
    def doubtful(self) -> tuple[Resource, ...]:
        """Stores whose role or site is not known."""
        tags = ("clover:store-role", "clover:site")
        buckets = (bucket for bucket in self.resources.of(*BUCKET) if bucket not in self.all)
        return tuple(bucket for bucket in buckets if not all(known(tag(bucket, name)) for name in tags))

    def perhaps(self, destination: Any) -> bool:
        """Tell whether a bucket's name or ARN may be that of an evidence store that nobody knows to be one."""
        if not known(destination) or (self.missing and not self._is_of_the_site(destination)):
            return True
        return any((name := name_of(bucket)) is None or name in str(destination) for bucket in self.doubtful)

    def doubt(self, what: str) -> str:
        """Why it is not known whether something is delivered to an evidence store."""
        return f"{what} is not known" if not self.missing else f"{what} leads to the vault or not: {UNREAD}"

    def _is_of_the_site(self, destination: Any) -> bool:
        """Whether the site's own stack declares a bucket of that name or ARN: then it is no vault."""
        names = {name_of(bucket) for bucket in self._own.of(*BUCKET)}
        return str(destination).rpartition(":::")[2].partition("/")[0] in names

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The buckets' names."""
        return tuple(found for bucket in self.all if (found := name_of(bucket)))

    def of_arn(self, arn: Any) -> Resource | None:
        """The evidence store that an ARN names, with or without a folder in it."""
        found = _ARN.fullmatch(arn) if isinstance(arn, str) else None
        return self.named(found[1]) if found else None

    def holds(self, destination: Any) -> bool:
        """Whether a bucket's name or ARN is that of an evidence store."""
        return bool(self.named(destination) or self.of_arn(destination))

    def named(self, name: Any) -> Resource | None:
        """The evidence store of that name."""
        return self._by_name.get(name) if isinstance(name, str) else None

    @cached_property
    def _by_name(self) -> dict[str, Resource]:
        return {name: bucket for bucket in self.all if (name := name_of(bucket))}

    def arn(self, bucket: Resource) -> str | None:
        """A bucket's ARN: the cloud's, else made of its name."""
        name = name_of(bucket)
        return text(bucket, "arn") or (f"arn:{self._partition}:s3:::{name}" if name and self._partition else None)

    def key(self, bucket: Resource) -> Any:
        """The key of what is written to a store without further wish."""
        found = referring(self.resources, ENCRYPTION, "bucket", name_of(bucket))
        for configuration in found.certain:
            for rule in entries(configuration, "rules"):
                return member(member(rule, "applyServerSideEncryptionByDefault"), "kmsMasterKeyId")
        return value(found.doubtful[0], "bucket") if found.doubtful else None

    def _is_evidence(self, bucket: Resource) -> bool:
        site = tag(bucket, "clover:site")
        return tag(bucket, "clover:store-role") == StoreRole.EVIDENCE.value and site in (None, self._site)


def name_of(bucket: Resource) -> str | None:
    """A bucket's name."""
    return text(bucket, "bucket") or identity(bucket)
