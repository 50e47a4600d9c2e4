"""Where the records of a site end when the auditor keeps them, and how principals of other accounts are named."""

from msgspec import Struct

from clover.errors import BadInput
from clover.zones.geography import ZoneSite
from clover.zones.parties import SiteVault
from clover.zones.vocabulary import Cloud, HoldingPurpose
from clover.zones.zone import Zone


class RecordedCopies(Struct, frozen=True):
    """Second copies whose records a vault takes: of which site's stores, in which account, and who deploys them."""

    site: str
    account: str
    deployer: str


class AdmittedVault(Struct, frozen=True):
    """The vault of one site's records: where it lies, whose records it takes, and for how many days it keeps them.

    `deployer` is the auditor's, `site_deployer` the site's own, `person` and `machine` are who reads; all in the form
    of a principal that the cloud has. `declared_at` is the vault's line of the zone file; `watched` says
    whether the auditor has a channel for alarms on what arrives there, and `alarms_in` in which region they are handed
    on. `network` is where the site's own calls come from. `copies` are those that lie in the site's region, whosever
    they are, for records of what lies in a region stay there.
    """

    site: str
    cloud: Cloud
    region: str
    country: str
    partition: str
    site_account: str
    site_deployer: str
    account: str
    tenant: str | None
    deployer: str
    person: str
    machine: str
    retention_days: int
    declared_at: str
    watched: bool
    alarms_in: str
    network: str
    copies: tuple[RecordedCopies, ...]


def vault_of(zone: Zone, site: ZoneSite) -> AdmittedVault | None:
    """Return the vault of `site`; None where the site keeps its records itself.

    BadInput when the auditor has no account for it, which the zone's own checks refuse before.
    """
    vault = zone.file.auditor.vault(site.name)
    if vault is None:
        return None
    holding = zone.file.auditor.holding(site.cloud, HoldingPurpose.EVIDENCE)
    if holding is None:
        raise BadInput(f"the auditor has no account on {site.cloud.value} that keeps evidence")
    partition = partition_of(zone, site.cloud, site.region)
    readers = next(one for one in zone.file.auditor.principals if one.cloud is site.cloud)
    return AdmittedVault(
        site=site.name,
        cloud=site.cloud,
        region=site.region,
        country=site.country,
        partition=partition,
        site_account=site.account,
        site_deployer=principal_name(zone.file.deployer(site.name), site.account, partition),
        account=holding.account,
        tenant=holding.tenant,
        deployer=principal_name(holding.deployer, holding.account, partition),
        person=principal_name(readers.person, readers.account, partition),
        machine=principal_name(readers.machine, readers.account, partition),
        retention_days=vault.retention_days,
        declared_at=_declared_at(zone, vault),
        watched=zone.file.auditor.channel is not None,
        alarms_in=vault.alarms_in or site.region,
        network=site.address_space,
        copies=tuple(
            RecordedCopies(one.site, one.account, principal_name(one.deployer, one.account, partition))
            for one in zone.file.copies_in(site.name)
        ),
    )


def _declared_at(zone: Zone, vault: SiteVault) -> str:
    """Return the line of the zone file that gives a site its vault."""
    place = zone.document.place(("auditor", "vaults", zone.file.auditor.vaults.index(vault)))
    return f"{place.file}:{place.line}"


def principal_name(principal: str, account: str, partition: str) -> str:
    """Return the ARN of an AWS principal's path, or the Azure object id as it is."""
    return f"arn:{partition}:iam::{account}:{principal}" if "/" in principal else principal


def partition_of(zone: Zone, cloud: Cloud, region: str) -> str:
    """Return the partition that a region lies in; nothing for one that the zone does not know."""
    known = zone.file.region(cloud, region)
    return known.partition if known else ""
