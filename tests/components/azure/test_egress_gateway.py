from typing import Any

import pytest

from components.azure import EgressGateway, EgressGatewayArgs
from tests.components.azure import answers
from tests.components.azure.answers import FIREWALL_ADDRESS, REGION, created
from tests.components.azure.sample import SITE
from tests.recorder import Registration, World, declaring

NETWORK = "azure-native:network"
DNS = "azure-native:dnsresolver"
ARGS: EgressGatewayArgs = {
    "site": SITE,
    "cidr": "10.32.0.0/16",
    "availability_zones": ["1"],
    "interface_endpoints": [],
    "allowed_domains": [],
    "evidence": "/subscriptions/s/account",
    "protected": False,
}


def subnets(world: World) -> dict[str, Registration]:
    return {one.inputs["subnetName"]: one for one in world.all(f"{NETWORK}:Subnet")}


def last(identity: str) -> str:
    return identity.rsplit("/", 1)[1]


def security_rules(world: World, subnet: str) -> list[dict[str, Any]]:
    """The rules of a subnet's own security group, in the order in which they count."""
    group = last(subnets(world)[subnet].inputs["networkSecurityGroup"]["id"])
    groups = {one.inputs["networkSecurityGroupName"]: one for one in world.all(f"{NETWORK}:NetworkSecurityGroup")}
    return sorted(groups[group].inputs["securityRules"], key=lambda rule: (rule["direction"], rule["priority"]))


def decided(world: World, subnet: str, direction: str, target: str, port: str) -> str:
    """What the first rule decides that names the other end and the port, or everything."""
    end = "destinationAddressPrefix" if direction == "Outbound" else "sourceAddressPrefix"
    for rule in security_rules(world, subnet):
        fits = rule[end] in {"*", target} and rule["destinationPortRange"] in {"*", port}
        if rule["direction"] == direction and fits:
            return rule["access"]
    raise LookupError(f"no rule of {subnet} decides")


def collections(world: World) -> list[dict[str, Any]]:
    group = world.one(f"{NETWORK}:FirewallPolicyRuleCollectionGroup").inputs
    return sorted(group["ruleCollections"], key=lambda one: one["priority"])


def test_subnets_give_nobody_a_way_out_and_know_no_service_endpoint(world: World) -> None:
    assert set(subnets(world)) == {"AzureFirewallSubnet", "endpoints", "workload"}
    for subnet in subnets(world).values():
        assert subnet.inputs["defaultOutboundAccess"] is False
        assert subnet.inputs["serviceEndpoints"] == []
        assert subnet.inputs["privateEndpointNetworkPolicies"] == "Enabled"
        assert "natGateway" not in subnet.inputs


@pytest.mark.parametrize("subnet", ["workload", "endpoints"])
def test_every_route_out_leads_to_the_firewall_and_none_is_learnt(world: World, subnet: str) -> None:
    named = last(subnets(world)[subnet].inputs["routeTable"]["id"])
    (table,) = [one for one in world.all(f"{NETWORK}:RouteTable") if one.inputs["routeTableName"] == named]
    assert table.inputs["disableBgpRoutePropagation"] is True
    (route,) = table.inputs["routes"]
    assert (route["addressPrefix"], route["nextHopType"]) == ("0.0.0.0/0", "VirtualAppliance")
    assert route["nextHopIpAddress"] == FIREWALL_ADDRESS


def test_workloads_ask_the_firewall_for_names_and_azures_resolver_is_closed_to_them(world: World) -> None:
    network = world.one(f"{NETWORK}:VirtualNetwork").inputs
    assert network["dhcpOptions"] == {"dnsServers": [FIREWALL_ADDRESS]}
    assert decided(world, "workload", "Outbound", "AzurePlatformDNS", "53") == "Deny"
    assert decided(world, "workload", "Outbound", f"{FIREWALL_ADDRESS}/32", "53") == "Allow"
    policy = world.one(f"{NETWORK}:FirewallPolicy").inputs
    assert policy["dnsSettings"] == {"enableProxy": True, "servers": []}


@pytest.mark.parametrize(
    ("subnet", "direction", "target", "port", "access"),
    [
        ("workload", "Outbound", "Internet", "443", "Allow"),
        ("workload", "Outbound", "Internet", "80", "Deny"),
        ("workload", "Outbound", "10.32.128.0/18", "443", "Allow"),
        ("workload", "Outbound", "10.32.128.0/18", "445", "Deny"),
        ("workload", "Outbound", "VirtualNetwork", "22", "Deny"),
        ("workload", "Inbound", "10.32.0.0/17", "8080", "Allow"),
        ("workload", "Inbound", "AzureLoadBalancer", "443", "Deny"),
        ("endpoints", "Inbound", "10.32.0.0/17", "443", "Allow"),
        ("endpoints", "Inbound", "10.32.0.0/17", "80", "Deny"),
        ("endpoints", "Inbound", "VirtualNetwork", "443", "Deny"),
        ("endpoints", "Outbound", "Internet", "443", "Deny"),
    ],
)
def test_security_groups_deny_what_is_not_named(
    world: World, *, subnet: str, direction: str, target: str, port: str, access: str
) -> None:
    assert decided(world, subnet, direction, target, port) == access


def test_azures_own_rules_are_never_reached(world: World) -> None:
    for subnet in ("workload", "endpoints"):
        for direction in ("Inbound", "Outbound"):
            rules = [rule for rule in security_rules(world, subnet) if rule["direction"] == direction]
            final = rules[-1]
            assert (final["access"], final["protocol"]) == ("Deny", "*")
            assert {final[f"{end}AddressPrefix"] for end in ("source", "destination")} == {"*"}


def test_the_firewall_lets_out_tls_to_the_declared_hosts_alone(world: World) -> None:
    allowed, denied = collections(world)
    assert allowed["action"] == {"type": "Allow"}
    assert [host for rule in allowed["rules"] for host in rule["targetFqdns"]] == [
        "push.example.com",
        "*.ocsp.example.org",
    ]
    for rule in allowed["rules"]:
        assert rule["ruleType"] == "ApplicationRule"
        assert rule["protocols"] == [{"protocolType": "Https", "port": 443}]
        assert rule["sourceAddresses"] == ["10.32.0.0/17"]
    assert denied["action"] == {"type": "Deny"}
    assert [rule["targetFqdns"] for rule in denied["rules"]] == [["*"]]


def test_no_rule_of_the_firewall_is_about_addresses(world: World) -> None:
    kinds = {rule["ruleType"] for collection in collections(world) for rule in collection["rules"]}
    assert kinds == {"ApplicationRule"}
    assert {one["ruleCollectionType"] for one in collections(world)} == {"FirewallPolicyFilterRuleCollection"}


def test_the_firewall_stands_in_the_declared_zones_and_denies_what_is_known_as_hostile(world: World) -> None:
    firewall = world.one(f"{NETWORK}:AzureFirewall").inputs
    address = world.one(f"{NETWORK}:PublicIPAddress").inputs
    assert firewall["zones"] == address["zones"] == ["1", "2"]
    assert firewall["sku"] == {"name": "AZFW_VNet", "tier": "Standard"}
    policy = world.one(f"{NETWORK}:FirewallPolicy").inputs
    assert (policy["threatIntelMode"], policy["sku"]) == ("Deny", {"tier": "Standard"})
    assert (address["publicIPAddressVersion"], address["publicIPAllocationMethod"]) == ("IPv4", "Static")


def test_there_is_no_ipv6(world: World) -> None:
    assert world.one(f"{NETWORK}:VirtualNetwork").inputs["addressSpace"] == {"addressPrefixes": ["10.32.0.0/16"]}
    assert [one.name for one in subnets(world).values() if ":" in one.inputs["addressPrefix"]] == []


def test_the_resolver_answers_for_the_declared_names_and_refuses_the_rest(world: World) -> None:
    lists = {
        one.inputs["dnsResolverDomainListName"]: one.inputs["domains"]
        for one in world.all(f"{DNS}:DnsResolverDomainList")
    }
    rules = sorted((one.inputs for one in world.all(f"{DNS}:DnsSecurityRule")), key=lambda rule: rule["priority"])
    assert {rule["dnsSecurityRuleState"] for rule in rules} == {"Enabled"}
    allow, block = rules
    assert allow["action"] == {"actionType": "Allow"}
    names = [name for one in allow["dnsResolverDomainLists"] for name in lists[last(one["id"])]]
    assert names == [
        "blob.core.windows.net.",
        "ocsp.example.org.",
        "privatelink.blob.core.windows.net.",
        "privatelink.vaultcore.azure.net.",
        "push.example.com.",
        "vault.azure.net.",
    ]
    assert block["action"] == {"actionType": "Block", "blockResponseCode": "SERVFAIL"}
    assert [name for one in block["dnsResolverDomainLists"] for name in lists[last(one["id"])]] == ["."]
    link = world.one(f"{DNS}:DnsResolverPolicyVirtualNetworkLink").inputs
    assert last(link["virtualNetwork"]["id"]) == "clover-hamar"


def test_flows_drops_and_queries_are_logged_as_evidence(world: World) -> None:
    evidence = world.one("clover-azure:index:RegionLockedStore", "logs").outputs[0]["store"]
    flows = world.one(f"{NETWORK}:FlowLog").inputs
    assert (flows["enabled"], flows["storageId"]) == (True, evidence)
    assert last(flows["targetResourceId"]) == "clover-hamar"
    assert flows["networkWatcherName"] == f"NetworkWatcher_{REGION}"
    for name in ("egress-firewall-logs", "egress-dns-log"):
        setting = world.one("azure-native:monitor:DiagnosticSetting", name).inputs
        assert setting["storageAccountId"] == evidence
        assert setting["logs"] == [{"categoryGroup": "allLogs", "enabled": True}]


def test_names_of_endpoints_are_answered_inside_this_network_alone(world: World) -> None:
    zones = {one.inputs["privateZoneName"] for one in world.all("azure-native:privatedns:PrivateZone")}
    assert zones == {"privatelink.blob.core.windows.net", "privatelink.vaultcore.azure.net"}
    links = [one.inputs for one in world.all("azure-native:privatedns:VirtualNetworkLink")]
    assert {one["privateZoneName"] for one in links} == zones
    for link in links:
        assert (link["registrationEnabled"], last(link["virtualNetwork"]["id"])) == (False, "clover-hamar")


def test_what_is_handed_out(world: World) -> None:
    (out,) = world.one("clover-azure:index:EgressGateway").outputs
    assert out["network_id"].endswith("/virtualNetworks/clover-hamar")
    assert [last(one) for one in out["workload_subnet_ids"]] == ["workload"]
    assert [last(one) for one in out["store_endpoints"]] == ["endpoints"]
    assert {service: last(one) for service, one in out["endpoint_ids"].items()} == {
        "blob": "privatelink.blob.core.windows.net",
        "vault": "privatelink.vaultcore.azure.net",
    }


def test_the_digest_of_the_rules_is_known_in_a_first_preview(world: World, first_preview: World) -> None:
    digests = [
        seen.one("clover-azure:index:EgressGateway").outputs[0]["rule_set_digest"] for seen in (world, first_preview)
    ]
    assert digests[0] == digests[1]
    assert len(bytes.fromhex(digests[0])) == 32


def digest_of(change: dict[str, Any]) -> str:
    args: Any = {**ARGS, **change}
    with declaring(created) as world:
        EgressGateway("egress", args)
    return world.one("clover-azure:index:EgressGateway").outputs[0]["rule_set_digest"]


def test_the_digest_follows_hosts_services_and_addresses_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    host = {"name": "push.example.com", "reason": "messages"}
    plain = digest_of({})
    assert digest_of({"protected": True}) == plain
    assert digest_of({"evidence": "/subscriptions/s/other"}) == plain
    changes = [
        {"allowed_domains": [host]},
        {"interface_endpoints": ["vault"]},
    ]
    digests = {plain, *map(digest_of, changes)}
    monkeypatch.setattr(answers, "FIREWALL_ADDRESS", "10.32.96.4")
    assert len(digests | {digest_of({"cidr": "10.32.0.0/17"})}) == 4


def test_blobs_have_their_private_zone_listed_or_not() -> None:
    assert digest_of({"interface_endpoints": ["blob"]}) == digest_of({})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cidr": "10.32.0.0/23"}, "at least a?n? ?/22"),
        ({"availability_zones": ["a"]}, "'a': an availability zone is one of 1, 2, 3"),
        ({"allowed_domains": [{"name": "*", "reason": "all"}]}, r"'\*' is neither a host name"),
        ({"interface_endpoints": ["sts"]}, "'sts'"),
    ],
)
def test_what_cannot_be_declared_is_refused_by_name(change: dict[str, Any], message: str) -> None:
    args: Any = {**ARGS, **change}
    with pytest.raises(ValueError, match=message), declaring(created):
        EgressGateway("egress", args)


def test_a_firewall_with_another_address_than_the_rules_name_stops_the_deployment() -> None:
    def elsewhere(found: Any, world: World) -> Any:
        answer: dict[str, Any] = dict(created(found, world))
        for one in answer.get("ipConfigurations", []):
            one["privateIPAddress"] = "10.32.192.9"
        return answer

    with pytest.raises(ValueError, match=r"10\.32\.192\.9"), declaring(elsewhere):
        EgressGateway("egress", ARGS)
