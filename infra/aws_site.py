"""A site on AWS: which components it has, and what each is told."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from clover.zones.admitted import AdmittedSite, AdmittedStore
from clover.zones.vocabulary import StoreRole
from components.aws import (
    AccessGate,
    AccessTrail,
    AuditorAccess,
    EgressGateway,
    EncryptionKey,
    MigrationIntake,
    RegionLockedStore,
    RegionLockedStoreArgs,
    SiteArgs,
    egress_rules,
)
from components.aws import site as names
from components.tags import tags
from infra.aws_vault import Records, found_vault
from infra.copied import copied
from infra.exports import Deployed, exports
from infra.gates import gates


def deploy(site: AdmittedSite) -> None:
    """Declare the site's components with a provider of their own, and export what operator and auditor need."""
    told = _told(site)
    provider = aws.Provider(
        site.name,
        region=site.region,
        allowed_account_ids=[site.account],
        default_tags={"tags": tags(told)},
        opts=pulumi.ResourceOptions(protect=site.protected),
    )
    options = pulumi.ResourceOptions(provider=provider, protect=site.protected)
    for name, value in exports(site, _components(site, told, options)).items():
        pulumi.export(name, value)


def rule_set_digest(site: AdmittedSite) -> str:
    """The digest that the site's gateway has for what the site declares."""
    hosts = [domain.name for domain in site.network.allowed_domains]
    return egress_rules.declared(_told(site), hosts, site.network.interface_endpoints).digest


def _told(site: AdmittedSite) -> SiteArgs:
    """The site as its components are told of it."""
    return SiteArgs(
        name=site.name,
        account=site.account,
        region=site.region,
        partition=site.partition,
        deployer=site.deployer,
        zone=site.zone,
    )


def _vault(site: AdmittedSite, told: SiteArgs, options: pulumi.ResourceOptions) -> Records | None:
    """The auditor's vault, where the zone gives the site one."""
    return found_vault(site.vault, told, f"site {site.name}", options.provider) if site.vault else None


def _recorded(site: AdmittedSite, told: SiteArgs, records: Records) -> Any:
    """Where the trail keeps what it records, and where the auditor's monitor takes the site's events, if it has one."""
    kept = {"site": told, "evidence": records.store, "key": records.key}
    if site.vault is None or not site.vault.watched:
        return kept
    place = names.vault_place(told, site.vault.account, site.vault.deployer)
    return {**kept, "monitor": names.monitor_bus_arn(place)}


def _kept(evidence: Mapping[str, RegionLockedStore], keys: Mapping[StoreRole, EncryptionKey]) -> Records:
    """The first of the site's own evidence stores, where it has no vault."""
    return Records(next(iter(evidence.values())).store, keys[StoreRole.EVIDENCE].key)


def _components(site: AdmittedSite, told: SiteArgs, options: pulumi.ResourceOptions) -> Deployed:
    """Keys, then the evidence stores, then what logs into the vault or the first of them, then the other stores."""
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
    keys = {
        role: EncryptionKey(role.value, {"site": told, "role": role}, options)
        for role in dict.fromkeys(store.role for store in site.stores)
    }
    evidence = {
        store.name: RegionLockedStore(
            store.name, {**_store(told, store, keys), "auditor_networks": site.auditor.networks}, options
        )
        for store in site.stores
        if store.role is StoreRole.EVIDENCE
    }
    records = _vault(site, told, options) or _kept(evidence, keys)
    trail = AccessTrail("trail", _recorded(site, told, records), options)
    egress = _egress(site, told, records.store, options)
    guarded: Any = {"endpoints": egress.store_endpoints, "recorded_by": trail.trail}
    copies = _copies(site)
    others = {
        store.name: _data(site, store, {**_store(told, store, keys), **guarded, **copies.get(store.name, {})}, options)
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


def _copies(site: AdmittedSite) -> Mapping[str, Any]:
    """Where the second copy of each store lies that has one, by the store's name."""
    if site.backups is None:
        return {}
    place = {"account": site.backups.account, "retention_days": site.backups.retention_days}
    return {store.name: {"second_copy": place} for store in copied(site.stores, site.backups)}


def _data(
    site: AdmittedSite, store: AdmittedStore, args: Any, options: pulumi.ResourceOptions
) -> RegionLockedStore | MigrationIntake:
    """A store of data: where historic data lands, its landing."""
    if store.role is not StoreRole.INTAKE or site.migration is None:
        return RegionLockedStore(store.name, args, options)
    ends = {"writer": site.migration.writer, "closes": site.migration.closes.isoformat()}
    landing: Any = {**{name: given for name, given in args.items() if name != "role"}, **ends}
    return MigrationIntake(store.name, landing, options)


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


def _egress(
    site: AdmittedSite, told: SiteArgs, records: pulumi.Input[str], options: pulumi.ResourceOptions
) -> EgressGateway:
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
            "evidence": records,
            "protected": site.protected,
            "declared_at": network.declared_at,
        },
        options,
    )
