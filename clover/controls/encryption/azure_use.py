"""KEY-3 to KEY-6 on Azure: who uses keys, through what, and who administers them.

Azure denies nobody: what keeps others out is that no role lets them, and that the vault answers no network. A vault
lets trusted services in, because Azure Storage reaches its keys as one
(https://learn.microsoft.com/azure/key-vault/general/overview-vnet-service-endpoints#trusted-services).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from clover.controls.azure_requests import (
    ANYBODY_WITH_A_ROLE,
    Asked,
    Permissions,
    Request,
    property_of,
    request_of,
    worst,
)
from clover.controls.case import Case
from clover.controls.encryption.azure_form import failing, right, wanted
from clover.controls.residency.azure_reading import of_the_zone, stranger
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.model.azure import stores
from clover.model.azure.arm_ids import arm_id, same
from clover.model.azure.declared_roles import is_open
from clover.model.azure.networks_in import Settings, let_in, let_in_beside
from clover.model.azure.stores import Key, Vault
from clover.model.resources import value
from clover.sources import Resource, Unknown
from clover.zones.vocabulary import StackKind

FEDERATED = "azure-native:managedidentity:FederatedIdentityCredential"
_KEY_WRITE, _VAULT_WRITE = "Microsoft.KeyVault/vaults/keys/write", "Microsoft.KeyVault/vaults/write"
_STORES = (stores.ACCOUNT, stores.CLUSTER)
"""What encrypts as an identity of its own: storage accounts, and the clusters that workspaces lie on."""
UNWRAPS = "Microsoft.KeyVault/vaults/keys/unwrap/action"


def no_key_is_used_from_outside(case: Case) -> Iterator[Answer]:
    """KEY-3: roles alone decide, nobody who is not of the zone holds one, and the vault answers no network."""
    permissions = Permissions(case)
    inside = of_the_zone(case, permissions)

    def decided(key: Key, vault: Vault) -> Answer:
        asked = [*_use(key), *_administration(key)]
        told = f"nobody who is not of the zone uses or administers {key.resource.name}"
        wrong = _open(case, key, vault) or _somebody_else(permissions, inside, key, asked, vault)
        return wrong or _proved(told, key, (*_closed(vault), *_network(vault)), permissions)

    yield from _of_each_key(case, decided)


def keys_are_used_through_their_service(case: Case) -> Iterator[Answer]:
    """KEY-4: only the identities of storage accounts and clusters of logs use a key, which services alone reach."""
    permissions = Permissions(case)
    carried = _carried_by_stores(case)
    lent = _lent(case, frozenset(carried))
    unclear = _of_unclear_identity(case)

    def decided(key: Key, vault: Vault) -> Answer:
        told = f"{key.resource.name} is used by the identities of stores only"
        wrong = _open(case, key, vault) or (lent and _lends(key, lent))
        if unclear and not wrong:
            told = f"which identities {', '.join(unclear)} carry is not known"
            return unknown(told, resource=key.resource.urn)
        wrong = wrong or _somebody_else(permissions, frozenset(carried), key, _use(key), vault)
        grounds = (*_closed(vault), *_network(vault), *_carriers(carried))
        return wrong or _proved(told, key, grounds, permissions)

    yield from _of_each_key(case, decided)


def keys_are_administered_by_the_trusted_base(case: Case) -> Iterator[Answer]:
    """KEY-5: with the roles as they are, nobody outside the trusted base administers a key, its vault or its roles."""
    permissions = Permissions(case)
    trusted = frozenset(principal.lower() for principal in case.trusted)

    def decided(key: Key, vault: Vault) -> Answer:
        told = f"nobody outside the trusted base administers {key.resource.name}"
        wrong = failing(list(wanted(vault.resource, "closed")), key.resource)
        wrong = wrong or _somebody_else(permissions, trusted, key, _administration(key), vault)
        return wrong or _proved(told, key, _closed(vault), permissions)

    yield from _of_each_key(case, decided)


def no_key_is_locked_out(case: Case) -> Iterator[Answer]:
    """KEY-6: the deployer may still change every key, its rotation and its vault."""
    permissions = Permissions(case)

    def decided(key: Key, vault: Vault) -> Answer:
        data = [request_of(case, case.deployer, what, str(key.id), is_data=True) for what in _actions("kept")]
        key_itself = request_of(case, case.deployer, _KEY_WRITE, str(key.id), is_data=False)
        its_vault = request_of(case, case.deployer, _VAULT_WRITE, str(vault.id), is_data=False)
        return _all_allowed(permissions, [*data, key_itself, its_vault], key)

    yield from _of_each_key(case, decided)


def _of_each_key(case: Case, decided: Callable[[Key, Vault], Answer]) -> Iterator[Answer]:
    """What is decided of each key in its vault; a key that lies in none of the stack is not decided."""
    for key in stores.keys(case.resources, case.site.account):
        if key.vault is None or key.id is None or key.vault.id is None:
            yield unknown(f"the vault of {key.resource.name} is not declared in the stack", resource=key.resource.urn)
        else:
            yield decided(key, key.vault)


def _open(case: Case, key: Key, vault: Vault) -> Answer | None:
    """The answer where somebody reaches the vault's keys beside roles, or from a network."""
    return failing(list(wanted(vault.resource, "closed")), key.resource) or _answers_a_network(case, key, vault)


def _closed(vault: Vault) -> tuple[Ground, ...]:
    """The settings that leave keys to roles alone, as grounds."""
    return right(list(wanted(vault.resource, "closed")))


def _all_allowed(permissions: Permissions, requests: Sequence[Request], key: Key) -> Answer:
    """The answer to "each of these requests is permitted"."""
    urn = key.resource.urn
    undecided = permissions.undecided("whether the deployer still administers the key is not known", urn)
    denied = next((request for request in requests if not permissions.allows(request)), None)
    if denied is None:
        told = f"{requests[0]['principal']} may do what it is there for"
        return _proved(told, key, (), permissions)
    waiting = permissions.waiting()
    if undecided or waiting:
        return undecided or unknown(f"whether the deployer may do all it needs hangs on {waiting}", resource=urn)
    reason = f"{denied['principal']} may not call {denied['action']} on {denied['resource']}"
    return refuted(reason, {"kind": "request", "request": denied}, resource=urn)


def _actions(part: str) -> Sequence[str]:
    """The actions of one part of the table on vaults; see data_actions.yaml."""
    return stores.data_actions()["vault"][part]


def _use(key: Key) -> list[Asked]:
    return [Asked(_actions("use"), str(key.id), True)]


def _administration(key: Key) -> list[Asked]:
    """Data actions on the key, and calls to Azure Resource Manager on the key and its vault."""
    return [Asked(_actions("administer"), str(key.id), True), Asked(_actions("manage"), str(key.id), False)]


def _somebody_else(
    permissions: Permissions, but: frozenset[str], key: Key, asked: Sequence[Asked], vault: Vault
) -> Answer | None:
    """The answer where somebody else is permitted a request, or where who is, is not known."""
    urn = key.resource.urn
    undecided = permissions.undecided(f"who has a role for {key.resource.name} is not known", urn)
    if undecided or isinstance(vault.settings, Unknown):
        return undecided or unknown(f"the network of {vault.resource.name} is not known", resource=urn)
    found = worst(permissions.permitted(asked, None, but))
    return stranger(found, let_in(vault.settings), urn) if found else None


def _answers_a_network(case: Case, key: Key, vault: Vault) -> Answer | None:
    """The answer where the vault lets anybody in but trusted services and the site's own endpoints.

    Runners stand outside the site's network, and call the vault of a backend from networks of their own.
    """
    urn, settings = key.resource.urn, vault.settings
    if isinstance(settings, Unknown):
        return unknown(f"the network of {vault.resource.name} is not known", resource=urn)
    own = {identifier.lower() for _, identifier in vault.endpoints}
    backend = case.zone.file.backend(case.site.name) if case.hand is StackKind.BACKEND else None
    for origin in let_in_beside(settings, backend.networks if backend else ()):
        is_own = origin["kind"] == "private_endpoint" and origin["id"].lower() in own
        if origin["kind"] != "trusted_service" and not is_own:
            request = request_of(case, ANYBODY_WITH_A_ROLE, UNWRAPS, str(key.id), is_data=True, origin=origin)
            reason = f"{vault.resource.name} lets {origin['kind'].replace('_', ' ')} in"
            return refuted(reason, {"kind": "request", "request": request}, resource=urn)
    return None


def _network(vault: Vault) -> tuple[Ground, ...]:
    settings: Settings = vault.settings if not isinstance(vault.settings, Unknown) else {"networkAcls": {}}
    held = {"publicNetworkAccess": settings.get("publicNetworkAccess"), **settings["networkAcls"]}
    return tuple(Ground(vault.resource.urn, f"{name}={content}") for name, content in held.items())


def _proved(told: str, key: Key, grounds: Sequence[Ground], permissions: Permissions) -> Answer:
    every = (*grounds, *permissions.grounds(str(key.id)))
    return proved(told, resource=key.resource.urn, rests_on=every, given=permissions.given)


def _carried_by_stores(case: Case) -> dict[str, tuple[Resource, list[Resource]]]:
    """The principals of the stack's identities that stores use for encryption, with these stores."""
    found: dict[str, tuple[Resource, list[Resource]]] = {}
    for principal, identity in stores.identities(case.resources).items():
        identifier = arm_id(identity, case.site.account)
        accounts = [each for each in case.resources.of(*_STORES) if same(_encrypting(each), identifier)]
        if accounts:
            found[principal] = (identity, accounts)
    return found


def _encrypting(store: Resource) -> Any:
    """The identity that a store encrypts as: an account names one, a cluster has one alone."""
    if store.type == stores.ACCOUNT:
        return value(store, "encryption.encryptionIdentity.encryptionUserAssignedIdentity")
    carried = stores.carried_by(store)
    return carried[0] if len(carried) == 1 and value(store, "keyVaultProperties") else None


def _of_unclear_identity(case: Case) -> list[str]:
    """The names of accounts that encrypt, and of other resources that act, as an identity that is not known."""
    accounts = [each.name for each in case.resources.of(*_STORES) if is_open(_encrypting(each))]
    others = (each for each in case.resources.all if each.type != stores.ACCOUNT)
    return [*accounts, *(each.name for each in others if is_open(value(each, "identity.userAssignedIdentities")))]


def _carriers(carried: Mapping[str, tuple[Resource, list[Resource]]]) -> Iterator[Ground]:
    """The identities, and that nothing but stores carries them."""
    for identity, accounts in carried.values():
        yield Ground(identity.urn, f"principalId={value(identity, 'principalId')}")
        yield from (Ground(each.urn, f"encrypts as {_encrypting(each)}") for each in accounts)


def _lent(case: Case, principals: frozenset[str]) -> tuple[Resource, str, Any] | None:
    """A resource that takes one of the identities out of its service, with the property and its value."""
    identities = stores.identities(case.resources)
    ids = {str(arm_id(identities[each], case.site.account)).lower() for each in principals}
    for resource in case.resources.all:
        named = stores.carried_by(resource)
        if resource.type not in (*_STORES, "") and any(str(each).lower() in ids for each in named):
            return resource, "identity.userAssignedIdentities", named
        if resource.type == FEDERATED:
            return resource, "type", FEDERATED
    return None


def _lends(key: Key, lent: tuple[Resource, str, Any]) -> Answer:
    resource, name, content = lent
    example = property_of(resource.urn, name, content, "stores alone carry the identity")
    return refuted(f"{resource.name} carries an identity that uses the key", example, resource=key.resource.urn)
