"""A site with every choice made and every name resolved: what its stack deploys from."""

from datetime import date, timedelta

from msgspec import Struct

from clover.zones.backups import AdmittedBackups, backups_of
from clover.zones.geography import Region, ZoneSite
from clover.zones.network_admission import endpoints_of
from clover.zones.site import Network, Site, Store
from clover.zones.store_admission import lock_of, retention_of, tls_of
from clover.zones.vaults import AdmittedVault, principal_name, vault_of
from clover.zones.vocabulary import (
    Cloud,
    DataClass,
    Immutability,
    Lifecycle,
    StoreRole,
    TlsVersion,
    TrustedKind,
    Versioning,
)


class Auditor(Struct, frozen=True):
    """Who audits a site: two exact principals, and the networks that the machine calls from (CIDR).

    On AWS both are ARNs; on Azure the person is tenant and object id with a slash between, the machine an object id.
    """

    person: str
    machine: str
    external_id: str
    networks: tuple[str, ...]


class AdmittedStore(Struct, frozen=True):
    """One store with every choice made; `retention_days` is the lock's, None where nothing is locked."""

    name: str
    data_class: DataClass
    role: StoreRole
    versioning: Versioning
    immutability: Immutability
    retention_days: int | None
    minimum_tls: TlsVersion
    declared_at: str


class AdmittedDomain(Struct, frozen=True):
    """A host name that workloads may reach, or `*.` and a name for everything below it."""

    name: str
    reason: str
    declared_at: str


class AdmittedNetwork(Struct, frozen=True):
    """The site's network; `availability_zones` are the cloud's own full names."""

    cidr: str
    availability_zones: tuple[str, ...]
    interface_endpoints: tuple[str, ...]
    allowed_domains: tuple[AdmittedDomain, ...]
    declared_at: str


class AdmittedMigration(Struct, frozen=True):
    """Who writes historic data into the site, and the first day on which nothing lands any more."""

    writer: str
    closes: date


class AdmittedApproval(Struct, frozen=True):
    """Who reads the stores of a class, and the first day on which nothing opens any more."""

    name: str
    data_class: DataClass
    workforce: str
    closes: date
    declared_at: str


class AdmittedSite(Struct, frozen=True):
    """Everything that a site's stack deploys from; `protected` is False only for a retired site."""

    name: str
    cloud: Cloud
    region: str
    country: str
    partition: str
    account: str
    tenant: str | None
    lifecycle: Lifecycle
    protected: bool
    zone: str
    zone_digest: str
    deployer: str
    break_glass: str | None
    auditor: Auditor
    vault: AdmittedVault | None
    backups: AdmittedBackups | None
    migration: AdmittedMigration | None
    approvals: tuple[AdmittedApproval, ...]
    stores: tuple[AdmittedStore, ...]
    network: AdmittedNetwork


def resolve(site: Site, home: ZoneSite, region: Region, state: Lifecycle, day: date) -> AdmittedSite:
    """Return the admitted form of `site`, whose zone entry is `home`; everything in it was examined before."""
    trusted = {party.kind: party.principal for party in site.zone.file.trusted_base if party.site == home.name}
    deployer, break_glass = trusted[TrustedKind.DEPLOYER], trusted.get(TrustedKind.BREAK_GLASS)
    return AdmittedSite(
        name=home.name,
        cloud=home.cloud,
        region=home.region,
        country=home.country,
        partition=region.partition,
        account=home.account,
        tenant=home.tenant,
        lifecycle=state,
        protected=state is not Lifecycle.RETIRED,
        zone=site.zone.name,
        zone_digest=site.zone.digest,
        deployer=principal_name(deployer or "", home.account, region.partition),
        break_glass=principal_name(break_glass, home.account, region.partition) if break_glass else None,
        auditor=_auditor(site, home, region),
        vault=vault_of(site.zone, home),
        backups=backups_of(site.zone, home, day),
        migration=_migration(site, home, region),
        approvals=_approvals(site, home, region, day),
        stores=tuple(_store(site, home, store, index) for index, store in enumerate(site.config.stores)),
        network=_network(site, home, site.config.network),
    )


def _auditor(site: Site, home: ZoneSite, region: Region) -> Auditor:
    auditor = site.zone.file.auditor
    principals = next(principals for principals in auditor.principals if principals.cloud is home.cloud)
    person = principal_name(principals.person, principals.account, region.partition)
    return Auditor(
        person=f"{principals.account}/{person}" if home.cloud is Cloud.AZURE else person,
        machine=principal_name(principals.machine, principals.account, region.partition),
        external_id=next(pairing.external_id for pairing in auditor.pairings if pairing.site == home.name),
        networks=auditor.networks,
    )


def _migration(site: Site, home: ZoneSite, region: Region) -> AdmittedMigration | None:
    found = site.zone.file.migration(home.name)
    if found is None:
        return None
    writer = principal_name(found.writer, home.account, region.partition)
    return AdmittedMigration(writer, found.deadline + timedelta(days=1))


def _approvals(site: Site, home: ZoneSite, region: Region, day: date) -> tuple[AdmittedApproval, ...]:
    """The approvals that still count on the day; those that are over are not deployed any more."""
    zone = site.zone
    return tuple(
        AdmittedApproval(
            name=found.name,
            data_class=found.data_class,
            workforce=principal_name(found.workforce, home.account, region.partition),
            closes=found.until + timedelta(days=1),
            declared_at=_in_the_zone(site, "approvals", index),
        )
        for index, found in enumerate(zone.file.approvals)
        if found.site == home.name and day <= found.until
    )


def _store(site: Site, home: ZoneSite, store: Store, index: int) -> AdmittedStore:
    return AdmittedStore(
        name=store.name,
        data_class=store.data_class,
        role=store.role,
        versioning=store.versioning,
        immutability=lock_of(store),
        retention_days=retention_of(site, store),
        minimum_tls=tls_of(site, store, home),
        declared_at=_declared_at(site, f"clover:stores[{index}]"),
    )


def _network(site: Site, home: ZoneSite, network: Network) -> AdmittedNetwork:
    prefix = home.region if home.cloud is Cloud.AWS else ""
    return AdmittedNetwork(
        cidr=network.cidr,
        availability_zones=tuple(f"{prefix}{letter}" for letter in network.availability_zones),
        interface_endpoints=endpoints_of(site, home),
        allowed_domains=tuple(
            AdmittedDomain(domain.name, domain.reason, _declared_at(site, f"clover:network.allowed_domains[{index}]"))
            for index, domain in enumerate(network.allowed_domains)
        ),
        declared_at=_declared_at(site, "clover:network"),
    )


def _in_the_zone(site: Site, *path: str | int) -> str:
    """Return file and line of `path` in the zone file."""
    place = site.zone.document.place(path)
    return f"{place.file}:{place.line}"


def _declared_at(site: Site, path: str) -> str:
    """Return file and line of `path`; for values set beside the stack file, that they were."""
    place = site.place(path)
    return f"{place.file}:{place.line}" if place else "set beside the stack file"
