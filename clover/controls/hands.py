"""The stacks of hands that run no site: their parts, one for each provider, and where each stands.

Every resource that another hand deploys belongs to an account, and what is asked of it depends on whose that is.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import msgspec

from clover.controls.case import Case, Standing
from clover.controls.verdict import Basis
from clover.errors import BadInput
from clover.model.resources import Resources, value
from clover.sources import Resource
from clover.sources.plain import as_list, as_object
from clover.zones.geography import ZoneSite
from clover.zones.parties import AuditorHolding, Backend, SecondCopies
from clover.zones.vaults import partition_of, principal_name
from clover.zones.vocabulary import WORKSPACE, Cloud, HoldingPurpose, StackKind
from clover.zones.zone import Zone

PROVIDERS = {"pulumi:providers:aws": Cloud.AWS, "pulumi:providers:azure-native": Cloud.AZURE}


class Part(NamedTuple):
    """What one provider of a hand's stack deploys, for which site, and where it stands."""

    name: str
    resources: Resources
    site: ZoneSite
    standing: Standing


def parts(hand: StackKind, stack: str, resources: Sequence[Resource], zone: Zone) -> tuple[Part, ...]:
    """The parts of a hand's stack; BadInput for one that the zone gives no account.

    What the zone expects of the hand and no provider deploys is a part without resources.
    """
    if hand is StackKind.ORGANISATION:
        return _organisations(stack, resources, zone)
    if hand in _CALLED:
        return _by_site(hand, stack, resources, zone)
    if not zone.file.auditor.holdings:
        raise BadInput(f"zone {zone.name} names no holdings of the auditor, and stack {stack} is the auditor's")
    deployed = tuple(_auditors(stack, own, zone) for own in _by_provider(resources))
    kept = {(part.site.name, part.site.cloud) for part in deployed}
    absent = [*_absent_vaults(stack, zone, kept), *_absent_workspaces(stack, zone, kept)]
    if not deployed and not absent:
        absent = [_absent(stack, zone, zone.file.sites[0])]
    return (*deployed, *absent)


def cases_of(found: Iterable[Part], zone: Zone, basis: Basis, day: date) -> tuple[Case, ...]:
    """The parts as cases of their own."""
    return tuple(Case(part.name, basis, part.resources, zone, part.site, day, standing=part.standing) for part in found)


def _organisations(stack: str, resources: Sequence[Resource], zone: Zone) -> tuple[Part, ...]:
    """The parts of the organisation's stack: one for each cloud of the zone's organisations, with all its providers.

    A part is judged as if it lay at the first site of its cloud, in the account of the organisation.
    """
    if not zone.file.organisations:
        raise BadInput(f"zone {zone.name} names no organisation, and stack {stack} is one's")
    found: list[Part] = []
    for each in zone.file.organisations:
        site = next((site for site in zone.file.sites if site.cloud is each.cloud), None)
        if site is None:
            continue
        own = [deployed for deployed in _by_provider(resources) if PROVIDERS[deployed.provider.type] is each.cloud]
        kept = {resource.urn: resource for deployed in own for resource in deployed.resources}
        tenant = each.account if each.cloud is Cloud.AZURE else None
        title = f"the organisation on {each.cloud.value}"
        placed = msgspec.structs.replace(site, account=each.account, tenant=tenant, region=each.region, title=title)
        controller = principal_name(each.controller, each.account, partition_of(zone, each.cloud, each.region))
        hand = StackKind.ORGANISATION
        standing = Standing(hand, each.account, controller, frozenset({controller}), hand.value)
        found.append(Part(f"{stack}.{each.cloud.value}", Resources(kept.values()), placed, standing))
    return tuple(found)


def _by_site(hand: StackKind, stack: str, resources: Sequence[Resource], zone: Zone) -> tuple[Part, ...]:
    """The parts of a stack that has one for each site that the zone names there, with what its provider deploys."""
    held = zone.file.backends if hand is StackKind.BACKEND else zone.file.backups
    what = _CALLED[hand]
    if not held:
        raise BadInput(f"zone {zone.name} names no {what}, and stack {stack} is theirs")
    sites = {site.name: site for site in zone.file.sites}
    deployed = [(_site(zone, PROVIDERS[own.provider.type], own).name, own) for own in _by_provider(resources)]
    strange = sorted({name for name, _ in deployed} - {each.site for each in held})
    if strange:
        raise BadInput(f"zone {zone.name} names no {what} of {', '.join(strange)}, which stack {stack} deploys")
    found: list[Part] = []
    for each in held:
        kept = {one.urn: one for name, own in deployed if name == each.site for one in own.resources}
        named, site = (f"{stack}.{each.site}", Resources(kept.values())), sites[each.site]
        found.append(
            _copies(*named, zone, site, each) if isinstance(each, SecondCopies) else _backend(*named, zone, site, each)
        )
    return tuple(found)


_CALLED = {StackKind.BACKEND: "backends", StackKind.BACKUPS: "backups"}


def _backend(name: str, resources: Resources, zone: Zone, site: ZoneSite, backend: Backend) -> Part:
    """A backend: judged in its site's region and its own account; its deployer is trusted, and who runs a tenant."""
    deployer = principal_name(backend.deployer, backend.account, partition_of(zone, site.cloud, site.region))
    placed = msgspec.structs.replace(site, account=backend.account, title=f"the backend of {site.title}")
    hand, trusted = StackKind.BACKEND, frozenset({deployer, *_administrators(zone, site.tenant)})
    return Part(name, resources, placed, Standing(hand, backend.account, deployer, trusted, hand.value))


def _copies(name: str, resources: Resources, zone: Zone, site: ZoneSite, copies: SecondCopies) -> Part:
    """Second copies: judged in the region that the zone says and in their own account, with their deployer trusted."""
    home = next(each for each in zone.file.sites if each.name == copies.home)
    deployer = principal_name(copies.deployer, copies.account, partition_of(zone, home.cloud, home.region))
    placed = msgspec.structs.replace(
        site,
        account=copies.account,
        region=home.region,
        country=home.country,
        title=f"the second copies of {site.title}",
    )
    hand, trusted = StackKind.BACKUPS, frozenset({deployer, *_administrators(zone, site.tenant)})
    return Part(name, resources, placed, Standing(hand, copies.account, deployer, trusted, hand.value))


class _Deployed(NamedTuple):
    """What a provider deploys, and the places that the components around it say they are of."""

    provider: Resource
    resources: tuple[Resource, ...]
    places: frozenset[str]


def _by_provider(resources: Sequence[Resource]) -> Iterator[_Deployed]:
    """Each provider of a cloud with all that it deploys, and the components that those lie in.

    The first has besides what providers of no cloud deploy, so that somebody asks what that is.
    """
    known = {resource.urn: resource for resource in resources}
    providers = [resource for resource in resources if resource.type in PROVIDERS]
    strange = {each.urn for each in resources if each.custom and not _is_of(each, providers)}
    for provider in providers:
        own = {each.urn for each in resources if _is_of(each, [provider])}
        around = {urn for each in own for urn in _ancestors(known[each], known)}
        beside = strange | {urn for each in strange for urn in _ancestors(known[each], known)}
        kept, strange = {provider.urn} | own | around | beside, set[str]()
        yield _Deployed(provider, tuple(each for each in resources if each.urn in kept), _places(around, known))


def _places(components: Iterable[str], known: Mapping[str, Resource]) -> frozenset[str]:
    """The places that components say they are of."""
    sites = (as_object(known[urn].inputs.get("site")) or {} for urn in components)
    return frozenset(name for site in sites if isinstance(name := site.get("name"), str))


def _is_of(resource: Resource, providers: Sequence[Resource]) -> bool:
    """Whether one of the providers deploys a resource, or is it."""
    named = (resource.provider or "").rpartition("::")[0]
    return any(provider.urn in (named, resource.urn) for provider in providers)


def _ancestors(resource: Resource, known: dict[str, Resource]) -> Iterator[str]:
    while resource.parent in known:
        resource = known[resource.parent]
        yield resource.urn


def _auditors(stack: str, deployed: _Deployed, zone: Zone) -> Part:
    """The part that a provider of the auditor's deploys: judged by the holding that the zone names for its account."""
    cloud, provider = PROVIDERS[deployed.provider.type], deployed.provider
    workspace = _workspace(zone, cloud) if WORKSPACE in deployed.places else None
    holding = workspace[1] if workspace else _holding(zone, cloud, _accounts(provider))
    if holding is None:
        raise BadInput(f"the auditor has no account on {cloud.value}, where stack {stack} deploys")
    site = workspace[0] if workspace else _site(zone, cloud, deployed)
    return _part(f"{stack}.{provider.name}", Resources(deployed.resources), zone, site, holding)


def _absent_vaults(stack: str, zone: Zone, kept: Collection[tuple[str, Cloud]]) -> Iterator[Part]:
    """The vaults that the zone gives its sites and nobody deploys."""
    wanted = {vault.site for vault in zone.file.auditor.vaults}
    for site in zone.file.sites:
        if site.name in wanted and (site.name, site.cloud) not in kept:
            yield _absent(stack, zone, site)


def _absent_workspaces(stack: str, zone: Zone, kept: Collection[tuple[str, Cloud]]) -> Iterator[Part]:
    """The workspaces that the zone names and nobody deploys."""
    for workspace in zone.file.auditor.workspaces:
        found = _workspace(zone, workspace.cloud)
        if found and (WORKSPACE, workspace.cloud) not in kept:
            yield _part(f"{stack}.{WORKSPACE}-{workspace.cloud.value}", Resources(()), zone, *found)


def _absent(stack: str, zone: Zone, site: ZoneSite) -> Part:
    """What the stack should hold for a site, and does not."""
    holding = zone.file.auditor.holding(site.cloud, HoldingPurpose.EVIDENCE) or zone.file.auditor.holdings[0]
    return _part(f"{stack}.{site.name}", Resources(()), zone, site, holding)


def _workspace(zone: Zone, cloud: Cloud) -> tuple[ZoneSite, AuditorHolding] | None:
    """Where the auditor's workspace on a cloud lies, as if it were a site, and the account that it belongs in.

    None for a zone that names none there.
    """
    workspace = zone.file.auditor.workspace(cloud)
    holding = zone.file.auditor.holding(cloud, HoldingPurpose.ASSESSMENT)
    known = zone.file.region(cloud, workspace.region) if workspace else None
    if workspace is None or holding is None or known is None:
        return None
    any_site = next(iter((*(site for site in zone.file.sites if site.cloud is cloud), *zone.file.sites)))
    place = msgspec.structs.replace(
        any_site, name=WORKSPACE, title="its assessments", cloud=cloud, region=known.name, country=known.country
    )
    return place, holding


def _part(name: str, resources: Resources, zone: Zone, site: ZoneSite, holding: AuditorHolding) -> Part:
    partition = partition_of(zone, site.cloud, site.region)
    deployer = principal_name(holding.deployer, holding.account, partition)
    trusted = frozenset({deployer, *_administrators(zone, holding.tenant)})
    placed = msgspec.structs.replace(
        site, account=holding.account, tenant=holding.tenant, title=f"the auditor's part for {site.title}"
    )
    scope = WORKSPACE if site.name == WORKSPACE else StackKind.AUDITOR.value
    return Part(name, resources, placed, Standing(StackKind.AUDITOR, holding.account, deployer, trusted, scope))


def _administrators(zone: Zone, tenant: str | None) -> Iterator[str]:
    """Who administers a tenant on Azure, and so every subscription in it; nobody where there is no tenant.

    https://learn.microsoft.com/azure/role-based-access-control/elevate-access-global-admin
    """
    for organisation in zone.file.organisations:
        if organisation.cloud is Cloud.AZURE and organisation.account == tenant:
            yield organisation.controller


def _holding(zone: Zone, cloud: Cloud, accounts: Sequence[str]) -> AuditorHolding | None:
    """The holding of one of the accounts; for an account that is none of the auditor's the one that it should be."""
    known = [holding for holding in zone.file.auditor.holdings if holding.cloud is cloud]
    return next((holding for holding in known if holding.account in accounts), known[0] if known else None)


def _accounts(provider: Resource) -> list[str]:
    """The accounts or the subscription that a provider is set to; none where the text is no JSON."""
    listed, subscription = value(provider, "allowedAccountIds"), value(provider, "subscriptionId")
    try:
        found: Any = json.loads(listed) if isinstance(listed, str) else listed
    except ValueError:
        found = None
    return [str(each) for each in (*(as_list(found) or ()), subscription) if isinstance(each, str)]


def _site(zone: Zone, cloud: Cloud, deployed: _Deployed) -> ZoneSite:
    """The site that a part is for: the one that it names, else the one in its region, else any of the cloud."""
    region = value(deployed.provider, "region")
    sites = [site for site in zone.file.sites if site.cloud is cloud]
    fitting = [site for site in sites if site.name in deployed.places] or [
        site for site in sites if site.region == region
    ]
    return next(iter((*fitting, *sites)))
