"""Sites that log into the auditor's vault, with the real engine: both hands' stacks up, quiet, apart, and proved."""

import json
import re
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from clover.model.aws.locations import Ground as AwsGround
from clover.model.aws.locations import outside as outside_on_aws
from clover.model.azure.locations import Ground as AzureGround
from clover.model.azure.locations import classification
from clover.model.azure.locations import outside as outside_on_azure
from tests.e2e.audited import Audited, counted
from tests.e2e.checkout import ROOT, Checkout
from tests.e2e.plans import assert_silent_on_the_machine, declared, operations, providers, unprotected
from tests.lab.arm.asking import Azure

pytestmark = pytest.mark.e2e
ON_AZURE, ON_AWS = pytest.mark.xdist_group("dublin2"), pytest.mark.xdist_group("texas")
SITES = [pytest.param("dublin2", marks=ON_AZURE), pytest.param("texas", marks=ON_AWS)]
IN_THE_SITE = "00000000-0000-0000-0000-000000000112"
IN_THE_VAULT = "00000000-0000-0000-0000-000000000310"
IN_THE_WORKSPACE = "00000000-0000-0000-0000-000000000410"
IN_THE_COPIES = "00000000-0000-0000-0000-000000000512"
GROUNDS = {
    "dublin2": AwsGround("eu-west-1", frozenset({"444455556666"})),
    "texas": AwsGround("us-east-2", frozenset({"123456789012", "999999999999"})),
}
"""Where what lies on AWS may lie: beside the second Irish site the auditor's workspace alone."""
TENANT, AUDITORS = "00000000-0000-0000-0000-000000000100", "00000000-0000-0000-0000-000000000400"
MACHINE, DEPLOYER = "00000000-0000-0000-0000-000000000402", "00000000-0000-0000-0000-000000000122"
RECORDS = {"monitor:DiagnosticSetting": "storageAccountId", "network:FlowLog": "storageId"}
BUCKET = "clover-texas-999999999999-evidence-vault"
OF_ASSESSMENTS = [f"clover-assessment-999999999999-{role}-workspace" for role in ("auditor-owned", "evidence")]


@pytest.fixture
def site(request: pytest.FixtureRequest) -> Checkout:
    return request.getfixturevalue(request.param)


def hands(site: Checkout) -> tuple[Checkout, Checkout]:
    """The checkout as the auditor's deployer sees it, and as the site's does."""
    return site.beside(site.others[0]), site


@pytest.mark.parametrize("site", SITES, indirect=True)
def test_a_site_does_not_come_up_before_its_vault(site: Checkout) -> None:
    code, said = site.refused
    assert code == 1
    assert re.search(r"vault|log|storage account", said, re.IGNORECASE), said
    assert "Traceback" not in said


@pytest.mark.parametrize("site", SITES, indirect=True)
def test_a_second_up_changes_nothing(site: Checkout) -> None:
    for each in hands(site):
        answer = site.clover("lab", "up", each.stack)
        counts = next(line for line in answer.stdout.splitlines() if line.startswith(f"{each.stack}: up done"))
        assert re.fullmatch(rf"{each.stack}: up done: \d+ same", counts), answer.stdout


@pytest.mark.parametrize("site", SITES, indirect=True)
def test_refresh_changes_nothing(site: Checkout) -> None:
    for each in hands(site):
        each.pulumi("refresh", "-s", each.stack, "--yes", "--expect-no-changes")


@pytest.mark.parametrize("site", SITES, indirect=True)
def test_plans_have_source_places_and_name_no_machine(site: Checkout) -> None:
    for each in hands(site):
        plan = each.preview()
        assert operations(plan) == {"same"}
        assert_silent_on_the_machine(each, plan)
        assert_silent_on_the_machine(each, each.state())
        for step in plan["steps"]:
            if step["newState"]["type"] != "pulumi:pulumi:Stack":
                assert re.match(r"project:///(infra|components)/\S+\.py#\d+", step["newState"]["sourcePosition"])


@pytest.mark.parametrize("site", SITES, indirect=True)
def test_the_two_hands_share_no_provider_and_everything_is_protected(site: Checkout) -> None:
    for each in hands(site):
        resources = each.state()["resources"]
        workspaces = [f"assessment-{cloud}" for cloud in each.outputs().get("workspaces", {})]
        copies = [f"{site.stack}-copies"] if each is site and site.stack == "dublin2" else []
        assert set(providers(resources)) == {site.stack, *workspaces, *copies}
        assert bool(workspaces) is (each is not site)
        assert unprotected(resources) == {f"clover-{each.stack}"}  # the stack itself


@pytest.mark.parametrize("site", SITES, indirect=True)
def test_the_site_keeps_no_evidence_of_its_own(site: Checkout) -> None:
    outputs, (auditors, _) = site.outputs(), hands(site)
    assert "evidence" not in outputs["keys"]
    assert {store["role"] for store in outputs["stores"].values()} == {"user-data"}
    (kept,) = auditors.outputs()["vaults"].values()
    assert outputs["vault"]["account"] != outputs["site"]["account"]
    assert outputs["vault"]["account"] in kept["key"]


@pytest.mark.parametrize("site", SITES, indirect=True)
def test_raw_destroy_of_the_vault_is_refused(site: Checkout) -> None:
    auditors, _ = hands(site)
    before = auditors.state()["resources"]
    answer = auditors.pulumi("destroy", "-s", auditors.stack, "--yes", check=False)
    assert answer.returncode != 0
    assert "protect" in answer.stdout + answer.stderr
    assert auditors.state()["resources"] == before


@pytest.mark.parametrize("site", SITES, indirect=True)
def test_every_location_bearing_property_lies_in_the_site(site: Checkout) -> None:
    aws = GROUNDS[site.stack]
    subscriptions = frozenset({IN_THE_SITE, IN_THE_VAULT, IN_THE_WORKSPACE, IN_THE_COPIES})
    azure = AzureGround("northeurope", subscriptions, frozenset({TENANT, AUDITORS}), alarms="swedencentral")
    for each in hands(site):
        for resource in each.state()["resources"]:
            kind = resource["type"]
            found: list[Any] = []
            for part in ("inputs", "outputs"):
                held = declared(resource.get(part, {}))
                if kind.startswith(("aws:", "pulumi:providers:aws")):
                    found += outside_on_aws(kind, held, aws)
                elif kind.startswith(("azure-native:", "pulumi:providers:azure")):
                    assert kind in classification()["types"]
                    found += outside_on_azure(kind, held, azure)
            assert found == [], resource["urn"]


@pytest.mark.parametrize("site", SITES, indirect=True)
def test_both_stacks_are_proved_together_and_the_site_alone_is_not(site: Checkout, tmp_path: Path) -> None:
    files = {each.stack: tmp_path / f"{each.stack}.json" for each in hands(site)}
    for each in hands(site):
        files[each.stack].write_text(each.pulumi("stack", "export", "-s", each.stack).stdout)
    both = site.clover("prove", *map(str, files.values()))
    assert both.stdout.count("0 refuted") == 2
    assert "unknown" not in both.stdout
    assert not re.search("missing hands: .*auditor", both.stdout)
    alone = site.clover("prove", str(files[site.stack]), check=False)
    assert alone.returncode == 2
    assert re.search("missing hands: .*auditor", alone.stdout)


@pytest.mark.parametrize("name", ["dublin2", "texas"])
def test_no_code_is_about_the_site(name: str) -> None:
    folders = ("clover", "components", "infra", "policy")
    texts = {file: file.read_text(encoding="utf-8") for part in folders for file in (ROOT / part).rglob("*.py")}
    assert len(texts) > 300
    assert [str(file) for file, text in texts.items() if name in text.lower()] == []


# The vault on Azure, as the official clients find it.


@ON_AZURE
class TestOnAzure:
    @pytest.fixture(scope="class")
    def azure(self, dublin2: Checkout) -> Azure:
        return hands(dublin2)[0].azure()

    @pytest.fixture(scope="class")
    def vault(self, dublin2: Checkout) -> str:
        """The id of the account that keeps the site's records."""
        return hands(dublin2)[0].outputs()["vaults"]["dublin2"]["vault"]

    def test_the_account_is_the_auditor_s_and_locked(self, azure: Azure, vault: str) -> None:
        assert vault.startswith(f"/subscriptions/{IN_THE_VAULT}/")
        account = self._account(azure, vault)
        kept = account["immutableStorageWithVersioning"]
        assert kept["enabled"] is True
        assert kept["immutabilityPolicy"]["state"] == "Locked"
        assert kept["immutabilityPolicy"]["immutabilityPeriodSinceCreationInDays"] == 400
        scope = vault.strip("/")
        assert azure.locks.management_locks.get_by_scope(scope, "clover").level == "CanNotDelete"

    def test_the_account_lets_in_trusted_services_and_the_auditor_s_networks(self, azure: Azure, vault: str) -> None:
        account = self._account(azure, vault)
        rules = account["networkAcls"]
        assert (rules["defaultAction"], rules["bypass"]) == ("Deny", "AzureServices")
        assert [rule["value"] for rule in rules["ipRules"]] == ["192.0.2.0/24", "198.51.100.0/25"]
        assert account["allowSharedKeyAccess"] is False
        assert account["allowBlobPublicAccess"] is False

    def test_the_key_is_the_auditor_s_and_lies_in_hardware(self, azure: Azure, vault: str) -> None:
        under = self._account(azure, vault)["encryption"]
        assert under["keySource"] == "Microsoft.Keyvault"
        name = re.match(r"https://([\w-]+)\.", under["keyvaultproperties"]["keyvaulturi"])
        assert name
        properties = azure.vaults.vaults.get("clover-dublin2", name[1]).properties
        assert properties.enable_purge_protection is True
        assert properties.public_network_access == "Disabled"
        key = azure.vaults.keys.get("clover-dublin2", name[1], under["keyvaultproperties"]["keyname"])
        assert key.kty == "RSA-HSM"
        assert key.attributes.exportable is False

    def test_roles_at_the_vault_are_the_machine_s_and_that_of_naming_it(self, azure: Azure, vault: str) -> None:
        found = {
            each.principal_id: each.role_definition_id.rpartition("/")[2]
            for each in azure.roles.role_assignments.list_for_scope(vault.strip("/"))
            if each.principal_id in (MACHINE, DEPLOYER)
        }
        assert set(found) == {MACHINE, DEPLOYER}
        assert found[MACHINE] == "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"  # Storage Blob Data Reader
        scope = vault.rpartition("/providers/")[0].strip("/")
        definitions = {each.name: each for each in azure.roles.role_definitions.list(scope)}
        allowed = [action for each in definitions[found[DEPLOYER]].permissions for action in each.actions]
        assert not [action for action in allowed if action.endswith(("/write", "/delete", "*"))]
        assert not [action for each in definitions[found[DEPLOYER]].permissions for action in each.data_actions or ()]

    def test_every_record_of_the_site_ends_there(self, dublin2: Checkout, vault: str) -> None:
        kinds = {f"azure-native:{kind}": path for kind, path in RECORDS.items()}
        records = [each for each in dublin2.state()["resources"] if each["type"] in kinds]
        assert len(records) >= 9
        assert {each["outputs"][kinds[each["type"]]] for each in records} == {vault}
        azure = dublin2.azure()
        for each in records:
            if each["type"].endswith("DiagnosticSetting"):
                scope = each["outputs"]["id"].partition("/providers/Microsoft.Insights/diagnosticSettings/")
                status, answer, _ = azure.ask("GET", "".join(scope), version="2021-05-01-preview")
                assert (status, answer["properties"]["storageAccountId"]) == (200, vault)

    def test_the_site_s_deployer_changes_nothing_of_the_vault(self, dublin2: Checkout, vault: str) -> None:
        site = dublin2.azure()
        for method, place, body in (
            ("PATCH", vault, {"properties": {"allowSharedKeyAccess": True}}),
            ("DELETE", vault, None),
            ("DELETE", f"{vault}/providers/Microsoft.Authorization/locks/clover", None),
            ("PUT", f"{vault}/blobServices/default", {"properties": {"isVersioningEnabled": False}}),
        ):
            version = "2020-05-01" if "locks" in place else "2024-01-01"
            status, answer, _ = site.ask(method, place, body, version=version)
            assert (status, answer["error"]["code"]) == (403, "AuthorizationFailed"), (method, place)

    def test_the_auditor_s_own_deployer_does_not_open_the_lock(self, azure: Azure, vault: str) -> None:
        held = self._account(azure, vault)["immutableStorageWithVersioning"]
        policy = {**held["immutabilityPolicy"], "immutabilityPeriodSinceCreationInDays": 1}
        body = {"properties": {"immutableStorageWithVersioning": {**held, "immutabilityPolicy": policy}}}
        status, _, _ = azure.ask("PATCH", vault, body, version="2024-01-01")
        assert status in (400, 403, 409)
        assert self._account(azure, vault)["immutableStorageWithVersioning"] == held

    @staticmethod
    def _account(azure: Azure, vault: str) -> dict[str, Any]:
        group, name = vault.split("/")[4], vault.rpartition("/")[2]
        return azure.storage.storage_accounts.get_properties(group, name).as_dict()["properties"]


# The vault on AWS, as boto3 finds it.


@ON_AWS
class TestOnAws:
    @pytest.fixture(scope="class")
    def auditors(self, texas: Checkout) -> Checkout:
        return hands(texas)[0]

    def test_the_bucket_is_the_auditor_s_and_locked(self, auditors: Checkout) -> None:
        s3 = auditors.client("s3")
        assert {each["Name"] for each in s3.list_buckets()["Buckets"]} == {BUCKET, *OF_ASSESSMENTS}
        lock = s3.get_object_lock_configuration(Bucket=BUCKET)["ObjectLockConfiguration"]
        assert lock["Rule"]["DefaultRetention"] == {"Mode": "COMPLIANCE", "Days": 400}
        assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
        block = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
        assert set(block.values()) == {True}

    def test_the_key_is_the_auditor_s_and_the_bucket_s(self, auditors: Checkout) -> None:
        s3, kms = auditors.client("s3"), auditors.client("kms")
        rules = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
        key = rules[0]["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"]
        assert key.split(":")[3:5] == ["us-east-2", "999999999999"]
        found = kms.describe_key(KeyId="alias/clover-texas-evidence-s3")["KeyMetadata"]
        assert (found["Arn"], found["MultiRegion"], found["Origin"]) == (key, False, "AWS_KMS")
        assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is True
        policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
        allows = [each for each in policy["Statement"] if each["Effect"] == "Allow"]
        named = {str(each["Principal"]) for each in allows if "123456789012" in json.dumps(each["Principal"])}
        actions = [each["Action"] for each in allows if str(each["Principal"]) in named]
        assert actions == ["kms:DescribeKey"]

    def test_every_record_of_the_site_ends_there(self, texas: Checkout, auditors: Checkout) -> None:
        (trail,) = texas.client("cloudtrail").describe_trails()["trailList"]
        key = auditors.client("kms").describe_key(KeyId="alias/clover-texas-evidence-s3")["KeyMetadata"]["Arn"]
        assert (trail["S3BucketName"], trail["KmsKeyId"]) == (BUCKET, key)
        assert (trail["IsMultiRegionTrail"], trail["IncludeGlobalServiceEvents"]) == (True, True)
        (flows,) = texas.client("ec2").describe_flow_logs()["FlowLogs"]
        assert flows["LogDestination"].partition("/")[0] == f"arn:aws:s3:::{BUCKET}"
        firewall = texas.client("network-firewall")
        (arn,) = (each["FirewallArn"] for each in firewall.list_firewalls()["Firewalls"])
        rows = firewall.describe_logging_configuration(FirewallArn=arn)["LoggingConfiguration"]["LogDestinationConfigs"]
        assert {row["LogDestination"]["bucketName"] for row in rows} == {BUCKET}
        (names,) = texas.client("route53resolver").list_resolver_query_log_configs()["ResolverQueryLogConfigs"]
        assert names["DestinationArn"].partition("/")[0] == f"arn:aws:s3:::{BUCKET}"

    def test_the_vault_records_its_own_account_too(self, auditors: Checkout) -> None:
        found = {each["Name"]: each for each in auditors.client("cloudtrail").describe_trails()["trailList"]}
        assert found.keys() == {"clover-texas", "clover-assessment"}
        trail = found["clover-texas"]
        assert trail["S3BucketName"] == BUCKET
        assert auditors.client("cloudtrail").get_trail_status(Name=trail["TrailARN"])["IsLogging"] is True

    def test_every_rule_of_the_auditor_s_has_an_alarm_that_the_channel_hears(self, auditors: Checkout) -> None:
        events, topic = auditors.client("events"), "arn:aws:sns:us-east-2:999999999999:clover-texas-incidents"
        rules = [each for bus in ("default", "clover-texas") for each in events.list_rules(EventBusName=bus)["Rules"]]
        assert {each["State"] for each in rules} == {"ENABLED"}
        alarms = auditors.client("cloudwatch").describe_alarms()["MetricAlarms"]
        assert {each["Name"] for each in rules} == {each["Dimensions"][0]["Value"] for each in alarms}
        assert {(each["ActionsEnabled"], *each["AlarmActions"]) for each in alarms} == {(True, topic)}
        heard = auditors.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        assert {each["Endpoint"].split("/")[2] for each in heard} == {"auditor.example.org", "authority.example.org"}

    def test_the_site_sends_what_is_looked_out_for_to_the_auditor(self, texas: Checkout, auditors: Checkout) -> None:
        events, bus = texas.client("events"), "arn:aws:events:us-east-2:999999999999:event-bus/clover-texas"
        sent = {each["Name"] for each in events.list_rules()["Rules"]}
        there = {each["Name"] for each in auditors.client("events").list_rules(EventBusName="clover-texas")["Rules"]}
        assert sent == there
        for rule in sent:
            (target,) = events.list_targets_by_rule(Rule=rule)["Targets"]
            assert target["Arn"] == bus

    def test_an_audit_sees_what_the_site_sends_on(self, texas: Checkout, auditors: Checkout) -> None:
        audited, keeper = Audited(texas), texas.root / "keeper.json"
        audited.verdicts("audited", "--declared", str(audited.declared))
        assert audited.file("audited", "drift.json")["things"] == []
        keeper.write_text(auditors.pulumi("stack", "export", "-s", auditors.stack).stdout)
        files = (texas.root / "audited" / "observed.json", audited.declared)
        said = [texas.clover("prove", str(file), str(keeper), "--format", "json", check=False) for file in files]
        seen, declared = (json.loads(each.stdout)["verdicts"] for each in said)
        assert counted(seen) == counted(declared)
        assert {each["verdict"] for each in seen if each["control"].startswith("INC")} == {"proved", "assumed"}

    def test_assessments_are_locked_and_nobody_else_reads_them(self, auditors: Checkout) -> None:
        s3, (owned, records) = auditors.client("s3"), OF_ASSESSMENTS
        for bucket in (owned, records):
            lock = s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
            assert lock["Rule"]["DefaultRetention"] == {"Mode": "COMPLIANCE", "Days": 400}
        statements = json.loads(s3.get_bucket_policy(Bucket=owned)["Policy"])["Statement"]
        assert {each["Effect"] for each in statements} == {"Deny"}
        found = {each["Name"]: each for each in auditors.client("cloudtrail").describe_trails()["trailList"]}
        assert found["clover-assessment"]["S3BucketName"] == records

    def test_what_is_published_is_what_the_site_s_gateway_has(self, texas: Checkout, auditors: Checkout) -> None:
        (published,) = auditors.outputs()["workspaces"]["aws"]["hosts"]["sites"]
        egress = texas.outputs()["egress"]
        assert published["rule_set_digest"] == egress["rule_set_digest"]
        assert published["allowed_domains"] == egress["allowed_domains"]

    def test_the_site_holds_no_bucket_and_no_key_of_evidence(self, texas: Checkout) -> None:
        buckets = [each["Name"] for each in texas.client("s3").list_buckets()["Buckets"]]
        assert buckets
        assert not [name for name in buckets if "evidence" in name]
        aliases = [each["AliasName"] for each in texas.client("kms").list_aliases()["Aliases"]]
        assert not [name for name in aliases if "evidence" in name]


def test_the_stack_files_of_the_twin_are_data_alone() -> None:
    for file in sorted((ROOT / "tests" / "zones" / "us").glob("Pulumi.*.yaml")):
        held = cast(dict[str, Any], yaml.safe_load(file.read_text(encoding="utf-8")))
        assert set(held) <= {"config", "encryptionsalt"}
        assert held["config"]["clover:zone"] == "us"
