"""Suricata rules, as far as AWS Network Firewall's rule groups use them.

A construct that is not understood makes its rule unknown, by name: it is never passed over.
https://docs.suricata.io/en/latest/rules/index.html.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from clover.logic.network.rules import Action, Rule
from clover.logic.network.suricata_header import NotUnderstood, Variables, addresses, ports, protocols
from clover.logic.network.suricata_options import Option, with_options

_RULE = re.compile(
    r"\s*(?P<action>\S+)\s+(?P<protocol>\S+)\s+(?P<source>(?:\[.*?\](?=\s)|\S)+)\s+(?P<source_port>(?:\[.*?\](?=\s)|\S)+)\s+"
    r"(?P<arrow>->|<>|=>)\s+(?P<destination>(?:\[.*?\](?=\s)|\S)+)\s+(?P<port>(?:!?\[.*?\](?=\s)|\S)+)\s*\((?P<options>.*)\)\s*",
    re.DOTALL,
)


def rules(text: str, variables: Variables) -> list[Rule]:
    """Read the rules of a text, one a line, in their order; a line that ends in a backslash goes on."""
    lines = (line.strip() for line in text.replace("\\\n", " ").splitlines())
    return [_rule(line, variables) for line in lines if line and not line.startswith("#")]


def _rule(line: str, variables: Variables) -> Rule:
    """One rule; what is not understood stands in its `unknown`, and it counts as one that lets everything through."""
    found = _RULE.fullmatch(line)
    if not found:
        return Rule(Action.PASS, line[:60], unknown=f"rule {line[:60]!r}")
    options = list(split_options(found["options"]))
    label = label_of(options, line)
    try:
        made = header(found["action"], found["protocol"], (found["source"], found["source_port"]), variables)
        target = replace(
            made,
            label=label,
            destinations=addresses(found["destination"], variables),
            ports=ports(found["port"], variables),
            both_ways=found["arrow"] == "<>",
        )
        if found["arrow"] == "=>":
            raise NotUnderstood("arrow =>")
        return with_options(target, options)
    except NotUnderstood as error:
        return Rule(Action.PASS, label, unknown=str(error))


def header(action: str, protocol: str, source: tuple[str, str], variables: Variables) -> Rule:
    """Return a rule with the first half of its header; `source` is addresses and ports."""
    try:
        known = Action(action.lower())
    except ValueError:
        raise NotUnderstood(f"action {action}") from None
    numbers, application = protocols(protocol)
    return Rule(
        known,
        "",
        protocols=numbers,
        sources=addresses(source[0], variables),
        source_ports=ports(source[1], variables),
        applications=frozenset((application,)) if application else None,
    )


def split_options(text: str) -> Iterator[Option]:
    """The options of a rule: a keyword, and its setting where it has one."""
    for part in re.findall(r'(?:"(?:\\.|[^"\\])*"|\\.|[^;"\\])+', text):
        keyword, colon, setting = part.strip().partition(":")
        if keyword:
            yield Option(keyword.strip(), setting.strip() if colon else None)


def label_of(options: Sequence[Option], otherwise: str) -> str:
    """How people know the rule: by its sid and message."""
    known = {option.keyword: (option.setting or "").strip('"') for option in options}
    message = f" {known['msg']!r}" if known.get("msg") else ""
    return f"sid {known['sid']}{message}" if known.get("sid") else otherwise[:60]
