"""What a killed run made without anybody hearing of it: found by the site's tag or name, and deleted; never adopted."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.e2e.agreement import assert_agreement, disagreement
from tests.e2e.checkout import Checkout

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("recovery")]
OWN = [{"Key": "clover:site", "Value": "dublin"}]
OTHERS = [{"Key": "clover:site", "Value": "elsewhere"}]


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    made = Checkout(tmp_path)
    try:
        yield made
    finally:
        made.clover("lab", "stop")


def _make_strays(checkout: Checkout) -> set[str]:
    """Make one thing of each way to be found; their types."""
    ec2, iam, resolver = checkout.client("ec2"), checkout.client("iam"), checkout.client("route53resolver")
    network = ec2.describe_vpcs(Filters=[{"Name": "tag:clover:site", "Values": ["dublin"]}])["Vpcs"][0]["VpcId"]
    table = ec2.create_route_table(VpcId=network, TagSpecifications=[{"ResourceType": "route-table", "Tags": OWN}])
    ec2.create_internet_gateway(TagSpecifications=[{"ResourceType": "internet-gateway", "Tags": OWN}])
    ec2.create_vpc(CidrBlock="10.99.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": OWN}])
    ec2.create_vpc(CidrBlock="10.98.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": OTHERS}])
    subnet = ec2.create_subnet(
        VpcId=network, CidrBlock="10.16.255.0/24", TagSpecifications=[{"ResourceType": "subnet", "Tags": OWN}]
    )["Subnet"]["SubnetId"]
    ec2.associate_route_table(SubnetId=subnet, RouteTableId=table["RouteTable"]["RouteTableId"])
    checkout.client("kms").create_key(Tags=[{"TagKey": "clover:site", "TagValue": "dublin"}])
    trusted = '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}}'
    iam.create_role(RoleName="clover-dublin-forgotten", AssumeRolePolicyDocument=trusted)
    resolver.create_firewall_domain_list(CreatorRequestId="stray", Name="stray", Tags=OWN)
    return {"RouteTable", "InternetGateway", "Vpc", "Subnet", "RouteTableAssociation", "Key", "Role"} | {
        "ResolverFirewallDomainList"
    }


def _cut_off(checkout: Checkout) -> None:
    """Leave the state as a run leaves it that was killed while it made something; the engine's import would mend it."""
    file = checkout.root / ".lab" / "state" / ".pulumi" / "stacks" / "clover" / "dublin.json"
    state = json.loads(file.read_text())
    resource: dict[str, Any] = {
        **state["checkpoint"]["latest"]["resources"][-1],
        "type": "aws:ec2/eip:Eip",
        "dependencies": [],
    }
    resource |= {"urn": "urn:pulumi:dublin::clover::aws:ec2/eip:Eip::never", "parent": "", "propertyDependencies": {}}
    resource.pop("id")
    state["checkpoint"]["latest"]["pending_operations"] = [{"resource": resource, "type": "creating"}]
    file.write_text(json.dumps(state))


def test_strays_are_deleted_by_the_recovery_and_nothing_else_is(checkout: Checkout) -> None:
    checkout.clover("lab", "up", "dublin")
    made = _make_strays(checkout)
    before, _ = disagreement(checkout)
    assert {kind.rpartition(":")[2] for kind in before} == made
    _cut_off(checkout)
    answer = checkout.clover("lab", "up", "dublin")
    said = [line for line in answer.stderr.splitlines() if "which the state does not know, is deleted" in line]
    assert len(said) == len(made), answer.stderr
    assert_agreement(checkout)
    others = [{"Name": "tag:clover:site", "Values": ["elsewhere"]}]
    assert len(checkout.client("ec2").describe_vpcs(Filters=others)["Vpcs"]) == 1


def test_up_takes_over_nothing_that_is_there_already(checkout: Checkout) -> None:
    storage, bucket = checkout.client("s3"), "clover-dublin-111122223333-user-data-profiles"
    storage.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    raw = checkout.pulumi("up", "-s", "dublin", "--yes", "--skip-preview", check=False)
    lab = checkout.clover("lab", "up", "dublin", check=False)
    assert (bool(raw.returncode), lab.returncode) == (True, 1)
    assert "BucketAlreadyOwnedByYou" in raw.stdout + raw.stderr
    assert "BucketAlreadyOwnedByYou" in lab.stderr
    assert bucket not in [each.get("id") for each in checkout.state()["resources"]]
    with pytest.raises(ClientError, match="NoSuchTagSet"):
        storage.get_bucket_tagging(Bucket=bucket)


@pytest.mark.xdist_group("azure")
def test_up_takes_over_nothing_that_is_there_already_on_azure(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path, "hamar")
    try:
        groups = checkout.azure().resources.resource_groups
        groups.create_or_update("clover-hamar", {"location": "norwayeast", "tags": {"owner": "somebody else"}})
        raw = checkout.pulumi("up", "-s", "hamar", "--yes", "--skip-preview", check=False)
        lab = checkout.clover("lab", "up", "hamar", check=False)
        assert (bool(raw.returncode), lab.returncode) == (True, 1)
        assert "cannot create already existing resource" in raw.stdout + raw.stderr
        assert "cannot create already existing resource" in lab.stderr
        taken = [each for each in checkout.state()["resources"] if str(each.get("id", "")).endswith("/clover-hamar")]
        assert taken == []
        assert groups.get("clover-hamar").tags == {"owner": "somebody else"}
    finally:
        checkout.clover("lab", "stop")
