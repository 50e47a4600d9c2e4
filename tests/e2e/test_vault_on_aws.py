"""The vault on AWS, as boto3 finds it."""

import json

import pytest

from tests.e2e.audited import Audited, counted
from tests.e2e.checkout import Checkout

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("texas")]
BUCKET = "clover-texas-999999999999-evidence-vault"
OF_ASSESSMENTS = [f"clover-assessment-999999999999-{role}-workspace" for role in ("auditor-owned", "evidence")]


@pytest.fixture(scope="module")
def auditors(texas: Checkout) -> Checkout:
    return texas.beside(texas.others[0])


def test_the_bucket_is_the_auditor_s_and_locked(auditors: Checkout) -> None:
    s3 = auditors.client("s3")
    assert {each["Name"] for each in s3.list_buckets()["Buckets"]} == {BUCKET, *OF_ASSESSMENTS}
    lock = s3.get_object_lock_configuration(Bucket=BUCKET)["ObjectLockConfiguration"]
    assert lock["Rule"]["DefaultRetention"] == {"Mode": "COMPLIANCE", "Days": 400}
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    block = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}


def test_the_key_is_the_auditor_s_and_the_bucket_s(auditors: Checkout) -> None:
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


def test_every_record_of_the_site_ends_there(texas: Checkout, auditors: Checkout) -> None:
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


def test_the_vault_records_its_own_account_too(auditors: Checkout) -> None:
    found = {each["Name"]: each for each in auditors.client("cloudtrail").describe_trails()["trailList"]}
    assert found.keys() == {"clover-texas", "clover-assessment"}
    trail = found["clover-texas"]
    assert trail["S3BucketName"] == BUCKET
    assert auditors.client("cloudtrail").get_trail_status(Name=trail["TrailARN"])["IsLogging"] is True


def test_every_rule_of_the_auditor_s_has_an_alarm_that_the_channel_hears(auditors: Checkout) -> None:
    events, topic = auditors.client("events"), "arn:aws:sns:us-east-2:999999999999:clover-texas-incidents"
    rules = [each for bus in ("default", "clover-texas") for each in events.list_rules(EventBusName=bus)["Rules"]]
    assert {each["State"] for each in rules} == {"ENABLED"}
    alarms = auditors.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert {each["Name"] for each in rules} == {each["Dimensions"][0]["Value"] for each in alarms}
    assert {(each["ActionsEnabled"], *each["AlarmActions"]) for each in alarms} == {(True, topic)}
    heard = auditors.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert {each["Endpoint"].split("/")[2] for each in heard} == {"auditor.example.org", "authority.example.org"}


def test_the_site_sends_what_is_looked_out_for_to_the_auditor(texas: Checkout, auditors: Checkout) -> None:
    events, bus = texas.client("events"), "arn:aws:events:us-east-2:999999999999:event-bus/clover-texas"
    sent = {each["Name"] for each in events.list_rules()["Rules"]}
    there = {each["Name"] for each in auditors.client("events").list_rules(EventBusName="clover-texas")["Rules"]}
    assert sent == there
    for rule in sent:
        (target,) = events.list_targets_by_rule(Rule=rule)["Targets"]
        assert target["Arn"] == bus


def test_an_audit_sees_what_the_site_sends_on(texas: Checkout, auditors: Checkout) -> None:
    audited, keeper = Audited(texas), texas.root / "keeper.json"
    audited.verdicts("audited", "--declared", str(audited.declared))
    assert audited.file("audited", "drift.json")["things"] == []
    keeper.write_text(auditors.pulumi("stack", "export", "-s", auditors.stack).stdout)
    files = (texas.root / "audited" / "observed.json", audited.declared)
    said = [texas.clover("prove", str(file), str(keeper), "--format", "json", check=False) for file in files]
    seen, declared = (json.loads(each.stdout)["verdicts"] for each in said)
    assert counted(seen) == counted(declared)
    assert {each["verdict"] for each in seen if each["control"].startswith("INC")} == {"proved", "assumed"}


def test_assessments_are_locked_and_nobody_else_reads_them(auditors: Checkout) -> None:
    s3, (owned, records) = auditors.client("s3"), OF_ASSESSMENTS
    for bucket in (owned, records):
        lock = s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
        assert lock["Rule"]["DefaultRetention"] == {"Mode": "COMPLIANCE", "Days": 400}
    statements = json.loads(s3.get_bucket_policy(Bucket=owned)["Policy"])["Statement"]
    assert {each["Effect"] for each in statements} == {"Deny"}
    found = {each["Name"]: each for each in auditors.client("cloudtrail").describe_trails()["trailList"]}
    assert found["clover-assessment"]["S3BucketName"] == records


def test_what_is_published_is_what_the_site_s_gateway_has(texas: Checkout, auditors: Checkout) -> None:
    (published,) = auditors.outputs()["workspaces"]["aws"]["hosts"]["sites"]
    egress = texas.outputs()["egress"]
    assert published["rule_set_digest"] == egress["rule_set_digest"]
    assert published["allowed_domains"] == egress["allowed_domains"]


def test_the_site_holds_no_bucket_and_no_key_of_evidence(texas: Checkout) -> None:
    buckets = [each["Name"] for each in texas.client("s3").list_buckets()["Buckets"]]
    assert buckets
    assert not [name for name in buckets if "evidence" in name]
    aliases = [each["AliasName"] for each in texas.client("kms").list_aliases()["Aliases"]]
    assert not [name for name in aliases if "evidence" in name]
