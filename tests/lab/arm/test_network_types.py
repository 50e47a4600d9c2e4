"""Every type of the network is made with an official client, read back with it, found in its list, and deleted."""

from typing import Any

import pytest

from tests.lab.arm import site
from tests.lab.arm.asking import GROUP, LOCATION, Azure, refused

RULES: dict[str, Any] = {
    "location": LOCATION,
    "properties": {
        "securityRules": [
            {
                "name": "deny-dns",
                "properties": {
                    "priority": 200,
                    "direction": "Outbound",
                    "access": "Deny",
                    "protocol": "*",
                    "sourceAddressPrefix": "*",
                    "sourcePortRange": "*",
                    "destinationAddressPrefix": "AzurePlatformDNS",
                    "destinationPortRange": "*",
                },
            }
        ]
    },
}
_APPLICATION_RULE = {
    "ruleType": "ApplicationRule",
    "name": "updates",
    "sourceAddresses": ["10.0.2.0/24"],
    "protocols": [{"protocolType": "Https", "port": 443}],
    "targetFqdns": ["example.org"],
}
_COLLECTION = {
    "ruleCollectionType": "FirewallPolicyFilterRuleCollection",
    "name": "allowed",
    "priority": 100,
    "action": {"type": "Allow"},
    "rules": [_APPLICATION_RULE],
}
COLLECTIONS = {"properties": {"priority": 200, "ruleCollections": [_COLLECTION]}}


@pytest.fixture
def made(azure: Azure) -> Azure:
    return azure.make_group()


def test_a_network_with_everything_in_it(made: Azure) -> None:
    network = made.network
    group = network.network_security_groups.begin_create_or_update(GROUP, "workload", RULES).result()
    assert [one.name for one in group.security_rules] == ["deny-dns"]
    assert len(group.default_security_rules) == 6
    route = {
        "name": "out",
        "properties": {"addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.0.1.4"},
    }
    routes = network.route_tables.begin_create_or_update(
        GROUP, "routes", {"location": LOCATION, "properties": {"disableBgpRoutePropagation": True, "routes": [route]}}
    ).result()
    site.network(made)
    subnet = network.subnets.begin_create_or_update(
        GROUP,
        "net",
        "workload",
        {
            "properties": {
                "addressPrefix": "10.0.2.0/24",
                "networkSecurityGroup": {"id": group.id},
                "routeTable": {"id": routes.id},
                "defaultOutboundAccess": False,
            }
        },
    ).result()
    assert network.virtual_networks.get(GROUP, "net").subnets[0].route_table.id == routes.id
    assert network.network_security_groups.get(GROUP, "workload").subnets[0].id == subnet.id
    assert network.route_tables.get(GROUP, "routes").subnets[0].id == subnet.id
    assert network.route_tables.get(GROUP, "routes").routes[0].next_hop_ip_address == "10.0.1.4"
    assert network.security_rules.get(GROUP, "workload", "deny-dns").access == "Deny"
    assert [one.name for one in network.virtual_networks.list_all()] == ["net"]
    assert subnet.default_outbound_access is False


def test_a_firewall_its_policy_and_its_address(made: Azure) -> None:
    network = made.network
    net = site.network(made, AzureFirewallSubnet="10.0.1.0/26")
    policy = network.firewall_policies.begin_create_or_update(
        GROUP, "policy", {"location": LOCATION, "properties": {"sku": {"tier": "Premium"}, "threatIntelMode": "Deny"}}
    ).result()
    network.firewall_policy_rule_collection_groups.begin_create_or_update(
        GROUP, "policy", "allow", COLLECTIONS
    ).result()
    firewall = network.azure_firewalls.begin_create_or_update(
        GROUP,
        "fw",
        {
            "location": LOCATION,
            "properties": {
                "sku": {"name": "AZFW_VNet", "tier": "Premium"},
                "firewallPolicy": {"id": policy.id},
                "ipConfigurations": [
                    {
                        "name": "main",
                        "properties": {
                            "subnet": {"id": net.subnets[0].id},
                            "publicIPAddress": {"id": site.address(made).id},
                        },
                    }
                ],
            },
        },
    ).result()
    assert firewall.ip_configurations[0].private_ip_address == "10.0.1.4"
    read = network.firewall_policy_rule_collection_groups.get(GROUP, "policy", "allow")
    assert read.rule_collections[0].rules[0].target_fqdns == ["example.org"]
    shown = network.firewall_policies.get(GROUP, "policy")
    assert (shown.firewalls[0].id, shown.rule_collection_groups[0].id) == (firewall.id, read.id)
    address = network.public_ip_addresses.get(GROUP, "out")
    assert address.ip_configuration.id == f"{firewall.id}/azureFirewallIpConfigurations/main"
    assert address.ip_address.startswith("198.51.100.")
    assert network.subnets.get(GROUP, "net", "AzureFirewallSubnet").ip_configurations[0].id.endswith("/main")


def test_a_private_endpoint_with_its_names(made: Azure) -> None:
    subnet = site.network(made, endpoints="10.0.3.0/24").subnets[0]
    account = site.account(made)
    endpoint = site.endpoint(made, subnet.id, account.id)
    assert endpoint.private_link_service_connections[0].private_link_service_connection_state.status == "Approved"
    assert endpoint.custom_dns_configs[0].fqdn == f"{account.name}.blob.core.windows.net"
    assert endpoint.custom_dns_configs[0].ip_addresses == ["10.0.3.4"]
    interface = made.network.network_interfaces.get(GROUP, endpoint.network_interfaces[0].id.rpartition("/")[2])
    assert interface.ip_configurations[0].private_ip_address == "10.0.3.4"
    assert made.network.subnets.get(GROUP, "net", "endpoints").private_endpoints[0].id == endpoint.id
    zone = made.zones.private_zones.begin_create_or_update(
        GROUP, "privatelink.blob.core.windows.net", {"location": "global"}
    ).result()
    group = made.network.private_dns_zone_groups.begin_create_or_update(
        GROUP,
        "pe",
        "default",
        {"properties": {"privateDnsZoneConfigs": [{"name": "blob", "properties": {"privateDnsZoneId": zone.id}}]}},
    ).result()
    record = group.private_dns_zone_configs[0].record_sets[0]
    assert (record.record_set_name, record.ip_addresses) == (account.name, ["10.0.3.4"])
    found = made.zones.record_sets.get(GROUP, zone.name, "A", account.name)
    assert found.a_records[0].ipv4_address == "10.0.3.4"
    connections = made.storage.storage_accounts.get_properties(GROUP, account.name).private_endpoint_connections
    assert connections[0].private_endpoint.id == endpoint.id
    made.network.private_endpoints.begin_delete(GROUP, "pe").result()
    assert made.storage.storage_accounts.get_properties(GROUP, account.name).private_endpoint_connections == []
    assert refused(made.zones.record_sets.get, GROUP, zone.name, "A", account.name)[0] == 404


def test_a_zone_linked_to_a_network(made: Azure) -> None:
    net = site.network(made)
    zones = made.zones
    zones.private_zones.begin_create_or_update(
        GROUP, "privatelink.vaultcore.azure.net", {"location": "global"}
    ).result()
    link = zones.virtual_network_links.begin_create_or_update(
        GROUP,
        "privatelink.vaultcore.azure.net",
        "net",
        {"location": "global", "properties": {"virtualNetwork": {"id": net.id}, "registrationEnabled": False}},
    ).result()
    assert (link.virtual_network_link_state, link.virtual_network.id) == ("Completed", net.id)
    zone = zones.private_zones.get(GROUP, "privatelink.vaultcore.azure.net")
    assert (zone.number_of_virtual_network_links, zone.location) == (1, "global")
    assert [one.name for one in zones.private_zones.list()] == ["privatelink.vaultcore.azure.net"]


def test_a_resolver_policy_that_blocks_all(made: Azure) -> None:
    net = site.network(made)
    resolver = made.resolver
    place = {"location": LOCATION}
    policy = resolver.dns_resolver_policies.begin_create_or_update(GROUP, "dns", place).result()
    domains = resolver.dns_resolver_domain_lists.begin_create_or_update(
        GROUP, "all", {**place, "properties": {"domains": ["."]}}
    ).result()
    rule = {
        "priority": 65000,
        "action": {"actionType": "Block"},
        "dnsResolverDomainLists": [{"id": domains.id}],
        "dnsSecurityRuleState": "Enabled",
    }
    resolver.dns_security_rules.begin_create_or_update(GROUP, "dns", "block", {**place, "properties": rule}).result()
    resolver.dns_resolver_policy_virtual_network_links.begin_create_or_update(
        GROUP, "dns", "net", {**place, "properties": {"virtualNetwork": {"id": net.id}}}
    ).result()
    read = resolver.dns_security_rules.get(GROUP, "dns", "block")
    assert (read.action.action_type, read.dns_resolver_domain_lists[0].id) == ("Block", domains.id)
    linked = resolver.dns_resolver_policy_virtual_network_links.get(GROUP, "dns", "net")
    assert linked.virtual_network.id == net.id
    assert resolver.dns_resolver_domain_lists.get(GROUP, "all").domains == ["."]
    assert [one.id for one in resolver.dns_resolver_policies.list()] == [policy.id]


def test_a_flow_log_below_the_watcher_that_azure_makes(made: Azure) -> None:
    net = site.network(made)
    account = site.account(made)
    watcher = made.network.network_watchers.get("NetworkWatcherRG", f"NetworkWatcher_{LOCATION}")
    assert watcher.location == LOCATION
    log = made.network.flow_logs.begin_create_or_update(
        "networkwatcherrg",
        watcher.name,
        "net",
        {
            "location": LOCATION,
            "properties": {
                "targetResourceId": net.id,
                "storageId": account.id,
                "enabled": True,
                "retentionPolicy": {"days": 30, "enabled": True},
                "format": {"type": "JSON", "version": 2},
            },
        },
    ).result()
    assert (log.enabled, log.retention_policy.days, log.storage_id) == (True, 30, account.id)
    assert log.target_resource_guid == net.resource_guid
    made.network.flow_logs.begin_delete("NetworkWatcherRG", watcher.name, "net").result()
    assert list(made.network.flow_logs.list("NetworkWatcherRG", watcher.name)) == []
