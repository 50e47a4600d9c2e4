from tests.components.azure.answers import SUBSCRIPTION
from tests.recorder import World


def test_every_category_of_the_activity_log_is_kept_as_evidence(world: World) -> None:
    setting = world.one("azure-native:monitor:DiagnosticSetting", "trail-activity").inputs
    assert setting["resourceUri"] == f"/subscriptions/{SUBSCRIPTION}"
    assert {one["category"] for one in setting["logs"] if one["enabled"]} == {
        "Administrative",
        "Security",
        "ServiceHealth",
        "Alert",
        "Recommendation",
        "Policy",
        "Autoscale",
        "ResourceHealth",
    }
    assert setting["storageAccountId"] == world.one("clover-azure:index:RegionLockedStore", "logs").outputs[0]["store"]


def test_no_setting_keeps_a_retention_of_its_own_or_sends_logs_elsewhere(world: World) -> None:
    settings = world.all("azure-native:monitor:DiagnosticSetting")
    assert len(settings) > 5
    for setting in settings:
        assert {"workspaceId", "eventHubName", "eventHubAuthorizationRuleId"}.isdisjoint(setting.inputs), setting.name
        assert all("retentionPolicy" not in one for one in setting.inputs["logs"]), setting.name


def test_a_resource_has_one_setting(world: World) -> None:
    targets = [one.inputs["resourceUri"] for one in world.all("azure-native:monitor:DiagnosticSetting")]
    assert len(set(targets)) == len(targets)


def test_everything_that_is_declared_and_has_logs_is_recorded(world: World) -> None:
    settings = world.all("azure-native:monitor:DiagnosticSetting")
    recorded = {one.inputs["resourceUri"].rsplit("/providers/", 1)[-1] for one in settings}
    for kind, name in (
        ("keyvault:Vault", "Microsoft.KeyVault/vaults/{vaultName}"),
        ("network:AzureFirewall", "Microsoft.Network/azureFirewalls/{azureFirewallName}"),
        ("dnsresolver:DnsResolverPolicy", "Microsoft.Network/dnsResolverPolicies/{dnsResolverPolicyName}"),
        ("storage:StorageAccount", "Microsoft.Storage/storageAccounts/{accountName}/blobServices/default"),
    ):
        expected = {name.format(**one.inputs) for one in world.all(f"azure-native:{kind}")}
        logs = world.one("azure-native:storage:StorageAccount", "logs-account").inputs["accountName"]
        assert {one for one in expected - recorded if logs not in one} == set(), kind


def test_what_is_handed_out_is_the_setting_of_the_activity_log(world: World) -> None:
    (out,) = world.one("clover-azure:index:AccessTrail").outputs
    name = world.one("azure-native:monitor:DiagnosticSetting", "trail-activity").inputs["name"]
    assert out["trail"] == f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Insights/diagnosticSettings/{name}"
