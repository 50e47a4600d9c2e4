"""Locks, deny assignments, roles, delegations."""

import uuid
from typing import Any

import pytest

from tests.lab.arm import site
from tests.lab.arm.asking import GROUP, LOCATION, Azure, refused

EVERYONE = "00000000-0000-0000-0000-000000000000"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
READER, CONTRIBUTOR = site.READER, "b24988ac-6180-42a0-ab88-20f7382dd24c"
ADMINISTRATOR = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"
BLOB_READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"


@pytest.fixture
def made(azure: Azure) -> Azure:
    return azure.make_group()


def put(  # noqa: PLR0917 (what a request consists of)
    azure: Azure, scope: str, kind: str, body: Any, called: str = "", version: str = "2022-04-01"
) -> tuple[int, Any]:
    path = f"{scope}/providers/Microsoft.{kind}/{called or uuid.uuid4()}"
    status, shown, _ = azure.ask("PUT", path, body, version=version)
    return (status, shown["error"]["code"]) if status >= 400 else (status, shown)


def lock(azure: Azure, scope: str, level: str, called: str = "keep") -> tuple[int, Any]:
    return put(azure, scope, "Authorization/locks", {"properties": {"level": level}}, called, "2020-05-01")


def test_a_lock_against_deletion_stops_deleting_alone(made: Azure) -> None:
    account = site.account(made)
    assert lock(made, account.id, "CanNotDelete")[0] == 201
    assert refused(made.storage.storage_accounts.delete, GROUP, account.name) == (409, "ScopeLocked")
    assert refused(made.resources.resource_groups.begin_delete, GROUP) == (409, "ScopeLocked")
    made.storage.storage_accounts.update(GROUP, account.name, {"tags": {"a": "b"}})
    assert made.storage.storage_accounts.list_keys(GROUP, account.name).keys_property
    listed = made.ask("GET", f"{made.scope}/providers/Microsoft.Authorization/locks", version="2020-05-01")[1]["value"]
    assert [one["properties"]["level"] for one in listed] == ["CanNotDelete"]
    assert made.ask("DELETE", listed[0]["id"], version="2020-05-01")[0] == 200
    made.storage.storage_accounts.delete(GROUP, account.name)


def test_a_read_only_lock_stops_writes_and_actions_below_it(made: Azure) -> None:
    account = site.account(made)
    assert lock(made, made.group, "ReadOnly")[0] == 201
    update = made.storage.storage_accounts.update
    assert refused(update, GROUP, account.name, {"tags": {}}) == (409, "ScopeLocked")
    assert refused(made.storage.storage_accounts.list_keys, GROUP, account.name) == (409, "ScopeLocked")
    assert refused(site.identity, made) == (409, "ScopeLocked")
    assert refused(made.storage.storage_accounts.delete, GROUP, account.name) == (409, "ScopeLocked")
    assert made.storage.storage_accounts.get_properties(GROUP, account.name).name == account.name


def test_locks_have_a_level(made: Azure) -> None:
    assert lock(made, made.group, "NotSpecified") == (400, "InvalidLockLevel")
    assert lock(made, made.group, "Sometimes") == (400, "InvalidRequestContent")


def deny(*actions: str, principals: Any = None, excluded: Any = (), **more: Any) -> dict[str, Any]:
    properties = {
        "denyAssignmentName": "keep",
        "permissions": [{"actions": list(actions)}],
        "principals": principals or [{"id": EVERYONE, "type": "SystemDefined"}],
        "excludePrincipals": [{"id": one, "type": "ServicePrincipal"} for one in excluded],
        **more,
    }
    return {"properties": properties}


def denied(azure: Azure, body: Any, scope: str = "") -> tuple[int, Any]:
    return put(azure, scope or azure.group, "Authorization/denyAssignments", body, version="2024-07-01-preview")


def assigned(azure: Azure, role_id: str, scope: str, principal: str) -> int:
    """Give a principal a role; the status."""
    body = assignment(azure, role_id, principalId=principal)
    return put(azure, scope, "Authorization/roleAssignments", body)[0]


def contributor(azure: Azure) -> Azure:
    """Another principal, who may do everything in the subscription but hand out roles."""
    other = azure.other(str(uuid.uuid4()))
    assert assigned(azure, CONTRIBUTOR, azure.scope, other.principal) == 201
    return other


def test_who_holds_no_role_reads_nothing_and_who_reads_writes_nothing(made: Azure) -> None:
    account, stranger, reader = site.account(made), made.other(str(uuid.uuid4())), made.other(str(uuid.uuid4()))
    refusal = (403, "AuthorizationFailed")
    assert refused(stranger.storage.storage_accounts.list) == refusal
    assert refused(stranger.resources.resources.list) == refusal
    assert assigned(made, READER, made.scope, reader.principal) == 201
    assert account.name in {one.name for one in reader.storage.storage_accounts.list()}
    assert refused(reader.storage.storage_accounts.list_keys, GROUP, account.name) == refusal
    assert refused(reader.storage.storage_accounts.update, GROUP, account.name, {"tags": {}}) == refusal


def test_a_role_at_one_resource_is_no_role_beside_it(made: Azure) -> None:
    own, other, reader = site.account(made), site.account(made), made.other(str(uuid.uuid4()))
    assert assigned(made, READER, own.id, reader.principal) == 201
    assert reader.storage.storage_accounts.get_properties(GROUP, own.name).id == own.id
    assert refused(reader.storage.storage_accounts.get_properties, GROUP, other.name) == (403, "AuthorizationFailed")


def test_a_deny_assignment_stops_all_but_the_excluded(made: Azure) -> None:
    account = site.account(made)
    keeper, operator = contributor(made), made
    actions = ("Microsoft.Storage/storageAccounts/write", "Microsoft.Storage/storageAccounts/*/action")
    assert denied(made, deny(*actions, excluded=[keeper.principal]))[0] == 201
    answer = (403, "DenyAssignmentAuthorizationFailed")
    assert refused(operator.storage.storage_accounts.update, GROUP, account.name, {"tags": {}}) == answer
    assert refused(operator.storage.storage_accounts.list_keys, GROUP, account.name) == answer
    assert operator.storage.storage_accounts.get_properties(GROUP, account.name)
    keeper.storage.storage_accounts.update(GROUP, account.name, {"tags": {"by": "keeper"}})
    operator.storage.storage_accounts.delete(GROUP, account.name)


def test_a_deny_assignment_for_one_principal(made: Azure) -> None:
    one, other = contributor(made), made
    body = deny(
        "Microsoft.Resources/subscriptions/resourceGroups/delete", principals=[{"id": one.principal, "type": "User"}]
    )
    assert denied(made, body, made.scope)[0] == 201
    delete = one.resources.resource_groups.begin_delete
    assert refused(delete, GROUP) == (403, "DenyAssignmentAuthorizationFailed")
    other.resources.resource_groups.begin_delete(GROUP).result()


def test_an_audited_deny_assignment_stops_nobody(made: Azure) -> None:
    body = deny(
        "Microsoft.ManagedIdentity/userAssignedIdentities/write",
        excluded=[str(uuid.uuid4())],
        denyAssignmentEffect="audit",
    )
    assert denied(made, body)[0] == 201
    site.identity(made)


def test_deny_assignments_are_read_with_the_official_client(made: Azure) -> None:
    shown = denied(made, deny("*/delete", excluded=[made.principal], **NOT_ITSELF))[1]
    read = made.roles.deny_assignments.get(made.group, shown["name"])
    assert (read.deny_assignment_name, read.scope, read.is_system_protected) == ("keep", made.group, False)
    assert [one.name for one in made.roles.deny_assignments.list_for_scope(made.group)] == [shown["name"]]


SELF = "Microsoft.Authorization/denyAssignments"
NOT_ITSELF = {"permissions": [{"actions": ["*/delete"], "notActions": [f"{SELF}/delete"]}]}
WRITE = "Microsoft.Storage/storageAccounts/write"
SOMEBODY = str(uuid.UUID(int=7))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (deny("*/read", excluded=[SOMEBODY]), "InvalidActionOrNotAction"),
        (deny("*", excluded=[SOMEBODY]), "InvalidActionOrNotAction"),
        (deny("Microsoft.Storage/*", excluded=[SOMEBODY]), "InvalidActionOrNotAction"),
        (deny(f"{SELF}/delete", excluded=[SOMEBODY]), "InvalidActionOrNotAction"),
        (deny("*/write", excluded=[SOMEBODY]), "InvalidActionOrNotAction"),
        (deny(WRITE), "InvalidDenyAssignmentPrincipals"),
        (deny(WRITE, principals=[{"id": SOMEBODY, "type": "Group"}]), "InvalidDenyAssignmentPrincipals"),
        (deny(WRITE, principals=[{"id": SOMEBODY}]), "InvalidDenyAssignmentPrincipals"),
        (deny(WRITE, principals=[{"id": SOMEBODY, "type": "User"}] * 2), "InvalidDenyAssignmentPrincipals"),
        (deny(WRITE, excluded=[SOMEBODY], doNotApplyToChildScopes=True), "DenyAssignmentPropertyNotSupported"),
        (deny(WRITE, excluded=[SOMEBODY], isSystemProtected=True), "DenyAssignmentPropertyNotSupported"),
        (deny(WRITE, excluded=[SOMEBODY], condition="true"), "DenyAssignmentPropertyNotSupported"),
        (deny(WRITE, excluded=[SOMEBODY], permissions=[{"dataActions": ["*"]}]), "DenyAssignmentPropertyNotSupported"),
        (deny(excluded=[SOMEBODY]), "InvalidRequestContent"),
        (deny(WRITE, excluded=[SOMEBODY], scope="/subscriptions/other"), "InvalidDenyAssignmentScope"),
    ],
)
def test_deny_assignments_that_the_service_does_not_take(made: Azure, body: Any, code: str) -> None:
    assert denied(made, body) == (400, code)


def role(azure: Azure, **properties: Any) -> dict[str, Any]:
    always = {
        "roleName": f"r {uuid.uuid4()}",
        "permissions": [{"actions": ["*/read"]}],
        "assignableScopes": [azure.scope],
    }
    return {"properties": {**always, **properties}}


def test_roles_that_do_not_hold(made: Azure) -> None:
    kind = "Authorization/roleDefinitions"
    assert put(made, made.scope, kind, role(made), "no-guid")[0] == 400
    assert put(made, made.scope, kind, role(made, assignableScopes=["/"])) == (400, "InvalidAssignableScope")
    elsewhere = [f"/subscriptions/{uuid.uuid4()}"]
    assert put(made, made.scope, kind, role(made, assignableScopes=elsewhere)) == (400, "InvalidAssignableScope")
    assert put(made, made.scope, kind, role(made, permissions=[])) == (400, "InvalidRequestContent")
    assert put(made, made.scope, kind, role(made), OWNER) == (403, "RoleDefinitionIsBuiltIn")
    taken = role(made)
    assert put(made, made.scope, kind, taken)[0] == 201
    assert put(made, made.scope, kind, taken) == (409, "RoleDefinitionWithSameNameExists")


def test_roles_are_listed_by_what_made_them(made: Azure) -> None:
    shown = put(made, made.scope, "Authorization/roleDefinitions", role(made))[1]
    roles = made.roles.role_definitions
    assert [one.name for one in roles.list(made.scope, filter="type eq 'CustomRole'")] == [shown["name"]]
    built_in = {one.name for one in roles.list(made.scope, filter="type eq 'BuiltInRole'")}
    assert OWNER in built_in
    assert shown["name"] not in built_in


def test_a_role_in_use_stays(made: Azure) -> None:
    shown = put(made, made.scope, "Authorization/roleDefinitions", role(made))[1]
    assigned = site.assign(made, made.group, shown["name"], made.principal)
    delete = made.roles.role_definitions.delete
    assert refused(delete, made.scope, shown["name"]) == (400, "RoleDefinitionHasAssignments")
    made.roles.role_assignments.delete(made.group, assigned["name"])
    delete(made.scope, shown["name"])


def assignment(azure: Azure, role_id: str, **more: Any) -> dict[str, Any]:
    above = f"{azure.scope}/providers/Microsoft.Authorization/roleDefinitions"
    return {"properties": {"roleDefinitionId": f"{above}/{role_id}", "principalId": azure.principal, **more}}


def test_assignments_that_do_not_hold(made: Azure) -> None:
    kind = "Authorization/roleAssignments"
    assert put(made, made.group, kind, assignment(made, str(uuid.uuid4()))) == (400, "RoleDefinitionDoesNotExist")
    assert put(made, made.group, kind, assignment(made, site.READER), "no-guid")[0] == 400
    assert put(made, made.group, kind, assignment(made, site.READER, principalId="me")) == (400, "InvalidPrincipalId")
    conditional = assignment(made, site.READER, condition="@x", conditionVersion="1.0")
    assert put(made, made.group, kind, conditional) == (400, "InvalidConditionVersion")
    first = put(made, made.group, kind, assignment(made, site.READER))[1]
    assert put(made, made.group, kind, assignment(made, site.READER)) == (409, "RoleAssignmentExists")
    changed = put(made, made.group, kind, assignment(made, OWNER), first["name"])
    assert changed == (400, "RoleAssignmentUpdateNotPermitted")


def test_a_role_is_assigned_where_it_may_be(made: Azure) -> None:
    made.resources.resource_groups.create_or_update("other", {"location": LOCATION})
    shown = put(made, made.group, "Authorization/roleDefinitions", role(made, assignableScopes=[made.group]))[1]
    elsewhere = f"{made.scope}/resourceGroups/other"
    refusal = put(made, elsewhere, "Authorization/roleAssignments", assignment(made, shown["name"]))
    assert refusal == (400, "RoleDefinitionNotAssignableAtScope")


def offer(role_id: str, **more: Any) -> dict[str, Any]:
    one = {"principalId": SOMEBODY, "roleDefinitionId": role_id, **more}
    return {"properties": {"managedByTenantId": str(uuid.UUID(int=9)), "authorizations": [one]}}


@pytest.mark.parametrize(
    "body",
    [
        offer(OWNER),
        offer(BLOB_READER),
        offer(str(uuid.uuid4())),
        offer(ADMINISTRATOR),
        offer(ADMINISTRATOR, delegatedRoleDefinitionIds=[OWNER]),
        offer(site.READER, delegatedRoleDefinitionIds=[site.READER]),
        {"properties": {"managedByTenantId": "tenant", "authorizations": []}},
        {"properties": {"managedByTenantId": str(uuid.UUID(int=9)), "authorizations": []}},
    ],
)
def test_offers_that_cannot_be_made(made: Azure, body: Any) -> None:
    answer = put(made, made.scope, "ManagedServices/registrationDefinitions", body, version="2022-10-01")
    assert answer in ((400, "InvalidRegistrationDefinition"), (400, "InvalidRequestContent"))


def test_offers_that_can_be_made(made: Azure) -> None:
    body = offer(ADMINISTRATOR, delegatedRoleDefinitionIds=[site.READER])
    body["properties"]["eligibleAuthorizations"] = [
        {
            "principalId": SOMEBODY,
            "roleDefinitionId": site.READER,
            "justInTimeAccessPolicy": {"multiFactorAuthProvider": "Azure", "maximumActivationDuration": "PT8H"},
        }
    ]
    kind = "ManagedServices/registrationDefinitions"
    scope = made.scope.removeprefix("/")
    create = made.lighthouse.registration_definitions.begin_create_or_update
    shown = create(str(uuid.uuid4()), scope, body).result()
    made_of = {"properties": {"registrationDefinitionId": shown.id}}
    taken = "ManagedServices/registrationAssignments"
    assert put(made, made.scope, taken, made_of, version="2022-10-01")[0] == 201
    assert put(made, made.scope, taken, made_of, version="2022-10-01") == (409, "Conflict")
    status, refusal, _ = made.ask("DELETE", shown.id, version="2022-10-01")
    assert (status, refusal["error"]["code"]) == (409, "RegistrationDefinitionHasAssignments")
    own = {"properties": {**body["properties"], "managedByTenantId": made.tenant}}
    assert put(made, made.scope, kind, own, version="2022-10-01") == (400, "InvalidRegistrationDefinition")
