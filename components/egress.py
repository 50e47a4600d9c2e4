"""What the gateways of all clouds agree on: how a host is declared, and how a set of rules is attested."""

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

from components.refusal import Refusal

_HOST = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?")


class AllowedDomain(TypedDict):
    """A host that workloads may reach."""

    name: str
    """The host's name, or `*.` and a name for everything below it."""
    reason: str
    """Why it has to be reached."""
    declared_at: NotRequired[str]
    """Where it is declared, as `file:line`."""


def refuse_odd_hosts(hosts: Sequence[str]) -> None:
    """Raise Refusal for a host that is neither a name in lower case nor `*.` and one."""
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise Refusal(f"{host!r} is neither a host name in lower case nor `*.` and one")


def digest(rules: Any) -> str:
    """SHA-256 over the canonical JSON of plain data, in hexadecimal: what an auditor attests."""
    canonical = json.dumps(rules, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
