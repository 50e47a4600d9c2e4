"""What every component of a site is told, and the names that follow from it.

Names of stores, keys, roles and trails are deterministic: policies can then name a resource that another component
creates later, and stay known in the first preview.
"""

from functools import cache
from pathlib import Path
from typing import TypedDict

import pulumi
import yaml

from clover.zones.vocabulary import StoreRole
from components.refusal import Refusal


class SiteArgs(TypedDict):
    """The site that a component belongs to."""

    name: str
    """The site's name in its zone."""
    account: str
    """The AWS account that holds the site."""
    region: str
    """The one region that the site lies in."""
    partition: str
    """The AWS partition of that region."""
    deployer: str
    """ARN of the role that deploys the site: the only principal that may change controls."""
    zone: str
    """The name of the zone that the site stands in."""


@cache
def _partitions() -> dict[str, dict[str, str]]:
    """Facts per partition; see partitions.yaml."""
    return yaml.safe_load(Path(__file__).with_name("partitions.yaml").read_text(encoding="utf-8"))


def _partition_fact(site: SiteArgs, fact: str) -> str:
    """One fact of the site's partition; Refusal names a partition that is not known."""
    known = _partitions()
    if site["partition"] not in known:
        raise Refusal(f"partition {site['partition']!r} is not one of {', '.join(known)}")
    return known[site["partition"]][fact]


def service_host(site: SiteArgs, service: str) -> str:
    """The regional host name of an AWS service, as `kms:ViaService` and private DNS write it.

    A dotted service name is turned round: `ecr.api` answers at `api.ecr.<region>`.
    """
    labels = [*reversed(service.split(".")), site["region"]]
    return ".".join([*labels, _partition_fact(site, "dns_suffix")])


def endpoint_service(site: SiteArgs, service: str) -> str:
    """The name under which AWS offers `service` as a VPC endpoint in the site's region."""
    return f"{_partition_fact(site, 'endpoint_prefix')}.{site['region']}.{service}"


def arn(site: SiteArgs, service: str, resource: str) -> str:
    """The ARN of a resource that lies in the site's account and region."""
    return f"arn:{site['partition']}:{service}:{site['region']}:{site['account']}:{resource}"


def account_principal(site: SiteArgs) -> str:
    """The ARN that stands for every principal of the site's account, as far as their own policies go."""
    return iam_arn(site, "root")


def iam_arn(site: SiteArgs, resource: str) -> str:
    """The ARN of something that IAM holds for the site's account; IAM has no regions."""
    return f"arn:{site['partition']}:iam::{site['account']}:{resource}"


def role_arn(site: SiteArgs, path: str, name: str) -> str:
    """The ARN of an IAM role in the site's account; `path` begins and ends with a slash."""
    return iam_arn(site, f"role{path}{name}")


def bucket_name(site: SiteArgs, role: StoreRole, store: str) -> str:
    """The name of a store's bucket: bucket names are global, so site and account are part of it."""
    return f"clover-{site['name']}-{site['account']}-{StoreRole(role).value}-{store}"


def bucket_arn(site: SiteArgs, bucket: str) -> str:
    """The ARN of a bucket; it names neither account nor region."""
    return f"arn:{site['partition']}:s3:::{bucket}"


def bucket_of(store: pulumi.Input[str]) -> pulumi.Output[str]:
    """The name of the bucket whose ARN is `store`."""
    return pulumi.Output.from_input(store).apply(_last_part)


def _last_part(arn: str) -> str:
    """What an ARN names, without partition, service, region and account."""
    return arn.rsplit(":", 1)[-1]


def role_buckets(site: SiteArgs, role: StoreRole) -> str:
    """The ARN pattern of all buckets of one store role; it also fits their objects, as `*` spans slashes."""
    return bucket_arn(site, bucket_name(site, role, "*"))


def key_alias(site: SiteArgs, role: StoreRole) -> str:
    """The alias of the key that S3 uses for the stores of one role."""
    return f"alias/clover-{site['name']}-{StoreRole(role).value}-s3"


def trail_name(site: SiteArgs) -> str:
    """The name of the site's trail."""
    return f"clover-{site['name']}"


def trail_arn(site: SiteArgs) -> str:
    """The ARN of the site's trail; a multi-region trail is named by its home region."""
    return arn(site, "cloudtrail", f"trail/{trail_name(site)}")


def saml_audience(site: SiteArgs) -> str:
    """For whom an identity provider makes its assertions, where people sign in to the site's partition."""
    return _partition_fact(site, "saml_audience")


OWN_PATH = "/clover/"
"""Where the roles and policies lie that the site's stack declares."""
AUDITOR_PATH = f"{OWN_PATH}auditor/"
ACCESS_PATH = f"{OWN_PATH}access/"


def access_role_name(site: SiteArgs, approval: str) -> str:
    """The name of the role that an approval opens."""
    return f"clover-{site['name']}-access-{approval}"


def auditor_role_name(site: SiteArgs, kind: str) -> str:
    """The name of the auditor's role of one kind, `person` or `machine`."""
    return f"clover-{site['name']}-auditor-{kind}"


def auditor_role_arns(site: SiteArgs) -> list[str]:
    """The ARNs of both of the auditor's roles."""
    return [role_arn(site, AUDITOR_PATH, auditor_role_name(site, kind)) for kind in ("person", "machine")]


WORKSPACE_STORE = "workspace"
"""The name of the auditor's own store."""


VAULT_STORE = "vault"
"""The name of the store in a vault."""


def vault_place(site: SiteArgs, account: str, deployer: str) -> SiteArgs:
    """Where the vault of a site's records lies: in the site's region, and in an account with a deployer of its own."""
    return SiteArgs(
        name=site["name"],
        account=account,
        region=site["region"],
        partition=site["partition"],
        deployer=deployer,
        zone=site["zone"],
    )


def vault_arn(place: SiteArgs) -> str:
    """The ARN of the store of a vault at a place."""
    return bucket_arn(place, vault_bucket(place))


def vault_key_alias(place: SiteArgs) -> str:
    """The ARN of the alias of a vault's key."""
    return arn(place, "kms", key_alias(place, StoreRole.EVIDENCE))


def vault_bucket(place: SiteArgs) -> str:
    """The name of the bucket of a vault at a place."""
    return bucket_name(place, StoreRole.EVIDENCE, VAULT_STORE)


COPIES_PATH = f"{OWN_PATH}copies/"
"""Where the roles lie that S3 makes second copies as."""


def copier_name(site: SiteArgs, store: str) -> str:
    """The name of the role that S3 copies one store as."""
    return f"clover-{site['name']}-copies-{store}"


def copier_arn(site: SiteArgs, store: str) -> str:
    """The ARN of that role."""
    return role_arn(site, COPIES_PATH, copier_name(site, store))


def copies_place(site: SiteArgs, account: str) -> SiteArgs:
    """Where the copies of a site's stores lie, as names need it: in the site's region, and in another account."""
    return vault_place(site, account, site["deployer"])


def copies_key_alias(place: SiteArgs) -> str:
    """The ARN of the alias of the key that copies at a place lie under."""
    return arn(place, "kms", key_alias(place, StoreRole.USER_DATA))


def monitor_bus(site: SiteArgs) -> str:
    """The name of the bus on which the auditor's monitor takes a site's events."""
    return f"clover-{site['name']}"


def monitor_bus_arn(place: SiteArgs) -> str:
    """The ARN of that bus in the auditor's account."""
    return arn(place, "events", f"event-bus/{monitor_bus(place)}")


def detection_name(site: SiteArgs, detection: str) -> str:
    """The name of the rules and of the alarm of one detection at a site."""
    return f"clover-{site['name']}-{detection}"


def channel_arn(place: SiteArgs) -> str:
    """The ARN of the topic that tells of a site's incidents."""
    return arn(place, "sns", channel_name(place))


def channel_name(place: SiteArgs) -> str:
    """The name of that topic."""
    return f"clover-{place['name']}-incidents"


def channel_alias(place: SiteArgs) -> str:
    """The alias of the key that the topic's messages lie under."""
    return f"alias/clover-{place['name']}-incidents-sns"
