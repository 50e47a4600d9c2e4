"""The header of a Suricata rule: protocol, addresses and ports.

https://docs.suricata.io/en/latest/rules/intro.html.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from clover.logic.network.addresses import EVERYWHERE, Addresses
from clover.logic.network.flows import ICMP, PORTS, TCP, UDP
from clover.logic.network.intervals import Intervals
from clover.tables import read_table

_Set = TypeVar("_Set", Addresses, Intervals)

DEEPEST = 8
"""Variables that name variables: more than this is a circle."""


class NotUnderstood(Exception):
    """A construct of a rule that is not understood; its text names the construct."""


@dataclass(frozen=True)
class Variables:
    """What `$NAME` stands for in a rule: the texts of addresses and of ports."""

    addresses: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    ports: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])


@cache
def words() -> Mapping[str, Any]:
    """The keywords and protocols that are known; see suricata.yaml."""
    return read_table(Path(__file__).with_name("suricata.yaml"))


def protocols(name: str) -> tuple[Intervals, str | None]:
    """Return the IP protocols of a header's protocol, and the application that it names; NotUnderstood else."""
    known = words()["protocols"].get(name.lower())
    if known is None:
        raise NotUnderstood(f"protocol {name}")
    if known.get("icmp"):
        return ICMP, None
    numbers = Intervals.only(TCP, UDP) if known.get("either") else Intervals.of([tuple(known["numbers"])])
    return numbers, known.get("application")


def addresses(text: str, variables: Variables) -> Addresses:
    """Read a rule's addresses: `any`, a prefix, a variable, a list, or `!` and one of them."""

    def one(part: str) -> Addresses:
        try:
            return Addresses.of(part)
        except ValueError:
            raise NotUnderstood(f"address {part}") from None

    return _set(text, variables.addresses, EVERYWHERE, one)


def ports(text: str, variables: Variables) -> Intervals:
    """Read a rule's ports: `any`, a number, `from:to` with either left out, a variable, a list, or `!` and one."""
    return _set(text, variables.ports, PORTS, _port_range)


def _port_range(text: str) -> Intervals:
    found = re.fullmatch(r"(\d{0,5})(:?)(\d{0,5})", text.strip())
    if not found or not (found[1] or found[3]):
        raise NotUnderstood(f"port {text}")
    low = int(found[1] or 0)
    high = int(found[3] or 65535) if found[2] else low
    return Intervals.of([(low, high)])


def _set(
    text: str, variables: Mapping[str, Sequence[str]], everything: _Set, one: Callable[[str], _Set], depth: int = 0
) -> _Set:
    """Read a set; within a list, what is negated is taken from the rest."""
    text = text.strip()
    if depth > DEEPEST:
        raise NotUnderstood(f"variable {text} that names itself")

    def inner(part: str) -> _Set:
        return _set(part, variables, everything, one, depth + 1)

    if text.lower() == "any":
        return everything
    if text.startswith("!"):
        return everything - inner(text[1:])
    if text.startswith("$"):
        return _members(list(_values(text[1:], variables)), everything, inner)
    if text.startswith("["):
        return _members(list(_split(text)), everything, inner)
    return one(text)


def _members(parts: Sequence[str], everything: _Set, inner: Callable[[str], _Set]) -> _Set:
    """The union of the parts, of everything if all are negated, less what is negated."""
    wanted = [inner(part) for part in parts if not part.startswith("!")]
    found = wanted[0] if wanted else everything
    for part in wanted[1:]:
        found = found | part
    for part in parts:
        if part.startswith("!"):
            found = found - inner(part[1:])
    return found


def _values(name: str, variables: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """What a variable stands for; `EXTERNAL_NET` is everything but `HOME_NET` unless it is set.

    https://docs.aws.amazon.com/network-firewall/latest/developerguide/rule-groups-ips-variables.html.
    """
    if name in variables:
        yield from variables[name]
    elif name == "EXTERNAL_NET" and "HOME_NET" in variables:
        yield "!$HOME_NET"
    else:
        raise NotUnderstood(f"variable ${name}")


def _split(text: str) -> Iterator[str]:
    """The parts of `[a,[b,c],!d]`, the outer brackets taken off."""
    if not text.endswith("]"):
        raise NotUnderstood(f"list {text}")
    depth, part = 0, ""
    for letter in text[1:-1]:
        if letter == "," and depth == 0:
            yield part.strip()
            part = ""
            continue
        depth += {"[": 1, "]": -1}.get(letter, 0)
        part += letter
    yield part.strip()
