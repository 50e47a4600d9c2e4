"""Check values against the names and sizes that AWS documents (`limits.json`: each rule with its source)."""

import ipaddress
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from clover.lab.aws.documents import parse_policy
from clover.lab.aws.model import read_data, schema
from clover.lab.provider.shapes import Findings, at
from clover.lab.provider.wire import Props

Rule = dict[str, Any]


def check(token: str, inputs: Props, filled: Props, findings: Findings) -> None:
    """Note every value outside the limits of its type; `filled` are the inputs with the provider's own additions."""
    limits = _limits().get(token, {})
    for name in limits.get("needed", ()):
        if name not in inputs:
            findings.add(name, f"{name} is required and missing")
    for names in limits.get("exactly_one", ()):
        _exactly_one(inputs, names, findings)
    for names in limits.get("at_most_one", ()):
        if len(named := [name for name in names if name in inputs]) > 1:
            findings.add(named[0], f"conflicts with {' and '.join(named[1:])}")
    for pattern, rule in limits.get("rules", {}).items():
        for path, value in at(filled, pattern):
            for reason in problems(rule, value):
                findings.add(path, reason)


def problems(rule: Rule, value: Any) -> Iterator[str]:
    """Yield what a value breaks of a rule."""
    for name, test in TESTS.items():
        if name in rule and (reason := test(rule, value)):
            yield f"{reason} ({rule['source']})" if "source" in rule else reason


def _exactly_one(inputs: Props, names: list[str], findings: Findings) -> None:
    named = [name for name in names if name in inputs]
    if len(named) != 1:
        said = f"{' and '.join(named)} are given together" if named else "none is given"
        findings.add(names[0], f"give exactly one of {', '.join(names)}: {said}")


def _allowed(rule: Rule, value: Any) -> str:
    allowed = rule["values"] if "values" in rule else schema()["values"][rule["values_of"]]
    return "" if value in allowed else f"must be one of {', '.join(map(str, allowed))}"


def _number(rule: Rule, value: Any) -> str:
    return "" if rule["least"] <= value <= rule["most"] else f"must be from {rule['least']} to {rule['most']}"


def _longest(rule: Rule, value: Any) -> str:
    return (
        "" if len(value) <= rule["longest"] else f"has {len(value)} characters; at most {rule['longest']} are allowed"
    )


def _shortest(rule: Rule, value: Any) -> str:
    return "" if len(value) >= rule["shortest"] else f"needs at least {rule['shortest']} characters"


def _pattern(rule: Rule, value: Any) -> str:
    return "" if re.fullmatch(rule["pattern"], value) else f"must be {rule['says']}"


def _bytes(rule: Rule, value: Any) -> str:
    size = len(value.encode())
    return "" if size <= rule["bytes"] else f"has {size} bytes; at most {rule['bytes']} are allowed"


def _policy_characters(rule: Rule, value: Any) -> str:
    """IAM does not count the white space around JSON's own signs."""
    try:
        size = len(json.dumps(parse_policy(value), separators=(",", ":"), ensure_ascii=False))
    except ValueError:
        return ""
    limit = rule["policy_characters"]
    return "" if size <= limit else f"has {size} characters without white space; at most {limit} are allowed"


def _most_items(rule: Rule, value: Any) -> str:
    return (
        ""
        if len(value) <= rule["most_items"]
        else f"has {len(value)} entries; at most {rule['most_items']} are allowed"
    )


def _fewest(rule: Rule, value: Any) -> str:
    return "" if len(value) >= rule["fewest"] else f"needs at least {rule['fewest']} entry"


def _prefix(rule: Rule, value: Any) -> str:
    """Check an IPv4 range in CIDR form, without host bits, of an allowed size."""
    smallest, largest = rule["prefix"]
    try:
        network = ipaddress.IPv4Network(value)
    except ValueError:
        return "must be an IPv4 range such as 10.0.0.0/16, without host bits"
    return "" if smallest <= network.prefixlen <= largest else f"must be between /{smallest} and /{largest}"


def _member(rule: Rule, value: Any) -> str:
    named = [name for name in rule["exactly_one"] if name in value]
    return "" if len(named) == 1 else f"give exactly one of {', '.join(rule['exactly_one'])}"


TESTS: dict[str, Callable[[Rule, Any], str]] = {
    "values": _allowed,
    "values_of": _allowed,
    "least": _number,
    "shortest": _shortest,
    "longest": _longest,
    "pattern": _pattern,
    "bytes": _bytes,
    "policy_characters": _policy_characters,
    "most_items": _most_items,
    "fewest": _fewest,
    "prefix": _prefix,
    "exactly_one": _member,
}


@cache
def _limits() -> dict[str, Any]:
    return read_data("limits.json")["types"]
