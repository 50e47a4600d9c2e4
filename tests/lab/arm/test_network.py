"""Networks: ranges, rules, firewalls, endpoints, and what cannot go while others need it."""

import copy
from typing import Any

import pytest

from tests.lab.arm import site
from tests.lab.arm.asking import GROUP, LOCATION, Azure, refused

VERSION = "2024-05-01"
RULE = {
    "priority": 200,
    "direction": "Outbound",
    "access": "Deny",
    "protocol": "*",
    "sourceAddressPrefix": "*",
    "sourcePortRange": "*",
    "destinationAddressPrefix": "*",
    "destinationPortRange": "*",
}


@pytest.fixture
def made(azure: Azure) -> Azure:
    return azure.make_group()


def put(azure: Azure, path: str, body: Any) -> tuple[int, str]:
    status, shown, _ = azure.ask("PUT", path, body, version=VERSION)
    return status, shown.get("error", {}).get("code", "") if status >= 400 else ""


def subnet(prefix: str, **more: Any) -> dict[str, Any]:
    return {"properties": {"addressPrefix": prefix, **more}}


@pytest.mark.parametrize(
    ("called", "body", "code"),
    [
        ("b", subnet("10.1.0.0/24"), "NetcfgInvalidSubnet"),
        ("b", subnet("10.0.1.128/25"), "NetcfgSubnetRangesOverlap"),
        ("b", subnet("10.0.0.0/15"), "NetcfgInvalidSubnet"),
        ("b", subnet("10.0.2.1/24"), "InvalidCIDRNotation"),
        ("b", subnet("10.0.2.0"), "InvalidCIDRNotation"),
        ("b", subnet("10.0.2.0/30"), "InvalidSubnetSize"),
        ("b", {"properties": {}}, "InvalidRequestContent"),
        ("AzureFirewallSubnet", subnet("10.0.2.0/27"), "InvalidSubnetPrefixLength"),
        ("b", subnet("10.0.2.0/24", routeTable={"id": "/nothing"}), "LinkedInvalidPropertyId"),
    ],
)
def test_subnets_that_do_not_fit(made: Azure, called: str, body: Any, code: str) -> None:
    net = site.network(made, a="10.0.1.0/24")
    assert put(made, f"{net.id}/subnets/{called}", body) == (400, code)


def test_subnets_in_the_network_are_checked_against_each_other(made: Azure) -> None:
    body = copy.deepcopy(site.NETWORK)
    body["properties"]["subnets"] = [{"name": "a", **subnet("10.0.1.0/24")}, {"name": "b", **subnet("10.0.1.0/25")}]
    path = made.id("Microsoft.Network/virtualNetworks", "net")
    assert put(made, path, body) == (400, "NetcfgSubnetRangesOverlap")
    assert made.ask("GET", path, version=VERSION)[0] == 404


def test_a_network_without_subnets_in_its_body_keeps_them_and_with_none_drops_them(made: Azure) -> None:
    net = site.network(made, a="10.0.1.0/24")
    networks = made.network.virtual_networks
    networks.begin_create_or_update(GROUP, "net", site.NETWORK).result()
    assert [one.name for one in networks.get(GROUP, "net").subnets] == ["a"]
    emptied = copy.deepcopy(site.NETWORK)
    emptied["properties"]["subnets"] = []
    networks.begin_create_or_update(GROUP, "net", emptied).result()
    assert networks.get(GROUP, "net").subnets == []
    assert made.ask("GET", f"{net.id}/subnets/a", version=VERSION)[0] == 404


def test_a_network_cannot_shrink_below_its_subnets(made: Azure) -> None:
    net = site.network(made, a="10.0.1.0/24")
    smaller = {"location": LOCATION, "properties": {"addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}}}
    assert put(made, net.id, smaller) == (400, "NetcfgInvalidSubnet")


def test_a_reference_must_exist_and_lie_in_the_region(made: Azure) -> None:
    net = site.network(made)
    nowhere = {"id": made.id("Microsoft.Network/routeTables", "nowhere")}
    assert put(made, f"{net.id}/subnets/a", subnet("10.0.1.0/24", routeTable=nowhere)) == (
        400,
        "InvalidResourceReference",
    )
    other = made.network.route_tables.begin_create_or_update(GROUP, "far", {"location": "northeurope"}).result()
    far = subnet("10.0.1.0/24", routeTable={"id": other.id})
    assert put(made, f"{net.id}/subnets/a", far) == (400, "InvalidResourceReference")
    wrong = subnet("10.0.1.0/24", networkSecurityGroup={"id": other.id})
    assert put(made, f"{net.id}/subnets/a", wrong) == (400, "InvalidResourceReference")


def test_what_a_subnet_uses_cannot_be_deleted(made: Azure) -> None:
    place = {"location": LOCATION}
    group = made.network.network_security_groups.begin_create_or_update(GROUP, "group", place).result()
    routes = made.network.route_tables.begin_create_or_update(GROUP, "routes", place).result()
    net = site.network(made)
    body = subnet("10.0.1.0/24", networkSecurityGroup={"id": group.id}, routeTable={"id": routes.id})
    made.network.subnets.begin_create_or_update(GROUP, "net", "a", body).result()
    delete_group = made.network.network_security_groups.begin_delete
    assert refused(delete_group, GROUP, "group") == (400, "InUseNetworkSecurityGroupCannotBeDeleted")
    assert refused(made.network.route_tables.begin_delete, GROUP, "routes") == (400, "InUseRouteTableCannotBeDeleted")
    endpoint = site.endpoint(made, f"{net.id}/subnets/a", site.account(made).id)
    status, shown, _ = made.ask("DELETE", f"{net.id}/subnets/a", version=VERSION)
    assert (status, shown["error"]["code"]) == (400, "InUseSubnetCannotBeDeleted")
    assert endpoint.id in shown["error"]["message"]
    assert refused(made.network.virtual_networks.begin_delete, GROUP, "net") == (
        400,
        "InUseVirtualNetworkCannotBeDeleted",
    )
    made.network.private_endpoints.begin_delete(GROUP, "pe").result()
    made.network.virtual_networks.begin_delete(GROUP, "net").result()
    delete_group(GROUP, "group").result()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"priority": 99}, "SecurityRuleInvalidPriority"),
        ({"priority": 4097}, "SecurityRuleInvalidPriority"),
        ({"priority": 300}, "SecurityRuleConflict"),
        ({"sourceAddressPrefix": None}, "SecurityRuleParameterMissing"),
        ({"destinationPortRange": None}, "SecurityRuleParameterMissing"),
        ({"access": None}, "InvalidRequestContent"),
        ({"direction": "Sideways"}, "InvalidRequestContent"),
    ],
)
def test_security_rules_that_do_not_hold(made: Azure, change: dict[str, Any], code: str) -> None:
    body = {
        "location": LOCATION,
        "properties": {"securityRules": [{"name": "taken", "properties": {**RULE, "priority": 300}}]},
    }
    group = made.network.network_security_groups.begin_create_or_update(GROUP, "group", body).result()
    assert put(made, f"{group.id}/securityRules/one", {"properties": {**RULE, **change}}) == (400, code)


@pytest.mark.parametrize(
    "route",
    [
        {"addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance"},
        {"addressPrefix": "0.0.0.0/0", "nextHopType": "None", "nextHopIpAddress": "10.0.0.4"},
        {"addressPrefix": "0.0.0.0/x", "nextHopType": "None"},
    ],
)
def test_routes_that_lead_nowhere(made: Azure, route: dict[str, Any]) -> None:
    body = {"location": LOCATION, "properties": {"routes": [{"name": "out", "properties": route}]}}
    assert put(made, made.id("Microsoft.Network/routeTables", "routes"), body)[0] == 400


def firewall(subnet_id: str, address_id: str, **properties: Any) -> dict[str, Any]:
    configuration = {"name": "main", "properties": {"subnet": {"id": subnet_id}, "publicIPAddress": {"id": address_id}}}
    return {"location": LOCATION, "properties": {"ipConfigurations": [configuration], **properties}}


def test_a_firewall_needs_its_own_subnet_and_a_standard_address(made: Azure) -> None:
    net = site.network(made, AzureFirewallSubnet="10.0.1.0/26", other="10.0.2.0/26")
    own, other = (f"{net.id}/subnets/{one}" for one in ("AzureFirewallSubnet", "other"))
    address = site.address(made)
    path = made.id("Microsoft.Network/azureFirewalls", "fw")
    assert put(made, path, firewall(other, address.id)) == (400, "AzureFirewallSubnetNotFound")
    basic = {"location": LOCATION, "sku": {"name": "Basic"}, "properties": {"publicIPAllocationMethod": "Static"}}
    cheap = made.network.public_ip_addresses.begin_create_or_update(GROUP, "cheap", basic).result()
    assert put(made, path, firewall(own, cheap.id)) == (400, "AzureFirewallPublicIPNotStandard")
    assert put(made, path, {"location": LOCATION}) == (400, "AzureFirewallIpConfigurationMissing")
    made.network.azure_firewalls.begin_create_or_update(GROUP, "fw", firewall(own, address.id)).result()
    second = made.id("Microsoft.Network/azureFirewalls", "second")
    assert put(made, second, firewall(own, site.address(made, "more").id)) == (400, "AzureFirewallSubnetInUse")
    assert refused(made.network.public_ip_addresses.begin_delete, GROUP, "out") == (
        400,
        "PublicIPAddressCannotBeDeleted",
    )


def test_a_standard_address_is_static(made: Azure) -> None:
    body = {"location": LOCATION, "sku": {"name": "Standard"}, "properties": {"publicIPAllocationMethod": "Dynamic"}}
    path = made.id("Microsoft.Network/publicIPAddresses", "out")
    assert put(made, path, body) == (400, "PublicIPAddressSkuAllocationMethodMismatch")


def test_a_policy_of_a_higher_tier_and_a_policy_in_use(made: Azure) -> None:
    net = site.network(made, AzureFirewallSubnet="10.0.1.0/26")
    policies = made.network.firewall_policies
    premium = {"location": LOCATION, "properties": {"sku": {"tier": "Premium"}}}
    policy = policies.begin_create_or_update(GROUP, "policy", premium).result()
    path = made.id("Microsoft.Network/azureFirewalls", "fw")
    body = firewall(net.subnets[0].id, site.address(made).id, firewallPolicy={"id": policy.id})
    assert put(made, path, body) == (400, "AzureFirewallPolicyTierMismatch")
    body["properties"]["sku"] = {"name": "AZFW_VNet", "tier": "Premium"}
    made.network.azure_firewalls.begin_create_or_update(GROUP, "fw", body).result()
    assert refused(policies.begin_delete, GROUP, "policy") == (400, "FirewallPolicyHasReferences")
    assert put(made, policy.id, {"location": LOCATION}) == (409, "PropertyChangeNotAllowed")


def collection(**change: Any) -> dict[str, Any]:
    rule = {"ruleType": "ApplicationRule", "name": "r", "sourceAddresses": ["*"], "targetFqdns": ["a.example"]}
    return {
        "ruleCollectionType": "FirewallPolicyFilterRuleCollection",
        "name": "c",
        "priority": 100,
        "action": {"type": "Allow"},
        "rules": [rule],
        **change,
    }


NETWORK_RULE = {
    "ruleType": "NetworkRule",
    "name": "n",
    "sourceAddresses": ["*"],
    "destinationPorts": ["443"],
    "ipProtocols": ["TCP"],
}
APPLICATION_RULE = {"ruleType": "ApplicationRule", "name": "a", "sourceAddresses": ["*"], "targetFqdns": ["a.example"]}


@pytest.mark.parametrize(
    ("priority", "collections", "code"),
    [
        (99, [collection()], "FirewallPolicyRuleCollectionInvalidPriority"),
        (300, [collection()], "FirewallPolicyRuleCollectionPriorityConflict"),
        (200, [collection(priority=65001)], "FirewallPolicyRuleCollectionInvalidPriority"),
        (200, [collection(), collection(name="d")], "FirewallPolicyRuleCollectionPriorityConflict"),
        (200, [collection(rules=[NETWORK_RULE, APPLICATION_RULE])], "FirewallPolicyRuleTypesMixed"),
        (200, [collection(rules=[{**APPLICATION_RULE, "sourceAddresses": []}])], "FirewallPolicyRuleWithoutSource"),
        (
            200,
            [collection(rules=[{**APPLICATION_RULE, "targetFqdns": []}])],
            "FirewallPolicyApplicationRuleWithoutTarget",
        ),
        (200, [collection(rules=[{**APPLICATION_RULE, "destinationPorts": ["1"]}])], "InvalidRequestContent"),
        (200, [collection(ruleCollectionType="Other")], "InvalidRequestContent"),
    ],
)
def test_rule_collections_that_do_not_hold(made: Azure, priority: int, collections: list[Any], code: str) -> None:
    policy = made.network.firewall_policies.begin_create_or_update(GROUP, "policy", {"location": LOCATION}).result()
    groups = made.network.firewall_policy_rule_collection_groups
    groups.begin_create_or_update(GROUP, "policy", "taken", {"properties": {"priority": 300}}).result()
    body = {"properties": {"priority": priority, "ruleCollections": collections}}
    assert put(made, f"{policy.id}/ruleCollectionGroups/one", body) == (400, code)


def test_endpoints_that_lead_nowhere(made: Azure) -> None:
    net = site.network(made, a="10.0.1.0/24")
    account = site.account(made)
    inside, path = net.subnets[0].id, made.id("Microsoft.Network/privateEndpoints", "pe")
    assert put(made, path, site.endpoint_body(inside, account.id, "vault")) == (400, "PrivateEndpointGroupIdsInvalid")
    assert put(made, path, site.endpoint_body(inside, net.id)) == (400, "PrivateEndpointGroupIdsInvalid")
    assert put(made, path, site.endpoint_body(inside, account.id + "x")) == (400, "InvalidResourceReference")
    without = site.endpoint_body(inside, account.id, privateLinkServiceConnections=[])
    assert put(made, path, without) == (400, "InvalidPrivateEndpointConnections")


def test_endpoints_take_one_address_each(made: Azure) -> None:
    net = site.network(made, a="10.0.1.0/29")
    vault = site.vault(made)
    addresses = [
        site.endpoint(made, net.subnets[0].id, vault.id, f"pe{number}", "vault").custom_dns_configs[0].ip_addresses[0]
        for number in range(3)
    ]
    assert addresses == ["10.0.1.4", "10.0.1.5", "10.0.1.6"]
    path = made.id("Microsoft.Network/privateEndpoints", "pe3")
    assert put(made, path, site.endpoint_body(net.subnets[0].id, vault.id, "vault")) == (400, "SubnetIsFull")


def test_flow_logs_stay_in_the_region_and_come_once(made: Azure) -> None:
    net, account = site.network(made), site.account(made)
    far = site.account(made, location="northeurope")
    watcher = f"Microsoft.Network/networkWatchers/NetworkWatcher_{LOCATION}"
    above = f"{made.scope}/resourceGroups/NetworkWatcherRG/providers/{watcher}"

    def log(**change: Any) -> dict[str, Any]:
        properties = {"targetResourceId": net.id, "storageId": account.id, "enabled": True, **change}
        return {"location": LOCATION, "properties": properties}

    assert put(made, f"{above}/flowLogs/one", log(storageId=far.id)) == (400, "FlowLogRegionMismatch")
    assert put(made, f"{above}/flowLogs/one", log(targetResourceId=account.id)) == (400, "InvalidFlowLogTarget")
    too_long = log(retentionPolicy={"days": 366, "enabled": True})
    assert put(made, f"{above}/flowLogs/one", too_long) == (400, "InvalidFlowLogRetention")
    assert put(made, f"{above}/flowLogs/one", log()) == (201, "")
    assert put(made, f"{above}/flowLogs/two", log()) == (400, "FlowLogAlreadyExistsForTarget")
