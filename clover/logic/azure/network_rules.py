"""The network settings of a storage account or a key vault, as ARM takes them.

Sources: https://learn.microsoft.com/azure/storage/common/storage-network-security-limitations (IP rules: public IPv4,
no /31 and /32 ranges), https://learn.microsoft.com/azure/key-vault/general/network-security, and the models of
azure-mgmt-storage (NetworkRuleSet: bypass None, Logging, Metrics, AzureServices, combined with commas) and
azure-mgmt-keyvault (NetworkRuleSet: bypass AzureServices, the default, or None).
"""

import ipaddress
from collections.abc import Mapping
from typing import NamedTuple

from clover.logic.aws.reading import Malformed, quoted, read_object, read_text
from clover.logic.azure.scopes import Scope, read_scope
from clover.logic.azure.values import read_object_id, read_optional_list, read_word

MEMBERS = frozenset({"kind", "publicNetworkAccess", "networkAcls", "privateEndpointConnections", "perimeter"})
ACLS_MEMBERS = frozenset(
    {"defaultAction", "bypass", "ipRules", "virtualNetworkRules", "resourceAccessRules", "ipv6Rules"}
)
STORAGE, VAULT = "storage", "vault"
ACCESS = ("Enabled", "Disabled", "SecuredByPerimeter")
BYPASS = ("None", "Logging", "Metrics", "AzureServices")
SMALL_RANGES = (31, 32)
MODES = ("Enforced", "Transition", "Learning")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class InstanceRule(NamedTuple):
    """Instances of a resource provider that are let in; `pattern` is an ARM id that may have `*` for a segment."""

    tenant: str
    pattern: Scope


class Perimeter(NamedTuple):
    """The network security perimeter around a resource: its mode and the inbound rules of the profile."""

    enforced: bool
    prefixes: tuple[Network, ...]
    subscriptions: frozenset[str]


class Settings(NamedTuple):
    """Everything that decides from where the data of one resource is reached."""

    kind: str
    access: str
    open_by_default: bool
    bypass: frozenset[str]
    addresses: tuple[Network, ...]
    subnets: tuple[Scope, ...]
    instances: tuple[InstanceRule, ...]
    endpoints: tuple[Scope, ...]
    perimeter: Perimeter | None


def read_settings(value: object) -> Settings:
    """The settings; raises Malformed for what Azure would not have accepted."""
    members = read_object(value, "resource", MEMBERS)
    kind = read_word(members.get("kind"), "resource.kind", (STORAGE, VAULT))
    acls = read_object(members.get("networkAcls") or {}, "resource.networkAcls", ACLS_MEMBERS)
    where = "resource.networkAcls"
    default = read_word(acls.get("defaultAction") or "Allow", f"{where}.defaultAction", ("Allow", "Deny"))
    return Settings(
        kind=kind,
        access=read_word(members.get("publicNetworkAccess") or "Enabled", "resource.publicNetworkAccess", ACCESS),
        open_by_default=default == "Allow",
        bypass=_read_bypass(acls.get("bypass"), f"{where}.bypass"),
        addresses=_read_addresses(acls, where, kind),
        subnets=_read_subnets(acls, where),
        instances=_read_instances(acls, where, kind),
        endpoints=_read_endpoints(members),
        perimeter=_read_perimeter(members.get("perimeter"), "resource.perimeter"),
    )


def _read_bypass(value: object, where: str) -> frozenset[str]:
    """Who goes round the rules; left out it is AzureServices, as both models say."""
    words = read_text("AzureServices" if value is None else value, where).split(",")
    return frozenset(read_word(word.strip(), where, BYPASS) for word in words) - {"None"}


def _read_addresses(acls: Mapping[str, object], where: str, kind: str) -> tuple[Network, ...]:
    """The ranges of the IP rules."""
    found: list[Network] = []
    for name in ("ipRules", "ipv6Rules"):
        for index, rule in enumerate(read_optional_list(acls, name, where)):
            place = f"{where}.{name}[{index}]"
            members = read_object(rule, place, frozenset({"value", "iPAddressOrRange", "action"}))
            text = members.get("value", members.get("iPAddressOrRange"))
            found.append(_read_range(read_text(text, f"{place}.value"), f"{place}.value", kind))
    return tuple(found)


def _read_range(text: str, where: str, kind: str) -> Network:
    """One address or CIDR range of the public internet."""
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise Malformed(f"{where}: {quoted(text)} is no address or range") from error
    if kind == STORAGE and "/" in text and network.prefixlen in SMALL_RANGES:
        raise Malformed(f"{where}: a range of /31 or /32 is not supported: name the address itself")
    if any(network.subnet_of(private) for private in PRIVATE if private.version == network.version):  # pyright: ignore[reportArgumentType]
        raise Malformed(f"{where}: {quoted(text)} is a private address, and the rules are about the public internet")
    return network


#: RFC 1918.
PRIVATE = tuple(ipaddress.ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))


def _read_subnets(acls: Mapping[str, object], where: str) -> tuple[Scope, ...]:
    """The subnets of the virtual network rules."""
    found: list[Scope] = []
    for index, rule in enumerate(read_optional_list(acls, "virtualNetworkRules", where)):
        place = f"{where}.virtualNetworkRules[{index}]"
        members = read_object(rule, place)
        name = "id" if "id" in members else "virtualNetworkResourceId"
        found.append(read_scope(members.get(name), f"{place}.{name}"))
    return tuple(found)


def _read_instances(acls: Mapping[str, object], where: str, kind: str) -> tuple[InstanceRule, ...]:
    """The resource instances that are let in, which storage accounts alone know."""
    rows = read_optional_list(acls, "resourceAccessRules", where)
    if rows and kind != STORAGE:
        raise Malformed(f"{where}.resourceAccessRules: only storage accounts have them")
    found: list[InstanceRule] = []
    for index, row in enumerate(rows):
        place = f"{where}.resourceAccessRules[{index}]"
        members = read_object(row, place, frozenset({"tenantId", "resourceId"}))
        tenant = read_object_id(members.get("tenantId"), f"{place}.tenantId")
        found.append(InstanceRule(tenant, read_scope(members.get("resourceId"), f"{place}.resourceId")))
    return tuple(found)


def _read_endpoints(members: Mapping[str, object]) -> tuple[Scope, ...]:
    """The private endpoints whose connection is approved."""
    found: list[Scope] = []
    for index, row in enumerate(read_optional_list(members, "privateEndpointConnections", "resource")):
        place = f"resource.privateEndpointConnections[{index}]"
        connection = read_object(row, place, frozenset({"id", "status"}))
        status = read_word(connection.get("status"), f"{place}.status", ("Approved", "Pending", "Rejected"))
        endpoint = read_scope(connection.get("id"), f"{place}.id")
        found += [endpoint] if status == "Approved" else []
    return tuple(found)


def _read_perimeter(value: object, where: str) -> Perimeter | None:
    """The association with a perimeter; Transition was called Learning before."""
    if value is None:
        return None
    members = read_object(value, where, frozenset({"accessMode", "inboundAddressPrefixes", "inboundSubscriptions"}))
    prefixes = enumerate(read_optional_list(members, "inboundAddressPrefixes", where))
    subscriptions = enumerate(read_optional_list(members, "inboundSubscriptions", where))
    return Perimeter(
        read_word(members.get("accessMode"), f"{where}.accessMode", MODES) == "Enforced",
        tuple(
            _read_range(read_text(text, where), f"{where}.inboundAddressPrefixes[{at}]", "") for at, text in prefixes
        ),
        frozenset(read_object_id(text, f"{where}.inboundSubscriptions[{at}]") for at, text in subscriptions),
    )
