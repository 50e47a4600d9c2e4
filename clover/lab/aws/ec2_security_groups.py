"""EC2: security groups with their rules inline, and the default group of a network, which is adopted.

AWS joins and splits rules as it likes. They are compared as atoms: one protocol, one range of ports, one peer.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from clover.lab.aws import ec2, tagging
from clover.lab.aws.cloud import Call
from clover.lab.aws.failure import Refusal
from clover.lab.aws.kind import Kind, Update, given, items
from clover.lab.aws.wire import Props

DIRECTIONS = {"ingress": ("IpPermissions", "ingress"), "egress": ("IpPermissionsEgress", "egress")}
#: The SDK's list, EC2's list and the member that names the peer in it.
PEERS = {
    "cidrBlocks": ("IpRanges", "CidrIp"),
    "ipv6CidrBlocks": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListIds": ("PrefixListIds", "PrefixListId"),
    "securityGroups": ("UserIdGroupPairs", "GroupId"),
}
PROTOCOLS = {"all": "-1", "icmp": "icmp", "1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}
EVERYTHING = "-1"


class Atom(NamedTuple):
    """The smallest rule: who may be reached, or may come in, how."""

    protocol: str
    from_port: int
    to_port: int
    peers: str
    peer: str
    description: str


def _atoms(rules: list[Any], group: str) -> set[Atom]:
    """Return the atoms of rules in the SDK's words; `self` is the group itself."""
    return {atom for rule in rules for atom in _rule_atoms(rule, group)}


def _rule_atoms(rule: Props, group: str) -> Iterator[Atom]:
    protocol = PROTOCOLS.get(str(rule["protocol"]).lower(), str(rule["protocol"]).lower())
    ports = (0, 0) if protocol == EVERYTHING else (rule["fromPort"], rule["toPort"])
    note: str = rule.get("description") or ""
    for peers in PEERS:
        for peer in rule.get(peers) or ():
            yield Atom(protocol, *ports, peers, peer, note)
    if rule.get("self"):
        yield Atom(protocol, *ports, "securityGroups", group, note)


def _found_atoms(permissions: list[Any]) -> set[Atom]:
    """Return the atoms of EC2's permissions."""
    atoms: set[Atom] = set()
    for permission in permissions:
        ports = (permission.get("FromPort", 0), permission.get("ToPort", 0))
        for peers, (listed, member) in PEERS.items():
            for entry in permission.get(listed, ()):
                atoms.add(Atom(permission["IpProtocol"], *ports, peers, entry[member], entry.get("Description", "")))
    return atoms


def _permissions(atoms: set[Atom]) -> list[Any]:
    """Return atoms as EC2 takes them."""
    permissions: list[Any] = []
    for atom in sorted(atoms):
        listed, member = PEERS[atom.peers]
        peer = given(**{member: atom.peer, "Description": atom.description})
        ports = {} if atom.protocol == EVERYTHING else {"FromPort": atom.from_port, "ToPort": atom.to_port}
        permissions.append({"IpProtocol": atom.protocol, **ports, listed: [peer]})
    return permissions


def _rules(atoms: set[Atom], group: str) -> list[Props]:
    """Return atoms as the SDK's rules, those that differ in their peer alone in one."""
    joined: dict[tuple[Any, ...], Props] = defaultdict(dict[str, Any])
    for atom in sorted(atoms):
        rule = joined[atom.protocol, atom.from_port, atom.to_port, atom.description]
        rule |= {"protocol": atom.protocol, "fromPort": atom.from_port, "toPort": atom.to_port}
        if atom.description:
            rule["description"] = atom.description
        if atom.peer == group:
            rule["self"] = True
        else:
            rule.setdefault(atom.peers, []).append(atom.peer)
    return list(joined.values())


def _write_rules(call: Call, group: str, direction: str, wanted: list[Any], present: list[Any]) -> None:
    """Take off what is too much, then add what is missing: the same peer cannot stand there with two descriptions."""
    asked, found = _atoms(wanted, group), _found_atoms(present)
    if surplus := found - asked:
        call.remove("ec2", f"revoke_security_group_{direction}", GroupId=group, IpPermissions=_permissions(surplus))
    if missing := asked - found:
        call.do("ec2", f"authorize_security_group_{direction}", GroupId=group, IpPermissions=_permissions(missing))


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
    for name, (permissions, direction) in DIRECTIONS.items():
        _write_rules(call, group, direction, items(inputs, name), items(found, permissions))


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


def _read_rules(permissions: list[Any], said: list[Any] | None, group: str) -> list[Any]:
    """Return the rules, in the words used last where they say the same."""
    atoms = _found_atoms(permissions)
    return said if said is not None and _atoms(said, group) == atoms else _rules(atoms, group)


def _update(call: Call, update: Update) -> None:
    changed = [name for name in DIRECTIONS if update.touches(name) and name in update.new]
    found = _group(call, update.id) if changed else None
    for name in changed:
        permissions, direction = DIRECTIONS[name]
        _write_rules(call, update.id, direction, items(update.new, name), items(found or {}, permissions))


def _delete(call: Call, group: str, state: Props) -> None:
    if state.get("revokeRulesOnDelete"):
        found = _group(call, group) or {}
        for permissions, direction in DIRECTIONS.values():
            _write_rules(call, group, direction, [], items(found, permissions))
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
    ec2.set_tags(call, group, inputs.get("tagsAll") or {})
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
