"""STA-1 to STA-3 on Azure: the state's store and keys, what its runners may do, and whose tokens they are.

Azure denies nobody: who reaches what is who holds a role that covers it, and from where is the network of the account
or vault itself.
"""

from collections.abc import Iterator, Mapping, Sequence, Set

from clover.controls.azure_requests import (
    ANYBODY_WITH_A_ROLE,
    Asked,
    Permissions,
    Permitted,
    property_of,
    request_of,
    worst,
)
from clover.controls.case import Case, Question
from clover.controls.encryption.azure_form import failing, right, wanted
from clover.controls.evidence.azure_retention import LIFECYCLE, earliest_deletion
from clover.controls.residency.azure_copies import closed, opened
from clover.controls.residency.azure_reading import READS, data_of, stranger
from clover.controls.state.azure_tokens import FEDERATED, becomes_a_runner, kind_of, runners, tokens_of, unplaced
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.model.azure import stores
from clover.model.azure.arm_ids import arm_id, below, same
from clover.model.azure.declared_roles import is_open
from clover.model.azure.networks_in import Settings, let_in, let_in_beside
from clover.model.azure.stores import Key, Store, Vault
from clover.model.resources import value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_list
from clover.zones.vocabulary import StoreRole

_BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
DECRYPTS, ENCRYPTS = "Microsoft.KeyVault/vaults/keys/decrypt/action", "Microsoft.KeyVault/vaults/keys/encrypt/action"
MAY: Mapping[str, Sequence[str]] = {
    "previews": (READS, DECRYPTS),
    "deploys": (READS, DECRYPTS, f"{_BLOBS}/write", f"{_BLOBS}/delete", ENCRYPTS),
}
"""What each runner is for."""
ENDING = (f"{_BLOBS}/deleteBlobVersion/action", f"{_BLOBS}/permanentDelete/action")
"""What ends a version of a blob."""
OWN_CONTAINER = "backends"
"""The container in which a store has the state of the backends' own stack, which its deployer alone reaches."""


def only_runners_reach_the_state(case: Case) -> Iterator[Answer]:
    """STA-1: one answer for each store of state, and one for each key of the stack."""
    permissions, keys = Permissions(case), list(stores.keys(case.resources, case.site.account))
    own = (None, StoreRole.STATE.value)
    found = [each for each in stores.stores(case.resources, case.site.account) if each.role in own]
    if not found:
        yield _absent(case, "stores", "a store of role state", "no store of role state is declared")
    used = [each.resource.urn for each in _of_stores(case, keys)]
    if all(key.resource.urn in used for key in keys):
        yield _absent(case, "secrets", "a key of their own", "the secrets in the state have no key of their own")
    for store in found:
        yield _of_store(case, permissions, store)
    for key in keys:
        yield _of_key(case, permissions, key, stored=key.resource.urn in used)


def _of_stores(case: Case, keys: Sequence[Key]) -> list[Key]:
    """The keys that accounts of the stack lie under."""
    found = (stores.key_of(account, keys) for account in case.resources.of(stores.ACCOUNT))
    return [each for each in found if each is not None]


def _of_store(case: Case, permissions: Permissions, store: Store) -> Answer:
    """Reading and writing by others, either from elsewhere, and the end of a version by anybody."""
    account, urn = store.resource, store.resource.urn
    if store.id is None or store.role is None or isinstance(store.settings, Unknown):
        return unknown(f"the id, the role or the network of {account.name} is not known", resource=urn)
    wrong = permissions.undecided(f"who reaches {account.name} is not known", urn) or opened(account, "RES-3")
    wrong = wrong or _called_from_elsewhere(case, store.id, READS, account, store.settings)
    wrong = wrong or _ended_by_rule(case, account)
    if wrong:
        return wrong
    found = worst(_more_than_runners(case, permissions, store.id))
    if found:
        return stranger(found, let_in(store.settings), urn)
    told = f"nobody but the runners reaches {account.name}, and only one of them writes"
    grounds = (*_network(account, store.settings), *closed(account, "RES-3"), *permissions.grounds(store.id))
    return proved(told, resource=urn, rests_on=grounds, given=permissions.given)


def _more_than_runners(case: Case, permissions: Permissions, identifier: str) -> Iterator[Permitted]:
    """The requests for the data of a store that are permitted and should not be."""
    base, readers = frozenset(each.lower() for each in case.trusted), _principals(case, *MAY)
    for asked in data_of(identifier, keys=False):
        but = {*base, *(_principals(case, "deploys") if asked.is_data else ())}
        for each in permissions.permitted([asked._replace(apart=[READS])], None, but):
            if each.by.principal not in readers or each.request["action"].lower() != READS.lower():
                yield each
    own = f"{identifier}/blobServices/default/containers/{OWN_CONTAINER}"
    yield from permissions.permitted([each for each in data_of(own) if each.is_data], None, base)
    yield from permissions.permitted([Asked(ENDING, identifier, True)], None)


def _principals(case: Case, *kinds: str) -> frozenset[str]:
    """The object ids of the runners of some kinds, in lower case, where they are known."""
    found = (value(each, "principalId") for each in runners(case) if kind_of(each) in kinds)
    return frozenset(each.lower() for each in found if isinstance(each, str))


def _called_from_elsewhere(
    case: Case, identifier: str, action: str, about: Resource, settings: Settings
) -> Answer | None:
    """The answer where somebody is let in from beside the runners' networks."""
    for origin in let_in_beside(settings, _networks(case)):
        request = request_of(case, ANYBODY_WITH_A_ROLE, action, identifier, is_data=True, origin=origin)
        reason = f"{about.name} lets {origin['kind'].replace('_', ' ')} in, beside its runners' networks"
        return refuted(reason, {"kind": "request", "request": request}, resource=about.urn)
    return None


def _ended_by_rule(case: Case, account: Resource) -> Answer | None:
    """The answer where a rule of the account's own deletes anything, at whatever age."""
    for policy in case.resources.of(LIFECYCLE):
        rules = value(policy, "policy.rules")
        if is_open(rules) or is_open(value(policy, "accountName")):
            return unknown(f"what {policy.name} deletes is not known", resource=account.urn)
        own = same(value(policy, "accountName"), value(account, "accountName"))
        ending = [each for each in as_list(rules) or () if own and earliest_deletion(each) is not None]
        if ending:
            example = property_of(policy.urn, "policy.rules", rules, "no rule that deletes")
            return refuted(f"{policy.name} deletes what {account.name} holds", example, resource=account.urn)
    return None


def _networks(case: Case) -> Sequence[str]:
    """The networks that the zone's runners call from."""
    backend = case.zone.file.backend(case.site.name)
    return backend.networks if backend else ()


def _of_key(case: Case, permissions: Permissions, key: Key, *, stored: bool) -> Answer:
    """Use by others than the accounts' identities, or the runners, and calls from beside the runners' networks."""
    urn, name = key.resource.urn, key.resource.name
    if key.vault is None or key.id is None or isinstance(key.vault.settings, Unknown):
        return unknown(f"the vault of {name}, or its network, is not known", resource=urn)
    wrong = permissions.undecided(f"who uses {name} is not known", urn)
    wrong = wrong or failing(list(wanted(key.vault.resource, "closed")), key.resource)
    if not (wrong or stored):
        wrong = _called_from_elsewhere(case, key.id, DECRYPTS, key.resource, key.vault.settings)
    if wrong:
        return wrong
    may = _storing(case) if stored else _opening(case)
    asked = Asked([*stores.data_actions()["vault"]["use"]], key.id, True)
    used = permissions.permitted([asked], None)
    found = worst(each for each in used if each.request["action"].lower() not in may.get(each.by.principal, ()))
    if found:
        return stranger(found, let_in(key.vault.settings), urn)
    told = f"{name} is used by {'the accounts of the stack' if stored else 'the runners'} alone"
    grounds = (*_closed(key.vault), *_network(key.vault.resource, key.vault.settings), *permissions.grounds(key.id))
    return proved(told, resource=urn, rests_on=grounds, given=permissions.given)


def _storing(case: Case) -> Mapping[str, Set[str]]:
    """What each identity of an account does with the account's key."""
    wraps = frozenset(f"microsoft.keyvault/vaults/keys/{verb}/action" for verb in ("wrap", "unwrap"))
    named = [
        value(each, "encryption.encryptionIdentity.encryptionUserAssignedIdentity")
        for each in case.resources.of(stores.ACCOUNT)
    ]
    known = stores.identities(case.resources).items()
    carried = {who: arm_id(identity, case.site.account) for who, identity in known}
    return {who: wraps for who, identifier in carried.items() if any(same(each, identifier) for each in named)}


def _opening(case: Case) -> Mapping[str, Set[str]]:
    """What each runner does with the key of the secrets."""
    return {
        who: frozenset(each.lower() for each in MAY[kind] if each in (DECRYPTS, ENCRYPTS))
        for kind in MAY
        for who in _principals(case, kind)
    }


def _closed(vault: Vault) -> tuple[Ground, ...]:
    return right(list(wanted(vault.resource, "closed")))


def _network(resource: Resource, settings: Settings) -> tuple[Ground, ...]:
    held = {"publicNetworkAccess": settings.get("publicNetworkAccess"), **settings["networkAcls"]}
    return tuple(Ground(resource.urn, f"{name}={content}") for name, content in held.items())


def runners_do_no_more(case: Case) -> Iterator[Answer]:
    """STA-2: one answer for each runner: no role lets it do anything but what it is for, where it is for it."""
    permissions, found = Permissions(case), runners(case)
    if sorted(str(kind_of(each)) for each in found) != sorted(MAY):
        told = f"the stack declares {len(found)} identities of runners, not one of each"
        yield _absent(case, "identities", "one that deploys, one that previews", told)
    for runner in found:
        yield _no_more(case, permissions, runner, MAY[str(kind_of(runner))])


def _no_more(case: Case, permissions: Permissions, runner: Resource, may: Sequence[str]) -> Answer:
    urn, who = runner.urn, value(runner, "principalId")
    if not isinstance(who, str):
        return unknown(f"the principal of {runner.name} is not known", resource=urn)
    undecided = permissions.undecided(f"what {runner.name} may do is not known", urn)
    if undecided:
        return undecided
    subscription, listed = f"/subscriptions/{case.site.account}", frozenset(each.lower() for each in may)
    asked = [Asked(["*"], subscription, is_data, apart=may) for is_data in (False, True)]
    found = worst(
        each
        for each in permissions.permitted(asked, [who.lower()])
        if each.request["action"].lower() not in listed or not _is_kept(case, each.request["resource"])
    )
    if found:
        return stranger(found, [], urn)
    told = f"{runner.name} may do nothing but {', '.join(sorted(may))}"
    held = [each for each in permissions.concerning(subscription) if each.principal == who.lower()]
    own = (Ground(origin, f"{each.role} for {who} at {each.scope}") for each in held for origin in each.origins)
    listing = (Ground(given, "every role that is assigned in no stack") for given in permissions.roles.given)
    grounds = (Ground(urn, f"principalId={who}"), *own, *listing)
    return proved(told, resource=urn, rests_on=tuple(dict.fromkeys(grounds)), given=permissions.given)


def _is_kept(case: Case, place: str) -> bool:
    """Whether a place lies in a store of state or in the key of its secrets."""
    held = list(stores.keys(case.resources, case.site.account))
    used = [each.resource.urn for each in _of_stores(case, held)]
    keys = (each.id for each in held if each.resource.urn not in used)
    accounts = (each.id for each in stores.stores(case.resources, case.site.account))
    return any(each is not None and below(place, each) for each in (*keys, *accounts))


def a_runner_is_one_subject(case: Case) -> Iterator[Answer]:
    """STA-3: one answer for each federated credential, and one for each runner."""
    for credential in case.resources.of(FEDERATED):
        yield becomes_a_runner(case, credential)
    for runner in runners(case):
        yield _of_runner(case, runner)


def _of_runner(case: Case, runner: Resource) -> Answer:
    """Nobody becomes the runner but by its one credential: nothing on Azure carries its identity."""
    urn, own, identifier = runner.urn, tokens_of(case, runner), arm_id(runner, case.site.account)
    carried = {each.urn: value(each, "identity.userAssignedIdentities") for each in case.resources.all}
    waiting = [*unplaced(case), *(each for each in case.resources.all if is_open(carried[each.urn]))]
    carrying = [each for each in case.resources.all if any(same(held, identifier) for held in stores.carried_by(each))]
    if carrying:
        found = property_of(carrying[0].urn, "identity.userAssignedIdentities", carried[carrying[0].urn], "no runner")
        return refuted(f"{carrying[0].name} carries {runner.name}", found, resource=urn)
    if waiting or identifier is None:
        named = ", ".join(each.name for each in waiting) or runner.name
        return unknown(f"whom {named} lets become somebody is not known", resource=urn)
    if not own:
        found = property_of(urn, FEDERATED, None, "one credential")
        return refuted(f"nobody becomes {runner.name}", found, resource=urn)
    if len(own) > 1:
        found = property_of(own[-1].urn, "subject", value(own[-1], "subject"), f"no credential beside {own[0].name}")
        return refuted(f"{len(own)} credentials make somebody {runner.name}, not one", found, resource=urn)
    grounds = (Ground(urn, f"resourceName={value(runner, 'resourceName')}"), Ground(own[0].urn, "the only one"))
    return proved(f"only by {own[0].name} somebody becomes {runner.name}", resource=urn, rests_on=grounds)


def _absent(case: Case, what: str, allowed: str, told: str) -> Answer:
    return refuted(told, property_of(case.stack, what, None, allowed))


QUESTIONS: Mapping[str, Question] = {
    "STA-1": only_runners_reach_the_state,
    "STA-2": runners_do_no_more,
    "STA-3": a_runner_is_one_subject,
}
