"""Changes to Hamar behind Pulumi's back, with the deployer's own credentials, and what an audit is to say of each."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.e2e.behind_aws import Change
from tests.e2e.checkout import Checkout

GROUP, PLACE = "clover-hamar", "norwayeast"
STRANGER = "00000000-0000-0000-0000-000000000999"
#: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
BLOB_OWNER = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"
LOCKS, SETTINGS = "2020-05-01", "2021-05-01-preview"


class Site:
    """Hamar, as its deployer sees it."""

    def __init__(self, checkout: Checkout) -> None:
        self.azure, self.outputs = checkout.azure(), checkout.outputs()

    def name(self, store: str) -> str:
        return self.outputs["stores"][store]["physical_name"]

    def account(self, store: str) -> str:
        return self.outputs["stores"][store]["store"]

    def vault(self, role: str) -> str:
        return self.outputs["keys"][role]["key"].rpartition("/keys/")[0]

    def set(self, store: str, **properties: Any) -> None:
        self.azure.storage.storage_accounts.update(GROUP, self.name(store), {"properties": properties})

    def put(self, path: str, properties: dict[str, Any], version: str, **more: Any) -> None:
        """A bare PUT."""
        status, answer, _ = self.azure.ask("PUT", path, {"properties": properties, **more}, version=version)
        assert status < 300, answer

    def delete(self, path: str, version: str) -> None:
        """A bare DELETE of something that is there."""
        assert self.azure.ask("GET", path, version=version)[0] == 200, path
        assert self.azure.ask("DELETE", path, version=version)[0] in (200, 202, 204), path


def changes(checkout: Checkout) -> list[Change]:
    """Make them all, and say what they are."""
    site = Site(checkout)
    parts = (_stores, _keys, _access, _records, _network, _names)
    return [change for part in parts for change in part(site)]


def _stores(site: Site) -> Iterator[Change]:
    site.set("profiles", allowSharedKeyAccess=True)
    yield Change("a store opens to its shared keys", "changed", "StorageAccount", site.name("profiles"), "RES-3")
    site.set("usage", publicNetworkAccess="Enabled", networkAcls={"defaultAction": "Allow", "bypass": "None"})
    yield Change("a store opens to every network", "changed", "StorageAccount", site.name("usage"), "RES-P1")
    site.put(f"{site.account('media')}/localUsers/somebody", {"hasSshPassword": True}, "2024-01-01")
    yield Change("a local user signs in to a store", "extra", "LocalUser", f"{site.name('media')}/localUsers", "RES-2")
    _replicate(site, "research")
    yield Change("blobs are copied to a foreign account", "extra", "ObjectReplication", site.name("research"), "RES-2")
    site.set("media", allowBlobPublicAccess=True)
    site.azure.storage.blob_containers.update(
        GROUP, site.name("media"), "data", {"properties": {"publicAccess": "Blob"}}
    )
    yield Change("a container's blobs are public", "changed", "BlobContainer", f"{site.name('media')}/blob", "RES-3")
    stray = {"location": "westeurope", "sku": {"name": "Standard_GRS"}, "kind": "StorageV2"}
    site.azure.storage.storage_accounts.begin_create(GROUP, "strayofanotherregion", stray).result()
    yield Change("a store lies in another region, with a copy in its pair", "extra", "StorageAccount", "stray", "RES-1")


def _replicate(site: Site, store: str) -> None:
    """A policy in an account of the tenant that is no site's, and the store's own that takes it over."""
    stranger = replace(site.azure, subscription=STRANGER)
    stranger.resources.resource_groups.create_or_update(GROUP, {"location": PLACE})
    theirs = {"location": PLACE, "sku": {"name": "Standard_ZRS"}, "kind": "StorageV2"}
    account = stranger.storage.storage_accounts.begin_create(GROUP, "strangersaccount", theirs).result()
    versions = {"properties": {"isVersioningEnabled": True}}
    stranger.storage.blob_services.set_service_properties(GROUP, account.name, versions)
    stranger.storage.blob_containers.create(GROUP, account.name, "data", {})
    ends = {"sourceAccount": site.account(store), "destinationAccount": account.id}
    rule = {"sourceContainer": "data", "destinationContainer": "data"}
    put = stranger.storage.object_replication_policies.create_or_update
    made = put(GROUP, account.name, "default", {"properties": {**ends, "rules": [rule]}})
    taken = {**ends, "rules": [made.properties.rules[0].as_dict()]}
    site.put(f"{site.account(store)}/objectReplicationPolicies/{made.name}", taken, "2024-01-01")


def _keys(site: Site) -> Iterator[Change]:
    name = site.vault("user-data").rpartition("/")[2]
    body = {"properties": {"networkAcls": {"defaultAction": "Allow", "bypass": "AzureServices"}}}
    site.azure.vaults.vaults.update(
        GROUP, name, {**body, "properties": {**body["properties"], "publicNetworkAccess": "Enabled"}}
    )
    yield Change("a vault opens to every network", "changed", ":Vault", name, "KEY-3")
    identity = f"{site.azure.scope}/resourceGroups/{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
    trusted = {
        "issuer": "https://token.example.net",
        "subject": "repo:stranger",
        "audiences": ["api://AzureADTokenExchange"],
    }
    site.put(f"{identity}/{GROUP}-user-data/federatedIdentityCredentials/stranger", trusted, "2023-01-31")
    yield Change("a stranger becomes a key's identity", "extra", "FederatedIdentity", "stranger", "RES-2")


def _access(site: Site) -> Iterator[Change]:
    roles = f"{site.azure.scope}/providers/Microsoft.Authorization/roleDefinitions"
    given = {"roleDefinitionId": f"{roles}/{BLOB_OWNER}", "principalId": STRANGER}
    called = str(uuid.uuid4())
    site.put(
        f"{site.account('profiles')}/providers/Microsoft.Authorization/roleAssignments/{called}", given, "2022-04-01"
    )
    yield Change("a stranger owns a store's blobs", "extra", "RoleAssignment", called, "RES-3")
    scope = f"{site.azure.scope}/resourceGroups/{GROUP}"
    custom = next(iter(site.azure.roles.role_definitions.list(scope, filter="type eq 'CustomRole'")))
    held = site.azure.ask("GET", custom.id, version="2022-04-01")[1]["properties"]
    held["permissions"][0]["dataActions"].append("Microsoft.KeyVault/vaults/keys/decrypt/action")
    site.put(custom.id, held, "2022-04-01")
    yield Change("who administers keys uses them", "changed", "RoleDefinition", custom.name, "KEY-5")
    site.delete(f"{site.account('profiles')}/providers/Microsoft.Authorization/locks/clover", LOCKS)
    yield Change("a store's lock is gone", "missing", "ManagementLock", f"{site.name('profiles')}/providers", "EVD-2")
    delegated = site.outputs["auditor"]["person_access"]
    site.delete(delegated, "2022-10-01")
    yield Change("the auditor's delegation is gone", "missing", "RegistrationAssignment", delegated, "AUD-1")


def _records(site: Site) -> Iterator[Change]:
    setting = "providers/Microsoft.Insights/diagnosticSettings/clover"
    vault = site.vault("user-data")
    site.delete(f"{vault}/{setting}", SETTINGS)
    yield Change("nothing records what a vault does", "missing", "DiagnosticSetting", f"{vault}/providers", "EVD-1")
    blobs = f"{site.account('usage')}/blobServices/default"
    logs = [{"category": name, "enabled": True} for name in ("StorageRead", "StorageWrite", "StorageDelete")]
    site.put(f"{blobs}/{setting}", {"storageAccountId": site.account("media"), "logs": logs}, SETTINGS)
    yield Change("records go to another store", "changed", "DiagnosticSetting", site.name("usage"), "EVD-1")
    (flows,) = site.azure.network.flow_logs.list("NetworkWatcherRG", f"NetworkWatcher_{PLACE}")
    body = {**flows.as_dict(), "properties": {**flows.as_dict()["properties"], "enabled": False}}
    site.azure.network.flow_logs.begin_create_or_update(
        "NetworkWatcherRG", f"NetworkWatcher_{PLACE}", flows.name, body
    ).result()
    yield Change("nothing records the flows", "changed", ":FlowLog", flows.name, "EVD-1")


def _network(site: Site) -> Iterator[Change]:
    network = site.azure.network
    network.security_rules.begin_delete(GROUP, f"{GROUP}-workload", "nothing-else-out").result()
    yield Change("a security group lets everything out", "changed", "SecurityGroup", f"{GROUP}-workload", "NET-1")
    rule: dict[str, Any] = {"priority": 200, "direction": "Inbound", "access": "Allow", "protocol": "Tcp"}
    rule |= {"sourceAddressPrefix": "Internet", "sourcePortRange": "*"}
    rule |= {"destinationAddressPrefix": "*", "destinationPortRange": "443"}
    network.security_rules.begin_create_or_update(GROUP, f"{GROUP}-endpoints", "in", {"properties": rule}).result()
    yield Change("a security group lets the internet in", "changed", "SecurityGroup", f"{GROUP}-endpoints", "NET-6")
    (table,) = network.route_tables.list(GROUP)
    out = {"properties": {"addressPrefix": "198.51.100.0/24", "nextHopType": "Internet"}}
    network.routes.begin_create_or_update(GROUP, table.name, "around", out).result()
    yield Change("a route leads around the firewall", "changed", "RouteTable", table.name, "NET-1")
    space = {"location": PLACE, "properties": {"addressSpace": {"addressPrefixes": ["10.99.0.0/16"]}}}
    other = network.virtual_networks.begin_create_or_update(GROUP, "elsewhere", space).result()
    joined = {"properties": {"remoteVirtualNetwork": {"id": other.id}, "allowVirtualNetworkAccess": True}}
    network.virtual_network_peerings.begin_create_or_update(GROUP, GROUP, "elsewhere", joined).result()
    yield Change(
        "a peering leads to another network", "changed", ":VirtualNetwork", f"virtualNetworks/{GROUP}", "NET-6"
    )
    gateway = {"location": PLACE, "sku": {"name": "Standard"}}
    nat = network.nat_gateways.begin_create_or_update(GROUP, "around", gateway).result()
    subnet = network.subnets.get(GROUP, GROUP, "workload").as_dict()
    subnet["properties"]["natGateway"] = {"id": nat.id}
    network.subnets.begin_create_or_update(GROUP, GROUP, "workload", subnet).result()
    yield Change("a subnet has a NAT gateway of its own", "changed", ":Subnet", "subnets/workload", "NET-1")
    group = network.firewall_policy_rule_collection_groups.get(GROUP, f"{GROUP}-firewall", "egress").as_dict()
    group["properties"]["ruleCollections"][0]["rules"][0]["targetFqdns"] = ["elsewhere.example.net"]
    groups = network.firewall_policy_rule_collection_groups
    groups.begin_create_or_update(GROUP, f"{GROUP}-firewall", "egress", group).result()
    yield Change("the firewall lets another host out", "changed", "RuleCollectionGroup", "egress", "NET-3")


def _names(site: Site) -> Iterator[Change]:
    policy = f"{site.azure.scope}/resourceGroups/{GROUP}/providers/Microsoft.Network/dnsResolverPolicies/{GROUP}"
    site.delete(f"{policy}/providers/Microsoft.Authorization/locks/clover", LOCKS)
    yield Change("the resolver's lock is gone", "missing", "ManagementLock", f"{policy}/providers", "EVD-2")
    site.azure.resolver.dns_resolver_policy_virtual_network_links.begin_delete(GROUP, GROUP, GROUP).result()
    yield Change("the resolver's policy is linked no longer", "missing", "PolicyVirtualNetworkLink", GROUP, "NET-5")
