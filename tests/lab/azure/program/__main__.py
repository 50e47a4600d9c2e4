"""One resource of each Azure type that the lab serves, wired to each other as a site's are."""

from datetime import UTC, datetime, timedelta

import pulumi
from pulumi_azure_native import (
    Provider,
    authorization,
    dnsresolver,
    keyvault,
    managedidentity,
    managedservices,
    monitor,
    network,
    privatedns,
    resources,
    storage,
)
from replicating import replicate
from watching import watch

SUBSCRIPTION = "22222222-2222-4222-8222-222222222222"
TENANT = "11111111-1111-4111-8111-111111111111"
AUDITOR = "44444444-4444-4444-8444-444444444444"
SCOPE = f"/subscriptions/{SUBSCRIPTION}"
IN_A_MONTH = f"{(datetime.now(UTC) + timedelta(days=30)).date()}T00:00:00Z"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"

provider = Provider("azure", subscription_id=SUBSCRIPTION, tenant_id=TENANT, location="norwayeast")
opts = pulumi.ResourceOptions(provider=provider)

group = resources.ResourceGroup("site", tags={"site": "hamar"}, opts=opts)
vnet = network.VirtualNetwork(
    "net", resource_group_name=group.name, address_space={"address_prefixes": ["10.10.0.0/16"]}, opts=opts
)
nsg = network.NetworkSecurityGroup("nsg", resource_group_name=group.name, opts=opts)
routes = network.RouteTable("routes", resource_group_name=group.name, disable_bgp_route_propagation=True, opts=opts)
workload = network.Subnet(
    "workload",
    resource_group_name=group.name,
    virtual_network_name=vnet.name,
    address_prefix="10.10.1.0/24",
    default_outbound_access=False,
    network_security_group={"id": nsg.id},
    route_table={"id": routes.id},
    opts=opts,
)
edge = network.Subnet(
    "AzureFirewallSubnet",
    resource_group_name=group.name,
    virtual_network_name=vnet.name,
    address_prefix="10.10.2.0/24",
    opts=opts,
)
address = network.PublicIPAddress(
    "out",
    resource_group_name=group.name,
    sku={"name": "Standard"},
    public_ip_allocation_method="Static",
    opts=opts,
)
policy = network.FirewallPolicy("policy", resource_group_name=group.name, sku={"tier": "Standard"}, opts=opts)
allowed = network.FirewallPolicyRuleCollectionGroup(
    "allowed",
    resource_group_name=group.name,
    firewall_policy_name=policy.name,
    priority=200,
    # The SDK renames the members of a dict only where one type alone fits.
    rule_collections=[
        network.FirewallPolicyFilterRuleCollectionArgs(
            rule_collection_type="FirewallPolicyFilterRuleCollection",
            name="web",
            priority=200,
            action=network.FirewallPolicyFilterRuleCollectionActionArgs(type="Allow"),
            rules=[
                network.ApplicationRuleArgs(
                    rule_type="ApplicationRule",
                    name="updates",
                    protocols=[network.FirewallPolicyRuleApplicationProtocolArgs(protocol_type="Https", port=443)],
                    source_addresses=["10.10.0.0/16"],
                    target_fqdns=["example.com"],
                )
            ],
        )
    ],
    opts=opts,
)
firewall = network.AzureFirewall(
    "firewall",
    resource_group_name=group.name,
    sku={"name": "AZFW_VNet", "tier": "Standard"},
    firewall_policy={"id": policy.id},
    ip_configurations=[{"name": "out", "subnet": {"id": edge.id}, "public_ip_address": {"id": address.id}}],
    opts=opts,
)
identity = managedidentity.UserAssignedIdentity("stores", resource_group_name=group.name, opts=opts)
managedidentity.FederatedIdentityCredential(
    "token",
    resource_group_name=group.name,
    resource_name_=identity.name,
    issuer="https://token.example.com",
    subject="repo:example/clover:environment:every-type",
    audiences=["api://AzureADTokenExchange"],
    opts=opts,
)
vault = keyvault.Vault(
    "vault",
    resource_group_name=group.name,
    vault_name="every-type-vault",
    properties={
        "tenant_id": TENANT,
        "sku": {"family": keyvault.SkuFamily.A, "name": keyvault.SkuName.PREMIUM},
        "enable_rbac_authorization": True,
        "enable_purge_protection": True,
        "network_acls": {"bypass": "AzureServices", "default_action": "Deny"},
    },
    opts=opts,
)
key = keyvault.Key(
    "stores",
    resource_group_name=group.name,
    vault_name=vault.name,
    properties={"kty": "RSA-HSM", "key_size": 3072},
    opts=opts,
)
store = storage.StorageAccount(
    "store",
    resource_group_name=group.name,
    account_name="everytypestore",
    kind="StorageV2",
    sku={"name": "Standard_ZRS"},
    allow_shared_key_access=False,
    identity={"type": "UserAssigned", "user_assigned_identities": [identity.id]},
    network_rule_set={"bypass": storage.Bypass.NONE, "default_action": storage.DefaultAction.DENY},
    opts=opts,
)
evidence = storage.StorageAccount(
    "evidence",
    resource_group_name=group.name,
    account_name="everytypeevidence",
    kind="StorageV2",
    sku={"name": "Standard_ZRS"},
    opts=opts,
)
blobs = storage.BlobServiceProperties(
    "blobs",
    resource_group_name=group.name,
    account_name=store.name,
    blob_services_name="default",
    is_versioning_enabled=True,
    change_feed={"enabled": True},
    opts=opts,
)
container = storage.BlobContainer("data", resource_group_name=group.name, account_name=store.name, opts=opts)
replicate(store, container, blobs, group.name, opts)
zone = privatedns.PrivateZone(
    "zone",
    resource_group_name=group.name,
    private_zone_name="privatelink.blob.core.windows.net",
    location="Global",
    opts=opts,
)
privatedns.VirtualNetworkLink(
    "site",
    resource_group_name=group.name,
    private_zone_name=zone.name,
    location="Global",
    registration_enabled=False,
    virtual_network={"id": vnet.id},
    opts=opts,
)
endpoint = network.PrivateEndpoint(
    "blob",
    resource_group_name=group.name,
    subnet={"id": workload.id},
    private_link_service_connections=[
        {"name": "blob", "group_ids": ["blob"], "private_link_service_id": store.id},
    ],
    opts=opts,
)
network.PrivateDnsZoneGroup(
    "default",
    resource_group_name=group.name,
    private_endpoint_name=endpoint.name,
    private_dns_zone_configs=[{"name": "blob", "private_dns_zone_id": zone.id}],
    opts=opts,
)
network.FlowLog(
    "flows",
    resource_group_name="NetworkWatcherRG",
    network_watcher_name="NetworkWatcher_norwayeast",
    target_resource_id=vnet.id,
    storage_id=evidence.id,
    enabled=True,
    opts=opts,
)
resolver = dnsresolver.DnsResolverPolicy("dns", resource_group_name=group.name, opts=opts)
dnsresolver.DnsResolverPolicyVirtualNetworkLink(
    "site-dns",
    resource_group_name=group.name,
    dns_resolver_policy_name=resolver.name,
    virtual_network={"id": vnet.id},
    opts=opts,
)
domains = dnsresolver.DnsResolverDomainList(
    "domains", resource_group_name=group.name, domains=["example.com."], opts=opts
)
dnsresolver.DnsSecurityRule(
    "allow",
    resource_group_name=group.name,
    dns_resolver_policy_name=resolver.name,
    priority=100,
    action={"action_type": "Allow"},
    dns_resolver_domain_lists=[{"id": domains.id}],
    opts=opts,
)
role = authorization.RoleDefinition(
    "keys",
    scope=SCOPE,
    role_name="Every type: keys without use",
    role_type="CustomRole",
    assignable_scopes=[SCOPE],
    permissions=[{"actions": ["Microsoft.KeyVault/vaults/keys/read"], "not_actions": []}],
    opts=opts,
)
authorization.RoleAssignment(
    "stores",
    scope=vault.id,
    role_definition_id=role.id,
    principal_id=identity.principal_id,
    principal_type="ServicePrincipal",
    opts=opts,
)
authorization.PimRoleEligibilitySchedule(
    "people",
    scope=group.id,
    role_definition_id=role.id,
    principal_id="00000000-0000-0000-0000-000000000777",
    justification="An approval",
    schedule_info={"expiration": {"type": "AfterDateTime", "end_date_time": IN_A_MONTH}},
    opts=opts,
)
authorization.ManagementLockByScope("keep", scope=evidence.id, level="CanNotDelete", notes="kept", opts=opts)
authorization.DenyAssignment(
    "deny",
    scope=group.id,
    deny_assignment_id="55555555-5555-4555-8555-555555555555",
    deny_assignment_name="No deletion of networks",
    permissions=[{"actions": ["Microsoft.Network/virtualNetworks/peer/action"]}],
    principals=[{"id": "00000000-0000-0000-0000-000000000000", "type": "Everyone"}],
    exclude_principals=[{"id": AUDITOR, "type": "ServicePrincipal"}],
    opts=opts,
)
monitor.DiagnosticSetting(
    "keys",
    resource_uri=vault.id,
    name="evidence",
    storage_account_id=evidence.id,
    logs=[{"category_group": "audit", "enabled": True}],
    opts=opts,
)
watch(group, opts)
delegation = managedservices.RegistrationDefinition(
    "auditor",
    scope=SCOPE,
    registration_definition_id="66666666-6666-4666-8666-666666666666",
    properties={
        "registration_definition_name": "Auditor",
        "managed_by_tenant_id": "99999999-9999-4999-8999-999999999999",
        "authorizations": [{"principal_id": AUDITOR, "role_definition_id": READER}],
    },
    opts=opts,
)
managedservices.RegistrationAssignment(
    "auditor",
    scope=SCOPE,
    registration_assignment_id="77777777-7777-4777-8777-777777777777",
    properties={"registration_definition_id": delegation.id},
    opts=opts,
)
pulumi.export("store", store.id)
