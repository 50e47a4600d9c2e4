"""Rules strings: what Network Firewall accepts of Suricata's rule language, and how much capacity it takes.

After https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-limitations-caveats.html and
.../nwfw-rule-group-capacity.html. A sieve for what would be refused plainly, not a Suricata parser.
"""

import re
from collections.abc import Iterator

from clover.lab.cloud.answers import Refusal

_ACTIONS = "pass|drop|reject|alert"
_HEADER = re.compile(rf"({_ACTIONS})\s+(\S+)\s+(\[[^\]]*\]|\S+)\s+(\S+)\s+(->|<>)\s+(\[[^\]]*\]|\S+)\s+(\S+)\s*")
_SID = re.compile(r"(?:^|;)\s*sid\s*:\s*(\d+)\s*(?:;|$)")
_LONGEST_RULE = 8192
_MOST_BYTES = 2_000_000


def rules_in(text: str) -> list[str]:
    """The rules of a rules string, checked. Raises Refusal naming the first rule that AWS would not take."""
    if len(text.encode()) > _MOST_BYTES:
        raise _refused("rules string is larger than 2000000 bytes")
    rules = list(_lines(text))
    if not rules:
        raise _refused("rules string holds no rule")
    seen: set[str] = set()
    for rule in rules:
        sid = _checked(rule)
        if sid in seen:
            raise _refused(f"rule is invalid, duplicate sid {sid}, rule: {rule[:200]}")
        seen.add(sid)
    return rules


def _lines(text: str) -> Iterator[str]:
    """Rules are lines; comments and blank lines do not count, a backslash continues a line."""
    for line in text.replace("\\\n", " ").splitlines():
        rule = line.strip()
        if rule and not rule.startswith("#"):
            yield rule


def _checked(rule: str) -> str:
    """The sid of `rule`."""
    if len(rule) > _LONGEST_RULE:
        raise _refused(f"rule is longer than {_LONGEST_RULE} characters: {rule[:200]}")
    header = _HEADER.match(rule)
    options = rule[header.end() :] if header else ""
    if not options.startswith("(") or not options.endswith(")"):
        raise _refused(f"rule is invalid, rule: {rule[:200]}, reason: Illegal rule syntax")
    unquoted = re.sub(r'"(?:\\.|[^"\\])*"', '""', options[1:-1])
    if unquoted.count('"') % 2 or not unquoted.rstrip().endswith(";"):
        raise _refused(f"rule is invalid, rule: {rule[:200]}, reason: options must be quoted and end with ';'")
    sid = _SID.search(unquoted)
    if not sid:
        raise _refused(f"rule is invalid, rule: {rule[:200]}, reason: a sid is required")
    return sid[1]


def _refused(message: str) -> Refusal:
    return Refusal("InvalidRequestException", f"{message}, parameter: [RulesString]")
