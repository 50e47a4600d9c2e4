"""OPS-1 on Azure: the deployer may run the site, the stores' identities may use their keys, and records get in.

What the auditor needs is AUD-1. Logs are delivered by Azure itself, as a trusted service: that asks for no role, but
the deployer has to be permitted to name the account that they go to.
"""

from collections.abc import Iterator, Mapping, Sequence

from clover.controls.audit.azure import reads_of_records
from clover.controls.azure_requests import Permissions, Request, auditor, property_of, request_of
from clover.controls.backups.azure_copies import keeper, lies_there, policies_there
from clover.controls.case import Case, Question
from clover.controls.evidence.azure_stores import EvidenceAccounts
from clover.controls.evidence.keepers import UNREAD, keepers
from clover.controls.migration.azure import adding, landings
from clover.controls.operation import azure_reach, held
from clover.controls.operation.azure_runners import needed_by_runners
from clover.controls.operation.azure_stores import stores_are_reached, without_a_container
from clover.controls.operator.azure_changes import own_type
from clover.controls.residency.azure_reading import READS
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.logic.azure import evaluate_network
from clover.model.azure import stores
from clover.model.azure.arm_ids import arm_id, stands_above
from clover.model.resources import value
from clover.sources import Resource, Unknown
from clover.zones.vocabulary import StackKind, StoreRole

WORKSPACE = "azure-native:operationalinsights:Workspace"
NAMING_A_WORKSPACE = "Microsoft.OperationalInsights/workspaces/sharedKeys/action"
"""What Azure asks of whoever has a diagnostic setting deliver to a workspace
(https://github.com/MicrosoftDocs/azure-docs/issues/80159)."""
NAMING = "Microsoft.Storage/storageAccounts/listKeys/action"
"""What Azure asks of whoever has a diagnostic setting deliver to an account
(https://learn.microsoft.com/azure/azure-monitor/fundamentals/roles-permissions-security#monitoring-contributor)."""
IDENTITY = "azure-native:managedidentity:UserAssignedIdentity"
WORKS = (READS, "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write")
USES = ("Microsoft.KeyVault/vaults/keys/wrap/action", "Microsoft.KeyVault/vaults/keys/unwrap/action")


def what_must_be_allowed_is(case: Case) -> Iterator[Answer]:
    """OPS-1: one answer for the deployer, one for each evidence store, one for each store's use of its key.

    Stores of data are besides come to by the site's workloads, a landing is filled by its writer, a vault is read by
    the auditor's machine, and a backend is worked with by its runners.
    """
    permissions = Permissions(case)
    yield _of_the_deployer(case, permissions)
    yield from _of_copies(case)
    yield from _of_records(case)
    if case.hand is StackKind.AUDITOR:
        yield from reads_of_records(case)
        yield from _of_the_owners(case, permissions)
    if case.hand is StackKind.BACKEND:
        yield from _of_runners(case, permissions)
    if case.hand is not StackKind.BACKUPS:
        yield from stores_are_reached(case)
    yield from _of_writers(case, permissions)
    keys = tuple(stores.keys(case.resources, case.site.account))
    for account in case.resources.of(stores.ACCOUNT):
        yield _of_a_store(case, permissions, account, stores.key_of(account, keys))
    for cluster in case.resources.of(stores.CLUSTER):
        yield _of_a_store(case, permissions, cluster, stores.key_of(cluster, keys, "keyVaultProperties"))


def _of_the_deployer(case: Case, permissions: Permissions) -> Answer:
    """Whether the deployer may write everything that the stack declares: proved only with the roles above it given."""
    told = "the deployer is permitted to run the site"
    own = [each for each in case.resources.all if _is_arm(each) and not lies_there(case, each)]
    declared = [(each, arm_id(each, case.site.account)) for each in own]
    unplaced = [each.name for each, identifier in declared if identifier is None or not identifier.startswith("/")]
    if unplaced:
        return unknown(f"the id of {unplaced[0]} is not known, so not whether {told}")
    places = [each for _, each in declared if each is not None and not stands_above(each)]
    requests = [request_of(case, case.deployer, f"{own_type(each)}/write", each, is_data=False) for each in places]
    waiting = permissions.undecided(told, None)
    return waiting or _all_allowed(permissions, requests, None, told, (), permissions.given)


def _of_copies(case: Case) -> Iterator[Answer]:
    """Whether the site's deployer may have stores copied into the account of the copies, where their stack was read."""
    part, told = keeper(case), "the deployer is permitted to have stores copied"
    policies = list(policies_there(case))
    if part is None or not policies:
        return
    places = [each for each in policies if isinstance(each, str)]
    if len(places) < len(policies):
        yield unknown(f"the ids of policies of replication are not known yet, so not whether {told}")
        return
    permissions = Permissions(part)
    requests = [request_of(part, case.deployer, f"{own_type(each)}/write", each, is_data=False) for each in places]
    waiting = permissions.undecided(told, None)
    yield waiting or _all_allowed(permissions, requests, None, told, (), permissions.given)


def _of_records(case: Case) -> Iterator[Answer]:
    """Whether trusted services get in where the site's records end, and its deployer may say that they end there.

    https://learn.microsoft.com/azure/storage/common/storage-network-security-trusted-azure-services
    """
    accounts = EvidenceAccounts(case)
    if accounts.missing:
        yield unknown(f"whether records get into the vault is not known: {UNREAD}")
    for account in accounts.all:
        yield _let_in(account) or _may_be_named(case, accounts, account)
    for part in keepers(case) if case.hand is StackKind.SITE else ():
        yield from (_may_be_sent_to(case, part, workspace) for workspace in part.resources.of(WORKSPACE))


def _may_be_sent_to(case: Case, part: Case, workspace: Resource) -> Answer:
    """Whether the site's deployer may name the workspace of its monitor as a place of records."""
    place, urn, told = arm_id(workspace, part.site.account), workspace.urn, f"records get into {workspace.name}"
    if place is None:
        return unknown(f"the id of {workspace.name} is not known", resource=urn)
    permissions = Permissions(part)
    request = request_of(part, case.deployer, NAMING_A_WORKSPACE, place, is_data=False)
    waiting = permissions.undecided(told, urn)
    return waiting or _all_allowed(permissions, [request], urn, told, (), permissions.given)


def _let_in(account: Resource) -> Answer | None:
    """What keeps trusted services out of an account, or that it is not known."""
    held, default = value(account, "networkRuleSet.bypass"), value(account, "networkRuleSet.defaultAction")
    if isinstance(held, Unknown) or isinstance(default, Unknown):
        return unknown(f"the network of {account.name} is not known", resource=account.urn)
    if default == "Allow" or held is None or "AzureServices" in str(held):
        return None
    told = f"{account.name} lets no trusted service in, and so no record"
    example = property_of(account.urn, "networkRuleSet.bypass", held, "AzureServices")
    return refuted(told, example, resource=account.urn)


def _may_be_named(case: Case, accounts: EvidenceAccounts, account: Resource) -> Answer:
    """Whether the site's deployer may name an account, its own or its keeper's, as the place of logs."""
    keeper, place, urn = accounts.keeper(account), accounts.id_of(account), account.urn
    if place is None:
        return unknown(f"the id of {account.name} is not known", resource=urn)
    permissions, told = Permissions(keeper), f"records get into {account.name}"
    request = request_of(keeper, case.deployer, NAMING, place, is_data=False)
    grounds = (Ground(urn, f"networkRuleSet.bypass={value(account, 'networkRuleSet.bypass')}"),)
    waiting = permissions.undecided(told, urn)
    return waiting or _all_allowed(permissions, [request], urn, told, grounds, permissions.given)


def _is_arm(resource: Resource) -> bool:
    return resource.custom and resource.type.startswith("azure-native:")


def _of_a_store(case: Case, permissions: Permissions, account: Resource, key: stores.Key | None) -> Answer:
    """Whether what carries an identity, an account or a cluster of logs, may use its key as that."""
    told = f"the identity of {account.name} may use the key of the store"
    carried = stores.carried_by(account)
    if key is None or key.id is None or not carried or any(isinstance(each, Unknown) for each in carried):
        return unknown(f"key or identity of {account.name} is not known, so not whether {told}", resource=account.urn)
    known = {str(arm_id(each, case.site.account)).lower(): each for each in case.resources.of(IDENTITY)}
    named = [known[each.lower()] for each in carried if each.lower() in known]
    principals = [value(each, "principalId") for each in named]
    if not principals or any(each is None or isinstance(each, Unknown) for each in principals):
        return unknown(f"the principal of {account.name}'s identity is not known", resource=account.urn)
    requests = [request_of(case, str(who), use, key.id, is_data=True) for who in principals for use in USES]
    grounds = tuple(Ground(each.urn, "principalId") for each in named)
    return _all_allowed(permissions, requests, account.urn, told, grounds, ())


def _of_writers(case: Case, permissions: Permissions) -> Iterator[Answer]:
    """Whether historic data gets into each landing on the last day."""
    migration = case.zone.file.migration(case.site.name)
    if migration is None or case.day > migration.deadline:
        return
    for store in landings(case):
        urn, told = store.resource.urn, f"{migration.writer} adds to {store.resource.name} until {migration.deadline}"
        if store.id is None:
            yield unknown(f"the id of {store.resource.name} is not known, so not whether {told}", resource=urn)
            continue
        request = adding(case, store.id, migration, migration.deadline)
        waiting = permissions.undecided(told, urn)
        yield waiting or _all_allowed(permissions, [request], urn, told, (), permissions.given)


def _of_the_owners(case: Case, permissions: Permissions) -> Iterator[Answer]:
    """Whether the auditor's person and machine are let in to an account of their own, and work in it."""
    known = auditor(case)
    for store in stores.stores(case.resources, case.site.account):
        if store.role != StoreRole.AUDITOR_OWNED.value:
            continue
        if store.id is None or isinstance(store.settings, Unknown):
            yield unknown(f"the id or the network of {store.resource.name} is not known", resource=store.resource.urn)
            continue
        origin = {"kind": "internet", "address": known.networks[0].partition("/")[0]}
        requests = [
            request_of(case, who, action, store.id, is_data=True, origin=origin)
            for who in (known.person, known.machine)
            for action in WORKS
        ]
        if evaluate_network(origin, store.settings).decision != "allow":
            told = f"{store.resource.name} lets none of the auditor's networks in"
            yield refuted(told, {"kind": "request", "request": requests[0]}, resource=store.resource.urn)
            continue
        inside = stores.containers(case.resources).get(str(value(store.resource, "accountName")).lower(), [])
        told = f"the auditor's person and machine work in {store.resource.name}"
        grounds = [Ground(each.urn, "containerName") for each in inside]
        lacking = None if inside else without_a_container(case, store)
        yield lacking or _all_allowed(permissions, requests, store.resource.urn, told, grounds, permissions.given)


def _of_runners(case: Case, permissions: Permissions) -> Iterator[Answer]:
    """Whether both runners of a backend may do what they are for."""
    waiting = permissions.waiting()
    for each in needed_by_runners(case):
        if isinstance(each, Answer):
            yield each
        elif waiting:
            yield unknown(f"whether {each.told} hangs on {waiting}", resource=each.about)
        else:
            yield _all_allowed(permissions, each.requests, each.about, each.told, (), permissions.given)


def _all_allowed(  # noqa: PLR0913, PLR0917 (what is asked, about what, and what it leans on)
    permissions: Permissions,
    requests: Sequence[Request],
    about: str | None,
    told: str,
    grounds: Sequence[Ground],
    given: Sequence[str],
) -> Answer:
    """Proved when every request is permitted; else refuted with the first that is not."""
    for request in requests:
        if not permissions.allows(request):
            reason = f"{request['principal']} may not call {request['action']} on {request['resource']}"
            return refuted(reason, {"kind": "request", "request": request}, resource=about)
    held = [
        Ground(origin, f"{each.role} for {each.principal} at {each.scope}")
        for each in permissions.roles.granting
        if each.principal in {request["principal"].lower() for request in requests}
        for origin in each.origins
    ]
    return proved(told, resource=about, rests_on=tuple(dict.fromkeys((*grounds, *held))), given=tuple(given))


QUESTIONS: Mapping[str, Question] = {
    "OPS-1": what_must_be_allowed_is,
    "OPS-2": azure_reach.declared_hosts_are_reached,
    "OPS-3": held.what_is_said_is_there,
}
"""Each control's question on whether it holds."""
