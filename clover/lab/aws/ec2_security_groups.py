"""EC2: security groups with their rules inline, and the default group of a network, which is adopted."""

from typing import Any

from clover.lab.aws import ec2, tagging
from clover.lab.aws.cloud import Call
from clover.lab.aws.kind import Kind, Update, given, items
from clover.lab.aws.security_rules import atoms, found_atoms, joined, permissions
from clover.lab.provider.failure import Refusal
from clover.lab.provider.wire import Props

DIRECTIONS = {"ingress": ("IpPermissions", "ingress"), "egress": ("IpPermissionsEgress", "egress")}


def _write_rules(call: Call, group: str, direction: str, wanted: list[Any], present: list[Any]) -> None:
    """Take off what is too much, then add what is missing: the same peer cannot stand there with two descriptions."""
    asked, found = atoms(wanted, group), found_atoms(present)
    if surplus := found - asked:
        call.remove("ec2", f"revoke_security_group_{direction}", GroupId=group, IpPermissions=permissions(surplus))
    if missing := asked - found:
        call.do("ec2", f"authorize_security_group_{direction}", GroupId=group, IpPermissions=permissions(missing))


def _group(call: Call, group: str) -> Props | None:
    return ec2.one(call, "describe_security_groups", "SecurityGroups", GroupIds=[group])


def _create(call: Call, inputs: Props) -> str:
    made = call.do(
        "ec2",
        "create_security_group",
        **given(
            GroupName=inputs["name"],
            Description=inputs["description"],
            VpcId=inputs.get("vpcId"),
            TagSpecifications=ec2.tag_specification("security-group", inputs),
        ),
    )
    return made["GroupId"]


def _complete(call: Call, group: str, inputs: Props) -> None:
    """Write the rules, and so take off the one that AWS starts with: everything out."""
    found = call.wait_until_visible(f"security group {group}", lambda: _group(call, group))
    for name, (listed, direction) in DIRECTIONS.items():
        _write_rules(call, group, direction, items(inputs, name), items(found, listed))


def _read(call: Call, group: str, said: Props) -> Props | None:
    found = _group(call, group)
    if found is None:
        return None
    return {
        "arn": ec2.arn(call, "security-group", group),
        "name": found["GroupName"],
        "description": found["Description"],
        "vpcId": found.get("VpcId"),
        "ownerId": found.get("OwnerId", call.account),
        "tagsAll": tagging.from_list(found.get("Tags")),
        **{name: _read_rules(found[listed], said.get(name), group) for name, (listed, _) in DIRECTIONS.items()},
    }


def _read_rules(found: list[Any], said: list[Any] | None, group: str) -> list[Any]:
    """Return the rules, in the words used last where they say the same."""
    present = found_atoms(found)
    return said if said is not None and atoms(said, group) == present else joined(present, group)


def _update(call: Call, update: Update) -> None:
    changed = [name for name in DIRECTIONS if update.touches(name) and name in update.new]
    found = _group(call, update.id) if changed else None
    for name in changed:
        listed, direction = DIRECTIONS[name]
        _write_rules(call, update.id, direction, items(update.new, name), items(found or {}, listed))


def _delete(call: Call, group: str, state: Props) -> None:
    if state.get("revokeRulesOnDelete"):
        found = _group(call, group) or {}
        for listed, direction in DIRECTIONS.values():
            _write_rules(call, group, direction, [], items(found, listed))
    call.remove("ec2", "delete_security_group", GroupId=group)


def _adopt(call: Call, inputs: Props) -> str:
    """Take over the default group of a network, or of the account's default network."""
    network = inputs.get("vpcId") or _default_network(call)
    wanted = ec2.filters(vpc_id=network, group_name="default")
    found = ec2.one(call, "describe_security_groups", "SecurityGroups", Filters=wanted)
    if found is None:
        raise Refusal(f"network {network} has no default security group")
    return found["GroupId"]


def _default_network(call: Call) -> str:
    found = ec2.one(call, "describe_vpcs", "Vpcs", Filters=ec2.filters(is_default="true"))
    if found is None:
        raise Refusal("the account has no default network: give vpcId")
    return found["VpcId"]


def _complete_default(call: Call, group: str, inputs: Props) -> None:
    ec2.write_tags(call, group, inputs.get("tagsAll") or {}, items(_group(call, group) or {}, "Tags"))
    _complete(call, group, inputs)


def _leave(_call: Call, _group: str, _state: Props) -> None:
    """Leave the default group with the rules it has: nobody can delete it, and opening it again helps nobody."""


KINDS = {
    "aws:ec2/securityGroup:SecurityGroup": Kind(
        tagger=ec2.TAGGER, create=_create, complete=_complete, read=_read, update=_update, delete=_delete
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": Kind(
        tagger=ec2.TAGGER, create=_adopt, complete=_complete_default, read=_read, update=_update, delete=_leave
    ),
}
