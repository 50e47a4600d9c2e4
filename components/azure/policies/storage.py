"""How a storage account is closed, and under which key it lies."""

from collections.abc import Sequence
from ipaddress import IPv4Network, ip_network
from typing import Any, NamedTuple

from clover.zones.vocabulary import Cloud
from components.limits import refuse_over
from components.refusal import Refusal

_SERVICES = ("blob", "file", "queue", "table")
_SMALLEST_RANGE = 30


class VaultNetwork(NamedTuple):
    """Whether a vault has a public network at all, and whom its rules let in."""

    access: str
    rules: Any


def closed() -> Any:
    """Nobody from any network, neither trusted services nor single resources.

    Both pass a closed network where they are let
    (https://learn.microsoft.com/azure/storage/common/storage-network-security-limitations).
    """
    return _rules("None", [])


def log_target(networks: Sequence[str]) -> Any:
    """The auditor from its networks, and the trusted services: diagnostic settings and flow logs arrive as those.

    https://learn.microsoft.com/azure/storage/common/storage-network-security-trusted-azure-services
    """
    return _rules("AzureServices", _allowed(networks))


def owned(networks: Sequence[str]) -> Any:
    """Whoever works in the store, from their networks, and nobody else: no trusted service either."""
    return _rules("None", _allowed(networks))


def services_alone() -> VaultNetwork:
    """A vault without a way in, but for the services that have to wrap and unwrap for their customers."""
    return VaultNetwork("Disabled", _vault_rules("AzureServices", []))


def callers_alone(networks: Sequence[str]) -> VaultNetwork:
    """A vault that answers some networks, and no service of Azure."""
    refuse_over(Cloud.AZURE, "vault-ip-rules", len(networks))
    rules = [{"value": str(_ipv4(network))} for network in networks]
    return VaultNetwork("Enabled", _vault_rules("None", rules))


def _vault_rules(bypass: str, ip_rules: list[Any]) -> Any:
    return {"default_action": "Deny", "bypass": bypass, "ip_rules": ip_rules, "virtual_network_rules": []}


def _allowed(networks: Sequence[str]) -> list[Any]:
    """A rule for each range; OverLimit for too many."""
    addresses = [address for network in networks for address in _written(network)]
    refuse_over(Cloud.AZURE, "storage-ip-rules", len(addresses))
    return [{"action": "Allow", "i_p_address_or_range": address} for address in addresses]


def _rules(bypass: str, ip_rules: list[Any]) -> Any:
    return {
        "default_action": "Deny",
        "bypass": bypass,
        "ip_rules": ip_rules,
        "virtual_network_rules": [],
        "resource_access_rules": [],
    }


def _written(network: str) -> list[str]:
    """A range as the rules take it: IPv4, and the smallest ranges address by address; Refusal for another range."""
    found = _ipv4(network)
    if found.prefixlen <= _SMALLEST_RANGE:
        return [network]
    return [str(address) for address in found]


def _ipv4(network: str) -> IPv4Network:
    """The range; Refusal for one of another family."""
    found = ip_network(network)
    if not isinstance(found, IPv4Network):
        raise Refusal(f"{network}: rules of storage accounts and vaults take IPv4 alone")
    return found


def under_key(vault_uri: str, key: str, identity: str) -> Any:
    """All services under one key, without a version, and a second layer below it.

    `Account` is said for every service: queues and tables would lie under a key of the provider's otherwise, and it
    can be said at creation only (https://learn.microsoft.com/azure/storage/common/account-encryption-key-create).
    """
    return {
        "key_source": "Microsoft.Keyvault",
        "key_vault_properties": {"key_vault_uri": vault_uri, "key_name": key},
        "encryption_identity": {"encryption_user_assigned_identity": identity},
        "require_infrastructure_encryption": True,
        "services": {service: {"enabled": True, "key_type": "Account"} for service in _SERVICES},
    }


def immutable(days: int) -> Any:
    """A lock on every version for so many days since its creation; appending stays possible, as log services need it.

    A lock can be created open only, and be closed for good afterwards, by whoever may write the account.
    """
    policy = {
        "state": "Unlocked",
        "immutability_period_since_creation_in_days": days,
        "allow_protected_append_writes": True,
    }
    return {"enabled": True, "immutability_policy": policy}
