"""Storage accounts, vaults and keys of a stack, with what guards them."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from clover.model.azure.arm_ids import arm_id, same
from clover.model.azure.networks_in import Settings, endpoints_by_target, store_settings, vault_settings
from clover.model.resources import Resources, value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_list, as_object
from clover.tables import read_table

ACCOUNT = "azure-native:storage:StorageAccount"
CONTAINER = "azure-native:storage:BlobContainer"
VAULT = "azure-native:keyvault:Vault"
KEY = "azure-native:keyvault:Key"
CLUSTER = "azure-native:operationalinsights:Cluster"
IDENTITY = "azure-native:managedidentity:UserAssignedIdentity"
ROLE_TAG = "clover:store-role"


class Store(NamedTuple):
    """A storage account: its id, its network settings, and the stack's endpoints that lead to it."""

    resource: Resource
    id: str | None
    settings: "Settings | Unknown"
    endpoints: Sequence[tuple[Resource, str]]

    @property
    def role(self) -> str | None:
        """The store role that its tags say; user data where they say none, None where they are not known."""
        return role_of(self.resource)


class Vault(NamedTuple):
    """A key vault: its id, its network settings, and the stack's endpoints that lead to it."""

    resource: Resource
    id: str | None
    settings: "Settings | Unknown"
    endpoints: Sequence[tuple[Resource, str]]


class Key(NamedTuple):
    """A key, its id, and the vault of the stack that it lies in."""

    resource: Resource
    id: str | None
    vault: Vault | None


def key_of(holder: Resource, keys: Sequence[Key], path: str = "encryption.keyVaultProperties") -> Key | None:
    """The one of `keys` that an account, or what has it elsewhere, names by its vault's address and its name."""
    names = as_object(value(holder, path)) or {}
    place = str(names.get("keyVaultUri")).lower()
    for key in keys:
        vault = key.vault and str(value(key.vault.resource, "vaultName")).lower()
        named = same(value(key.resource, "keyName"), names.get("keyName"))
        if named and vault and place.startswith(f"https://{vault}.vault."):
            return key
    return None


def role_of(resource: Resource) -> str | None:
    """The store role in a resource's tags; user data where they say none, None where they are not known."""
    tags = value(resource, "tags")
    role = tags if isinstance(tags, Unknown) else (as_object(tags) or {}).get(ROLE_TAG, "user-data")
    return None if isinstance(role, Unknown) else str(role)


def stores(resources: Resources, subscription: str) -> Iterator[Store]:
    """The stack's storage accounts."""
    leading = endpoints_by_target(resources, subscription)
    for account in resources.of(ACCOUNT):
        identifier = arm_id(account, subscription)
        ways = leading.get(str(identifier).lower(), ())
        yield Store(account, identifier, store_settings(account, ways), ways)


def vaults(resources: Resources, subscription: str) -> Iterator[Vault]:
    """The stack's vaults."""
    leading = endpoints_by_target(resources, subscription)
    for vault in resources.of(VAULT):
        identifier = arm_id(vault, subscription)
        ways = leading.get(str(identifier).lower(), ())
        yield Vault(vault, identifier, vault_settings(vault, ways), ways)


def keys(resources: Resources, subscription: str) -> Iterator[Key]:
    """The stack's keys."""
    known = {str(vault.id).lower(): vault for vault in vaults(resources, subscription)}
    for key in resources.of(KEY):
        identifier = arm_id(key, subscription)
        place = str(identifier).lower().rpartition("/keys/")[0]
        yield Key(key, identifier, known.get(place))


def containers(resources: Resources) -> dict[str, list[Resource]]:
    """The stack's containers by the name of their account."""
    found: dict[str, list[Resource]] = {}
    for container in resources.of(CONTAINER):
        found.setdefault(str(value(container, "accountName")).lower(), []).append(container)
    return found


@cache
def data_actions() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """What shows, moves and hands out data, and what uses and administers keys; see data_actions.yaml."""
    return _data("data_actions.yaml")


@cache
def openings() -> Sequence[Mapping[str, Any]]:
    """The settings of an account that open it; see store_settings.yaml."""
    return _data("store_settings.yaml")


def _data(name: str) -> Any:
    return read_table(Path(__file__).with_name(name))


def carried_by(resource: Resource) -> list[Any]:
    """The ids of the user-assigned identities that a resource carries; none where they are not known as a whole.

    A plan has a list of ids, a state an object by them.
    """
    held = value(resource, "identity.userAssignedIdentities")
    return as_list(held) or list(as_object(held) or {})


def identities(resources: Resources) -> dict[str, Resource]:
    """The stack's user-assigned identities by the object id of their principal, in lower case, where it is known."""
    found = ((value(identity, "principalId"), identity) for identity in resources.of(IDENTITY))
    return {principal.lower(): identity for principal, identity in found if isinstance(principal, str)}
