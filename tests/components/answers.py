"""What AWS answers when a resource of these types is created: only what another resource of a site takes from it."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.recorder import Registration, World

ACCOUNT = "111122223333"
REGION = "eu-west-1"


def created(found: Registration, world: World) -> Mapping[str, Any]:
    """The answers of an update."""
    if not found.custom:
        return {}
    return {"id": f"{found.name}-id", **_ANSWERS.get(found.type, _nothing)(found, world)}


def previewed(found: Registration, world: World) -> Mapping[str, Any]:
    """The answers of a preview of something new: nothing but what was declared."""
    return {}


def _nothing(found: Registration, world: World) -> Mapping[str, Any]:
    return {}


def _arn(service: str, kind: str) -> Callable[[Registration, World], Mapping[str, Any]]:
    def answer(found: Registration, world: World) -> Mapping[str, Any]:
        return {"arn": f"arn:aws:{service}:{REGION}:{ACCOUNT}:{kind}/{found.name}"}

    return answer


def _role(found: Registration, world: World) -> Mapping[str, Any]:
    return {"arn": f"arn:aws:iam::{ACCOUNT}:role{found.inputs['path']}{found.inputs['name']}"}


def _vpc(found: Registration, world: World) -> Mapping[str, Any]:
    return {"defaultRouteTableId": "rtb-default"}


def _endpoint(found: Registration, world: World) -> Mapping[str, Any]:
    return {"id": f"vpce-{found.name}"}


def _firewall(found: Registration, world: World) -> Mapping[str, Any]:
    subnets = {f"{subnet.name}-id": subnet for subnet in world.all("aws:ec2/subnet:Subnet")}
    states = [
        {
            "availabilityZone": subnets[mapping["subnetId"]].inputs["availabilityZone"],
            "attachments": [{"endpointId": f"vpce-firewall-{mapping['subnetId']}", "subnetId": mapping["subnetId"]}],
        }
        for mapping in found.inputs["subnetMappings"]
    ]
    return {**_arn("network-firewall", "firewall")(found, world), "firewallStatuses": [{"syncStates": states}]}


_ANSWERS: dict[str, Callable[[Registration, World], Mapping[str, Any]]] = {
    "aws:kms/key:Key": _arn("kms", "key"),
    "aws:iam/role:Role": _role,
    "aws:networkfirewall/firewall:Firewall": _firewall,
    "aws:networkfirewall/ruleGroup:RuleGroup": _arn("network-firewall", "stateful-rulegroup"),
    "aws:networkfirewall/firewallPolicy:FirewallPolicy": _arn("network-firewall", "firewall-policy"),
    "aws:cloudtrail/trail:Trail": _arn("cloudtrail", "trail"),
    "aws:ec2/vpc:Vpc": _vpc,
    "aws:ec2/vpcEndpoint:VpcEndpoint": _endpoint,
}
