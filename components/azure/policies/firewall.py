"""What the firewall lets out: application rules over TLS, and a last rule that stops the rest."""

from collections.abc import Sequence
from typing import Any

Collection = dict[str, Any]


def collections(hosts: Sequence[str], source: str) -> list[Collection]:
    """The allowed hosts one by one, then nothing.

    Without the last collection the firewall would let through what Azure's own list of infrastructure allows
    (https://learn.microsoft.com/azure/firewall/infrastructure-fqdns).
    """
    allowed = [_rule(f"host-{number}", source, [host], [("Https", 443)]) for number, host in enumerate(hosts, 1)]
    nothing = _rule("everything", source, ["*"], [("Https", 443), ("Http", 80)])
    stopped = _collection("nothing-else", _LAST, "Deny", [nothing])
    return [_collection("allowed-hosts", _FIRST, "Allow", allowed), stopped] if allowed else [stopped]


def _collection(name: str, priority: int, action: str, rules: list[Any]) -> Collection:
    return {"name": name, "priority": priority, "action": action, "rules": rules}


def _rule(name: str, source: str, hosts: list[str], protocols: list[tuple[str, int]]) -> dict[str, Any]:
    return {
        "name": name,
        "source_addresses": [source],
        "target_fqdns": hosts,
        "protocols": [{"protocol_type": protocol, "port": port} for protocol, port in protocols],
    }


_FIRST = 1000
_LAST = 65000
