"""From where the data of a storage account or a key vault is reached: one request's network decision.

Sources: https://learn.microsoft.com/azure/storage/common/storage-network-security-limitations (trusted services take
the highest precedence, resource instances and exceptions stay in effect with public network access disabled, IP rules
do not bind the same region), https://learn.microsoft.com/azure/storage/common/storage-network-security-perimeter (a
perimeter's rules override the account's; enforced, trusted services are not honoured; private endpoints always
succeed), https://learn.microsoft.com/azure/storage/common/storage-network-security (rules have no effect while the
default action is Allow) and KeyVaultProperties.publicNetworkAccess of azure-mgmt-keyvault (disabled, all is blocked
but private endpoints and trusted services). It is about the data plane alone: Azure Resource Manager is not stopped.
"""

import ipaddress
from collections.abc import Callable
from typing import NamedTuple

from clover.logic.aws.reading import Malformed, quoted, read_object, read_text
from clover.logic.azure.decision import Decision
from clover.logic.azure.network_rules import InstanceRule, Settings, read_settings
from clover.logic.azure.scopes import Scope, read_scope
from clover.logic.azure.values import read_flag, read_object_id, read_word

INTERNET, SUBNET, ENDPOINT = "internet", "subnet", "private_endpoint"
TRUSTED, INSTANCE, MEMBER = "trusted_service", "resource_instance", "perimeter_member"
MEMBERS = {
    INTERNET: frozenset({"kind", "address", "same_region"}),
    SUBNET: frozenset({"kind", "id"}),
    ENDPOINT: frozenset({"kind", "id"}),
    TRUSTED: frozenset({"kind", "purpose", "same_tenant"}),
    INSTANCE: frozenset({"kind", "id", "tenant", "subscription"}),
    MEMBER: frozenset({"kind", "subscription"}),
}


class Origin(NamedTuple):
    """Where a request comes from; what the kind does not have is None."""

    kind: str
    address: ipaddress.IPv4Address | ipaddress.IPv6Address | None = None
    same_region: bool = False
    place: Scope | None = None
    purpose: str = "AzureServices"
    same_tenant: bool = False
    tenant: str | None = None
    subscription: str | None = None


def evaluate_network(origin: object, resource: object) -> Decision:
    """Decide from where the data is reached, both arguments as decoded JSON.

    `origin` is one of: internet (address, same_region), subnet (id, through a service endpoint), private_endpoint (id),
    trusted_service (purpose Logging, Metrics or AzureServices; same_tenant), resource_instance (id, tenant) and
    perimeter_member (of the perimeter that the resource is in). Being let in is not yet being permitted: `evaluate`
    decides that. Raises Malformed for what Azure would not have accepted.
    """
    return decide(read_origin(origin), read_settings(resource))


def decide(origin: Origin, settings: Settings) -> Decision:
    """Private endpoints first, then the perimeter, then who goes round the rules, then the rules."""
    if origin.kind == ENDPOINT:
        return _of_endpoint(origin, settings)
    if origin.kind == TRUSTED and not origin.same_tenant:
        return _denied("a trusted service acts for another tenant")
    around = _of_perimeter(origin, settings)
    if around is not None:
        return around
    if origin.kind in BEYOND_PUBLIC_ACCESS:
        return BEYOND_PUBLIC_ACCESS[origin.kind](origin, settings)
    if settings.access != "Enabled":
        return _denied(f"publicNetworkAccess is {settings.access}")
    return _of_rules(origin, settings)


def _allowed(because: str) -> Decision:
    return Decision("allow", (because,))


def _denied(because: str) -> Decision:
    return Decision("implicit_deny", (because,))


def _of_endpoint(origin: Origin, settings: Settings) -> Decision:
    """A private endpoint gets in where its connection is approved, whatever the rules say."""
    if origin.place and origin.place.segments in {endpoint.segments for endpoint in settings.endpoints}:
        return _allowed(f"private endpoint connection of {origin.place} is approved")
    return _denied(f"no approved private endpoint connection of {origin.place}")


def _of_perimeter(origin: Origin, settings: Settings) -> Decision | None:
    """What the perimeter decides; None where the resource's own settings do.

    In transition mode what the perimeter does not let in falls back to them. With access left to a perimeter that is
    not there, nothing public gets in.
    """
    perimeter = settings.perimeter
    if perimeter is None:
        left_to_it = settings.access == "SecuredByPerimeter"
        return _denied("publicNetworkAccess is SecuredByPerimeter, and there is no perimeter") if left_to_it else None
    inside = origin.kind == MEMBER or (origin.subscription or "") in perimeter.subscriptions
    if inside or any(origin.address in prefix for prefix in perimeter.prefixes if origin.address):
        return _allowed("perimeter: within it, or an inbound rule lets it in")
    if perimeter.enforced or settings.access == "SecuredByPerimeter":
        return _denied("perimeter: no inbound rule lets it in")
    return None


def _of_trusted_service(origin: Origin, settings: Settings) -> Decision:
    """A trusted service goes round the rules where bypass names it, and round disabled public access too."""
    if origin.purpose in settings.bypass:
        return _allowed(f"networkAcls.bypass lets {origin.purpose} in")
    if settings.access == "Enabled" and settings.open_by_default:
        return _allowed("networkAcls.defaultAction is Allow")
    return _denied(f"networkAcls.bypass does not name {origin.purpose}")


def _of_instance(origin: Origin, settings: Settings) -> Decision:
    """A resource instance gets in where a resource access rule names it, with public access disabled too."""
    for rule in settings.instances:
        if origin.tenant == rule.tenant and _fits(rule, origin.place):
            return _allowed(f"networkAcls.resourceAccessRules names {rule.pattern}")
    if settings.access == "Enabled" and settings.open_by_default:
        return _allowed("networkAcls.defaultAction is Allow")
    return _denied(f"no resource access rule names {origin.place}")


def _fits(rule: InstanceRule, place: Scope | None) -> bool:
    """Whether the ARM id is the rule's, a `*` in it standing for one segment."""
    if place is None or len(place.segments) != len(rule.pattern.segments):
        return False
    return all(own in ("*", given) for own, given in zip(rule.pattern.segments, place.segments, strict=True))


def _of_rules(origin: Origin, settings: Settings) -> Decision:
    """The default action, subnets and addresses."""
    if settings.open_by_default:
        return _allowed("networkAcls.defaultAction is Allow")
    if origin.kind == SUBNET and origin.place and origin.place.segments in {each.segments for each in settings.subnets}:
        return _allowed(f"networkAcls.virtualNetworkRules names {origin.place}")
    if origin.address is not None and not origin.same_region:
        for network in settings.addresses:
            if origin.address in network:
                return _allowed(f"networkAcls.ipRules has {network}")
    return _denied("networkAcls.defaultAction is Deny, and no rule lets the origin in")


BEYOND_PUBLIC_ACCESS: dict[str, Callable[[Origin, Settings], Decision]] = {
    TRUSTED: _of_trusted_service,
    INSTANCE: _of_instance,
}


def read_origin(value: object) -> Origin:
    """The origin; raises Malformed where a part is missing or does not go with its kind."""
    kind = read_word(read_object(value, "origin").get("kind"), "origin.kind", MEMBERS)
    members = read_object(value, "origin", MEMBERS[kind])
    tenant, subscription = members.get("tenant"), members.get("subscription")
    if kind == INSTANCE and tenant is None:
        raise Malformed("origin: tenant is missing")
    return Origin(
        kind=kind,
        address=_read_address(members.get("address")) if kind == INTERNET else None,
        same_region=read_flag(members, "same_region", "origin"),
        place=read_scope(members.get("id"), "origin.id") if kind in (SUBNET, ENDPOINT, INSTANCE) else None,
        purpose=read_word(members.get("purpose", "AzureServices"), "origin.purpose", PURPOSES),
        same_tenant=read_flag(members, "same_tenant", "origin"),
        tenant=None if tenant is None else read_object_id(tenant, "origin.tenant"),
        subscription=None if subscription is None else read_object_id(subscription, "origin.subscription"),
    )


PURPOSES = ("AzureServices", "Logging", "Metrics")


def _read_address(value: object) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An address as the service sees it."""
    try:
        return ipaddress.ip_address(read_text(value, "origin.address"))
    except ValueError as error:
        raise Malformed(f"origin.address: {quoted(value)} is no address") from error
