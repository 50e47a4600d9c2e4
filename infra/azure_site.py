"""A site on Azure: which components it has, and what each is told."""

from typing import Any

import pulumi
import pulumi_azure_native as azure
from pulumi_azure_native import resources

from clover.zones.admitted import AdmittedSite, AdmittedStore
from clover.zones.vocabulary import StoreRole
from components.azure import (
    AccessTrail,
    AuditorAccess,
    EgressGateway,
    EncryptionKey,
    MigrationIntake,
    RegionLockedStore,
    RegionLockedStoreArgs,
    SiteArgs,
)
from components.azure.site import group
from components.azure.versions import without_versions
from components.tags import tags
from infra.exports import Deployed, exports


def deploy(site: AdmittedSite) -> None:
    """Declare the site's components with a provider of their own, and export what operator and auditor need."""
    told = SiteArgs(
        name=site.name,
        account=site.account,
        tenant=site.tenant or "",
        region=site.region,
        partition=site.partition,
        deployer=site.deployer,
        zone=site.zone,
    )
    provider = azure.Provider(
        site.name,
        subscription_id=site.account,
        tenant_id=site.tenant,
        opts=pulumi.ResourceOptions(protect=site.protected),
    )
    options = pulumi.ResourceOptions(provider=provider, protect=site.protected)
    placed = pulumi.ResourceOptions(provider=provider, protect=site.protected, depends_on=[_Groups(told, options)])
    for name, value in exports(site, _components(site, told, placed)).items():
        pulumi.export(name, value)


class _Groups(pulumi.ComponentResource):
    """The group of the site, and that of its evidence."""

    def __init__(self, told: SiteArgs, options: pulumi.ResourceOptions) -> None:
        """Declare both."""
        super().__init__("clover:azure:ResourceGroups", "groups", None, without_versions(options))
        for role in (StoreRole.USER_DATA, StoreRole.EVIDENCE):
            resources.ResourceGroup(
                f"groups-{role.value}",
                resource_group_name=group(told, role),
                location=told["region"],
                tags=tags(told),
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})


def _components(site: AdmittedSite, told: SiteArgs, options: pulumi.ResourceOptions) -> Deployed:
    """The evidence key and stores, then what logs into the first of them: everything else."""
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
    keys = {StoreRole.EVIDENCE: EncryptionKey("evidence", {"site": told, "role": StoreRole.EVIDENCE}, options)}
    evidence = _evidence(site, told, keys, options)
    logs = next(iter(evidence.values()))
    trail = AccessTrail("trail", {"site": told, "evidence": logs.store, "key": keys[StoreRole.EVIDENCE].key}, options)
    egress = _egress(site, told, logs, options)
    keys |= {
        role: EncryptionKey(role.value, {"site": told, "role": role, "recorded_by": logs.store}, options)
        for role in dict.fromkeys(store.role for store in site.stores)
        if role is not StoreRole.EVIDENCE
    }
    guarded: Any = {"endpoints": egress.store_endpoints, "recorded_by": logs.store}
    others = {
        store.name: _data(site, store, {**_store(told, store, keys), **guarded}, options)
        for store in site.stores
        if store.role is not StoreRole.EVIDENCE
    }
    return Deployed(keys, {**evidence, **others}, trail, egress, auditor)


def _evidence(
    site: AdmittedSite, told: SiteArgs, keys: dict[StoreRole, EncryptionKey], options: pulumi.ResourceOptions
) -> dict[str, RegionLockedStore]:
    """The evidence stores; the reading of each but the first is recorded in the first."""
    made: dict[str, RegionLockedStore] = {}
    for store in site.stores:
        if store.role is StoreRole.EVIDENCE:
            args: RegionLockedStoreArgs = {**_store(told, store, keys), "auditor_networks": site.auditor.networks}
            if made:
                args["recorded_by"] = next(iter(made.values())).store
            made[store.name] = RegionLockedStore(store.name, args, options)
    return made


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
    site: AdmittedSite, told: SiteArgs, logs: RegionLockedStore, options: pulumi.ResourceOptions
) -> EgressGateway:
    """The site's network, logging into the evidence store."""
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
            "evidence": logs.store,
            "protected": site.protected,
            "declared_at": network.declared_at,
        },
        options,
    )
