"""EVD-1, networks: flows, firewall decisions and name look-ups are recorded as evidence."""

from collections.abc import Iterator
from typing import Any

from clover.controls.case import Case
from clover.controls.evidence.stores import EvidenceStores
from clover.controls.network.counterexample import wrong
from clover.controls.network.gateway import every_rule, not_known
from clover.controls.network.networks import network_of
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.logic.network.flows import Stage, subtract
from clover.logic.network.rules import FORWARD, Action, Rule, classes_of
from clover.model.aws.network import FIREWALL, VPC
from clover.model.aws.network_firewall import firewalls
from clover.model.aws.network_links import Found, entries, identity, known, last, member, referring
from clover.model.resources import value
from clover.sources import Resource

FLOW_LOG = "aws:ec2/flowLog:FlowLog"
FIREWALL_LOG = "aws:networkfirewall/loggingConfiguration:LoggingConfiguration"
QUERY_LOG = "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig"
QUERY_LOG_USE = "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation"

FIELDS = ("${srcaddr}", "${dstaddr}", "${action}")
"""Without these a flow log tells nobody who reached whom: its format may leave them out only at this price."""


def traffic(case: Case) -> Iterator[Answer]:
    """Answer for the flows and the look-ups of every VPC, and for every firewall."""
    stores = EvidenceStores(case)
    for vpc in case.resources.of(*VPC):
        yield _flows(case, vpc, stores)
        yield _queries(case, vpc, stores)
    for firewall in case.resources.of(FIREWALL):
        yield _decisions(case, firewall, stores)


def _flows(case: Case, vpc: Resource, stores: EvidenceStores) -> Answer:
    """A record of all traffic of the network."""
    logs = referring(case.resources, FLOW_LOG, "vpcId", identity(vpc))
    problems = [_flow_log(log, vpc, stores) for log in logs.certain]
    for log, problem in zip(logs.certain, problems, strict=True):
        if problem is None:
            return _recorded("flows", vpc, log, value(log, "logDestination"), stores)
    return next(filter(None, problems), None) or _none("flows", vpc, FLOW_LOG, logs)


def _flow_log(log: Resource, vpc: Resource, stores: EvidenceStores) -> Answer | None:
    """What is wrong with a flow log."""
    form = value(log, "logFormat")
    missing = [field for field in FIELDS if isinstance(form, str) and field not in form]
    allowed = " or ".join(f"arn of {name}" for name in stores.names) or "an evidence store"
    checks: tuple[tuple[str, Any, bool, str], ...] = (
        ("trafficType", value(log, "trafficType"), value(log, "trafficType") == "ALL", "ALL"),
        (
            "logDestination",
            value(log, "logDestination"),
            stores.of_arn(value(log, "logDestination")) is not None,
            allowed,
        ),
        ("logFormat", form, not missing, f"a format with {', '.join(FIELDS)}"),
    )
    return _first(log, vpc, checks, stores)


def _first(
    about: Resource, of: Resource, checks: tuple[tuple[str, Any, bool, str], ...], stores: EvidenceStores
) -> Answer | None:
    """The first check that fails; unknown where its value, or the role of the store that it names, is not known."""
    for name, found, fine, allowed in checks:
        if not known(found) or (not fine and isinstance(found, str) and stores.perhaps(found)):
            return unknown(stores.doubt(f"{name} of {last(about.urn)}"), resource=of.urn)
        if not fine:
            told = f"{last(about.urn)} has {name}={found}"
            return refuted(told, wrong(about.urn, name, found, allowed), resource=of.urn)
    return None


def _queries(case: Case, vpc: Resource, stores: EvidenceStores) -> Answer:
    """A record of what the network's resolver was asked."""
    if value(vpc, "enableDnsSupport") is False:
        grounds = (Ground(vpc.urn, "enableDnsSupport=False"),)
        return proved("the network has no resolver to ask", resource=vpc.urn, rests_on=grounds)
    uses = referring(case.resources, QUERY_LOG_USE, "resourceId", identity(vpc))
    wrongly: list[Answer] = []
    for use in uses.certain:
        log = next((each for each in case.resources.of(QUERY_LOG) if _is(each, use)), None)
        if log is None:
            wrongly.append(unknown(f"the log of {last(use.urn)} is not known", resource=vpc.urn))
            continue
        found = value(log, "destinationArn")
        allowed = " or ".join(f"arn of {name}" for name in stores.names) or "an evidence store"
        problem = _first(log, vpc, (("destinationArn", found, stores.of_arn(found) is not None, allowed),), stores)
        if problem is None:
            return _recorded("look-ups", vpc, log, found, stores, Ground(use.urn, "resourceId"))
        wrongly.append(problem)
    return wrongly[0] if wrongly else _none("look-ups", vpc, QUERY_LOG_USE, uses)


def _is(log: Resource, use: Resource) -> bool:
    return identity(log) is not None and identity(log) == value(use, "resolverQueryLogConfigId")


def _decisions(case: Case, firewall: Resource, stores: EvidenceStores) -> Answer:
    """A record of the firewall's decisions and of its flows."""
    logs = referring(case.resources, FIREWALL_LOG, "firewallArn", identity(firewall))
    if not logs.certain:
        return _none("decisions", firewall, FIREWALL_LOG, logs)
    log = logs.certain[0]
    path = "loggingConfiguration.logDestinationConfigs"
    found = {member(entry, "logType"): entry for entry in entries(log, path)}
    if not known(value(log, path)):
        return unknown(f"{path} of {last(log.urn)} is not known", resource=firewall.urn)
    for kind in ("ALERT", "FLOW"):
        destination = member(found.get(kind), "logDestination")
        name = member(destination, "bucketName")
        if stores.named(name) is None and name is not None and stores.perhaps(name):
            return unknown(stores.doubt(f"the store {name} of {last(log.urn)}"), resource=firewall.urn)
        if stores.named(name) is None:
            allowed = f"{kind} to {' or '.join(stores.names) or 'an evidence store'}"
            told = f"{last(log.urn)} does not deliver {kind} records to an evidence store"
            return refuted(told, wrong(log.urn, path, value(log, path), allowed), resource=firewall.urn)
    unrecorded = _unrecorded(case, firewall)
    if unrecorded is not None:
        return unrecorded
    name = member(member(found["ALERT"], "logDestination"), "bucketName")
    return _recorded("decisions", firewall, log, f"arn:aws:s3:::{name}", stores)


def _unrecorded(case: Case, resource: Resource) -> Answer | None:
    """A rule that lets out what no rule before it records: a rule that passes sends no alert, and so names no host.

    https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_LogDestinationConfig.html
    """
    firewall = next(each for each in firewalls(network_of(case.resources)) if each.resource is resource)
    doubt = next(iter(not_known(firewall)), None)
    if doubt is not None:
        return unknown(f"which connections leave unrecorded is not known: {doubt.reason}", resource=resource.urn)
    rules = every_rule(firewall)
    classes, alerts = classes_of(rules), list[Rule]()
    for rule in rules:
        if rule.action is Action.PASS:
            left = list(rule.boxes(Stage.APPLICATION, FORWARD, classes))
            for box in (box for alert in alerts for box in alert.boxes(Stage.APPLICATION, FORWARD, classes)):
                left = subtract(left, box)
            if left:
                told = f"{rule.label} lets connections out, and no rule before it records them"
                path = "ruleGroup.rulesSource.rulesString"
                holder = case.resources.by_urn.get(rule.source)
                example = wrong(rule.source, path, value(holder, path) if holder else None, "an alert before each pass")
                return refuted(told, example, resource=resource.urn)
        elif rule.action is Action.ALERT and not rule.narrowed:
            alerts.append(rule)
    return None


def _recorded(
    what: str, of: Resource, log: Resource, destination: Any, stores: EvidenceStores, *more: Ground
) -> Answer:
    bucket = stores.of_arn(destination)
    rests = {Ground(log.urn, f"{what} to {destination}"), *more}
    if bucket:
        rests.add(Ground(bucket.urn, "clover:store-role=evidence"))
    told = f"the {what} of {last(of.urn)} are recorded in an evidence store"
    return proved(told, resource=of.urn, rests_on=tuple(sorted(rests)))


def _none(what: str, of: Resource, kind: str, found: Found) -> Answer:
    """Nobody records it, or nobody knows whether somebody does."""
    if found.doubtful or identity(of) is None:
        told = ", ".join(last(each.urn) for each in found.doubtful) or f"the id of {last(of.urn)}"
        return unknown(f"whether the {what} of {last(of.urn)} are recorded is not known ({told})", resource=of.urn)
    return refuted(f"nothing records the {what} of {last(of.urn)}", wrong(of.urn, kind, None, "one"), resource=of.urn)
