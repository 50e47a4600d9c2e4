"""Networks, firewalls, endpoints and flow logs."""

from clover.lab.provider.wire import Props
from tests.lab.azure.case import Case
from tests.lab.azure.world import World, endpoint_inputs

RULE = {
    "name": "web",
    "access": "Allow",
    "direction": "Outbound",
    "priority": 100,
    "protocol": "Tcp",
    "sourceAddressPrefix": "*",
    "sourcePortRange": "*",
    "destinationAddressPrefix": "Storage",
    "destinationPortRange": "443",
}


def rules(port: int) -> list[Props]:
    rule = {
        "ruleType": "ApplicationRule",
        "name": "updates",
        "protocols": [{"protocolType": "Https", "port": port}],
        "sourceAddresses": ["10.10.0.0/16"],
        "targetFqdns": ["example.com"],
    }
    return [
        {
            "ruleCollectionType": "FirewallPolicyFilterRuleCollection",
            "name": "allowed",
            "priority": 200,
            "action": {"type": "Allow"},
            "rules": [rule],
        }
    ]


def subnet(world: World, **more: object) -> Props:
    parent = {"virtualNetworkName": world.network["name"]}
    return world.grouped(**parent, subnetName="case", addressPrefix="10.10.9.0/24", defaultOutboundAccess=False, **more)


def firewall(world: World) -> Props:
    configuration = {
        "name": "out",
        "subnet": {"id": world.firewall_subnet.id},
        "publicIPAddress": {"id": world.address.id},
    }
    return world.grouped(
        azureFirewallName=world.name("fw"),
        sku={"name": "AZFW_VNet", "tier": "Standard"},
        firewallPolicy={"id": world.policy.id},
        ipConfigurations=[configuration],
    )


def flow_log(world: World) -> Props:
    return {
        "resourceGroupName": "NetworkWatcherRG",
        "networkWatcherName": "NetworkWatcher_norwayeast",
        "flowLogName": world.name("flows"),
        "targetResourceId": world.network.id,
        "storageId": world.account.id,
        "enabled": True,
        "retentionPolicy": {"days": 30, "enabled": True},
    }


CASES = [
    Case(
        "network:VirtualNetwork",
        inputs=lambda world: world.grouped(
            virtualNetworkName=world.name("vnet"), addressSpace={"addressPrefixes": ["10.40.0.0/16"]}
        ),
        seen=lambda _: {"properties.addressSpace.addressPrefixes": ["10.40.0.0/16"], "location": "norwayeast"},
        changed=lambda _: {"addressSpace": {"addressPrefixes": ["10.40.0.0/16", "10.41.0.0/16"]}, "tags": {"a": "b"}},
        seen_changed=lambda _: {
            "properties.addressSpace.addressPrefixes": ["10.40.0.0/16", "10.41.0.0/16"],
            "tags": {"a": "b"},
        },
        replaced=lambda _: {"location": "northeurope", "virtualNetworkName": "other"},
        drift=("properties.addressSpace.addressPrefixes", ["10.40.0.0/16", "10.50.0.0/16"]),
        drifts="addressSpace",
    ),
    Case(
        "network:Subnet",
        inputs=lambda world: subnet(world, networkSecurityGroup={"id": world.security_group.id}),
        seen=lambda world: {
            "properties.addressPrefix": "10.10.9.0/24",
            "properties.defaultOutboundAccess": False,
            "properties.networkSecurityGroup.id": world.security_group.id,
        },
        changed=lambda world: {"routeTable": {"id": world.table.id}},
        seen_changed=lambda world: {"properties.routeTable.id": world.table.id},
        replaced=lambda _: {"subnetName": "other", "virtualNetworkName": "other"},
        drift=("properties.serviceEndpoints", [{"service": "Microsoft.Storage"}]),
        drifts="serviceEndpoints",
    ),
    Case(
        "network:NetworkSecurityGroup",
        inputs=lambda world: world.grouped(networkSecurityGroupName=world.name("g"), securityRules=[RULE]),
        seen=lambda _: {"properties.securityRules.0.properties.destinationAddressPrefix": "Storage"},
        changed=lambda _: {"securityRules": [{**RULE, "access": "Deny"}]},
        seen_changed=lambda _: {"properties.securityRules.0.properties.access": "Deny"},
        replaced=lambda _: {"networkSecurityGroupName": "other"},
        drift=("properties.securityRules", []),
        drifts="securityRules",
    ),
    Case(
        "network:RouteTable",
        inputs=lambda world: world.grouped(
            routeTableName=world.name("rt"),
            disableBgpRoutePropagation=True,
            routes=[
                {
                    "name": "out",
                    "addressPrefix": "0.0.0.0/0",
                    "nextHopType": "VirtualAppliance",
                    "nextHopIpAddress": "10.10.3.4",
                }
            ],
        ),
        seen=lambda _: {
            "properties.disableBgpRoutePropagation": True,
            "properties.routes.0.properties.nextHopIpAddress": "10.10.3.4",
        },
        changed=lambda _: {
            "routes": [{"name": "out", "addressPrefix": "0.0.0.0/0", "nextHopType": "None"}],
        },
        seen_changed=lambda _: {"properties.routes.0.properties.nextHopType": "None"},
        replaced=lambda _: {"routeTableName": "other"},
        drift=("properties.disableBgpRoutePropagation", False),
        drifts="disableBgpRoutePropagation",
    ),
    Case(
        "network:PublicIPAddress",
        inputs=lambda world: world.grouped(
            publicIpAddressName=world.name("a"), sku={"name": "Standard"}, publicIPAllocationMethod="Static"
        ),
        seen=lambda _: {"sku.name": "Standard", "properties.publicIPAllocationMethod": "Static"},
        changed=lambda _: {"idleTimeoutInMinutes": 10},
        seen_changed=lambda _: {"properties.idleTimeoutInMinutes": 10},
        replaced=lambda _: {"sku": {"name": "Basic"}, "publicIPAddressVersion": "IPv6"},
        drift=("tags", {"who": "else"}),
        drifts="tags",
    ),
    Case(
        "network:FirewallPolicy",
        inputs=lambda world: world.grouped(
            firewallPolicyName=world.name("p"), sku={"tier": "Standard"}, dnsSettings={"enableProxy": True}
        ),
        seen=lambda _: {"properties.sku.tier": "Standard", "properties.dnsSettings.enableProxy": True},
        changed=lambda _: {"threatIntelMode": "Deny"},
        seen_changed=lambda _: {"properties.threatIntelMode": "Deny"},
        replaced=lambda _: {"firewallPolicyName": "other"},
        drift=("properties.dnsSettings.enableProxy", False),
        drifts="dnsSettings",
    ),
    Case(
        "network:FirewallPolicyRuleCollectionGroup",
        inputs=lambda world: world.grouped(
            firewallPolicyName=world.policy["name"],
            ruleCollectionGroupName="allowed",
            priority=200,
            ruleCollections=rules(443),
        ),
        seen=lambda _: {"properties.priority": 200, "properties.ruleCollections.0.rules.0.protocols.0.port": 443},
        changed=lambda _: {"ruleCollections": rules(8443)},
        seen_changed=lambda _: {"properties.ruleCollections.0.rules.0.protocols.0.port": 8443},
        replaced=lambda _: {"ruleCollectionGroupName": "other"},
        drift=("properties.priority", 300),
        drifts="priority",
    ),
    Case(
        "network:AzureFirewall",
        inputs=firewall,
        seen=lambda world: {
            "properties.sku.name": "AZFW_VNet",
            "properties.firewallPolicy.id": world.policy.id,
            "properties.ipConfigurations.0.properties.subnet.id": world.firewall_subnet.id,
        },
        changed=lambda world: {"firewallPolicy": {"id": world.other_policy.id}},
        seen_changed=lambda world: {"properties.firewallPolicy.id": world.other_policy.id},
        replaced=lambda _: {"azureFirewallName": "other"},
        drift=("tags", {"who": "else"}),
        drifts="tags",
    ),
    Case(
        "network:PrivateEndpoint",
        inputs=lambda world: world.grouped(
            privateEndpointName=world.name("end"), **endpoint_inputs(world, world.account)
        ),
        seen=lambda world: {
            "properties.subnet.id": world.other_subnet.id,
            "properties.privateLinkServiceConnections.0.properties.privateLinkServiceId": world.account.id,
        },
        changed=lambda _: {"tags": {"a": "b"}},
        seen_changed=lambda _: {"tags": {"a": "b"}},
        replaced=lambda world: {"subnet": {"id": world.subnet.id}},
        drift=("tags", {"who": "else"}),
        drifts="tags",
    ),
    Case(
        "network:PrivateDnsZoneGroup",
        inputs=lambda world: world.grouped(
            privateEndpointName=world.endpoint["name"],
            privateDnsZoneGroupName="default",
            privateDnsZoneConfigs=[{"name": "blob", "privateDnsZoneId": world.zone.id}],
        ),
        seen=lambda world: {"properties.privateDnsZoneConfigs.0.properties.privateDnsZoneId": world.zone.id},
        changed=lambda world: {"privateDnsZoneConfigs": [{"name": "blobs", "privateDnsZoneId": world.zone.id}]},
        seen_changed=lambda _: {"properties.privateDnsZoneConfigs.0.name": "blobs"},
        replaced=lambda _: {"privateDnsZoneGroupName": "other"},
        drift=("properties.privateDnsZoneConfigs", []),
        drifts="privateDnsZoneConfigs",
    ),
    Case(
        "network:FlowLog",
        inputs=flow_log,
        seen=lambda world: {
            "properties.targetResourceId": world.network.id,
            "properties.enabled": True,
            "properties.retentionPolicy.days": 30,
        },
        changed=lambda world: {"storageId": world.other_account.id},
        seen_changed=lambda world: {"properties.storageId": world.other_account.id},
        replaced=lambda _: {"flowLogName": "other"},
        drift=("properties.enabled", False),
        drifts="enabled",
    ),
]
