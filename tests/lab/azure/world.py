"""What a resource under test stands on, made through the provider when first asked for."""

from functools import cached_property
from typing import Any

from clover.lab.provider.wire import Props
from tests.lab.azure.witness import SUBSCRIPTION, Witness
from tests.lab.provider.engine import Engine, Resource

REGION = "norwayeast"
SUBSCRIPTION_SCOPE = f"/subscriptions/{SUBSCRIPTION}"


class World:
    """One test's part of the subscription; `number` keeps its names apart."""

    def __init__(self, engine: Engine, witness: Witness, number: int) -> None:
        self.engine, self.witness, self.number = engine, witness, number

    def name(self, stem: str) -> str:
        """Return a name that no other test uses."""
        return f"{stem}{self.number}"

    def make(self, token: str, logical: str, **inputs: Any) -> Resource:
        """Create a resource that others stand on."""
        return self.engine.create(f"azure-native:{token}", self.name(logical), inputs)

    def grouped(self, **inputs: Any) -> Props:
        """Return inputs of a resource in this test's group."""
        return {"resourceGroupName": self.group["name"], **inputs}

    @cached_property
    def group(self) -> Resource:
        return self.make("resources:ResourceGroup", "site")

    @cached_property
    def management_group(self) -> Resource:
        return self.make("management:ManagementGroup", "above", groupId=self.name("above"))

    @cached_property
    def watched(self) -> Resource:
        rule = {"if": {"field": "name", "in": "[parameters('names')]"}, "then": {"effect": "audit"}}
        return self.make(
            "authorization:PolicyDefinitionAtManagementGroup",
            "watched",
            managementGroupId=self.management_group["name"],
            policyDefinitionName=self.name("watched"),
            mode="All",
            parameters={"names": {"type": "Array"}},
            policyRule=rule,
        )

    @cached_property
    def network(self) -> Resource:
        return self._network("net", 10)

    @cached_property
    def other_network(self) -> Resource:
        return self._network("othernet", 11)

    def _network(self, name: str, second: int) -> Resource:
        spaces = {"addressPrefixes": [f"10.{second}.0.0/16"]}
        return self.make("network:VirtualNetwork", name, **self.grouped(addressSpace=spaces))

    @cached_property
    def subnet(self) -> Resource:
        return self._subnet("workload", 1)

    @cached_property
    def other_subnet(self) -> Resource:
        return self._subnet("endpoints", 2)

    @cached_property
    def firewall_subnet(self) -> Resource:
        return self._subnet("AzureFirewallSubnet", 3)

    def _subnet(self, name: str, third: int) -> Resource:
        return self.make(
            "network:Subnet",
            name,
            **self.grouped(
                virtualNetworkName=self.network["name"],
                subnetName=name,
                addressPrefix=f"10.10.{third}.0/24",
                privateEndpointNetworkPolicies="Disabled",
            ),
        )

    @cached_property
    def security_group(self) -> Resource:
        return self.make("network:NetworkSecurityGroup", "nsg", **self.grouped())

    @cached_property
    def table(self) -> Resource:
        return self.make("network:RouteTable", "routes", **self.grouped())

    @cached_property
    def address(self) -> Resource:
        sku = {"name": "Standard"}
        return self.make("network:PublicIPAddress", "ip", **self.grouped(sku=sku, publicIPAllocationMethod="Static"))

    @cached_property
    def policy(self) -> Resource:
        return self.make("network:FirewallPolicy", "policy", **self.grouped(sku={"tier": "Standard"}))

    @cached_property
    def other_policy(self) -> Resource:
        return self.make("network:FirewallPolicy", "otherpolicy", **self.grouped(sku={"tier": "Standard"}))

    @cached_property
    def identity(self) -> Resource:
        return self.make("managedidentity:UserAssignedIdentity", "stores", **self.grouped())

    @cached_property
    def vault(self) -> Resource:
        properties = vault_properties()
        return self.make(
            "keyvault:Vault", "vault", **self.grouped(vaultName=self.name("vault-"), properties=properties)
        )

    @cached_property
    def account(self) -> Resource:
        return self._account("store")

    @cached_property
    def other_account(self) -> Resource:
        return self._account("otherstore")

    def _account(self, name: str) -> Resource:
        inputs = self.grouped(accountName=self.name(name), kind="StorageV2", sku={"name": "Standard_ZRS"})
        return self.make("storage:StorageAccount", name, **inputs)

    @cached_property
    def replicated(self) -> tuple[Resource, Resource]:
        """Two accounts with versions, feeds of changes and the same containers."""
        ends = self._account("source"), self._account("copies")
        for end in ends:
            inside = self.grouped(accountName=end["name"])
            kept = {"isVersioningEnabled": True, "changeFeed": {"enabled": True}}
            self.make(
                "storage:BlobServiceProperties", f"{end['name']}-blobs", blobServicesName="default", **inside, **kept
            )
            for container in ("photos", "videos"):
                self.make("storage:BlobContainer", f"{end['name']}-{container}", containerName=container, **inside)
        return ends

    @cached_property
    def endpoint(self) -> Resource:
        return self.make("network:PrivateEndpoint", "pe", **self.grouped(**endpoint_inputs(self, self.account)))

    @cached_property
    def zone(self) -> Resource:
        zone = self.name("blob") + ".core.windows.net"
        return self.make("privatedns:PrivateZone", "zone", **self.grouped(privateZoneName=zone, location="Global"))

    @cached_property
    def resolver_policy(self) -> Resource:
        return self.make("dnsresolver:DnsResolverPolicy", "dns", **self.grouped())

    @cached_property
    def domains(self) -> Resource:
        return self._domains("allowed", "example.com.")

    @cached_property
    def other_domains(self) -> Resource:
        return self._domains("everything", ".")

    def _domains(self, name: str, domain: str) -> Resource:
        return self.make("dnsresolver:DnsResolverDomainList", name, **self.grouped(domains=[domain]))

    @cached_property
    def cluster(self) -> Resource:
        sku = {"name": "CapacityReservation", "capacity": 100}
        return self.make("operationalinsights:Cluster", "cluster", **self.grouped(sku=sku))

    @cached_property
    def workspace(self) -> Resource:
        return self.make("operationalinsights:Workspace", "workspace", **self.grouped(sku={"name": "PerGB2018"}))

    @cached_property
    def action_group(self) -> Resource:
        told = self.grouped(location="global", groupShortName="clover", enabled=True)
        return self.make("monitor:ActionGroup", "told", **told)

    @cached_property
    def role(self) -> Resource:
        return self.make("authorization:RoleDefinition", "keys", **role_inputs(self))

    @cached_property
    def delegation(self) -> Resource:
        return self.make("managedservices:RegistrationDefinition", "auditor", **delegation_inputs(self))

    def guid(self, kind: int) -> str:
        """Return a GUID that no other test uses."""
        return f"{kind:08x}-0000-4000-8000-{self.number:012x}"


def vault_properties(**more: Any) -> Props:
    return {
        "tenantId": "11111111-1111-4111-8111-111111111111",
        "sku": {"family": "A", "name": "premium"},
        "enableRbacAuthorization": True,
        "enablePurgeProtection": True,
        "networkAcls": {"bypass": "AzureServices", "defaultAction": "Deny"},
        **more,
    }


def endpoint_inputs(world: World, account: Resource) -> Props:
    connection = {"name": "blob", "groupIds": ["blob"], "privateLinkServiceId": account.id}
    return {"subnet": {"id": world.other_subnet.id}, "privateLinkServiceConnections": [connection]}


def role_inputs(world: World) -> Props:
    return {
        "scope": SUBSCRIPTION_SCOPE,
        "roleName": world.name("Key administrator "),
        "roleType": "CustomRole",
        "description": "Keys without their use",
        "assignableScopes": [SUBSCRIPTION_SCOPE],
        "permissions": [{"actions": ["Microsoft.KeyVault/vaults/keys/read"], "notActions": []}],
    }


def delegation_inputs(world: World) -> Props:
    reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
    person = "44444444-4444-4444-8444-444444444444"
    return {
        "scope": SUBSCRIPTION_SCOPE,
        "registrationDefinitionId": world.guid(7),
        "properties": {
            "registrationDefinitionName": world.name("auditor "),
            "managedByTenantId": "99999999-9999-4999-8999-999999999999",
            "authorizations": [{"principalId": person, "roleDefinitionId": reader}],
        },
    }
