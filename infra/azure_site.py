"""A site on Azure: which components it has, and what each is told."""

from typing import Any, NamedTuple, NotRequired, TypedDict

import pulumi
import pulumi_azure_native as azure

from clover.zones.admitted import AdmittedSite, AdmittedStore
from clover.zones.vocabulary import StoreRole
from components.azure import (
    AccessGate,
    AccessTrail,
    AuditorAccess,
    EgressGateway,
    EncryptionKey,
    EncryptionKeyArgs,
    MigrationIntake,
    RegionLockedStore,
    RegionLockedStoreArgs,
    SecondCopy,
    SiteArgs,
    addresses,
    egress_rules,
)
from components.azure import site as names
from components.azure.replication import COPIES
from infra.azure_groups import Groups
from infra.azure_landing import LandingRole
from infra.copied import copied
from infra.exports import Deployed, exports
from infra.gates import gates


def deploy(site: AdmittedSite) -> None:
    """Declare the site's components with a provider of their own, and export what operator and auditor need."""
    told = _told(site)
    provider = azure.Provider(
        site.name,
        subscription_id=site.account,
        tenant_id=site.tenant,
        opts=pulumi.ResourceOptions(protect=site.protected),
    )
    options = pulumi.ResourceOptions(provider=provider, protect=site.protected)
    groups = Groups("groups", told, options)
    placed = pulumi.ResourceOptions(provider=provider, protect=site.protected, depends_on=[groups])
    for name, value in exports(site, _components(site, told, placed)).items():
        pulumi.export(name, value)


def rule_set_digest(site: AdmittedSite) -> str:
    """The digest that the site's gateway has for what the site declares."""
    network, hosts = site.network, [domain.name for domain in site.network.allowed_domains]
    planned = addresses.plan(network.cidr, network.availability_zones)
    services = egress_rules.private_services(network.interface_endpoints)
    return egress_rules.rule_set(_told(site), planned, hosts, services).digest


def _told(site: AdmittedSite) -> SiteArgs:
    """The site as its components are told of it."""
    return SiteArgs(
        name=site.name,
        account=site.account,
        tenant=site.tenant or "",
        region=site.region,
        partition=site.partition,
        deployer=site.deployer,
        zone=site.zone,
    )


class _Records(NamedTuple):
    """Where the site's records end: ids of a store and of its key, and of the workspace of what watches them."""

    store: pulumi.Input[str]
    key: pulumi.Input[str]
    monitor: str | None = None


def _vault(site: AdmittedSite, told: SiteArgs) -> _Records | None:
    """The auditor's vault, where the zone gives the site one."""
    if site.vault is None:
        return None
    place = names.vault_place(told, site.vault.account, site.vault.deployer)
    monitor = names.monitor_id(place) if site.vault.watched else None
    return _Records(names.evidence_vault_id(place), names.key_id(place, StoreRole.EVIDENCE), monitor)


def _components(site: AdmittedSite, told: SiteArgs, options: pulumi.ResourceOptions) -> Deployed:
    """The site's own evidence, if it keeps any, then what logs into the vault or the first evidence store."""
    auditor = AuditorAccess(
        "auditor",
        {
            "site": told,
            "person": site.auditor.person,
            "machine": site.auditor.machine,
            "external_id": site.auditor.external_id,
            "networks": site.auditor.networks,
        },
        options,
    )
    vault = _vault(site, told)
    keys = _evidence_key(site, told, vault, options)
    evidence = _evidence(site, told, keys, vault, options)
    records = vault or _Records(next(iter(evidence.values())).store, keys[StoreRole.EVIDENCE].key)
    watched = _watched(records)
    trail = AccessTrail("trail", {"site": told, "evidence": records.store, "key": records.key, **watched}, options)
    egress = _egress(site, told, records, options)
    keys |= {
        role: EncryptionKey(role.value, {"site": told, "role": role, **_recorded(records)}, options)
        for role in dict.fromkeys(store.role for store in site.stores)
        if role is not StoreRole.EVIDENCE
    }
    guarded: Any = {"endpoints": egress.store_endpoints, **_recorded(records)}
    copying, landing = _copying(site), _landing(site, told, options)
    others = {
        store.name: _data(store, {**_store(told, store, keys), **guarded}, copying.get(store.name), landing, options)
        for store in site.stores
        if store.role is not StoreRole.EVIDENCE
    }
    # An approval that ends or is withdrawn takes its gate away, so that no gate is protected.
    withdrawable = pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(protect=False))
    opened = {
        name: AccessGate(f"gate-{name}", args, withdrawable)
        for name, args in gates(site, told, others, egress.store_endpoints).items()
    }
    return Deployed(keys, {**evidence, **others}, trail, egress, auditor, opened)


def _evidence_key(
    site: AdmittedSite, told: SiteArgs, vault: _Records | None, options: pulumi.ResourceOptions
) -> dict[StoreRole, EncryptionKey]:
    """The key of the site's own evidence stores, where it has any."""
    role = StoreRole.EVIDENCE
    if all(store.role is not role for store in site.stores):
        return {}
    args: EncryptionKeyArgs = {"site": told, "role": role}
    return {role: EncryptionKey("evidence", {**args, **_recorded(vault)}, options)}


def _evidence(
    site: AdmittedSite,
    told: SiteArgs,
    keys: dict[StoreRole, EncryptionKey],
    vault: _Records | None,
    options: pulumi.ResourceOptions,
) -> dict[str, RegionLockedStore]:
    """The evidence stores; their reading is recorded in the vault, or without one in the first of them."""
    made: dict[str, RegionLockedStore] = {}
    for store in site.stores:
        if store.role is StoreRole.EVIDENCE:
            args: RegionLockedStoreArgs = {**_store(told, store, keys), "auditor_networks": site.auditor.networks}
            first = next(iter(made.values()), None)
            recorded = _recorded(vault or (first and _Records(first.store, keys[store.role].key)))
            made[store.name] = RegionLockedStore(store.name, {**args, **recorded}, options)
    return made


class _Watched(TypedDict):
    """The workspace of what watches the records, where the auditor has one."""

    monitor: NotRequired[str]


class _Recorded(_Watched):
    """The store that calls are recorded in, where there is one yet, and what watches them."""

    recorded_by: NotRequired[pulumi.Input[str]]


def _watched(records: _Records) -> _Watched:
    return {"monitor": records.monitor} if records.monitor is not None else {}


def _recorded(records: _Records | None) -> _Recorded:
    return {"recorded_by": records.store, **_watched(records)} if records else {}


class _Copying(NamedTuple):
    """Where a store's second copy lies, and the provider of that subscription."""

    copy: SecondCopy
    provider: azure.Provider


def _copying(site: AdmittedSite) -> dict[str, _Copying]:
    """The stores that have a second copy, by name; one provider reaches all copies."""
    found = copied(site.stores, site.backups)
    if site.backups is None or not found:
        return {}
    provider = azure.Provider(
        f"{site.name}-copies",
        subscription_id=site.backups.account,
        tenant_id=site.tenant,
        opts=pulumi.ResourceOptions(protect=site.protected),
    )
    place: SecondCopy = {"account": site.backups.account, "retention_days": site.backups.retention_days}
    return {store.name: _Copying(place, provider) for store in found}


class _Landing(TypedDict):
    """Who fills the site's landings, under which role, and until when."""

    writer: str
    adding: pulumi.Input[str]
    closes: str


def _landing(site: AdmittedSite, told: SiteArgs, options: pulumi.ResourceOptions) -> _Landing | None:
    """How historic data lands, where it does; all of the site's landings share a role."""
    if site.migration is None or all(store.role is not StoreRole.INTAKE for store in site.stores):
        return None
    adding = LandingRole("landing", told, options).adding
    return {"writer": site.migration.writer, "adding": adding, "closes": site.migration.closes.isoformat()}


def _data(
    store: AdmittedStore,
    args: Any,
    copying: _Copying | None,
    landing: _Landing | None,
    options: pulumi.ResourceOptions,
) -> RegionLockedStore | MigrationIntake:
    """A store of data: where historic data lands, its landing."""
    if copying is not None:
        reaching = pulumi.ResourceOptions.merge(options, None)
        reaching.providers = {COPIES: copying.provider}
        kept: Any = {**args, "second_copy": copying.copy}
        return RegionLockedStore(store.name, kept, reaching)
    if store.role is not StoreRole.INTAKE or landing is None:
        return RegionLockedStore(store.name, args, options)
    landed: Any = {**{name: given for name, given in args.items() if name != "role"}, **landing}
    return MigrationIntake(store.name, landed, options)


def _store(told: SiteArgs, store: AdmittedStore, keys: dict[StoreRole, EncryptionKey]) -> RegionLockedStoreArgs:
    """What every store is told, whatever its role."""
    return {
        "site": told,
        "name": store.name,
        "data_class": store.data_class,
        "role": store.role,
        "key": keys[store.role].key,
        "versioning": store.versioning,
        "immutability": store.immutability,
        "retention_days": store.retention_days,
        "minimum_tls": store.minimum_tls,
        "declared_at": store.declared_at,
    }


def _egress(site: AdmittedSite, told: SiteArgs, records: _Records, options: pulumi.ResourceOptions) -> EgressGateway:
    """The site's network, logging into a store of evidence."""
    network = site.network
    return EgressGateway(
        "egress",
        {
            "site": told,
            "cidr": network.cidr,
            "availability_zones": network.availability_zones,
            "interface_endpoints": network.interface_endpoints,
            "allowed_domains": [
                {"name": domain.name, "reason": domain.reason, "declared_at": domain.declared_at}
                for domain in network.allowed_domains
            ],
            "evidence": records.store,
            **_watched(records),
            "protected": site.protected,
            "declared_at": network.declared_at,
        },
        options,
    )
