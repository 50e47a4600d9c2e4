"""Management groups and policies, as the official clients ask for them, and what the policies stop below."""

import uuid
from typing import Any

import pytest

from tests.lab.arm import site
from tests.lab.arm.asking import GROUP, LOCATION, Azure, refused

GROUPS = "/providers/Microsoft.Management/managementGroups"
ONLY_HERE = {
    "if": {
        "allOf": [{"field": "location", "exists": "true"}, {"field": "location", "notIn": "[parameters('allowed')]"}]
    },
    "then": {"effect": "deny"},
}
ALLOWED = {"allowed": {"type": "Array"}}
EVERYONE = "00000000-0000-0000-0000-000000000000"


def group(azure: Azure, called: str, below: str = "") -> Any:
    details = {"details": {"parent": {"id": f"{GROUPS}/{below}"}}} if below else {}
    body = {"name": called, "properties": {"displayName": called.upper(), **details}}
    return azure.groups.management_groups.begin_create_or_update(called, body).result()


@pytest.fixture
def root(azure: Azure) -> str:
    """A group below the tenant's own, with the subscription in a group below it."""
    called = f"root-{uuid.uuid4().hex[:8]}"
    group(azure, called)
    group(azure, f"{called}-sites", called)
    azure.groups.management_group_subscriptions.create(f"{called}-sites", azure.subscription)
    return called


def define(azure: Azure, at: str, called: str = "only-here", rule: Any = None, mode: str = "All") -> str:
    body = {"properties": {"mode": mode, "parameters": ALLOWED, "policyRule": rule or ONLY_HERE}}
    made = azure.policies.policy_definitions.create_or_update_at_management_group(at, called, body)
    return made.id


def assign(azure: Azure, at: str, definition: str, called: str = "here", **properties: Any) -> Any:
    told = {"policyDefinitionId": definition, "parameters": {"allowed": {"value": [LOCATION]}}, **properties}
    return azure.policies.policy_assignments.create(at, called, {"properties": told})


def test_groups_stand_below_each_other_and_a_subscription_in_one(azure: Azure, root: str) -> None:
    known = azure.groups.management_groups.get(f"{root}-sites")
    assert (known.properties.display_name, known.properties.tenant_id) == (f"{root}-sites".upper(), azure.tenant)
    assert known.properties.details.parent.id == f"{GROUPS}/{root}"
    assert azure.groups.management_groups.get(root).properties.details.parent.name == azure.tenant
    placed = azure.groups.management_group_subscriptions.get_subscription(f"{root}-sites", azure.subscription)
    assert placed.properties.parent.id == f"{GROUPS}/{root}-sites"
    azure.groups.management_group_subscriptions.create(root, azure.subscription)
    gone = azure.groups.management_group_subscriptions.get_subscription
    assert refused(gone, f"{root}-sites", azure.subscription)[0] == 404


def test_what_a_hierarchy_does_not_take(azure: Azure, root: str) -> None:
    groups = azure.groups.management_groups
    assert refused(group, azure, "x", "nowhere") == (404, "NotFound")
    assert refused(group, azure, root, f"{root}-sites") == (400, "BadRequest")
    assert refused(groups.begin_delete, root) == (400, "BadRequest")
    assert refused(groups.begin_delete, f"{root}-sites") == (400, "BadRequest")
    assert refused(groups.begin_delete, azure.tenant) == (400, "BadRequest")
    settings = {
        "properties": {"requireAuthorizationForGroupCreation": True, "defaultManagementGroup": f"{GROUPS}/{root}"}
    }
    assert refused(azure.groups.hierarchy_settings.create_or_update, root, settings) == (400, "BadRequest")
    made = azure.groups.hierarchy_settings.create_or_update(azure.tenant, settings)
    assert made.properties.require_authorization_for_group_creation is True


def test_a_deep_hierarchy_ends(azure: Azure) -> None:
    stem = f"deep-{uuid.uuid4().hex[:8]}"
    for number in range(6):
        group(azure, f"{stem}-{number}", f"{stem}-{number - 1}" if number else "")
    assert refused(group, azure, f"{stem}-6", f"{stem}-5") == (400, "BadRequest")


def test_a_policy_denies_below_its_group_and_nowhere_else(azure: Azure, root: str) -> None:
    definition = define(azure, root)
    made = assign(azure, f"{GROUPS}/{root}-sites", definition)
    assert (made.properties.enforcement_mode, made.properties.scope) == ("Default", f"{GROUPS}/{root}-sites")
    listed = azure.policies.policy_assignments.list_for_management_group(f"{root}-sites", filter="atScope()")
    assert [one.name for one in listed] == ["here"]
    create = azure.resources.resource_groups.create_or_update
    assert refused(create, "elsewhere", {"location": "westeurope"}) == (403, "RequestDisallowedByPolicy")
    create(GROUP, {"location": LOCATION})
    assert site.identity(azure).location == LOCATION
    stranger = Azure(azure.url, azure.tenant, str(uuid.uuid4()), azure.principal)
    stranger.resources.resource_groups.create_or_update("free", {"location": "westeurope"})


def test_what_is_not_enforced_spared_or_only_audited_stops_nothing(azure: Azure, root: str) -> None:
    definition = define(azure, root)
    place, create = f"{GROUPS}/{root}-sites", azure.resources.resource_groups.create_or_update
    assign(azure, place, definition, enforcementMode="DoNotEnforce")
    create("one", {"location": "westeurope"})
    assign(azure, place, definition, notScopes=[f"{azure.scope}/resourceGroups/two"])
    create("two", {"location": "westeurope"})
    assert refused(create, "three", {"location": "westeurope"}) == (403, "RequestDisallowedByPolicy")
    audited = define(azure, root, "audited", {**ONLY_HERE, "then": {"effect": "audit"}})
    assign(azure, place, audited)
    create("three", {"location": "westeurope"})


def test_what_the_service_does_not_take_of_a_policy(azure: Azure, root: str) -> None:
    place = f"{GROUPS}/{root}-sites"
    definition = define(azure, root)
    odd = {"if": {"fild": "type"}, "then": {"effect": "deny"}}
    assert refused(define, azure, root, "odd", odd) == (400, "InvalidPolicyRule")
    assert refused(define, azure, root, "effect", {**ONLY_HERE, "then": {"effect": "block"}}) == (
        400,
        "InvalidPolicyRule",
    )
    assert refused(assign, azure, place, f"{definition}-none")[0] == 404
    assert refused(assign, azure, place, definition, parameters={}) == (400, "MissingPolicyParameter")
    assert refused(assign, azure, place, definition, "n" * 25) == (400, "InvalidPolicyAssignmentName")
    spared = ["/subscriptions/00000000-0000-0000-0000-00000000000a"]
    assert refused(assign, azure, place, definition, notScopes=spared) == (400, "InvalidNotScopes")
    below = define(azure, f"{root}-sites", "below")
    assert refused(assign, azure, f"{GROUPS}/{root}", below) == (400, "InvalidPolicyDefinitionReference")
    assign(azure, place, definition)
    delete = azure.policies.policy_definitions.delete_at_management_group
    assert refused(delete, root, "only-here") == (409, "PolicyDefinitionInUse")
    azure.policies.policy_assignments.delete(place, "here")
    delete(root, "only-here")


def test_what_is_kept_is_not_deleted_and_neither_is_its_group(azure: Azure, root: str) -> None:
    azure.make_group()
    account = site.account(azure)
    keep = {
        "if": {"field": "type", "equals": "Microsoft.Storage/storageAccounts"},
        "then": {"effect": "denyAction", "details": {"actionNames": ["delete"]}},
    }
    kept = define(azure, root, "kept", keep, "Indexed")
    assign(azure, f"{GROUPS}/{root}", kept)
    delete = azure.storage.storage_accounts.delete
    assert refused(delete, GROUP, account.name) == (403, "RequestDisallowedByPolicy")
    assert refused(azure.resources.resource_groups.begin_delete, GROUP) == (403, "RequestDisallowedByPolicy")
    azure.policies.policy_assignments.delete(f"{GROUPS}/{root}", "here")
    delete(GROUP, account.name)


def test_a_denial_at_a_group_reaches_the_subscription(azure: Azure, root: str) -> None:
    body = {
        "properties": {
            "denyAssignmentName": "keep",
            "permissions": [{"actions": ["Microsoft.ManagedIdentity/*/write"]}],
            "principals": [{"id": EVERYONE, "type": "SystemDefined"}],
            "excludePrincipals": [{"id": azure.principal, "type": "ServicePrincipal"}],
        }
    }
    azure.make_group()
    path = f"{GROUPS}/{root}/providers/Microsoft.Authorization/denyAssignments/{uuid.uuid4()}"
    assert azure.ask("PUT", path, body, version="2024-07-01-preview")[0] == 201
    assert refused(site.identity, azure.other(str(uuid.uuid4()))) == (403, "DenyAssignmentAuthorizationFailed")
    site.identity(azure)
    listed = azure.roles.deny_assignments.list_for_scope(f"{GROUPS}/{root}")
    assert [one.deny_assignment_name for one in listed] == ["keep"]
