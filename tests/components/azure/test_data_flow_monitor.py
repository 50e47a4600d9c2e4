"""The monitor and the channel on Azure: each detection put to rows by a second reading of queries."""

from typing import Any

import pytest

from clover.model.azure.incidents import KEEPER, Expected, Place, Row, facts, kept, noticed
from clover.zones.vocabulary import StoreRole
from components.azure import AccessTrail, DataFlowMonitor, IncidentChannel
from components.azure import site as names
from components.refusal import Refusal
from tests.components.azure.answers import REGION, SUBSCRIPTION, created, previewed
from tests.components.azure.sample import SITE, declare_site
from tests.logic.queries.second import finds
from tests.recorder import World, declaring

AUDITORS = "00000000-0000-0000-0000-000000000310"
AUDITORS_DEPLOYER = "00000000-0000-0000-0000-000000000311"
PLACE = names.vault_place(SITE, AUDITORS, AUDITORS_DEPLOYER)
VAULT, CHANNEL, MONITOR = names.evidence_vault_id(PLACE), names.channel_id(PLACE), names.monitor_id(PLACE)
ADDRESSES = ("https://auditor.example.org/clover", "https://authority.example.org/no", "mailto:desk@example.org")
NETWORK = "10.32.0.0/12"
ROWS = Place(SUBSCRIPTION, AUDITORS, REGION, VAULT.rpartition("/")[2], "hamarprofiles", "10.32.0.4")
RULE, SETTING = "azure-native:monitor:ScheduledQueryRule", "azure-native:monitor:DiagnosticSetting"
TOLD: Any = {"site": SITE, "account": AUDITORS, "deployer": AUDITORS_DEPLOYER, "declared_at": "zones/europe.yaml:195"}


def told(**more: Any) -> Any:
    """What either component is told, with more of its own."""
    return {**TOLD, **more}


def declare() -> None:
    IncidentChannel("hamar-incidents", told(region="swedencentral", auditor=ADDRESSES[0], authorities=ADDRESSES[1:]))
    DataFlowMonitor("hamar-monitor", told(network=NETWORK, vault=VAULT, channel=CHANNEL))


@pytest.fixture(scope="module")
def auditors() -> World:
    with declaring(created, stack_name="auditor") as declared:
        declare()
    return declared


def condition(rule: Any) -> dict[str, Any]:
    (only,) = rule.inputs["criteria"]["allOf"]
    return only


def heard(world: World, tables: dict[str, list[Row]]) -> set[str]:
    """The detections whose query finds a row, and that sound at the first."""
    rules = [rule for rule in world.all(RULE) if condition(rule)["operator"] == "GreaterThanOrEqual"]
    return {rule.name for rule in rules if finds(condition(rule)["query"], tables)}


EVERY = [(each, row) for each in noticed(ROWS) for row in each.rows]


def called(pair: tuple[Expected, Row]) -> str:
    expected, row = pair
    return str(row.get("OperationNameValue") or row.get("OperationName") or expected.what).replace(" ", "-")


@pytest.mark.parametrize("pair", EVERY, ids=called)
def test_every_row_is_found_by_a_rule(auditors: World, pair: tuple[Expected, Row]) -> None:
    expected, row = pair
    assert heard(auditors, {expected.table: [row]})


IN_ORDER = {
    "AZFWApplicationRule": {"Action": "Allow"},
    "AZFWNetworkRule": {"Action": "Allow"},
    "AZKVAuditLogs": {"OperationName": "KeyUnwrap"},
    "StorageBlobLogs": {"CallerIpAddress": "10.33.0.9:4000"},
    "AzureMetrics": {"MetricName": "DataProcessed", "Total": 4096.0},
    "AzureActivity": {"OperationNameValue": "MICROSOFT.RESOURCES/TAGS/WRITE", "SubscriptionId": SUBSCRIPTION},
}


@pytest.mark.parametrize("table", IN_ORDER)
def test_what_is_in_order_is_found_by_none(auditors: World, table: str) -> None:
    row = {**facts()["tables"][table]["row"], **IN_ORDER[table]}
    assert heard(auditors, {table: [row]}) == set()


@pytest.mark.parametrize("row", [{"CallerIpAddress": ""}, {"CallerIpAddress": "2001:db8::1"}])
def test_a_read_from_no_address_comes_from_outside(auditors: World, row: Row) -> None:
    shape = facts()["tables"]["StorageBlobLogs"]["row"]
    assert heard(auditors, {"StorageBlobLogs": [{**shape, **row}]}) == {"hamar-monitor-outside-read"}


def test_somebody_elses_activities_are_nobodys_matter(auditors: World) -> None:
    for expected, row in EVERY:
        if expected.table == "AzureActivity":
            other = {**row, "SubscriptionId": "00000000-0000-0000-0000-0000000000ff"}
            assert heard(auditors, {expected.table: [other]}) == set()


def test_silence_of_what_has_to_keep_coming_sounds(auditors: World) -> None:
    (silent,) = (rule for rule in auditors.all(RULE) if condition(rule)["operator"] == "LessThan")
    others = {table: [row for each, row in EVERY if each.table == table] for table in facts()["tables"]}
    for expected in kept(ROWS):
        coming = {**others, expected.table: [*others[expected.table], *expected.rows]}
        assert (len(finds(condition(silent)["query"], others)), condition(silent)["threshold"]) == (0, 1)
        assert len(finds(condition(silent)["query"], coming)) == 1


def test_rules_ask_the_workspace_sound_in_the_channel_and_show_no_row(auditors: World) -> None:
    for rule in auditors.all(RULE):
        assert rule.inputs["scopes"] == [MONITOR]
        assert rule.inputs["actions"] == {"actionGroups": [CHANNEL]}
        assert (rule.inputs["enabled"], rule.inputs["autoMitigate"]) == (True, False)
        assert condition(rule)["dimensions"] == []
        assert (rule.inputs["evaluationFrequency"], rule.inputs["windowSize"]) == ("PT5M", "PT30M")
        assert rule.inputs["location"] == REGION


def test_the_workspace_lies_on_a_cluster_under_a_key_and_answers_no_network(auditors: World) -> None:
    cluster = auditors.one("azure-native:operationalinsights:Cluster").inputs
    workspace = auditors.one("azure-native:operationalinsights:Workspace").inputs
    link = auditors.one("azure-native:operationalinsights:LinkedService").inputs
    uri = names.vault_uri(PLACE, names.vault_name(PLACE, StoreRole.AUDITOR_OWNED))
    assert cluster["keyVaultProperties"] == {"keyVaultUri": uri, "keyName": "auditor-owned", "keyVersion": ""}
    assert cluster["identity"]["userAssignedIdentities"] == [names.identity_id(PLACE, StoreRole.AUDITOR_OWNED)]
    assert link["writeAccessResourceId"] == workspace["features"]["clusterResourceId"]
    assert (workspace["publicNetworkAccessForIngestion"], workspace["publicNetworkAccessForQuery"]) == (
        "Disabled",
        "Disabled",
    )
    assert workspace["features"]["disableLocalAuth"] is True
    assert workspace["features"]["enableLogAccessUsingOnlyResourcePermissions"] is False
    assert workspace["tags"]["clover:store-role"] == "evidence"
    assert {cluster["location"], workspace["location"]} == {REGION}


def test_the_auditors_own_subscription_and_its_vault_are_watched_too(auditors: World) -> None:
    sent = {one.inputs["resourceUri"] for one in auditors.all(SETTING) if one.inputs.get("workspaceId") == MONITOR}
    assert sent == {f"/subscriptions/{AUDITORS}", f"{VAULT}/blobServices/default"}


def test_the_site_may_name_the_workspace_and_read_nothing_of_it(auditors: World) -> None:
    (role,) = (
        one.inputs
        for one in auditors.all("azure-native:authorization:RoleDefinition")
        if one.name == "hamar-monitor-target"
    )
    (permission,) = role["permissions"]
    assert permission["actions"] == [
        "Microsoft.OperationalInsights/workspaces/read",
        "Microsoft.OperationalInsights/workspaces/sharedKeys/action",
    ]
    assert permission["dataActions"] == []


def test_everybody_whom_the_zone_names_listens_and_nobody_else(auditors: World) -> None:
    group = auditors.one("azure-native:monitor:ActionGroup").inputs
    assert (group["location"], group["enabled"]) == ("swedencentral", True)
    assert [each["serviceUri"] for each in group["webhookReceivers"]] == list(ADDRESSES[:2])
    assert [each["emailAddress"] for each in group["emailReceivers"]] == ["desk@example.org"]
    assert not [
        name for name in group if name.endswith("Receivers") and name not in ("webhookReceivers", "emailReceivers")
    ]


def test_a_site_that_is_watched_sends_what_it_keeps() -> None:
    with declaring(created, stack_name="hamar") as declared:
        AccessTrail("trail", {"site": SITE, "evidence": VAULT, "key": "key", "monitor": MONITOR})
    settings = [one.inputs for one in declared.all(SETTING)]
    assert settings
    for each in settings:
        assert (each["storageAccountId"], each["workspaceId"]) == (VAULT, MONITOR)
        assert each["logAnalyticsDestinationType"] == "Dedicated"


def test_a_site_that_nobody_watches_sends_to_no_workspace() -> None:
    with declaring(created, stack_name="hamar") as declared:
        declare_site()
    assert not [one for one in declared.all(SETTING) if "workspaceId" in one.inputs or "metrics" in one.inputs]


def test_all_of_it_is_known_in_the_first_preview() -> None:
    with declaring(previewed, stack_name="auditor") as declared:
        declare()
    rules = declared.all(RULE)
    assert [rule.inputs["scopes"] for rule in rules] == [[MONITOR]] * len(rules)


def test_neither_lies_in_the_sites_own_subscription() -> None:
    with declaring(created, stack_name="auditor"):
        with pytest.raises(Refusal, match="not the auditor's"):
            DataFlowMonitor("a", told(account=SUBSCRIPTION, network=NETWORK, vault=VAULT, channel=CHANNEL))
        with pytest.raises(Refusal, match="not the auditor's"):
            IncidentChannel("b", told(account=SUBSCRIPTION, region=REGION, auditor=ADDRESSES[0], authorities=ADDRESSES))


def test_incidents_go_to_an_authority_straight() -> None:
    with declaring(created, stack_name="auditor"), pytest.raises(Refusal, match="authorities"):
        IncidentChannel("c", told(region=REGION, auditor=ADDRESSES[0], authorities=[]))


def test_the_keepers_rows_are_of_another_subscription() -> None:
    assert {row["SubscriptionId"] for each, row in EVERY if each.of == KEEPER} == {AUDITORS}
