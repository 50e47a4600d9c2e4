"""From where stores and vaults on Azure are reached, before and after, by every origin that rules tell apart."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

from clover.change.finding import Direction, Finding, undecided
from clover.change.pairing import Sides
from clover.logic.azure import Malformed, evaluate_network
from clover.model.resources import value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_list, as_object

KINDS = {
    "azure-native:storage:StorageAccount": ("storage", "publicNetworkAccess", "networkRuleSet", "RES-P1"),
    "azure-native:keyvault:Vault": ("vault", "properties.publicNetworkAccess", "properties.networkAcls", "KEY-3"),
}
"""For each type what the evaluator calls it, where its settings are, and the control that a difference is of."""

STRANGER = "203.0.113.77"
"""An address that documents may name (RFC 5737), for whatever no rule speaks of."""


def reach_findings(sides: Sides) -> Iterator[Finding]:
    """Every store and vault that is there on both sides."""
    for pair in sides.pairs:
        if pair.before and pair.after and pair.type in KINDS:
            yield from _compared(pair.before, pair.after)


def _compared(before: Resource, after: Resource) -> Iterator[Finding]:
    control = KINDS[after.type][3]
    old, new = _settings(before), _settings(after)
    if old is None or new is None:
        yield undecided(control, after.urn, f"the network settings of {after.name} are not known")
        return
    if old == new:
        return
    try:
        added = next((each for each in _origins(old, new) if not _let_in(each, old) and _let_in(each, new)), None)
        gone = next((each for each in _origins(old, new) if _let_in(each, old) and not _let_in(each, new)), None)
    except Malformed as error:
        yield undecided(control, after.urn, f"the network settings of {after.name} are not decided: {error}")
        return
    origin = added or gone
    if origin is not None:
        direction = Direction.MIXED if added and gone else Direction.WIDENS if added else Direction.NARROWS
        was, now = ("denied", "allowed") if added else ("allowed", "denied")
        witness = {"kind": "origin", "origin": origin, "settings": {"before": old, "after": new}}
        told = " ".join(str(held) for held in origin.values() if not isinstance(held, bool)).replace("_", " ")
        why = f"{after.name} is {'now' if added else 'no longer'} reached from {told}"
        yield Finding(control, after.urn, was, now, direction, witness, why)


def _let_in(origin: Mapping[str, Any], settings: Mapping[str, Any]) -> bool:
    return evaluate_network(origin, settings).decision == "allow"


def _settings(resource: Resource) -> dict[str, Any] | None:
    """The settings as the evaluator takes them; None where something of them is not known."""
    kind, access, acls, _ = KINDS[resource.type]
    found = {"kind": kind, "publicNetworkAccess": value(resource, access), "networkAcls": value(resource, acls)}
    return None if _is_open(found) else {name: held for name, held in found.items() if held is not None}


def _is_open(held: Any) -> bool:
    inner = as_list(held) or list((as_object(held) or {}).values())
    return isinstance(held, Unknown) or any(map(_is_open, inner))


def _origins(*settings: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """One origin of every class, those that a person would ask about first."""
    acls = [as_object(each.get("networkAcls")) or {} for each in settings]
    yield {"kind": "internet", "address": STRANGER}
    yield from ({"kind": "internet", "address": address} for each in acls for address in _addresses(each))
    for each in acls:
        for rule in as_list(each.get("virtualNetworkRules")) or []:
            yield {"kind": "subnet", "id": rule.get("virtualNetworkResourceId") or rule.get("id")}
        for rule in as_list(each.get("resourceAccessRules")) or []:
            place = str(rule.get("resourceId")).replace("*", "any")
            yield {"kind": "resource_instance", "id": place, "tenant": rule.get("tenantId")}
    for purpose in ("AzureServices", "Logging", "Metrics"):
        yield {"kind": "trusted_service", "purpose": purpose, "same_tenant": True}


def _addresses(acls: Mapping[str, Any]) -> Iterator[str]:
    """The first address of every range, and the first behind it: between two of these no rule begins or ends."""
    for rule in as_list(acls.get("ipRules")) or []:
        text = rule.get("iPAddressOrRange") or rule.get("value")
        try:
            network = ip_network(str(text), strict=False)
        except ValueError:  # the evaluator says what is wrong with it
            continue
        yield str(network.network_address)
        following = int(network.broadcast_address) + 1
        if network.version == 4 and following <= int(IPv4Address("255.255.255.255")):
            yield str(ip_address(following))
