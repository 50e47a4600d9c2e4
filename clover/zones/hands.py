"""The stacks that are no site's: the auditor's, the organisation's, the backends' and the backups'.

They are admitted from their zone alone.

What they deploy stands in the zone file, because none of these hands is an operator with choices of its own.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any

from msgspec import Meta, Struct

from clover.errors import BadInput, Place
from clover.zones.backups import AdmittedBackups, backups_of
from clover.zones.geography import ZoneSite
from clover.zones.parties import AuditorHolding, Backend, TrustedAccount
from clover.zones.problems import shown
from clover.zones.stack_file import NAMESPACE
from clover.zones.structure import convert, path_text
from clover.zones.vaults import AdmittedVault, partition_of, principal_name, vault_of
from clover.zones.vocabulary import Cloud, HoldingPurpose, StackKind, TrustedKind
from clover.zones.words import Name
from clover.zones.workspaces import AdmittedWorkspace, workspaces_of
from clover.zones.zone import Zone


class HandConfig(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename=NAMESPACE.__add__):
    """The configuration of a stack that is no site's."""

    kind: Annotated[StackKind, Meta(description="Whose hand runs the stack: any but `site` here.")]
    zone: Annotated[Name, Meta(description="The zone: a file in zones/.")]


class AdmittedHolding(Struct, frozen=True):
    """One account that a hand's stack deploys into; `deployer` is an ARN on AWS, an object id on Azure."""

    cloud: Cloud
    account: str
    tenant: str | None
    deployer: str


class AdmittedAuditor(Struct, frozen=True):
    """What the auditor's stack deploys from; `networks` are where the auditor's people and tools call from (CIDR).

    `channel` is where the auditor hears of incidents, `authorities` where each of them does.
    """

    zone: str
    zone_digest: str
    holdings: tuple[AdmittedHolding, ...]
    workspaces: tuple[AdmittedWorkspace, ...]
    vaults: tuple[AdmittedVault, ...]
    networks: tuple[str, ...]
    channel: str | None
    authorities: tuple[str, ...]


class AdmittedAccount(Struct, frozen=True):
    """A site's account that the organisation binds; principals in the cloud's own form, `approvals` by their names.

    `copies` is the account that second copies of the site's stores lie in, where the zone names one.
    `monitored_from` is the auditor's account that watches the site, where it does.
    """

    site: ZoneSite
    partition: str
    deployer: str
    break_glass: str | None
    approvals: Mapping[str, str]
    copies: str | None
    monitored_from: str | None


class AdmittedOrganisation(Struct, frozen=True):
    """What the organisation's stack deploys from on one cloud; `holding` says where, and as whom.

    `trusted_accounts` are those of the zone beside the sites' own (Azure: tenants), `evidence_accounts` those that the
    auditor keeps records in (Azure: subscriptions).
    """

    zone: str
    zone_digest: str
    holding: AdmittedHolding
    root: str
    unit: str
    region: str
    partition: str
    sites: tuple[AdmittedAccount, ...]
    trusted_accounts: tuple[str, ...]
    evidence_accounts: tuple[str, ...]


class AdmittedBackend(Struct, frozen=True):
    """Where the state of one site's stack lies, and whom the site's runners are to it; see `zones.parties.Backend`."""

    zone: str
    site: str
    holding: AdmittedHolding
    region: str
    partition: str
    issuer: str
    audience: str
    deploys: str
    previews: str
    networks: tuple[str, ...]
    declared_at: str


def read_hand(config: Mapping[str, Any], place: Callable[[str], Place | None], kind: StackKind, zone: Zone) -> None:
    """Refuse, as BadInput, configuration that is not that of a stack of `kind` in `zone`."""
    ours = {key: value for key, value in config.items() if key.startswith(NAMESPACE)}
    found = convert(ours, HandConfig, lambda path: place(path_text(path)))
    if found.kind is not kind:
        raise BadInput(f"a stack of kind {shown(found.kind.value)} is not {kind.value}'s", place(f"{NAMESPACE}kind"))
    if found.zone != zone.name:
        raise BadInput(f"zone {shown(found.zone)} is not the zone {shown(zone.name)}", place(f"{NAMESPACE}zone"))


def admit_auditor(zone: Zone, place: Place | None = None) -> AdmittedAuditor:
    """Return what the auditor's stack of `zone` deploys from; BadInput at `place` where it has no account."""
    auditor = zone.file.auditor
    if not auditor.holdings:
        raise BadInput(f"zone {zone.name} names no holdings of the auditor: its stack has nowhere to go", place)
    sites = {site.name: site for site in zone.file.sites}
    vaults = tuple(filter(None, (vault_of(zone, sites[vault.site]) for vault in auditor.vaults)))
    return AdmittedAuditor(
        zone=zone.name,
        zone_digest=zone.digest,
        holdings=tuple(_holding(zone, one) for one in auditor.holdings),
        workspaces=workspaces_of(zone),
        vaults=vaults,
        networks=auditor.networks,
        channel=auditor.channel,
        authorities=tuple(one.channel for one in zone.file.authorities),
    )


def admit_organisation(zone: Zone, place: Place | None = None) -> tuple[AdmittedOrganisation, ...]:
    """Return what the organisation's stack deploys from, cloud by cloud; BadInput at `place` where there is none."""
    if not zone.file.organisations:
        raise BadInput(f"zone {zone.name} names no organisation: its stack has nowhere to go", place)
    admitted: list[AdmittedOrganisation] = []
    for one in zone.file.organisations:
        partition = partition_of(zone, one.cloud, one.region)
        tenant = one.account if one.cloud is Cloud.AZURE else None
        deployer = principal_name(one.controller, one.account, partition)
        admitted.append(
            AdmittedOrganisation(
                zone=zone.name,
                zone_digest=zone.digest,
                holding=AdmittedHolding(one.cloud, one.account, tenant, deployer),
                root=one.root,
                unit=one.unit,
                region=one.region,
                partition=partition,
                sites=tuple(_account(zone, site) for site in zone.file.sites if site.cloud is one.cloud),
                trusted_accounts=_of_cloud(zone.file.trusted_accounts, one.cloud),
                evidence_accounts=_of_cloud(_with_evidence(zone), one.cloud),
            )
        )
    return tuple(admitted)


def admit_backends(zone: Zone, place: Place | None = None) -> tuple[AdmittedBackend, ...]:
    """Return where the state of the zone's sites lies, site by site; BadInput at `place` where it lies nowhere."""
    if not zone.file.backends:
        raise BadInput(f"zone {zone.name} names no backends: their stack has nowhere to go", place)
    sites = {site.name: site for site in zone.file.sites}
    return tuple(_backend(zone, backend, sites[backend.site]) for backend in zone.file.backends)


def _backend(zone: Zone, backend: Backend, site: ZoneSite) -> AdmittedBackend:
    partition = partition_of(zone, site.cloud, site.region)
    deployer = principal_name(backend.deployer, backend.account, partition)
    place = zone.document.place(("backends", zone.file.backends.index(backend)))
    return AdmittedBackend(
        zone=zone.name,
        site=site.name,
        holding=AdmittedHolding(site.cloud, backend.account, site.tenant, deployer),
        region=site.region,
        partition=partition,
        issuer=backend.issuer,
        audience=backend.audience,
        deploys=backend.deploys,
        previews=backend.previews,
        networks=backend.networks,
        declared_at=f"{place.file}:{place.line}",
    )


def admit_backups(zone: Zone, place: Place | None = None) -> tuple[AdmittedBackups, ...]:
    """Return where second copies lie, site by site in the zone's order; BadInput at `place` where they lie nowhere."""
    if not zone.file.backups:
        raise BadInput(f"zone {zone.name} names no backups: their stack has nowhere to go", place)
    return tuple(filter(None, (backups_of(zone, site) for site in zone.file.sites)))


def _account(zone: Zone, site: ZoneSite) -> AdmittedAccount:
    partition = partition_of(zone, site.cloud, site.region)
    trusted = {one.kind: one.principal for one in zone.file.trusted_base if one.site == site.name}
    repairer = trusted.get(TrustedKind.BREAK_GLASS)
    vault = vault_of(zone, site)
    return AdmittedAccount(
        site=site,
        partition=partition,
        deployer=principal_name(zone.file.deployer(site.name), site.account, partition),
        break_glass=principal_name(repairer, site.account, partition) if repairer else None,
        approvals={
            one.name: principal_name(one.workforce, site.account, partition) for one in zone.file.approved(site.name)
        },
        copies=copies.account if (copies := zone.file.copies(site.name)) else None,
        monitored_from=vault.account if vault and vault.watched else None,
    )


def _of_cloud(held: Iterable[TrustedAccount | AuditorHolding], cloud: Cloud) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.account for one in held if one.cloud is cloud))


def _with_evidence(zone: Zone) -> list[AuditorHolding]:
    return [one for one in zone.file.auditor.holdings if HoldingPurpose.EVIDENCE in one.keeps]


def _holding(zone: Zone, holding: AuditorHolding) -> AdmittedHolding:
    regions = [site.region for site in zone.file.sites if site.cloud is holding.cloud]
    partition = partition_of(zone, holding.cloud, regions[0]) if regions else ""
    deployer = principal_name(holding.deployer, holding.account, partition)
    return AdmittedHolding(holding.cloud, holding.account, holding.tenant, deployer)
