"""Security group rules as atoms: one protocol, one range of ports, one peer.

AWS joins and splits rules as it likes; two lists say the same exactly when their atoms are equal.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from clover.lab.provider.wire import Props

#: The SDK's list, EC2's list and the member that names the peer in it.
PEERS = {
    "cidrBlocks": ("IpRanges", "CidrIp"),
    "ipv6CidrBlocks": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListIds": ("PrefixListIds", "PrefixListId"),
    "securityGroups": ("UserIdGroupPairs", "GroupId"),
}
#: EC2 knows some protocols by number and answers with the name (EC2 API: IpPermission).
PROTOCOLS = {"all": "-1", "1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}
EVERYTHING = "-1"


class Atom(NamedTuple):
    """The smallest rule: who may be reached, or may come in, how."""

    protocol: str
    from_port: int
    to_port: int
    peers: str
    peer: str
    description: str


def atoms(rules: list[Any], group: str = "self") -> set[Atom]:
    """Return the atoms of rules in the SDK's words; `group` is what `self` stands for."""
    return {atom for rule in rules for atom in _rule_atoms(rule, group)}


def _rule_atoms(rule: Props, group: str) -> Iterator[Atom]:
    spoken = str(rule["protocol"]).lower()
    protocol = PROTOCOLS.get(spoken, spoken)
    ports = (0, 0) if protocol == EVERYTHING else (rule["fromPort"], rule["toPort"])
    note: str = rule.get("description") or ""
    for peers in PEERS:
        for peer in rule.get(peers) or ():
            yield Atom(protocol, *ports, peers, peer, note)
    if rule.get("self"):
        yield Atom(protocol, *ports, "securityGroups", group, note)


def found_atoms(permissions: list[Any]) -> set[Atom]:
    """Return the atoms of EC2's permissions."""
    found: set[Atom] = set()
    for permission in permissions:
        ports = (permission.get("FromPort", 0), permission.get("ToPort", 0))
        for peers, (listed, member) in PEERS.items():
            for entry in permission.get(listed, ()):
                found.add(Atom(permission["IpProtocol"], *ports, peers, entry[member], entry.get("Description", "")))
    return found


def permissions(rules: set[Atom]) -> list[Any]:
    """Return atoms as EC2 takes them."""
    written: list[Any] = []
    for atom in sorted(rules):
        listed, member = PEERS[atom.peers]
        note = {"Description": atom.description} if atom.description else {}
        ports = {} if atom.protocol == EVERYTHING else {"FromPort": atom.from_port, "ToPort": atom.to_port}
        written.append({"IpProtocol": atom.protocol, **ports, listed: [{member: atom.peer, **note}]})
    return written


def joined(rules: set[Atom], group: str) -> list[Props]:
    """Return atoms as the SDK's rules, those that differ in their peer alone in one."""
    found: dict[tuple[Any, ...], Props] = defaultdict(dict[str, Any])
    for atom in sorted(rules):
        rule = found[atom.protocol, atom.from_port, atom.to_port, atom.description]
        rule |= {"protocol": atom.protocol, "fromPort": atom.from_port, "toPort": atom.to_port}
        if atom.description:
            rule["description"] = atom.description
        if atom.peer == group:
            rule["self"] = True
        else:
            rule.setdefault(atom.peers, []).append(atom.peer)
    return list(found.values())
