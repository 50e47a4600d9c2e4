"""What the provider does when the cloud is slow, busy, late or wrong."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from clover.lab.cloud.client import Cloud
from clover.lab.provider.wire import decode
from tests.lab.aws.world import World, policy
from tests.lab.provider.engine import Engine, Failed, Resource

KEY, ROLE, BUCKET = "aws:kms/key:Key", "aws:iam/role:Role", "aws:s3/bucket:Bucket"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"


def fail(operation: str, code: str, times: int = 1, status: int = 400) -> dict[str, Any]:
    return {"kind": "fail", "operation": operation, "times": times, "code": code, "status": status}


def test_throttling_is_waited_out(world: World, no_faults: Cloud) -> None:
    no_faults.set_faults([{"kind": "throttle", "operation": "*", "share": 0.4}])
    key = world.engine.create(KEY, "key", {"enableKeyRotation": True, "tags": {"a": "b"}})
    assert world.engine.refresh(key) == key
    world.engine.delete(key)
    no_faults.set_faults([])
    assert world.engine.refresh(key) is None


def test_a_fault_of_the_service_passes(world: World, no_faults: Cloud) -> None:
    no_faults.set_faults([fail("kms.CreateKey", "KMSInternalException", times=2, status=500)])
    key = world.engine.create(KEY, "key", {"description": world.name("after-fault")})
    assert key["description"] == world.name("after-fault")


def test_throttling_without_end_ends_with_the_operations_time(world: World, no_faults: Cloud) -> None:
    no_faults.set_faults([{"kind": "throttle", "operation": "kms.CreateKey", "share": 1.0}])
    with pytest.raises(Failed, match=r"creating aws:kms/key:Key key: kms\.CreateKey answered \w*Throttl"):
        world.engine.create(KEY, "key", {}, timeout=1)


def test_a_thing_that_is_not_visible_at_once_is_waited_for(world: World, no_faults: Cloud) -> None:
    no_faults.set_faults([{"kind": "delay-consistency", "operation": "iam.CreateRole", "seconds": 60}])
    role = world.engine.create(ROLE, world.name("role"), {"assumeRolePolicy": world.trust()})
    document = policy({"Effect": "Allow", "Action": "s3:List*", "Resource": "*"})
    attached = world.engine.create(ROLE_POLICY, world.name("policy"), {"role": role["name"], "policy": document})
    assert world.engine.refresh(attached) == attached


def test_a_late_bucket_gets_its_settings(world: World, no_faults: Cloud) -> None:
    no_faults.set_faults([{"kind": "delay-consistency", "operation": "s3.CreateBucket", "seconds": 60}])
    bucket = world.engine.create(BUCKET, "late", {"bucket": world.name("clover-late"), "tags": {"a": "b"}})
    assert world.aws("s3").get_bucket_tagging(Bucket=bucket.id)["TagSet"] == [{"Key": "a", "Value": "b"}]


def test_what_is_half_made_is_kept_and_finished_by_the_next_run(world: World, no_faults: Cloud) -> None:
    no_faults.set_faults([fail("kms.EnableKeyRotation", "AccessDeniedException")])
    inputs = {"enableKeyRotation": True}
    with pytest.raises(Failed) as failure:
        world.engine.create(KEY, "key", inputs)
    unfinished = failure.value.unfinished
    assert "kms.EnableKeyRotation answered AccessDeniedException" in unfinished.reasons[0]
    half = Resource(
        KEY, "key", unfinished.id, world.engine.check(Resource(KEY, "key"), inputs)[0], decode(unfinished.properties)[0]
    )
    assert half["enableKeyRotation"] is False
    finished = world.engine.update(half, inputs)
    assert finished["enableKeyRotation"] is True
    assert world.aws("kms").get_key_rotation_status(KeyId=half.id)["KeyRotationEnabled"] is True


def test_a_half_made_update_leaves_the_state_as_the_cloud_is(world: World, no_faults: Cloud) -> None:
    role = world.engine.create(ROLE, world.name("role"), {"assumeRolePolicy": world.trust(), "description": "old"})
    no_faults.set_faults([fail("iam.UpdateRole", "AccessDenied")])
    wanted = {"assumeRolePolicy": world.trust("777788889999"), "description": "new"}
    with pytest.raises(Failed) as failure:
        world.engine.update(role, wanted)
    half = decode(failure.value.unfinished.properties)[0]
    assert (half["assumeRolePolicy"], half["description"]) == (wanted["assumeRolePolicy"], "old")
    resumed = Resource(ROLE, "role", role.id, world.engine.check(role, wanted)[0], half)
    assert world.engine.update(resumed, wanted)["description"] == "new"


def test_a_read_that_stays_unanswered_is_asked_again(world: World, no_faults: Cloud) -> None:
    key = world.engine.create(KEY, "key", {})
    no_faults.set_faults([{"kind": "hang", "operation": "kms.ScheduleKeyDeletion", "times": 1, "seconds": 4}])
    world.engine.delete(key, timeout=1)
    assert world.engine.refresh(key) is None


def test_a_creation_that_stays_unanswered_is_not_repeated(world: World, no_faults: Cloud) -> None:
    no_faults.set_faults([{"kind": "hang", "operation": "kms.CreateKey", "times": 1, "seconds": 4}])
    with pytest.raises(Failed, match=r"kms\.CreateKey stayed unanswered; it may have taken effect"):
        world.engine.create(KEY, "key", {"description": world.name("once")}, timeout=1)
    created = [call for call in no_faults.calls() if call["operation"] == "CreateKey"]
    asked = [call for call in created if call["parameters"].get("Description") == world.name("once")]
    assert len(asked) <= 1


def test_a_refusal_is_not_repeated(world: World, no_faults: Cloud) -> None:
    no_faults.set_faults([fail("kms.CreateKey", "AccessDeniedException", times=5)])
    before = len(no_faults.calls())
    with pytest.raises(Failed, match=r"kms\.CreateKey answered AccessDeniedException"):
        world.engine.create(KEY, "key", {})
    assert len([call for call in no_faults.calls()[before:] if call["operation"] == "CreateKey"]) == 1


def test_cancel_ends_what_waits(unconfigured: Engine, no_faults: Cloud) -> None:
    unconfigured.configure(region="eu-west-1")
    no_faults.set_faults([{"kind": "throttle", "operation": "kms.CreateKey", "share": 1.0}])
    told: list[str] = []

    def create() -> None:
        try:
            unconfigured.create(KEY, "key", {})
        except Failed as failure:
            told.append(str(failure))

    waiting = threading.Thread(target=create)
    waiting.start()
    from google.protobuf import empty_pb2

    unconfigured.stub.Cancel(empty_pb2.Empty())
    waiting.join(timeout=30)
    assert not waiting.is_alive()
    assert told == ["creating aws:kms/key:Key key: cancelled"]


def test_many_resources_at_once_do_not_disturb_each_other(world: World) -> None:
    names = [world.name(f"clover-many-{number}") for number in range(24)]

    def create(name: str) -> Resource:
        return world.engine.create(BUCKET, name, {"bucket": name, "tags": {"name": name}})

    with ThreadPoolExecutor(max_workers=12) as pool:
        made = list(pool.map(create, names))
    assert [bucket.id for bucket in made] == names
    listed = {bucket["Name"] for bucket in world.aws("s3").list_buckets()["Buckets"]}
    assert set(names) <= listed
    assert [bucket["tags"]["name"] for bucket in made] == names


def test_a_store_with_objects_is_kept_and_says_so(world: World) -> None:
    world.aws("s3").put_object(Bucket=world.bucket.id, Key="a", Body=b"x")
    with pytest.raises(Failed, match=f"bucket {world.bucket.id} holds objects; empty it, or set forceDestroy"):
        world.engine.delete(world.bucket)
    assert world.engine.refresh(world.bucket) == world.bucket


def test_a_store_that_may_be_emptied_is_emptied_with_all_versions(world: World) -> None:
    name = world.name("clover-force")
    bucket = world.engine.create(BUCKET, "force", {"bucket": name, "forceDestroy": True})
    world.aws("s3").put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"1", b"2"):
        world.aws("s3").put_object(Bucket=name, Key="a", Body=body)
    world.aws("s3").delete_object(Bucket=name, Key="a")
    world.engine.delete(bucket)
    assert world.engine.refresh(bucket) is None


def test_locked_objects_keep_the_store_even_when_it_may_be_emptied(world: World) -> None:
    import datetime

    name = world.name("clover-lock")
    bucket = world.engine.create(BUCKET, "lock", {"bucket": name, "forceDestroy": True, "objectLockEnabled": True})
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=30)
    world.aws("s3").put_object(
        Bucket=name, Key="a", Body=b"1", ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=until
    )
    with pytest.raises(Failed, match=f"bucket {name} cannot be emptied: 1 objects are kept, the first is a"):
        world.engine.delete(bucket)
    assert world.engine.refresh(bucket) == bucket


def test_a_protected_firewall_is_kept_and_says_so(world: World) -> None:
    inputs = {
        "vpcId": world.vpc.id,
        "firewallPolicyArn": world.firewall_policy["arn"],
        "subnetMappings": [{"subnetId": world.subnet.id}],
    }
    firewall = world.engine.create(
        "aws:networkfirewall/firewall:Firewall", world.name("kept"), {**inputs, "deleteProtection": True}
    )
    with pytest.raises(Failed, match="is protected: set deleteProtection to false before it goes"):
        world.engine.delete(firewall)
    assert world.engine.refresh(firewall) == firewall
    world.engine.delete(world.engine.update(firewall, inputs))
    assert world.engine.refresh(firewall) is None


def test_a_name_that_another_account_has_is_refused(world: World, cloud: Cloud) -> None:
    import boto3
    from botocore.config import Config

    keys = cloud.credentials("999988887777", "arn:aws:iam::999988887777:role/anyone")
    session: Any = boto3.Session(  # pyright: ignore[reportUnknownMemberType]
        aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=keys["AWS_SESSION_TOKEN"],
    )
    name = world.name("clover-squatted")
    foreign = session.client("s3", region_name="eu-west-1", endpoint_url=cloud.url, config=Config(proxies={}))
    foreign.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    with pytest.raises(
        Failed, match=r"creating aws:s3/bucket:Bucket squatted: s3\.CreateBucket answered BucketAlreadyExists"
    ):
        world.engine.create(BUCKET, "squatted", {"bucket": name})


def test_an_adopted_thing_stays_when_it_is_let_go(world: World) -> None:
    group = world.engine.create(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "default",
        {"vpcId": world.vpc.id, "ingress": [], "egress": []},
    )
    assert group.id == world.vpc["defaultSecurityGroupId"]
    world.engine.delete(group)
    (left,) = world.aws("ec2").describe_security_groups(GroupIds=[group.id])["SecurityGroups"]
    assert (left["IpPermissions"], left["IpPermissionsEgress"]) == ([], [])


def test_a_fresh_group_lets_nothing_out_that_was_not_declared(world: World) -> None:
    (group,) = world.aws("ec2").describe_security_groups(GroupIds=[world.group.id])["SecurityGroups"]
    assert (group["IpPermissions"], group["IpPermissionsEgress"]) == ([], [])


def test_a_route_that_is_there_already_is_not_taken_over(world: World) -> None:
    inputs = {"routeTableId": world.table.id, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": world.gateway.id}
    world.engine.create("aws:ec2/route:Route", "first", inputs)
    with pytest.raises(Failed, match=r"has a route to 0\.0\.0\.0/0 already"):
        world.engine.create("aws:ec2/route:Route", "second", inputs)
