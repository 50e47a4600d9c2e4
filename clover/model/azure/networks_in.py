"""From where stores and vaults are reached: their network settings in the evaluator's form, and who is let in.

The evaluator decides one origin. Its rules tell finitely many kinds of origin apart, so that one origin of each kind,
for each rule that names something, stands for all.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from clover.logic.azure import evaluate_network
from clover.model.azure.arm_ids import arm_id
from clover.model.azure.declared_roles import is_open
from clover.model.resources import Resources, value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_list, as_object

ENDPOINT = "azure-native:network:PrivateEndpoint"
ELSEWHERE = "90000000-0000-0000-0000-000000000009"
"""A subscription, and a tenant, that nothing of the zone has."""
_ELSEWHERE_ID = f"/subscriptions/{ELSEWHERE}/resourceGroups/elsewhere/providers"
_OUTSIDE = ("203.0.113.7", "2001:db8::7")
"""Addresses of documentation (RFC 5737, RFC 3849) for the whole internet that no rule names."""

Endpoints = Mapping[str, Sequence[tuple[Resource, str]]]
Settings = Mapping[str, Any]
Network = IPv4Network | IPv6Network


def endpoints_by_target(resources: Resources, subscription: str) -> dict[str, list[tuple[Resource, str]]]:
    """The stack's private endpoints, with their ids, by what they lead to in lower case."""
    found: dict[str, list[tuple[Resource, str]]] = {}
    for endpoint in resources.of(ENDPOINT):
        identifier = arm_id(endpoint, subscription)
        for connection in as_list(value(endpoint, "privateLinkServiceConnections")) or []:
            target = (as_object(connection) or {}).get("privateLinkServiceId")
            if identifier and isinstance(target, str):
                found.setdefault(target.lower(), []).append((endpoint, identifier))
    return found


def store_settings(account: Resource, leading: Sequence[tuple[Resource, str]]) -> "Settings | Unknown":
    """The network settings of a storage account, with the endpoints that lead to it; Unknown where one is."""
    held = {name: value(account, name) for name in ("publicNetworkAccess", "networkRuleSet")}
    if is_open(held):
        return Unknown(f"{account.name}.networkRuleSet")
    rules = as_object(held["networkRuleSet"]) or {}
    acls: dict[str, Any] = {
        "ipRules": [{"value": rule["iPAddressOrRange"]} for rule in _listed(rules, "ipRules")],
        "virtualNetworkRules": [
            {"id": each["virtualNetworkResourceId"]} for each in _listed(rules, "virtualNetworkRules")
        ],
        "resourceAccessRules": _listed(rules, "resourceAccessRules"),
        **{name: rules[name] for name in ("bypass", "defaultAction") if rules.get(name) is not None},
    }
    return _settings("storage", account, held["publicNetworkAccess"], acls, leading)


def vault_settings(vault: Resource, leading: Sequence[tuple[Resource, str]]) -> "Settings | Unknown":
    """The same for a key vault; its model spells the members of the rules as the service does."""
    access, acls = value(vault, "properties.publicNetworkAccess"), value(vault, "properties.networkAcls")
    if is_open([access, acls]):
        return Unknown(f"{vault.name}.networkAcls")
    return _settings("vault", vault, access, as_object(acls) or {}, leading)


def _listed(rules: Mapping[str, Any], name: str) -> list[Any]:
    return rules.get(name) or []


def _settings(
    kind: str, resource: Resource, access: Any, acls: Mapping[str, Any], leading: Sequence[tuple[Resource, str]]
) -> Settings:
    """The settings with every approved connection: the stack's endpoints, and what the cloud says beside.

    The plan of an update leaves what the cloud says open; no plan approves a connection, so that none is added there.
    """
    known = [{"id": identifier, "status": "Approved"} for _, identifier in leading]
    path = "privateEndpointConnections" if kind == "storage" else "properties.privateEndpointConnections"
    stated = [_connection(each) for each in as_list(value(resource, path)) or []]
    return {
        "kind": kind,
        **({"publicNetworkAccess": str(access).capitalize()} if access and kind == "vault" else {}),
        **({"publicNetworkAccess": access} if access and kind == "storage" else {}),
        "networkAcls": dict(acls),
        "privateEndpointConnections": [*known, *(each for each in stated if each)],
    }


def _connection(entry: Any) -> dict[str, str] | None:
    """A connection as the cloud gives it back."""
    held = as_object(entry) or {}
    identifier = (as_object(held.get("privateEndpoint")) or {}).get("id")
    status = (as_object(held.get("privateLinkServiceConnectionState")) or {}).get("status")
    return {"id": identifier, "status": status} if identifier and status in ("Approved", "Pending") else None


def let_in(settings: Settings) -> list[dict[str, Any]]:
    """An origin of every kind that the settings let in."""
    return [origin for origin in _origins(settings) if evaluate_network(origin, settings).decision == "allow"]


def let_in_beside(settings: Settings, networks: Iterable[str]) -> list[dict[str, Any]]:
    """An origin of every kind that the settings let in, but for addresses of the networks."""
    inside = [ip_network(each) for each in networks]
    rules = [ip_network(rule["value"], strict=False) for rule in _listed(settings["networkAcls"], "ipRules")]
    beyond = [str(left[0]) for rule in rules for left in _without(rule, inside)]
    named = [{"kind": "internet", "address": each, "same_region": near} for each in beyond for near in (False, True)]
    found = [*let_in(settings), *(each for each in named if evaluate_network(each, settings).decision == "allow")]
    return [each for each in found if each["kind"] != "internet" or _without(ip_network(each["address"]), inside)]


def _without(whole: Network, networks: Iterable[Network]) -> list[Network]:
    """What is left of a range without the networks."""
    left = [whole]
    for each in networks:
        left = [part for piece in left for part in _difference(piece, each)]
    return left


def _difference(one: Network, other: Network) -> list[Network]:
    if not one.overlaps(other):
        return [one]
    if isinstance(one, IPv4Network) and isinstance(other, IPv4Network):
        return [] if one.subnet_of(other) else list(one.address_exclude(other))
    if isinstance(one, IPv6Network) and isinstance(other, IPv6Network):
        return [] if one.subnet_of(other) else list(one.address_exclude(other))
    return [one]


def _origins(settings: Settings) -> Iterator[dict[str, Any]]:
    acls = settings["networkAcls"]
    for connection in settings["privateEndpointConnections"]:
        yield {"kind": "private_endpoint", "id": connection["id"]}
    yield {"kind": "private_endpoint", "id": f"{_ELSEWHERE_ID}/Microsoft.Network/privateEndpoints/any"}
    for address in (*_named(_listed(acls, "ipRules")), *_OUTSIDE):
        yield from ({"kind": "internet", "address": address, "same_region": near} for near in (False, True))
    for rule in _listed(acls, "virtualNetworkRules"):
        yield {"kind": "subnet", "id": rule["id"]}
    yield {"kind": "subnet", "id": f"{_ELSEWHERE_ID}/Microsoft.Network/virtualNetworks/any/subnets/any"}
    for purpose in ("AzureServices", "Logging", "Metrics"):
        yield {"kind": "trusted_service", "purpose": purpose, "same_tenant": True}
    for rule in _listed(acls, "resourceAccessRules"):
        named = rule["resourceId"].replace("*", "any")
        yield {"kind": "resource_instance", "id": named, "tenant": rule["tenantId"]}
    yield {"kind": "resource_instance", "id": f"{_ELSEWHERE_ID}/Microsoft.Synapse/workspaces/any", "tenant": ELSEWHERE}


def _named(rules: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The first and the last address of each range."""
    for rule in rules:
        network = ip_network(rule["value"], strict=False)
        yield from dict.fromkeys((str(network[0]), str(network[-1])))
