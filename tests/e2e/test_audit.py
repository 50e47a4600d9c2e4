"""The live audit: the same verdicts as the state's, changes behind Pulumi's back, refused and throttled calls."""

import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

import pytest

from clover.lab.cloud.client import Cloud, find
from clover.logic.aws import evaluate
from tests.e2e.checkout import Checkout

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("audit")]

WITHOUT_THE_LIST = {"NET-3", "NET-5"}
"""What compares with the list of host names, which is the operator's: the auditor has nothing to compare with."""

WIDE = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
FOREIGN = "arn:aws:iam::999988887777:root"


class Audited:
    """A checkout of its own with Dublin up: what the auditor's tool sees there, and the deployer's clients."""

    def __init__(self, checkout: Checkout) -> None:
        self.checkout = checkout
        self.declared = checkout.root / "declared.json"
        self.declared.write_text(checkout.pulumi("stack", "export", "-s", "dublin").stdout)
        exports = checkout.clover("lab", "env", "--as", "auditor").stdout
        script = f"{exports}\nexec env -0"
        told = subprocess.check_output(["/bin/sh", "-c", script], env=checkout.environment, text=True)
        shell = dict(line.split("=", 1) for line in told.split("\0") if "=" in line)
        self.shell = {**shell, "PYTHONPATH": str(checkout.root)}
        self.outputs = checkout.outputs()

    @property
    def cloud(self) -> Cloud:
        found = find(self.checkout.root / ".lab")
        assert found
        return found

    def audit(self, *words: str) -> subprocess.CompletedProcess[str]:
        program = "import sys; from clover.cli import main; sys.exit(main())"
        return self.checkout.run([self._python, "-c", program, "audit", "dublin", *words], self.shell, check=False)

    def verdicts(self, folder: str) -> list[dict[str, Any]]:
        answer = self.audit("--out", folder)
        assert answer.returncode in (0, 1, 2), answer.stderr
        return json.loads((self.checkout.root / folder / "verdicts.json").read_text())["verdicts"]

    def store(self, name: str) -> str:
        return self.outputs["stores"][name]["physical_name"]

    @property
    def network(self) -> str:
        """The site's one network."""
        (found,) = self.checkout.client("ec2").describe_vpcs(
            Filters=[{"Name": "tag:clover:site", "Values": ["dublin"]}]
        )["Vpcs"]
        return found["VpcId"]

    def client_in(self, region: str, service: str) -> Any:
        """The deployer's client of another region."""
        import boto3

        told = self.checkout.lab_environment()
        keys = {
            name.lower(): told[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
        }
        factory = cast(Any, boto3).client
        return factory(service, endpoint_url=told["AWS_ENDPOINT_URL"], region_name=region, **keys)

    @property
    def _python(self) -> str:
        import sys

        return sys.executable


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    checkout = Checkout(tmp_path_factory.mktemp("audited"), "dublin")
    try:
        checkout.clover("lab", "up", "dublin")
        yield Audited(checkout)
    finally:
        checkout.clover("lab", "stop")


def _counted(verdicts: list[dict[str, Any]]) -> Counter[tuple[str, str, str]]:
    kept = [verdict for verdict in verdicts if verdict["control"] not in WITHOUT_THE_LIST]
    return Counter((verdict["control"], verdict["claim"], verdict["verdict"]) for verdict in kept)


def test_what_is_observed_is_proved_as_the_state_is(audited: Audited) -> None:
    said = audited.checkout.clover("prove", str(audited.declared), "--format", "json", check=False).stdout
    seen = audited.verdicts("clean")
    assert _counted(seen) == _counted(json.loads(said)["verdicts"])
    without = [verdict for verdict in seen if verdict["control"] in WITHOUT_THE_LIST]
    assert {verdict["verdict"] for verdict in without} == {"assumed"}
    assert {verdict["basis"] for verdict in seen} == {"lab"}
    again = audited.checkout.clover("prove", "clean/observed.json", "--format", "json", check=False)
    assert _counted(json.loads(again.stdout)["verdicts"]) == _counted(seen)


def test_throttled_calls_are_made_again(audited: Audited) -> None:
    audited.cloud.set_faults([{"kind": "throttle", "operation": "*", "share": 0.1}])
    try:
        assert _counted(audited.verdicts("throttled")) == _counted(audited.verdicts("clean"))
    finally:
        audited.cloud.set_faults([])


def test_a_refused_call_is_unknown_by_name_and_never_a_pass(audited: Audited) -> None:
    refused = {"kind": "fail", "operation": "ec2.DescribeFlowLogs", "times": 20}
    audited.cloud.set_faults([{**refused, "code": "UnauthorizedOperation", "status": 403}])
    try:
        answer = audited.audit()
    finally:
        audited.cloud.set_faults([])
    assert answer.returncode != 0
    assert "ec2.DescribeFlowLogs on all (UnauthorizedOperation)" in answer.stdout


def test_the_auditor_is_denied_every_read_of_user_data_by_what_is_observed(audited: Audited) -> None:
    audited.verdicts("clean")
    observed = json.loads((audited.checkout.root / "clean" / "observed.json").read_text())
    rows = observed["deployment"]["resources"]
    held = [row["outputs"] for row in rows if row["type"] == "aws:iam/rolePolicy:RolePolicy"]
    role = audited.outputs["auditor"]["machine_access"]
    identity = [json.loads(row["policy"]) for row in held if row["role"] == role.rpartition("/")[2]]
    policies = {row["id"]: row["outputs"]["policy"] for row in rows if row["type"].endswith(":BucketPolicy")}
    for name in ("profiles", "usage", "research", "media"):
        request = {
            "principal": role,
            "action": "s3:GetObject",
            "resource": f"arn:aws:s3:::{audited.store(name)}/something",
            "resource_account": "111122223333",
            "context": {"aws:SecureTransport": "true", "aws:SourceIp": "192.0.2.10"},
        }
        decision = evaluate(request, {"identity": identity, "resource": json.loads(policies[audited.store(name)])})
        assert decision.decision == "explicit_deny", name


CHANGES = {
    "a bucket's policy is gone": ("RES-P1", "profiles"),
    "a bucket is encrypted with AWS's key": ("KEY-1", "media"),
    "objects are copied to a foreign bucket": ("RES-2", "usage"),
    "a foreign account may use a key": ("KEY-3", "user-data key"),
    "the trail stands still": ("EVD-1", "trail"),
    "nothing records the flows": ("EVD-1", "network"),
    "the DNS firewall answers when it fails": ("NET-5", "network"),
    "a subnet's way out passes no firewall": ("NET-1", "subnet"),
    "a peering leads to another network": ("NET-6", "peering"),
    "a bucket lies in another region": ("RES-1", "stray"),
    "a user with a policy for everything": ("RES-P2", "user"),
}
"""What is done with the deployer's credentials, the control that finds it, and the thing that it names."""


@pytest.fixture(scope="module")
def changed(audited: Audited) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """All of CHANGES done at once, after the other tests have read: the ids of what is meant, and the verdicts."""
    ids = _change_stores(audited) | _change_records(audited) | _change_network(audited)
    iam = audited.checkout.client("iam")
    iam.create_user(UserName="somebody")
    iam.put_user_policy(UserName="somebody", PolicyName="everything", PolicyDocument=json.dumps(WIDE))
    return {**ids, "user": "somebody"}, audited.verdicts("changed")


def _change_stores(audited: Audited) -> dict[str, str]:
    s3, kms = audited.checkout.client("s3"), audited.checkout.client("kms")
    s3.delete_bucket_policy(Bucket=audited.store("profiles"))
    plain = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    s3.put_bucket_encryption(Bucket=audited.store("media"), ServerSideEncryptionConfiguration=plain)
    away = audited.client_in("us-west-2", "s3")
    away.create_bucket(Bucket="stray-of-another-region", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    away.put_bucket_versioning(Bucket="stray-of-another-region", VersioningConfiguration={"Status": "Enabled"})
    rule = {
        "ID": "out",
        "Status": "Enabled",
        "Priority": 1,
        "Filter": {},
        "DeleteMarkerReplication": {"Status": "Disabled"},
    }
    copies = {**rule, "Destination": {"Bucket": "arn:aws:s3:::stray-of-another-region", "Account": "999988887777"}}
    role = "arn:aws:iam::111122223333:role/copies"
    s3.put_bucket_replication(Bucket=audited.store("usage"), ReplicationConfiguration={"Role": role, "Rules": [copies]})
    key = audited.outputs["keys"]["user-data"]["key"]
    policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    policy["Statement"].append({"Effect": "Allow", "Principal": {"AWS": FOREIGN}, "Action": "kms:*", "Resource": "*"})
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))
    stores = {name: audited.store(name) for name in ("profiles", "media", "usage")}
    return {**stores, "stray": "stray-of-another-region", "user-data key": key.rpartition("/")[2]}


def _change_records(audited: Audited) -> dict[str, str]:
    trail, ec2 = audited.outputs["trail"], audited.checkout.client("ec2")
    audited.checkout.client("cloudtrail").stop_logging(Name=trail)
    flows = [row["FlowLogId"] for row in ec2.describe_flow_logs()["FlowLogs"]]
    ec2.delete_flow_logs(FlowLogIds=flows)
    network = audited.network
    resolver = audited.checkout.client("route53resolver")
    resolver.update_firewall_config(ResourceId=network, FirewallFailOpen="ENABLED")
    return {"trail": trail, "network": network}


def _change_network(audited: Audited) -> dict[str, str]:
    ec2, network = audited.checkout.client("ec2"), audited.network
    (gateway,) = ec2.describe_internet_gateways()["InternetGateways"]
    (endpoint,) = ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-endpoint-type", "Values": ["Gateway"]}])[
        "VpcEndpoints"
    ]
    (table,) = ec2.describe_route_tables(RouteTableIds=endpoint["RouteTableIds"][:1])["RouteTables"]
    subnet = table["Associations"][0]["SubnetId"]
    ec2.replace_route(
        RouteTableId=table["RouteTableId"],
        DestinationCidrBlock="0.0.0.0/0",
        GatewayId=gateway["InternetGatewayId"],
    )
    other = ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    asked = ec2.create_vpc_peering_connection(VpcId=network, PeerVpcId=other)["VpcPeeringConnection"]
    return {"subnet": subnet, "peering": asked["VpcPeeringConnectionId"]}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_behind_pulumis_back_is_found(
    changed: tuple[dict[str, str], list[dict[str, Any]]], change: str
) -> None:
    ids, verdicts = changed
    control, thing = CHANGES[change]
    refuted = [each for each in verdicts if each["control"] == control and each["verdict"] == "refuted"]
    assert any(ids[thing] in json.dumps(each) for each in refuted), [each["reason"] for each in refuted]


def test_drift_between_declared_and_observed_is_told(
    audited: Audited, changed: tuple[dict[str, str], list[dict[str, Any]]]
) -> None:
    told = audited.checkout.clover("diff", str(audited.declared), "changed/observed.json", check=False)
    assert told.returncode == 1, told.stderr
    assert "profiles" in told.stdout
    assert os.linesep in told.stdout
