"""What the official Azure clients find of Hamar, keeping its records itself: the cloud holds what was declared."""

from dataclasses import replace
from typing import Any

import pytest

from tests.e2e.checkout import Checkout
from tests.lab.arm.asking import Azure

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("keeping_on_azure")]

GROUP, EVIDENCE = "clover-hamar", "clover-hamar-evidence"
DATA = ("profiles", "usage", "research", "media", "arrivals")
"""The stores of data; those of the last one are to be moved on."""
DEPLOYER, WRITER, PERSON, MACHINE = (f"00000000-0000-0000-0000-000000000{number}" for number in (121, 141, 401, 402))
COPIES, COPIES_DEPLOYER = "00000000-0000-0000-0000-000000000511", "00000000-0000-0000-0000-000000000513"
#: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
READER, BLOB_READER, CRYPTO_USER = (
    "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
    "e147488a-f6f5-4113-8e2d-b22465e65bf6",
)
SETTINGS = "2021-05-01-preview"


@pytest.fixture(scope="module")
def azure(keeping_on_azure: Checkout) -> Azure:
    return keeping_on_azure.azure()


@pytest.fixture(scope="module")
def outputs(keeping_on_azure: Checkout) -> dict[str, Any]:
    return keeping_on_azure.outputs()


def _account(azure: Azure, outputs: dict[str, Any], store: str) -> dict[str, Any]:
    group = EVIDENCE if store == "logs" else GROUP
    name = outputs["stores"][store]["physical_name"]
    return azure.storage.storage_accounts.get_properties(group, name).as_dict()["properties"]


def _extension(azure: Azure, scope: str, kind: str, name: str, version: str) -> dict[str, Any]:
    identifier = f"{scope}/providers/{kind}/{name}"
    return azure.resources.resources.get_by_id(identifier, api_version=version).as_dict()["properties"]


def test_the_subscription_holds_the_declared_stores_and_no_other(azure: Azure, outputs: dict[str, Any]) -> None:
    found = list(azure.storage.storage_accounts.list())
    assert {account.name for account in found} == {store["physical_name"] for store in outputs["stores"].values()}
    assert {account.location for account in found} == {"norwayeast"}
    assert {account.sku.name for account in found} == {"Standard_ZRS"}


@pytest.mark.parametrize("store", DATA)
def test_user_data_answers_its_own_endpoint_and_no_network(azure: Azure, outputs: dict[str, Any], store: str) -> None:
    account, name = _account(azure, outputs, store), outputs["stores"][store]["physical_name"]
    assert account["publicNetworkAccess"] == "Disabled"
    assert account["networkAcls"] == {
        "bypass": "None",
        "defaultAction": "Deny",
        "ipRules": [],
        "virtualNetworkRules": [],
        "resourceAccessRules": [],
    }
    (connection,) = (each["properties"] for each in account["privateEndpointConnections"])
    assert connection["privateLinkServiceConnectionState"]["status"] == "Approved"
    endpoint = azure.network.private_endpoints.get(GROUP, f"{name}-blob")
    assert connection["privateEndpoint"]["id"] == endpoint.id
    assert endpoint.subnet.id == f"{outputs['egress']['network_id']}/subnets/endpoints"
    (named,) = azure.network.private_dns_zone_groups.list(f"{name}-blob", GROUP)
    zones = {zone.private_dns_zone_id for zone in named.private_dns_zone_configs}
    assert zones == {outputs["egress"]["endpoint_ids"]["blob"]}


def test_evidence_answers_trusted_services_and_the_auditors_networks(azure: Azure, outputs: dict[str, Any]) -> None:
    account = _account(azure, outputs, "logs")
    rules = account["networkAcls"]
    assert (rules["defaultAction"], rules["bypass"]) == ("Deny", "AzureServices")
    assert [rule["value"] for rule in rules["ipRules"]] == ["192.0.2.0/24", "198.51.100.0/25"]
    assert rules["virtualNetworkRules"] == rules["resourceAccessRules"] == []
    lock = account["immutableStorageWithVersioning"]
    assert lock["enabled"] is True
    assert lock["immutabilityPolicy"]["immutabilityPeriodSinceCreationInDays"] == 400


@pytest.mark.parametrize("store", [*DATA, "logs"])
def test_every_store_is_open_to_no_key_and_no_anonymous_reader(
    azure: Azure, outputs: dict[str, Any], store: str
) -> None:
    account = _account(azure, outputs, store)
    closed = ("allowSharedKeyAccess", "allowBlobPublicAccess", "allowCrossTenantReplication", "isLocalUserEnabled")
    assert {account[name] for name in (*closed, "isSftpEnabled", "isNfsV3Enabled")} == {False}
    assert account["supportsHttpsTrafficOnly"] is True
    assert account["minimumTlsVersion"] == "TLS1_2"


@pytest.mark.parametrize("store", [*DATA, "logs"])
def test_every_store_lies_under_the_key_of_its_role(azure: Azure, outputs: dict[str, Any], store: str) -> None:
    role = outputs["stores"][store]["role"]
    encryption = _account(azure, outputs, store)["encryption"]
    assert encryption["keySource"] == "Microsoft.Keyvault"
    under = encryption["keyvaultproperties"]
    assert under["keyvaulturi"] + f"keys/{under['keyname']}" == outputs["keys"][role]["alias"]
    assert "keyversion" not in under
    assert encryption["identity"]["userAssignedIdentity"].endswith(f"/userAssignedIdentities/clover-hamar-{role}")
    services = encryption["services"]
    assert {name: services[name]["keyType"] for name in services} == dict.fromkeys(
        ("blob", "file", "queue", "table"), "Account"
    )
    assert encryption["requireInfrastructureEncryption"] is True


@pytest.mark.parametrize("store", DATA)
def test_user_data_is_versioned_and_in_a_private_container(azure: Azure, outputs: dict[str, Any], store: str) -> None:
    name = outputs["stores"][store]["physical_name"]
    kept = azure.storage.blob_services.get_service_properties(GROUP, name)
    assert kept.is_versioning_enabled is True
    assert kept.delete_retention_policy.enabled is True
    (container,) = azure.storage.blob_containers.list(GROUP, name)
    assert container.public_access == "None"
    assert azure.storage.blob_containers.get(GROUP, name, container.name).deny_encryption_scope_override is True


@pytest.mark.parametrize("role", ["user-data", "evidence"])
def test_a_vault_keeps_its_one_key(azure: Azure, outputs: dict[str, Any], role: str) -> None:
    name = outputs["keys"][role]["key"].split("/")[-3]
    vault = azure.vaults.vaults.get(GROUP, name).properties
    assert vault.enable_purge_protection is True
    assert vault.enable_rbac_authorization is True
    assert vault.sku.name == "premium"
    assert vault.public_network_access == "Disabled"
    assert (vault.network_acls.default_action, vault.network_acls.bypass) == ("Deny", "AzureServices")
    (listed,) = azure.vaults.keys.list(GROUP, name)
    key = azure.vaults.keys.get(GROUP, name, listed.name)
    assert key.kty == "RSA-HSM"
    assert set(key.key_ops) == {"wrapKey", "unwrapKey"}
    assert key.attributes.exportable is False
    assert key.rotation_policy.lifetime_actions[0].trigger.time_after_create == "P365D"


def test_nothing_of_the_sites_guards_is_deleted_by_accident(azure: Azure, outputs: dict[str, Any]) -> None:
    network = "Microsoft.Network"
    kept = [store["store"] for store in outputs["stores"].values()]
    kept += [f"{_scope(azure)}/providers/{network}/azureFirewalls/clover-hamar-firewall"]
    kept += [f"{_scope(azure)}/providers/{network}/dnsResolverPolicies/clover-hamar"]
    for scope in kept:
        assert azure.locks.management_locks.get_by_scope(scope.strip("/"), "clover").level == "CanNotDelete", scope


def test_the_activity_log_names_the_deployer_for_everything_that_was_made(
    keeping_on_azure: Checkout, azure: Azure
) -> None:
    made = {
        each["id"].lower() for each in keeping_on_azure.state()["resources"] if each["type"].startswith("azure-native:")
    }
    written = _written(azure)
    assert set(written.values()) == {DEPLOYER}
    beside = _written(replace(azure, subscription=COPIES, principal=COPIES_DEPLOYER))
    # A policy is asked for as `default` where copies end, and named by Azure.
    ends = {name.rpartition("/")[0] + "/default" for name in made - written.keys()}
    assert len(ends) == len(made - written.keys())
    assert {beside.get(name) for name in ends} == {DEPLOYER}


def _written(azure: Azure) -> dict[str, str]:
    """Who wrote each resource last, as the activity log of the subscription has it."""
    events = list(azure.monitor.activity_logs.list(filter="eventTimestamp ge '2000-01-01'"))
    return {
        event.resource_id.lower(): event.caller
        for event in events
        if event.operation_name.value.endswith("/write") and event.status.value == "Succeeded"
    }


def _scope(azure: Azure) -> str:
    return f"{azure.scope}/resourceGroups/{GROUP}"


def test_everything_that_happens_is_sent_to_the_evidence_store(azure: Azure, outputs: dict[str, Any]) -> None:
    blobs = [f"{outputs['stores'][store]['store']}/blobServices/default" for store in DATA]
    vaults = [vault.id for vault in azure.vaults.vaults.list_by_subscription()]
    firewalls = [firewall.id for firewall in azure.network.azure_firewalls.list_all()]
    resolvers = [policy.id for policy in azure.resolver.dns_resolver_policies.list()]
    recorded = {azure.scope: "clover-hamar"} | dict.fromkeys([*blobs, *vaults, *firewalls, *resolvers], "clover")
    assert len(recorded) == 11
    for scope, name in recorded.items():
        setting = _extension(azure, scope, "Microsoft.Insights/diagnosticSettings", name, SETTINGS)
        assert setting["storageAccountId"] == outputs["stores"]["logs"]["store"], scope
        assert all(log["enabled"] for log in setting["logs"]), scope
    categories = {log["category"] for log in _categories(azure, f"{blobs[0]}")}
    assert categories == {"StorageRead", "StorageWrite", "StorageDelete"}


def _categories(azure: Azure, scope: str) -> list[dict[str, Any]]:
    return _extension(azure, scope, "Microsoft.Insights/diagnosticSettings", "clover", SETTINGS)["logs"]


def test_every_flow_of_the_network_is_recorded(azure: Azure, outputs: dict[str, Any]) -> None:
    (flows,) = azure.network.flow_logs.list("NetworkWatcherRG", "NetworkWatcher_norwayeast")
    assert flows.target_resource_id == outputs["egress"]["network_id"]
    assert flows.storage_id == outputs["stores"]["logs"]["store"]
    assert flows.enabled is True


def test_the_subscriptions_assignments_are_the_declared_ones_and_no_other(
    azure: Azure, outputs: dict[str, Any]
) -> None:
    identities = {
        each.name: each.principal_id for each in azure.identities.user_assigned_identities.list_by_subscription()
    }
    keys = {role: facts["key"] for role, facts in outputs["keys"].items()}
    (adding,) = (each.name for each in _own_roles(azure) if each.role_name == "Clover hamar: adds to landings")
    found = [
        (each.principal_id, each.role_definition_id.rsplit("/", 1)[-1], each.scope)
        for each in azure.roles.role_assignments.list_for_subscription()
    ]
    declared = [
        (MACHINE, READER, azure.scope),
        (MACHINE, BLOB_READER, f"{azure.scope}/resourceGroups/{EVIDENCE}"),
        (WRITER, adding, outputs["stores"]["arrivals"]["store"]),
        *((identities[f"clover-hamar-{role}"], CRYPTO_USER, key) for role, key in keys.items()),
    ]
    assert sorted(each for each in found if each[0] != DEPLOYER) == sorted(declared)
    own = {scope for principal, _, scope in found if principal == DEPLOYER}
    assert own == {key.rsplit("/keys/", 1)[0] for key in keys.values()}


def _own_roles(azure: Azure) -> list[Any]:
    return list(azure.roles.role_definitions.list(_scope(azure), filter="type eq 'CustomRole'"))


def test_who_administers_keys_uses_none(azure: Azure) -> None:
    roles = _own_roles(azure)
    assert len(roles) == 5
    for role in roles:
        (permissions,) = role.permissions
        assert permissions.actions == []
        used = ("decrypt", "encrypt", "wrap", "unwrap", "sign", "import", "export", "release", "*")
        assert not [action for action in permissions.data_actions for word in used if f"/{word}" in action.lower()]


def test_the_auditors_person_activates_reader_with_a_second_factor(azure: Azure) -> None:
    (delegation,) = azure.lighthouse.registration_assignments.list(
        azure.scope.strip("/"), expand_registration_definition=True
    )
    offer = delegation.properties.registration_definition.properties
    assert not offer.authorizations
    (eligible,) = offer.eligible_authorizations
    assert (eligible.principal_id, eligible.role_definition_id) == (PERSON, READER)
    assert eligible.just_in_time_access_policy.multi_factor_auth_provider == "Azure"


def test_workloads_leave_through_the_firewall_alone(azure: Azure) -> None:
    workload = azure.network.subnets.get(GROUP, GROUP, "workload")
    assert workload.default_outbound_access is False
    assert not workload.service_endpoints
    (route,) = azure.network.route_tables.get(GROUP, workload.route_table.id.rsplit("/", 1)[-1]).routes
    firewall = azure.network.azure_firewalls.get(GROUP, "clover-hamar-firewall")
    assert (route.address_prefix, route.next_hop_type) == ("0.0.0.0/0", "VirtualAppliance")
    assert route.next_hop_ip_address == firewall.ip_configurations[0].private_ip_address
    assert azure.network.virtual_networks.get(GROUP, GROUP).dhcp_options.dns_servers == [route.next_hop_ip_address]
    rules = azure.network.firewall_policy_rule_collection_groups.get(GROUP, "clover-hamar-firewall", "egress")
    let_out = [
        host
        for collection in rules.rule_collections
        if collection.action.type == "Allow"
        for rule in collection.rules
        for host in rule.target_fqdns
    ]
    assert let_out == ["push.notifications.example.com", "ocsp.certificates.example.org"]
