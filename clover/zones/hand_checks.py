"""Whether the accounts of the other hands, auditor and organisation, and of backends fit the rest of a zone file."""

from collections import Counter

from clover.zones.check import Check
from clover.zones.geography import Region
from clover.zones.geography_checks import account_fits
from clover.zones.parties import AuditorHolding, AuditorWorkspace, Backend, Organisation, SiteVault
from clover.zones.party_checks import principal_fits
from clover.zones.problems import nearest, shown
from clover.zones.vocabulary import Cloud, HoldingPurpose, StoreRole, TrustedKind

_HOLDINGS = ("auditor", "holdings")
_VAULTS = ("auditor", "vaults")
_WORKSPACES = ("auditor", "workspaces")
_GATEWAYS = ("auditor", "gateways")


def examine(check: Check) -> None:
    """Note everything about the holdings, vaults, workspaces and organisations that does not hold together."""
    for index, holding in enumerate(check.zone.auditor.holdings):
        _holding(check, holding, index)
    kept = Counter((one.cloud.value, purpose.value) for one in check.zone.auditor.holdings for purpose in one.keeps)
    for (cloud, purpose), count in kept.items():
        if count > 1:
            check.problem(f"{purpose} on {cloud} is kept in {count} accounts", *_HOLDINGS)
    check.unique("site", "site", *_VAULTS)
    for index, vault in enumerate(check.zone.auditor.vaults):
        _vault(check, vault, index)
    check.unique("cloud", "cloud", *_WORKSPACES)
    for index, workspace in enumerate(check.zone.auditor.workspaces):
        _workspace(check, workspace, index)
    check.unique("site", "site", *_GATEWAYS)
    for index, gateway in enumerate(check.zone.auditor.gateways):
        check.site(gateway.site, *_GATEWAYS, index, "site")
    if check.zone.auditor.gateways and check.zone.auditor.gateway_key is None:
        check.problem("signed gateways need the auditor's gateway_key", *_GATEWAYS)
    if check.zone.auditor.signed_stack and check.zone.auditor.gateway_key is None:
        check.problem("a signed stack needs the auditor's gateway_key", "auditor", "signed_stack")
    check.unique("cloud", "cloud", "organisations")
    for index, organisation in enumerate(check.zone.organisations):
        _organisation(check, organisation, index)
    check.unique("site", "site", "backends")
    for index, backend in enumerate(check.zone.backends):
        _backend(check, backend, index)


def _holding(check: Check, holding: AuditorHolding, index: int) -> None:
    path, cloud = (*_HOLDINGS, index), holding.cloud
    if not account_fits(holding.account, cloud):
        check.problem(f"{shown(holding.account)} is no account of {cloud.value}", *path, "account")
    if (holding.tenant is None) != (cloud is Cloud.AWS):
        check.problem("a holding on Azure has a tenant, and only there", *path, "tenant")
    if not principal_fits(holding.deployer, cloud):
        check.problem(f"{shown(holding.deployer)} does not exist on {cloud.value}", *path, "deployer")
    if holding.account in {site.account for site in check.zone.sites}:
        check.problem(f"{shown(holding.account)} is a site's account, not the auditor's", *path, "account")
    operators = {one.principal for one in check.zone.trusted_base if one.kind is TrustedKind.DEPLOYER}
    if cloud is Cloud.AZURE and holding.deployer in operators:  # an object id is one principal; a role's path is not
        check.problem(f"{shown(holding.deployer)} deploys a site", *path, "deployer")
    tenants = {site.tenant for site in check.zone.sites if site.cloud is cloud}
    evidence = cloud is Cloud.AZURE and HoldingPurpose.EVIDENCE in holding.keeps
    if evidence and tenants and holding.tenant not in tenants:
        check.problem("evidence of sites on Azure cannot be delivered into another tenant", *path, "tenant")


def _vault(check: Check, vault: SiteVault, index: int) -> None:
    check.site(vault.site, *_VAULTS, index, "site")
    for cloud in (site.cloud for site in check.zone.sites if site.name == vault.site):
        if check.zone.auditor.holding(cloud, HoldingPurpose.EVIDENCE) is None:
            check.problem(f"the auditor has no account on {cloud.value} that keeps evidence", *_VAULTS, index, "site")
        _alarms(check, vault, cloud, index)
    _kept_long_enough(check, StoreRole.EVIDENCE, vault.retention_days, *_VAULTS, index, "retention_days")


def _alarms(check: Check, vault: SiteVault, cloud: Cloud, index: int) -> None:
    """Note a region for alarms that is missing, not needed, or none of the zone's."""
    path, needed = (*_VAULTS, index), cloud is Cloud.AZURE and check.zone.auditor.channel is not None
    if vault.alarms_in is not None and not needed:
        told = "alarms are handed on elsewhere on Azure alone, where the auditor has a channel"
        check.problem(told, *path, "alarms_in")
    elif vault.alarms_in is None and needed:
        check.problem("alarms on Azure are handed on in a region of their own: alarms_in", *path, "site")
    elif vault.alarms_in is not None:
        region = _region(check, cloud, vault.alarms_in, *path, "alarms_in")
        if region and not region.hands_on_alarms:
            check.problem(f"{shown(vault.alarms_in)} does not keep alarms to itself", *path, "alarms_in")


def _kept_long_enough(check: Check, role: StoreRole, days: int, *path: str | int) -> None:
    """Note days that are fewer than what the zone asks of stores of a role."""
    floors = (floor for rules in check.zone.data_classes for floor in rules.floors if floor.role is role)
    least = max((floor.retention_days or 0 for floor in floors), default=0)
    if days < least:
        check.problem(f"retention_days {days} is fewer than {least}, the zone's floor for {role.value}", *path)


def _workspace(check: Check, workspace: AuditorWorkspace, index: int) -> None:
    path, cloud = (*_WORKSPACES, index), workspace.cloud
    if check.zone.auditor.holding(cloud, HoldingPurpose.ASSESSMENT) is None:
        check.problem(f"the auditor has no account on {cloud.value} that keeps assessments", *path, "cloud")
    _region(check, cloud, workspace.region, *path, "region")
    if workspace.machine is not None and cloud is Cloud.AWS:
        check.problem("a workspace has a machine of its own on Azure alone", *path, "machine")
    _kept_long_enough(check, StoreRole.AUDITOR_OWNED, workspace.retention_days, *path, "retention_days")


def _region(check: Check, cloud: Cloud, name: str, *path: str | int) -> Region | None:
    """Return the region of that name; note one that the zone does not know, or that lies outside of it."""
    known = {region.name: region for each in check.zone.clouds if each.cloud is cloud for region in each.regions}
    region = known.get(name)
    if region is None:
        check.problem(f"region {shown(name)} of {cloud.value} is not known; {nearest(name, known)}", *path)
    elif not _allowed(check, region.country):
        check.problem(f"{shown(name)} lies in {region.country}, outside the zone", *path)
    return region


def _allowed(check: Check, country: str) -> bool:
    """Whether what the auditor keeps may lie in a country; a level that admits no site at all is another's problem."""
    residency, homes = check.zone.residency, [site.country for site in check.zone.sites]
    sound = [home for home in homes if residency.allows(home, home)]
    return not sound or any(residency.allows(country, home) for home in sound)


def _organisation(check: Check, organisation: Organisation, index: int) -> None:
    path, cloud = ("organisations", index), organisation.cloud
    if not account_fits(organisation.account, cloud):
        check.problem(f"{shown(organisation.account)} is no account of {cloud.value}", *path, "account")
    regions = [region.name for known in check.zone.clouds if known.cloud is cloud for region in known.regions]
    if organisation.region not in regions:
        message = f"region {shown(organisation.region)} of {cloud.value} is not known"
        check.problem(f"{message}; {nearest(organisation.region, regions)}", *path, "region")
    controllers = {
        trusted.principal for trusted in check.zone.trusted_base if trusted.kind is TrustedKind.ORGANISATION_CONTROLLER
    }
    if organisation.controller not in controllers:
        message = f"{shown(organisation.controller)} is no organisation-controller of the trusted base"
        check.problem(message, *path, "controller")


def _backend(check: Check, backend: Backend, index: int) -> None:
    path = ("backends", index)
    check.site(backend.site, *path, "site")
    for cloud in (site.cloud for site in check.zone.sites if site.name == backend.site):
        if not account_fits(backend.account, cloud):
            check.problem(f"{shown(backend.account)} is no account of {cloud.value}", *path, "account")
        if not principal_fits(backend.deployer, cloud):
            check.problem(f"{shown(backend.deployer)} does not exist on {cloud.value}", *path, "deployer")
    others = {site.account for site in check.zone.sites} | {one.account for one in check.zone.auditor.holdings}
    if backend.account in others:
        check.problem(f"{shown(backend.account)} is a site's account, or the auditor's", *path, "account")
    operators = {one.principal for one in check.zone.trusted_base if one.kind is TrustedKind.DEPLOYER}
    if backend.deployer in operators:
        check.problem(f"{shown(backend.deployer)} deploys a site", *path, "deployer")
    if backend.deploys == backend.previews:
        check.problem("what deploys and what only reads are two subjects", *path, "previews")
