"""What the cloud does wrong on purpose, and how clients see it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from clover.lab.clock import WAITED
from clover.lab.cloud import client
from clover.lab.cloud.client import Cloud, CloudError
from tests.lab.cloud.asking import bucket, error_of, policy, refused
from tests.lab.cloud.conftest import Aws, connect

TRUST = policy(Effect="Allow", Principal={"Service": "ec2.amazonaws.com"}, Action="sts:AssumeRole")


@pytest.fixture(autouse=True)
def _faultless(cloud: Cloud) -> Iterator[None]:
    yield
    cloud.set_faults([])


def wait(cloud: Cloud, seconds: float) -> None:
    """Call the cloud, refused or not, as somebody who has waited so long since the call before."""
    connection = HTTPConnection("127.0.0.1", cloud.port)
    connection.request("GET", "/", headers={WAITED: str(seconds)})
    connection.getresponse().read()
    connection.close()


def outcomes(call: Any, times: int) -> list[bool]:
    """Which of so many calls were answered."""

    def answered() -> bool:
        try:
            call()
        except ClientError:
            return False
        return True

    return [answered() for _ in range(times)]


@pytest.mark.parametrize(
    ("service", "call", "answer"),
    [
        ("s3", "list_buckets", ("SlowDown", 503)),
        ("ec2", "describe_vpcs", ("RequestLimitExceeded", 503)),
        ("iam", "list_roles", ("Throttling", 400)),
        ("kms", "list_keys", ("ThrottlingException", 400)),
        ("cloudtrail", "list_trails", ("ThrottlingException", 400)),
        ("network-firewall", "list_firewalls", ("ThrottlingException", 400)),
        ("route53resolver", "list_firewall_configs", ("ThrottlingException", 400)),
    ],
)
def test_throttling_speaks_each_services_language(
    cloud: Cloud, aws: Aws, service: str, call: str, answer: tuple[str, int]
) -> None:
    ready = aws(service)
    cloud.set_faults([{"kind": "throttle", "operation": f"{service}.*", "share": 1}])
    with pytest.raises(ClientError) as caught:
        getattr(ready, call)()
    error: Any = caught.value
    assert (error_of(error)["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]) == answer


def test_sdks_take_throttling_for_something_to_repeat(cloud: Cloud, aws: Aws) -> None:
    patient = aws("kms", retries=9)
    cloud.set_faults([{"kind": "throttle", "operation": "kms.ListKeys", "share": 0.3}])
    before = cloud.status()["calls"]
    for _ in range(10):
        patient.list_keys()
    assert cloud.status()["calls"] - before > 10


def test_the_same_calls_meet_the_same_faults(cloud: Cloud, aws: Aws) -> None:
    ec2 = aws("ec2")
    runs: list[list[bool]] = []
    for _ in range(2):
        cloud.set_faults([{"kind": "throttle", "operation": "ec2.*", "share": 0.2}])
        runs.append(outcomes(ec2.describe_vpcs, 100))
    assert runs[0] == runs[1]
    assert 10 <= runs[0].count(False) <= 30


def test_one_failing_call_and_no_more(cloud: Cloud, aws: Aws) -> None:
    iam = aws("iam")
    fault = {"kind": "fail", "operation": "iam.ListRoles", "times": 1, "code": "InternalError", "status": 500}
    assert cloud.set_faults([fault]) == [{**fault, "left": 1}]
    iam.list_users()
    assert refused(iam.list_roles) == "InternalError"
    assert iam.list_roles()["Roles"] == []
    assert cloud.status()["faults"] == [{**fault, "left": 0}]


def test_the_first_call_of_each_operation_that_writes_fails(cloud: Cloud, aws: Aws, account: str) -> None:
    s3 = aws("s3")
    cloud.set_faults([{"kind": "fail-each", "operation": "s3.*", "code": "InternalError", "status": 500}])
    assert s3.list_buckets()["Buckets"] == []
    assert refused(bucket, s3=s3, name=f"one-{account}") == "InternalError"
    bucket(s3=s3, name=f"one-{account}")
    bucket(s3=s3, name=f"two-{account}")
    versions = {"Bucket": f"one-{account}", "VersioningConfiguration": {"Status": "Enabled"}}
    assert refused(s3.put_bucket_versioning, **versions) == "InternalError"
    s3.put_bucket_versioning(**versions)


def test_a_failed_call_has_no_effect(cloud: Cloud, aws: Aws, account: str) -> None:
    s3 = aws("s3")
    cloud.set_faults(
        [{"kind": "fail", "operation": "s3.CreateBucket", "times": 1, "code": "InternalError", "status": 500}]
    )
    assert refused(bucket, s3=s3, name=f"failed-{account}") == "InternalError"
    assert s3.list_buckets()["Buckets"] == []


def test_a_hanging_call_holds_up_nobody_else_and_completes(cloud: Cloud, aws: Aws) -> None:
    kms, iam = aws("kms"), aws("iam")
    cloud.set_faults([{"kind": "hang", "operation": "kms.CreateKey", "times": 1, "seconds": 3}])
    with ThreadPoolExecutor() as pool:
        hanging = pool.submit(kms.create_key)
        while cloud.status()["faults"][0]["left"]:
            pass
        iam.list_roles()
        assert not hanging.done()
        assert hanging.result()["KeyMetadata"]["Enabled"]
    assert len(kms.list_keys()["Keys"]) == 1


def test_a_hanging_call_does_not_keep_the_daemon_from_stopping(tmp_path: Path) -> None:
    cloud = client.start(tmp_path)
    kms = connect(cloud, cloud.credentials("111122223333", "arn:aws:iam::111122223333:role/x"), "kms")
    cloud.set_faults([{"kind": "hang", "operation": "kms.ListKeys", "times": 1, "seconds": 600}])
    with ThreadPoolExecutor() as pool:
        hanging = pool.submit(outcomes, kms.list_keys, 1)
        while cloud.status()["faults"][0]["left"]:
            pass
        cloud.stop()
        assert len(hanging_result(hanging)) <= 1


def hanging_result(hanging: Any) -> list[bool]:
    """The outcomes of a call that was cut or completed."""
    error = hanging.exception(timeout=60)
    return [] if error else hanging.result()


def test_a_fresh_role_is_not_found_until_the_clock_has_gone_on(cloud: Cloud, aws: Aws) -> None:
    iam = aws("iam")
    cloud.set_faults([{"kind": "delay-consistency", "operation": "iam.CreateRole", "seconds": 120}])
    iam.create_role(RoleName="fresh", AssumeRolePolicyDocument=TRUST)
    assert refused(iam.get_role, RoleName="fresh") == "NoSuchEntity"
    wait(cloud, 60)
    assert refused(iam.get_role, RoleName="fresh") == "NoSuchEntity"
    wait(cloud, 60)
    assert iam.get_role(RoleName="fresh")["Role"]["RoleName"] == "fresh"


def test_what_is_written_over_a_thing_that_is_there_stays_visible(cloud: Cloud, aws: Aws) -> None:
    iam, document = aws("iam"), policy(Effect="Allow", Action="s3:List*", Resource="*")
    iam.create_role(RoleName="written", AssumeRolePolicyDocument=TRUST)
    cloud.set_faults([{"kind": "delay-consistency", "operation": "iam.PutRolePolicy", "seconds": 120}])
    named = {"RoleName": "written", "PolicyName": "lists"}
    iam.put_role_policy(**named, PolicyDocument=document)
    assert refused(iam.get_role_policy, **named) == "NoSuchEntity"
    wait(cloud, 120)
    iam.put_role_policy(**named, PolicyDocument=document)
    assert iam.get_role_policy(**named)["PolicyName"] == "lists"


def test_delayed_things_are_told_apart_by_what_their_create_call_answered(cloud: Cloud, aws: Aws) -> None:
    ec2 = aws("ec2")
    settled = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    cloud.set_faults([{"kind": "delay-consistency", "operation": "ec2.CreateVpc", "seconds": 120}])
    fresh = ec2.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    assert ec2.describe_vpcs(VpcIds=[settled])["Vpcs"][0]["VpcId"] == settled
    assert refused(ec2.describe_vpcs, VpcIds=[fresh]) == "InvalidVpcID.NotFound"
    wait(cloud, 120)
    assert ec2.describe_vpcs(VpcIds=[fresh])["Vpcs"][0]["VpcId"] == fresh


def test_a_fresh_rule_group_is_hidden_by_name_and_by_arn(cloud: Cloud, aws: Aws) -> None:
    firewall = aws("network-firewall")
    cloud.set_faults([{"kind": "delay-consistency", "operation": "network-firewall.CreateRuleGroup", "seconds": 120}])
    arn = firewall.create_rule_group(
        RuleGroupName="g", Type="STATEFUL", Capacity=1, Rules="pass ip any any -> any any (sid:1;)"
    )["RuleGroupResponse"]["RuleGroupArn"]
    assert refused(firewall.describe_rule_group, RuleGroupArn=arn) == "ResourceNotFoundException"
    assert refused(firewall.describe_rule_group, RuleGroupName="g", Type="STATEFUL") == "ResourceNotFoundException"
    wait(cloud, 120)
    assert firewall.describe_rule_group(RuleGroupArn=arn)["RuleGroup"]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("throttle", "must be an object"),
        ({}, "unknown kind None"),
        ({"kind": "throttle", "operation": "*"}, "takes exactly kind, operation, share"),
        ({"kind": "throttle", "operation": "*", "share": 2}, "share must be between 0 and 1"),
        ({"kind": "throttle", "operation": "*", "share": "all"}, "share has the wrong type"),
        ({"kind": "throttle", "operation": "*", "share": True}, "share has the wrong type"),
        ({"kind": "throttle", "operation": "s3.PutBucketPolcy", "share": 1}, "'s3.PutBucketPolcy' is no operation"),
        ({"kind": "throttle", "operation": "s4.*", "share": 1}, "'s4.*' is no operation"),
        ({"kind": "delay-consistency", "operation": ["*"], "seconds": 1}, "operation has the wrong type"),
        ({"kind": "hang", "operation": "*", "times": 1, "seconds": 601}, "seconds must be between 0 and 600"),
        ({"kind": "hang", "operation": "*", "times": 0, "seconds": 1}, "times must be between 1 and 10000"),
        ({"kind": "delay-consistency", "operation": "*", "seconds": 1}, "makes nothing whose delay is known"),
        ({"kind": "fail", "operation": "*", "times": 1, "code": "X", "status": 200}, "status must be between 400"),
    ],
)
def test_wrong_faults_are_refused_and_change_nothing(cloud: Cloud, fault: Any, said: str) -> None:
    kept = cloud.set_faults([{"kind": "throttle", "operation": "sts.AssumeRole", "share": 0}])
    with pytest.raises(CloudError, match=said.replace("*", r"\*")):
        cloud.set_faults([fault])
    assert cloud.status()["faults"] == kept


def test_faults_are_kept_in_the_folder(tmp_path: Path) -> None:
    fault = {"kind": "throttle", "operation": "*", "share": 0.5}
    first = client.start(tmp_path)
    first.set_faults([fault])
    first.stop()
    second = client.start(tmp_path)
    assert second.status()["faults"] == [fault]
    second.set_faults([])
    second.stop()
    assert not (tmp_path / "faults.json").exists()
