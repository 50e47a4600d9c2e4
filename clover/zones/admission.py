"""What a site may deploy once its zone has agreed."""

from datetime import date

from msgspec import Struct

from clover.zones.site import Site
from clover.zones.vocabulary import Cloud, DataClass, Immutability, Lifecycle, StoreRole, TlsVersion, Versioning


class Auditor(Struct, frozen=True):
    """Who audits a site: two exact principals, and the networks that the machine calls from (CIDR)."""

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


class AdmittedSite(Struct, frozen=True):
    """Everything that a site's stack deploys from; `protected` is False only for a retired site."""

    name: str
    cloud: Cloud
    region: str
    country: str
    partition: str
    account: str
    lifecycle: Lifecycle
    protected: bool
    zone: str
    zone_digest: str
    deployer: str
    break_glass: str | None
    auditor: Auditor
    stores: tuple[AdmittedStore, ...]
    network: AdmittedNetwork


def admit(site: Site, on: date | None = None) -> AdmittedSite:
    """Return what `site` may deploy on the day `on` (default today); BadInput names every choice the zone forbids."""
    raise NotImplementedError
