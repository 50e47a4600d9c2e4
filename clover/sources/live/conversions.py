"""Forms of values: a cloud's on one side, the provider's properties on the other."""

import json
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from clover.sources.plain import as_list, as_object

Known = Mapping[str, Any]


def convert(name: str, found: Any, known: Known, arguments: Sequence[str]) -> Any:
    """`found` after the conversion `name`; KeyError for a name that no conversion has."""
    return _CONVERSIONS[name](found, known, arguments)


@cache
def _names() -> Mapping[str, str]:
    """The provider's names that are not the cloud's with a small first letter; see names.yaml."""
    return yaml.safe_load(Path(__file__).with_name("names.yaml").read_text(encoding="utf-8"))


def camel(found: Any) -> Any:
    """The same data with the provider's names, and without members that say nothing."""
    if (members := as_object(found)) is not None:
        said = {name: value for name, value in members.items() if value is not None}
        return {_names().get(name) or name[:1].lower() + name[1:]: camel(value) for name, value in said.items()}
    if (items := as_list(found)) is not None:
        return [camel(item) for item in items]
    return _time(found) if isinstance(found, datetime) else found


def _time(found: datetime) -> str:
    return found.strftime("%Y-%m-%dT%H:%M:%SZ")


def _tags(found: Any) -> dict[str, str]:
    """A list of keys and values as a mapping; services call the members differently."""
    rows = as_list(found) or []
    return {row.get("Key", row.get("TagKey")): row.get("Value", row.get("TagValue")) for row in rows}


def _document(found: Any) -> Any:
    """A policy as text; some services answer with the parsed document."""
    return found if isinstance(found, str) or found is None else json.dumps(found, separators=(",", ":"))


def _each(found: Any, arguments: Sequence[str]) -> list[Any]:
    """One member of every item."""
    return [item.get(arguments[0]) for item in as_list(found) or []]


def _member(found: Any, arguments: Sequence[str]) -> Any:
    """The first item whose member has a value (`member value`)."""
    name, wanted = arguments
    return next((item for item in as_list(found) or [] if str(item.get(name)) == wanted), None)


def _bare(found: Any, arguments: Sequence[str]) -> Any:
    """Items without a member that has its usual value (`member value`)."""
    name, usual = arguments
    items = as_list(found) or []
    return [{key: value for key, value in item.items() if (key, value) != (name, usual)} for item in items]


_PEERS = {
    "cidrBlocks": ("IpRanges", "CidrIp"),
    "ipv6CidrBlocks": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListIds": ("PrefixListIds", "PrefixListId"),
    "securityGroups": ("UserIdGroupPairs", "GroupId"),
}
"""What a security group's rule calls its peers, the list of the answer, and the member that names one there."""


def _rules(found: Any, known: Known) -> list[dict[str, Any]]:
    """A security group's permissions as rules: one for each protocol, range of ports and description."""
    rules: dict[tuple[Any, ...], dict[str, Any]] = {}
    for permission in as_list(found) or []:
        what = {"protocol": permission["IpProtocol"], "fromPort": permission.get("FromPort", 0)}
        what["toPort"] = permission.get("ToPort", 0)
        for name, (listed, member) in _PEERS.items():
            for peer in permission.get(listed, ()):
                note = {"description": peer["Description"]} if peer.get("Description") else {}
                rule = rules.setdefault((*what.values(), *note.values()), {**what, **note})
                _add_peer(rule, name, peer.get(member), known.get("GroupId"))
    return list(rules.values())


def _add_peer(rule: dict[str, Any], name: str, peer: Any, own: Any) -> None:
    if name == "securityGroups" and peer == own:
        rule["self"] = True
    else:
        rule.setdefault(name, []).append(peer)


_KEYED = (
    ("RuleVariables", "IPSets", "IPSet"),
    ("RuleVariables", "PortSets", "PortSet"),
    ("ReferenceSets", "IPSetReferences", "IPSetReferences"),
    ("PolicyVariables", "RuleVariables", "IPSet"),
)
"""Where a firewall's variables stand in an answer as a mapping; the provider lists entries with a key."""


def _firewall(found: Any) -> Any:
    """A rule group or policy of Network Firewall."""
    read = dict(as_object(found) or {})
    for section, name, member in _KEYED:
        entries = as_object((as_object(read.get(section)) or {}).get(name))
        if entries is not None:
            listed = [{"Key": key, member: _several(member, entries[key])} for key in sorted(entries)]
            read[section] = {**read[section], name: listed}
    return camel(read)


def _several(member: str, entry: Any) -> Any:
    return [entry] if member == "IPSetReferences" else entry


def _zones(found: Any) -> list[dict[str, Any]]:
    """Where a firewall stands: its endpoints by availability zone."""
    return [
        {"availabilityZone": zone, "attachments": [camel(_endpoint(state.get("Attachment") or {}))]}
        for zone, state in sorted((as_object(found) or {}).items())
    ]


def _endpoint(attachment: Mapping[str, Any]) -> dict[str, Any]:
    return {name: attachment.get(name) for name in ("EndpointId", "SubnetId")}


def _only(found: Any, arguments: Sequence[str]) -> dict[str, Any]:
    """The named members alone, as far as they are there."""
    members = as_object(found) or {}
    return {name: members[name] for name in arguments if name in members}


def _route(found: Any) -> str:
    """The provider's id of a route, of its table and destination (`table>destination`)."""
    table, _, destination = str(found).partition(">")
    return f"r-{table}{zlib.crc32(destination.encode())}"


def _has_any(found: Any, arguments: Sequence[str]) -> bool:
    """Whether one of the named members is there; an empty object says something, an empty list does not."""
    members = as_object(found) or {}
    return any(members.get(name) not in (None, []) for name in arguments)


def _shared(found: Any) -> bool:
    """Whether an access control list grants anything to somebody beside the owner."""
    acl = as_object(found) or {}
    owner = (as_object(acl.get("Owner")) or {}).get("ID")
    grantees = [as_object(grant.get("Grantee")) or {} for grant in as_list(acl.get("Grants")) or []]
    return any(grantee.get("ID") != owner for grantee in grantees)


def _arm(found: Any, arguments: Sequence[str]) -> dict[str, Any]:
    """A resource of Azure as the provider has its properties."""
    from clover.sources.live.azure.shapes import properties

    return properties(arguments[0], found)


def _present(found: Any) -> dict[str, Any]:
    """A resource of Azure that is not read in full."""
    from clover.sources.live.azure.others import present

    return present(found)


def _token(found: Any) -> str:
    """What the provider calls a type of Azure."""
    from clover.sources.live.azure.others import token

    return token(str(found))


_Conversion = Callable[[Any, Known, Sequence[str]], Any]

_CONVERSIONS: Mapping[str, _Conversion] = {
    "among": lambda found, _, arguments: str(found).lower() in arguments,
    "arm": lambda found, _, arguments: _arm(found, arguments),
    "bare": lambda found, _, arguments: _bare(found, arguments),
    "any": lambda found, _, arguments: _has_any(found, arguments),
    "begins": lambda found, _, arguments: str(found or "").startswith(tuple(arguments)),
    "camel": lambda found, _known, _: camel(found),
    "document": lambda found, _known, _: _document(found),
    "each": lambda found, _, arguments: _each(found, arguments),
    "else": lambda found, _, arguments: json.loads(" ".join(arguments)) if found is None else found,
    "firewall": lambda found, _known, _: _firewall(found),
    "first": lambda found, _, arguments: _member(found, arguments),
    "is": lambda found, _, arguments: str(found) in arguments,
    "matches": lambda found, _, arguments: re.fullmatch(arguments[0], found) is not None,
    "only": lambda found, _, arguments: _only(found, arguments),
    "other": lambda found, _, arguments: None if str(found or "").startswith(tuple(arguments)) else found,
    "present": lambda found, _known, _: found is not None,
    "resource": lambda found, _known, _: _present(found),
    "route": lambda found, _known, _: _route(found),
    "rules": lambda found, known, _: _rules(found, known),
    "shared": lambda found, _known, _: _shared(found),
    "sorted": lambda found, _known, _: sorted(as_list(found) or []),
    "starting": lambda found, _, arguments: found if str(found or "").startswith(tuple(arguments)) else None,
    "stripped": lambda found, _, arguments: [str(item).rstrip(arguments[0]) for item in as_list(found) or []],
    "tags": lambda found, _known, _: _tags(found),
    "time": lambda found, _known, _: None if found is None else _time(found),
    "token": lambda found, _known, _: _token(found),
    "twice": lambda found, _known, _: len(set(str(found).split(">"))) == 1,
    "zones": lambda found, _known, _: _zones(found),
}
