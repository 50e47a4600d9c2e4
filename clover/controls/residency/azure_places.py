"""RES-1 on Azure: every location lies in the zone."""

from collections.abc import Iterator, Mapping
from typing import Any

from clover.controls.azure_requests import auditor, property_of
from clover.controls.backups.azure_copies import POLICY, accounts_of_copies, lies_there
from clover.controls.case import Case
from clover.controls.evidence.keepers import vault_accounts
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.model.azure import locations
from clover.model.resources import value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_list, as_object
from clover.zones.vocabulary import StackKind

PROVIDER = "pulumi:providers:azure-native"
PLACES = ("location", "locations", "region")
"""Properties that say where a thing lies, whatever its type."""
GROUP = "azure-native:resources:ResourceGroup"


def locations_lie_in_the_zone(case: Case) -> Iterator[Answer]:
    """RES-1: one answer for each resource that lies outside or may do so; one for the site when all lie inside."""
    ground = ground_of(case)
    groups = {str(value(group, "resourceGroupName")).lower(): group for group in case.resources.of(GROUP)}
    grounds: list[Ground] = []
    failed, own = False, _deployed_to(case)
    for resource in case.resources.all:
        if resource.type.startswith("azure-native:") or resource.type == PROVIDER:
            around = _around(case, resource, ground, own)
            answers = [*_placed(resource, around), *_left_to_its_group(resource, groups), *_left_open(case, resource)]
            answers += _strays(case, resource)
            failed = failed or bool(answers)
            yield from answers
            location = value(resource, "location")
            grounds.append(Ground(resource.urn, f"location={'none of its own' if location is None else location}"))
    if not failed:
        yield proved(f"all {len(grounds)} resources lie in {case.site.region}", rests_on=tuple(grounds))


def _around(case: Case, resource: Resource, ground: locations.Ground, own: frozenset[str]) -> locations.Ground:
    """What one resource may speak of: a provider of where is deployed to, a replication of the second copies too."""
    reached = accounts_of_copies(case)
    if resource.type == PROVIDER:
        return ground._replace(subscriptions=own | reached)
    speaks = resource.type == POLICY or case.hand is StackKind.ORGANISATION
    return ground._replace(subscriptions=ground.subscriptions | reached) if speaks else ground


def _strays(case: Case, resource: Resource) -> Iterator[Answer]:
    """What a site's stack deploys into the account of its copies beside replication."""
    if resource.type not in (POLICY, PROVIDER) and lies_there(case, resource):
        example = property_of(resource.urn, "provider", resource.provider, "a provider of the site's subscription")
        yield refuted(f"{resource.name} lies in the account of the second copies", example, resource=resource.urn)


def ground_of(case: Case) -> locations.Ground:
    """The site's region, its subscription and that of its vault, its own tenant and the auditor's."""
    tenants = (case.site.tenant, auditor(case).tenant)
    subscriptions = _deployed_to(case) | {account.lower() for account in vault_accounts(case)}
    known_tenants = frozenset(str(tenant).lower() for tenant in tenants)
    vault = case.zone.file.auditor.vault(case.site.name) if case.hand is StackKind.AUDITOR else None
    return locations.Ground(case.site.region, subscriptions, known_tenants, vault.alarms_in if vault else None)


def _deployed_to(case: Case) -> frozenset[str]:
    """The stack's own subscription; the organisation's stack, which places the sites', deploys to those as well."""
    above = case.hand is StackKind.ORGANISATION
    placed = [site.account for site in case.zone.file.sites if above and site.cloud is case.site.cloud]
    return frozenset(account.lower() for account in (case.site.account, *placed))


def _placed(resource: Resource, ground: locations.Ground) -> Iterator[Answer]:
    """What is wrong, or not known, about one resource's locations."""
    held = {**resource.inputs, **resource.outputs}
    known = {name: _known(content) for name, content in held.items() if not _is_the_engines(resource, name)}
    listed = resource.type in locations.classification()["types"]
    for finding in (locations.outside if listed else locations.by_name)(resource.type, known, ground):
        if finding.why == locations.UNCLASSIFIED:
            yield unknown(f"{resource.name}: {finding.property} is {finding.why}", resource=resource.urn)
            continue
        example = property_of(resource.urn, finding.property, finding.value, f"in {ground.region}, {finding.why}")
        where = f"{finding.property} is {finding.value!r}" if finding.value is not None else finding.why
        yield refuted(f"{resource.name}: {where}", example, resource=resource.urn)
    waiting = [path for path in _waiting(resource) if listed or path in PLACES]
    if waiting:
        yield unknown(f"{resource.name}: {', '.join(waiting)} not known before the update", resource=resource.urn)


def _left_open(case: Case, resource: Resource) -> Iterator[Answer]:
    """The subscription that a provider leaves to whoever runs the program, unless ids of what it made show it."""
    made = (str(each.id).lower().startswith("/subscriptions/") for each in case.resources.all)
    if resource.type == PROVIDER and value(resource, "subscriptionId") in (None, "") and not any(made):
        told = f"{resource.name} is held to no subscription, so the subscription is not known"
        yield unknown(told, resource=resource.urn)


def _left_to_its_group(resource: Resource, groups: Mapping[str, Resource]) -> Iterator[Answer]:
    """A resource without a location lies where its group does: one that the stack does not place may lie anywhere."""
    named = value(resource, "resourceGroupName")
    said = resource.type == GROUP or value(resource, "location") not in (None, "")
    placed = locations.classes_of(resource.type, "location") in (("region",), ("alarms",))
    if said or not placed or not isinstance(named, str):
        return
    if named.lower() not in groups:
        told = f"{resource.name} says no location, and lies where {named} does, which the stack does not declare"
        yield unknown(told, resource=resource.urn)


def _is_the_engines(resource: Resource, name: str) -> bool:
    """Whether the engine itself keeps the property: marks of the SDK, and which plugin serves a provider."""
    plugin = resource.type.startswith("pulumi:providers:") and name in ("version", "pluginDownloadURL")
    return plugin or name.startswith("__")


def _known(content: object) -> Any:
    """`content` without what is unknown in it."""
    if (members := as_object(content)) is not None:
        return {name: _known(inner) for name, inner in members.items()}
    if (items := as_list(content)) is not None:
        return [_known(inner) for inner in items]
    return None if isinstance(content, Unknown) else content


def _waiting(resource: Resource) -> Iterator[str]:
    """The paths of declared values that bear a location, or refer to something that may, and are not known."""
    for name, content in resource.inputs.items():
        yield from _open_paths(name, content, locations.classes_of(resource.type, name))


def _open_paths(path: str, content: object, classes: tuple[str, ...]) -> Iterator[str]:
    if isinstance(content, Unknown):
        yield from () if classes == ("neutral",) else (path,)
        return
    for index, inner in enumerate(as_list(content) or ()):
        yield from _open_paths(f"{path}[{index}]", inner, classes)
    for name, inner in (as_object(content) or {}).items():
        yield from _open_paths(f"{path}.{name}", inner, locations.nested_classes_of(name))
