"""Names, roles, locks, denials, delegations and diagnostic settings."""

from datetime import UTC, datetime, timedelta
from typing import Any

from clover.lab.provider.wire import Props
from tests.lab.azure.case import Case
from tests.lab.azure.witness import AUDITOR
from tests.lab.azure.world import SUBSCRIPTION_SCOPE, World, delegation_inputs, role_inputs

EVERYONE = "00000000-0000-0000-0000-000000000000"
IN_A_MONTH = f"{(datetime.now(UTC) + timedelta(days=30)).date()}T00:00:00Z"


def security_rule(world: World, **more: Any) -> Props:
    return world.grouped(
        dnsResolverPolicyName=world.resolver_policy["name"],
        dnsSecurityRuleName="allowed",
        priority=100,
        action={"actionType": "Allow"},
        dnsResolverDomainLists=[{"id": world.domains.id}],
        **more,
    )


def denial(world: World, **more: Any) -> Props:
    return {
        "scope": world.group.id,
        "denyAssignmentId": world.guid(3),
        "denyAssignmentName": world.name("No deletion "),
        "permissions": [{"actions": ["Microsoft.Storage/storageAccounts/delete"]}],
        "principals": [{"id": EVERYONE, "type": "Everyone"}],
        "excludePrincipals": [{"id": AUDITOR, "type": "ServicePrincipal"}],
        "isSystemProtected": False,
        **more,
    }


def diagnostics(world: World, **more: Any) -> Props:
    return {
        "resourceUri": world.vault.id,
        "name": "evidence",
        "storageAccountId": world.account.id,
        "logs": [{"categoryGroup": "audit", "enabled": True}],
        **more,
    }


CASES = [
    Case(
        "privatedns:PrivateZone",
        inputs=lambda world: world.grouped(privateZoneName=world.name("zone") + ".example", location="Global"),
        seen=lambda _: {"location": "global"},
        changed=lambda _: {"tags": {"a": "b"}},
        seen_changed=lambda _: {"tags.a": "b"},
        replaced=lambda _: {"privateZoneName": "other.example", "location": "norwayeast"},
        drift=("tags", {"who": "else"}),
        drifts="tags",
    ),
    Case(
        "privatedns:VirtualNetworkLink",
        inputs=lambda world: world.grouped(
            privateZoneName=world.zone["name"],
            virtualNetworkLinkName="site",
            location="Global",
            registrationEnabled=False,
            virtualNetwork={"id": world.network.id},
        ),
        seen=lambda world: {"properties.virtualNetwork.id": world.network.id},
        changed=lambda _: {"tags": {"a": "b"}},
        seen_changed=lambda _: {"tags.a": "b"},
        replaced=lambda _: {"virtualNetworkLinkName": "other"},
        drift=("properties.registrationEnabled", True),
        drifts="registrationEnabled",
    ),
    Case(
        "dnsresolver:DnsResolverPolicy",
        inputs=lambda world: world.grouped(dnsResolverPolicyName=world.name("policy")),
        seen=lambda _: {"location": "norwayeast"},
        changed=lambda _: {"tags": {"a": "b"}},
        seen_changed=lambda _: {"tags.a": "b"},
        replaced=lambda _: {"location": "northeurope"},
        drift=("tags", {"who": "else"}),
        drifts="tags",
    ),
    Case(
        "dnsresolver:DnsResolverPolicyVirtualNetworkLink",
        inputs=lambda world: world.grouped(
            dnsResolverPolicyName=world.resolver_policy["name"],
            dnsResolverPolicyVirtualNetworkLinkName="site",
            virtualNetwork={"id": world.network.id},
        ),
        seen=lambda world: {"properties.virtualNetwork.id": world.network.id},
        changed=lambda _: {"tags": {"a": "b"}},
        seen_changed=lambda _: {"tags.a": "b"},
        replaced=lambda _: {"dnsResolverPolicyName": "other"},
        drift=("tags", {"who": "else"}),
        drifts="tags",
    ),
    Case(
        "dnsresolver:DnsResolverDomainList",
        inputs=lambda world: world.grouped(dnsResolverDomainListName=world.name("list"), domains=["example.com."]),
        seen=lambda _: {"properties.domains": ["example.com."]},
        changed=lambda _: {"domains": ["example.com.", "example.org."]},
        seen_changed=lambda _: {"properties.domains": ["example.com.", "example.org."]},
        replaced=lambda _: {"dnsResolverDomainListName": "other"},
        drift=("properties.domains", ["."]),
        drifts="domains",
    ),
    Case(
        "dnsresolver:DnsSecurityRule",
        inputs=security_rule,
        seen=lambda world: {
            "properties.action.actionType": "Allow",
            "properties.dnsResolverDomainLists": [{"id": world.domains.id}],
        },
        changed=lambda world: {
            "action": {"actionType": "Block"},
            "dnsResolverDomainLists": [{"id": world.other_domains.id}],
        },
        seen_changed=lambda _: {"properties.action.actionType": "Block"},
        replaced=lambda _: {"dnsSecurityRuleName": "other"},
        drift=("properties.dnsSecurityRuleState", "Disabled"),
        drifts="dnsSecurityRuleState",
    ),
    Case(
        "authorization:RoleDefinition",
        inputs=lambda world: {**role_inputs(world), "roleDefinitionId": world.guid(1)},
        seen=lambda world: {
            "properties.roleName": world.name("Key administrator "),
            "properties.permissions.0.actions": ["Microsoft.KeyVault/vaults/keys/read"],
        },
        changed=lambda _: {"permissions": [{"actions": ["Microsoft.KeyVault/vaults/keys/write"], "notActions": []}]},
        seen_changed=lambda _: {"properties.permissions.0.actions": ["Microsoft.KeyVault/vaults/keys/write"]},
        replaced=lambda world: {"roleDefinitionId": world.guid(9)},
        drift=("properties.description", "Everything"),
        drifts="description",
    ),
    Case(
        "authorization:RoleAssignment",
        inputs=lambda world: {
            "scope": world.group.id,
            "roleAssignmentName": world.guid(2),
            "roleDefinitionId": world.role.id,
            "principalId": world.identity["principalId"],
            "principalType": "ServicePrincipal",
        },
        seen=lambda world: {
            "properties.roleDefinitionId": world.role.id,
            "properties.principalId": world.identity["principalId"],
        },
        changed=lambda _: {"description": "stores"},
        seen_changed=lambda _: {"properties.description": "stores"},
        replaced=lambda world: {"principalId": AUDITOR, "scope": SUBSCRIPTION_SCOPE},
        drift=("properties.description", "else"),
        drifts="description",
    ),
    Case(
        "authorization:PimRoleEligibilitySchedule",
        inputs=lambda world: {
            "scope": world.group.id,
            "roleDefinitionId": world.role.id,
            "principalId": AUDITOR,
            "justification": "an approval",
            "scheduleInfo": {"expiration": {"type": "AfterDateTime", "endDateTime": IN_A_MONTH}},
        },
        seen=lambda world: {"properties.roleDefinitionId": world.role.id, "properties.principalId": AUDITOR},
        replaced=lambda _: {"principalId": "00000000-0000-0000-0000-000000000999", "justification": "another"},
    ),
    Case(
        "authorization:ManagementLockByScope",
        inputs=lambda world: {"scope": world.account.id, "lockName": "keep", "level": "CanNotDelete", "notes": "kept"},
        seen=lambda _: {"properties.level": "CanNotDelete", "properties.notes": "kept"},
        changed=lambda _: {"notes": "kept for the auditor"},
        seen_changed=lambda _: {"properties.notes": "kept for the auditor"},
        replaced=lambda world: {"scope": world.group.id},
        drift=("properties.notes", "else"),
        drifts="notes",
    ),
    Case(
        "authorization:DenyAssignment",
        inputs=denial,
        seen=lambda _: {"properties.permissions.0.actions": ["Microsoft.Storage/storageAccounts/delete"]},
        changed=lambda _: {"description": "stores stay"},
        seen_changed=lambda _: {"properties.description": "stores stay"},
        replaced=lambda world: {"denyAssignmentId": world.guid(8)},
        drift=("properties.description", "else"),
        drifts="description",
    ),
    Case(
        "monitor:DiagnosticSetting",
        inputs=diagnostics,
        seen=lambda world: {"properties.storageAccountId": world.account.id, "properties.logs.0.enabled": True},
        changed=lambda world: {"storageAccountId": world.other_account.id},
        seen_changed=lambda world: {"properties.storageAccountId": world.other_account.id},
        replaced=lambda world: {"resourceUri": world.account.id},
        drift=("properties.logs", []),
        drifts="logs",
    ),
    Case(
        "managedservices:RegistrationDefinition",
        inputs=delegation_inputs,
        seen=lambda _: {"properties.managedByTenantId": "99999999-9999-4999-8999-999999999999"},
        changed=lambda world: {
            "properties": {**delegation_inputs(world)["properties"], "description": "reads controls"},
        },
        seen_changed=lambda _: {"properties.description": "reads controls"},
        replaced=lambda world: {"registrationDefinitionId": world.guid(6)},
        drift=("properties.description", "else"),
        drifts="properties",
    ),
    Case(
        "managedservices:RegistrationAssignment",
        inputs=lambda world: {
            "scope": SUBSCRIPTION_SCOPE,
            "registrationAssignmentId": world.guid(5),
            "properties": {"registrationDefinitionId": world.delegation.id},
        },
        seen=lambda world: {"properties.registrationDefinitionId": world.delegation.id},
        replaced=lambda world: {"registrationAssignmentId": world.guid(4)},
    ),
]
