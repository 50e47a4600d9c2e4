"""OPS-1 on Azure: the deployer may run the site, and the stores' identities may use their keys.

What the auditor needs is AUD-1. Logs are delivered by Azure itself: a diagnostic setting asks for no role.
"""

from collections.abc import Iterator, Sequence

from clover.controls.azure_requests import Permissions, Request, request_of
from clover.controls.case import Case
from clover.controls.operator.azure_changes import own_type
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.model.azure import stores
from clover.model.azure.arm_ids import arm_id
from clover.model.resources import value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_object

IDENTITY = "azure-native:managedidentity:UserAssignedIdentity"
USES = ("Microsoft.KeyVault/vaults/keys/wrap/action", "Microsoft.KeyVault/vaults/keys/unwrap/action")


def what_must_be_allowed_is(case: Case) -> Iterator[Answer]:
    """OPS-1: one answer for the deployer, one for each store's use of its key."""
    permissions = Permissions(case)
    yield _of_the_deployer(case, permissions)
    keys = tuple(stores.keys(case.resources, case.site.account))
    for account in case.resources.of(stores.ACCOUNT):
        yield _of_a_store(case, permissions, account, keys)


def _of_the_deployer(case: Case, permissions: Permissions) -> Answer:
    """Whether the deployer may write everything that the stack declares: proved only with the roles above it given."""
    told = "the deployer is permitted to run the site"
    declared = [(each, arm_id(each, case.site.account)) for each in case.resources.all if _is_arm(each)]
    unplaced = [each.name for each, identifier in declared if identifier is None or not identifier.startswith("/")]
    if unplaced:
        return unknown(f"the id of {unplaced[0]} is not known, so not whether {told}")
    places = [identifier for _, identifier in declared if identifier is not None]
    requests = [request_of(case, case.deployer, f"{own_type(each)}/write", each, is_data=False) for each in places]
    waiting = permissions.undecided(told, None)
    return waiting or _all_allowed(permissions, requests, None, told, (), permissions.roles.given)


def _is_arm(resource: Resource) -> bool:
    return resource.custom and resource.type.startswith("azure-native:")


def _of_a_store(case: Case, permissions: Permissions, account: Resource, keys: Sequence[stores.Key]) -> Answer:
    told = f"the identity of {account.name} may use the key of the store"
    key, carried = stores.key_of(account, keys), as_object(value(account, "identity.userAssignedIdentities"))
    if key is None or key.id is None or carried is None:
        return unknown(f"key or identity of {account.name} is not known, so not whether {told}", resource=account.urn)
    known = {str(arm_id(each, case.site.account)).lower(): each for each in case.resources.of(IDENTITY)}
    named = [known[each.lower()] for each in carried if each.lower() in known]
    principals = [value(each, "principalId") for each in named]
    if not principals or any(each is None or isinstance(each, Unknown) for each in principals):
        return unknown(f"the principal of {account.name}'s identity is not known", resource=account.urn)
    requests = [request_of(case, str(who), use, key.id, is_data=True) for who in principals for use in USES]
    grounds = tuple(Ground(each.urn, "principalId") for each in named)
    return _all_allowed(permissions, requests, account.urn, told, grounds, ())


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
