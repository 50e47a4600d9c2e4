"""Where the second copies of a site's stores lie, whose they are, and for how long they stay."""

from datetime import UTC, date, datetime, timedelta

from msgspec import Struct

from clover.errors import BadInput
from clover.zones.geography import ZoneSite
from clover.zones.parties import Restore, SecondCopies
from clover.zones.vaults import AdmittedVault, partition_of, principal_name, vault_of
from clover.zones.vocabulary import Cloud, DataClass
from clover.zones.zone import Zone


class AdmittedRestore(Struct, frozen=True):
    """Through which endpoints copies are read, and the first day on which nothing is read any more."""

    endpoints: tuple[str, ...]
    closes: date


class AdmittedBackups(Struct, frozen=True):
    """The second copies of one site's stores: where they lie, whose stores are copied, and for how long they stay.

    `at` is the site in whose region they lie: the site itself on AWS. `deployer` is the copies' own, `site_deployer`
    the site's; both in the form of a principal that the cloud has. `restore` is None where nobody reads a copy, and
    `vault`, that of the site in whose region they lie, where nobody keeps records there.
    """

    zone: str
    site: str
    at: str
    cloud: Cloud
    region: str
    country: str
    partition: str
    site_region: str
    site_account: str
    site_deployer: str
    account: str
    tenant: str | None
    deployer: str
    data_classes: tuple[DataClass, ...]
    retention_days: int
    restore: AdmittedRestore | None
    vault: AdmittedVault | None
    declared_at: str


def backups_of(zone: Zone, site: ZoneSite, on: date | None = None) -> AdmittedBackups | None:
    """Return where the copies of `site`'s stores lie; None where the zone names nowhere.

    A restore that was over before the day `on` (today in UTC unless given) is none. BadInput for a site's name that
    the zone does not have, which the zone's own checks refuse before.
    """
    copies = zone.file.copies(site.name)
    if copies is None:
        return None
    home = next((one for one in zone.file.sites if one.name == copies.home), None)
    if home is None:
        raise BadInput(f"the copies of {site.name} lie at {copies.at}, which is no site of zone {zone.name}")
    partition = partition_of(zone, home.cloud, home.region)
    return AdmittedBackups(
        zone=zone.name,
        site=site.name,
        at=home.name,
        cloud=home.cloud,
        region=home.region,
        country=home.country,
        partition=partition,
        site_region=site.region,
        site_account=site.account,
        site_deployer=principal_name(zone.file.deployer(site.name), site.account, partition),
        account=copies.account,
        tenant=site.tenant,
        deployer=principal_name(copies.deployer, copies.account, partition),
        data_classes=copies.data_classes,
        retention_days=copies.retention_days,
        restore=_open(copies.restore, on or datetime.now(UTC).date()),
        vault=vault_of(zone, home),
        declared_at=_declared_at(zone, copies),
    )


def _open(restore: Restore | None, day: date) -> AdmittedRestore | None:
    """The restore that is open on a day; one that is over opens nothing any more."""
    if restore is None or day > restore.until:
        return None
    return AdmittedRestore(restore.endpoints, restore.until + timedelta(days=1))


def _declared_at(zone: Zone, copies: SecondCopies) -> str:
    """Return the line of the zone file that says where a site's copies lie."""
    place = zone.document.place(("backups", zone.file.backups.index(copies)))
    return f"{place.file}:{place.line}"
