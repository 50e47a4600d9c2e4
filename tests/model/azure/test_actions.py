"""Calls to Azure Resource Manager and the actions that they ask for."""

from typing import Any

import pytest

from clover.model.azure.actions import Unreadable, actions_of, call_of, type_of

GROUP = "/subscriptions/s/resourceGroups/g"
NETWORK = f"{GROUP}/providers/Microsoft.Network"
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/a"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/v"


@pytest.mark.parametrize(
    ("method", "path", "action", "scope"),
    [
        ("PUT", GROUP, "Microsoft.Resources/subscriptions/resourceGroups/write", GROUP),
        ("GET", "/subscriptions/s", "Microsoft.Resources/subscriptions/read", "/subscriptions/s"),
        ("GET", "/subscriptions/s/resourceGroups", "Microsoft.Resources/subscriptions/resourceGroups/read", None),
        (
            "DELETE",
            "/subscriptions/s/resourcegroups/g?api-version=1",
            "Microsoft.Resources/subscriptions/resourceGroups/delete",
            None,
        ),
        ("PUT", f"{STORAGE}?api-version=2024-01-01", "Microsoft.Storage/storageAccounts/write", STORAGE),
        ("PATCH", STORAGE, "Microsoft.Storage/storageAccounts/write", STORAGE),
        ("HEAD", STORAGE, "Microsoft.Storage/storageAccounts/read", STORAGE),
        ("POST", f"{STORAGE}/listKeys", "Microsoft.Storage/storageAccounts/listKeys/action", STORAGE),
        (
            "PUT",
            f"{STORAGE}/blobServices/default/containers/c",
            "Microsoft.Storage/storageAccounts/blobServices/containers/write",
            None,
        ),
        ("PUT", f"{VAULT}/keys/k", "Microsoft.KeyVault/vaults/keys/write", None),
        (
            "PUT",
            f"{STORAGE}/blobServices/default/providers/Microsoft.Insights/diagnosticSettings/d",
            "Microsoft.Insights/diagnosticSettings/write",
            None,
        ),
        (
            "PUT",
            "/subscriptions/s/providers/Microsoft.Authorization/roleAssignments/r",
            "Microsoft.Authorization/roleAssignments/write",
            None,
        ),
        ("GET", f"{NETWORK}/virtualNetworks", "Microsoft.Network/virtualNetworks/read", None),
        (
            "DELETE",
            "/providers/Microsoft.Management/managementGroups/m/providers/Microsoft.Authorization/denyAssignments/d",
            "Microsoft.Authorization/denyAssignments/delete",
            None,
        ),
    ],
)
def test_a_call_asks_for_one_action(method: str, path: str, action: str, scope: str | None) -> None:
    needed = call_of(method, path)
    assert needed.action == action
    assert needed.scope == (scope or path.partition("?")[0])


@pytest.mark.parametrize("path", ["/", "/nonsense/x", "/subscriptions/s/providers/Microsoft.Storage", "/tenants/t"])
def test_what_is_no_call_to_azure_resource_manager_is_refused(path: str) -> None:
    with pytest.raises(Unreadable):
        call_of("GET", path)


def test_a_method_that_it_does_not_know_is_refused() -> None:
    with pytest.raises(Unreadable, match="TRACE"):
        call_of("TRACE", STORAGE)


def test_the_type_of_an_extension_is_its_own() -> None:
    assert type_of(f"{VAULT}/providers/Microsoft.Authorization/locks/l") == "Microsoft.Authorization/locks"


LINKED: list[tuple[str, dict[str, Any], list[str]]] = [
    (
        "Microsoft.Network/privateEndpoints/write",
        {
            "properties": {
                "subnet": {"id": f"{NETWORK}/virtualNetworks/n/subnets/a"},
                "privateLinkServiceConnections": [
                    {"properties": {"privateLinkServiceId": STORAGE}},
                    {"properties": {"privateLinkServiceId": VAULT}},
                ],
            }
        },
        [
            f"Microsoft.Network/virtualNetworks/subnets/join/action at {NETWORK}/virtualNetworks/n/subnets/a",
            f"Microsoft.Storage/storageAccounts/PrivateEndpointConnectionsApproval/action at {STORAGE}",
            f"Microsoft.KeyVault/vaults/PrivateEndpointConnectionsApproval/action at {VAULT}",
        ],
    ),
    (
        "Microsoft.Network/privateEndpoints/privateDnsZoneGroups/write",
        {
            "properties": {
                "privateDnsZoneConfigs": [{"properties": {"privateDnsZoneId": f"{NETWORK}/privateDnsZones/z"}}]
            }
        },
        [f"Microsoft.Network/privateDnsZones/join/action at {NETWORK}/privateDnsZones/z"],
    ),
    (
        "microsoft.network/virtualnetworks/subnets/WRITE",
        {"properties": {"networkSecurityGroup": {"id": "/nsg"}, "routeTable": {"id": "/rt"}, "natGateway": None}},
        [
            "Microsoft.Network/networkSecurityGroups/join/action at /nsg",
            "Microsoft.Network/routeTables/join/action at /rt",
        ],
    ),
    (
        "Microsoft.Network/azureFirewalls/write",
        {
            "properties": {
                "ipConfigurations": [{"properties": {"subnet": {"id": "/s"}, "publicIPAddress": {"id": "/p"}}}],
                "firewallPolicy": {"id": "/f"},
            }
        },
        [
            "Microsoft.Network/virtualNetworks/subnets/join/action at /s",
            "Microsoft.Network/publicIPAddresses/join/action at /p",
            "Microsoft.Network/firewallPolicies/join/action at /f",
        ],
    ),
    (
        "Microsoft.Storage/storageAccounts/write",
        {"identity": {"userAssignedIdentities": {"/i": {}, "/j": {}}}},
        [
            "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action at /i",
            "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action at /j",
        ],
    ),
    (
        "Microsoft.Insights/diagnosticSettings/write",
        {"properties": {"storageAccountId": "/a"}},
        ["Microsoft.Storage/storageAccounts/listKeys/action at /a"],
    ),
    (
        "Microsoft.Network/networkWatchers/flowLogs/write",
        {"properties": {"storageId": "/a"}},
        [
            "Microsoft.Storage/storageAccounts/listServiceSas/action at /a",
            "Microsoft.Storage/storageAccounts/listAccountSas/action at /a",
            "Microsoft.Storage/storageAccounts/listKeys/action at /a",
        ],
    ),
    ("Microsoft.Storage/storageAccounts/read", {"properties": {"storageAccountId": "/a"}}, []),
    ("Microsoft.Network/privateEndpoints/write", {}, []),
]


@pytest.mark.parametrize(("operation", "body", "expected"), LINKED)
def test_a_call_asks_for_the_linked_actions_too(operation: str, body: dict[str, Any], expected: list[str]) -> None:
    own, *linked = actions_of(operation, "/own", body)
    assert own == (operation, "/own")
    assert [f"{needed.action} at {needed.scope}" for needed in linked] == expected


def test_every_linked_action_has_a_source() -> None:
    from clover.model.azure import actions

    rows = [row for listed in actions._table()["linked"].values() for row in listed]  # pyright: ignore[reportPrivateUsage]
    assert len(rows) > 20
    assert all(row["source"].startswith("https://") for row in rows)
