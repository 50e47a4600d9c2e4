"""Rule groups of Network Firewall as rules: Suricata's text, five-tuple rules, domain lists, stateless rules.

https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_RulesSource.html.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from clover.logic.network.addresses import Addresses
from clover.logic.network.flows import PORTS, PROTOCOLS, TCP
from clover.logic.network.intervals import Intervals
from clover.logic.network.names import NamePattern, exactly
from clover.logic.network.rules import FORWARD, Action, Rule
from clover.logic.network.suricata import header, label_of, rules
from clover.logic.network.suricata_header import NotUnderstood, Variables, addresses, ports
from clover.logic.network.suricata_options import Option, with_options
from clover.model.aws.network_facts import facts
from clover.model.aws.network_links import entries, known, last, member
from clover.model.resources import value
from clover.sources import Resource


def stateful(group: Resource, policy: Mapping[str, Sequence[str]], home: Addresses | None) -> list[Rule]:
    """The rules of a stateful group in their order; `policy` holds variables, `home` the default `HOME_NET`."""
    source = value(group, "ruleGroup.rulesSource")
    if not known(value(group, "ruleGroup")) or not isinstance(source, Mapping):
        return [_unknown(group, "ruleGroup")]
    variables = _variables(group, policy, home)
    made = [
        *(rules(text, variables) if isinstance(text := member(source, "rulesString"), str) else ()),
        *(_tuple(entry, variables) for entry in entries(group, "ruleGroup.rulesSource.statefulRules")),
        *_domains(value(group, "ruleGroup.rulesSource.rulesSourceList"), variables),
        *(rules(text, variables) if isinstance(text := value(group, "rules"), str) else ()),
    ]
    return [replace(rule, source=group.urn) for rule in made] or [_unknown(group, "the source of its rules")]


def _unknown(group: Resource, what: str) -> Rule:
    return Rule(Action.PASS, last(group.urn), unknown=what, source=group.urn)


def _variables(group: Resource, policy: Mapping[str, Sequence[str]], home: Addresses | None) -> Variables:
    """What variables stand for: the group's own before the policy's, before the range of the firewall's network."""
    spans = {"HOME_NET": [_prefixes(home)]} if home else {}
    return Variables(
        {**spans, **policy, **_sets(group, "ruleGroup.ruleVariables.ipSets", "ipSet")},
        _sets(group, "ruleGroup.ruleVariables.portSets", "portSet"),
    )


def _sets(group: Resource, path: str, kind: str) -> dict[str, list[str]]:
    found = entries(group, path)
    return {str(member(entry, "key")): list(member(member(entry, kind), "definitions") or ()) for entry in found}


def _prefixes(home: Addresses) -> str:
    """The addresses as a list that a rule's header can hold."""
    return f"[{','.join(home.prefixes())}]"


def _tuple(entry: Any, variables: Variables) -> Rule:
    """A rule given as a header of five parts and options.

    https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_StatefulRule.html.
    """
    head = member(entry, "header")
    options = [Option(str(member(found, "keyword")), _settings(found)) for found in member(entry, "ruleOptions") or ()]
    label = label_of(options, f"{member(entry, 'action')} {member(head, 'protocol')}")
    try:
        first = header(
            str(member(entry, "action")),
            str(member(head, "protocol")),
            (str(member(head, "source")), str(member(head, "sourcePort"))),
            variables,
        )
        made = replace(
            first,
            label=label,
            destinations=addresses(str(member(head, "destination")), variables),
            ports=ports(str(member(head, "destinationPort")), variables),
            both_ways=member(head, "direction") == "ANY",
        )
        return with_options(made, options)
    except NotUnderstood as error:
        return Rule(Action.PASS, label, unknown=str(error))


def _settings(option: Any) -> str | None:
    found = member(option, "settings")
    return ",".join(map(str, found)) if found else None


def _domains(found: Any, variables: Variables) -> Iterator[Rule]:
    """The rules that the service makes of a domain list.

    https://docs.aws.amazon.com/network-firewall/latest/developerguide/stateful-rule-groups-domain-names.html.
    """
    if not isinstance(found, Mapping):
        return
    kind, targets, types = (member(found, name) for name in ("generatedRulesType", "targets", "targetTypes"))
    action, applications = (
        facts()["domain_lists"].get(kind),
        [facts()["target_types"].get(each) for each in types or ()],
    )
    if action is None or None in applications:
        yield Rule(Action.PASS, "domain list", unknown=f"a domain list {kind} on {types}")
        return
    try:
        base = Rule(
            Action(action),
            f"domain list {kind}",
            protocols=Intervals.only(TCP),
            sources=addresses("$HOME_NET", variables),
            destinations=addresses("$EXTERNAL_NET", variables),
            directions=frozenset((FORWARD,)),
        )
    except NotUnderstood as error:
        yield Rule(Action.PASS, "domain list", unknown=str(error))
        return
    for application in applications:
        spoken = replace(base, applications=frozenset((application,)))
        yield from (replace(spoken, label=f"{base.label} {target}", name=_target(target)) for target in targets or ())
    if kind == "ALLOWLIST":
        for application in applications:
            yield replace(
                base, action=Action.DROP, label="domain list: the rest", applications=frozenset((application,))
            )


def _target(target: str) -> NamePattern:
    """A name, or with a leading dot a domain and everything below it."""
    return NamePattern(ends=target.lower(), dotted=True) if target.startswith(".") else exactly(target)


def stateless(group: Resource) -> list[Rule]:
    """The rules of a stateless group, lowest priority first.

    https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_StatelessRule.html.
    """
    path = "ruleGroup.rulesSource.statelessRulesAndCustomActions"
    found = value(group, path)
    if not known(found) or not isinstance(found, Mapping):
        return [_unknown(group, path)]
    listed = sorted(member(found, "statelessRules") or (), key=lambda entry: member(entry, "priority"))
    return [replace(_stateless(entry), source=group.urn) for entry in listed]


def _stateless(entry: Any) -> Rule:
    """One stateless rule; flags of TCP narrow it."""
    definition = member(entry, "ruleDefinition")
    matched = member(definition, "matchAttributes")
    actions = [
        facts()["stateless"][each] for each in member(definition, "actions") or () if each in facts()["stateless"]
    ]
    label = f"stateless rule {member(entry, 'priority')}"
    if not actions:
        return Rule(Action.PASS, label, unknown=f"actions {member(definition, 'actions')}")
    return Rule(
        Action(actions[0]),
        label,
        protocols=Intervals.only(*map(int, member(matched, "protocols") or ())) or PROTOCOLS,
        sources=_definitions(member(matched, "sources")),
        source_ports=_port_ranges(member(matched, "sourcePorts")),
        destinations=_definitions(member(matched, "destinations")),
        ports=_port_ranges(member(matched, "destinationPorts")),
        narrowed=("tcpFlags",) if member(matched, "tcpFlags") else (),
    )


def _definitions(found: Any) -> Addresses:
    """Addresses of a stateless rule; none named are all."""
    return (
        Addresses.of(*(member(entry, "addressDefinition") for entry in found or ()))
        if found
        else addresses("any", Variables())
    )


def _port_ranges(found: Any) -> Intervals:
    """Ports of a stateless rule; none named are all."""
    ranges = [(int(member(entry, "fromPort")), int(member(entry, "toPort"))) for entry in found or ()]
    return Intervals.of(ranges) or PORTS
