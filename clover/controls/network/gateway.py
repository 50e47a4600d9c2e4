"""NET-2: the firewall evaluates in strict order, and what no rule allows is dropped."""

from collections.abc import Iterable, Iterator
from typing import Any

from clover.controls.case import Case
from clover.controls.network.counterexample import decided, described, wrong
from clover.controls.network.networks import network_of
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.logic.network.addresses import EVERYWHERE, Addresses
from clover.logic.network.flows import ALL_APPLICATIONS, PROTOCOLS, Box, Flow, possible, subtract
from clover.logic.network.intervals import Intervals
from clover.logic.network.names import NameClasses
from clover.logic.network.routing import outside
from clover.logic.network.rules import Action, Judgement, Rule, classes_of, flow_of
from clover.model.aws.network import Network
from clover.model.aws.network_firewall import STRICT, Firewall, firewalls, shown
from clover.model.aws.network_links import known, last, present
from clover.model.resources import value
from clover.sources import Unknown
from clover.sources.plain import as_list, as_object


def drops_the_rest(case: Case) -> Iterator[Answer]:
    """Answer for every firewall; a network without one is no gateway."""
    network = network_of(case.resources)
    found = firewalls(network)
    for firewall in found:
        yield next(_wrong(firewall), None) or _proof(firewall)
    for vpc in () if found else network.vpcs():
        yield refuted(
            f"no firewall stands in {last(vpc.urn)}",
            wrong(vpc.urn, "firewall", None, "a firewall in every network"),
            resource=vpc.urn,
        )


def _wrong(firewall: Firewall) -> Iterator[Answer]:
    """What is wrong with the firewall, the plainest first."""
    yield from _settings(firewall)
    yield from not_known(firewall)
    yield from _flows(firewall)


def not_known(firewall: Firewall) -> Iterator[Answer]:
    """What of the firewall is not known or not understood."""
    for urn, what in firewall.inspection.unknown:
        told = f"not known, or not understood: {what}, of {last(urn)}"
        yield unknown(told, resource=firewall.resource.urn, rests_on=(Ground(urn, what),))


def _settings(firewall: Firewall) -> Iterator[Answer]:
    """Properties of the policy that are wrong whatever the rules say."""
    order = firewall.setting("statefulEngineOptions.ruleOrder")
    if firewall.policy and not isinstance(order, Unknown) and order != STRICT:
        yield _property(firewall, "statefulEngineOptions.ruleOrder", order, STRICT, "does not evaluate in strict order")
    broken = firewall.setting("statefulEngineOptions.streamExceptionPolicy")
    if isinstance(broken, Unknown) or isinstance(order, Unknown):
        yield unknown("firewallPolicy.statefulEngineOptions is not known", resource=firewall.resource.urn)
    elif broken == "CONTINUE":
        told = "goes on without context when a connection breaks"
        yield _property(firewall, "statefulEngineOptions.streamExceptionPolicy", broken, "DROP or REJECT", told)
    path = "statelessFragmentDefaultActions"
    found = firewall.setting(path)
    if firewall.policy and known(found) and firewall.fragments is Action.PASS:
        yield _property(
            firewall, path, found, "aws:drop or aws:forward_to_sfe", "lets fragments of UDP packets through"
        )


def _property(firewall: Firewall, path: str, found: Any, allowed: str, told: str) -> Answer:
    urn = firewall.policy.urn if firewall.policy else firewall.resource.urn
    return refuted(
        f"{shown(firewall)} {told}",
        wrong(urn, f"firewallPolicy.{path}", found, allowed),
        resource=firewall.resource.urn,
    )


def home(firewall: Firewall) -> Addresses:
    """The addresses of the firewall's network."""
    return firewall.network.range_of(firewall.vpc) if firewall.vpc else EVERYWHERE


def every_rule(firewall: Firewall) -> Iterable[Rule]:
    """The rules of both kinds."""
    return (*firewall.inspection.stateless, *firewall.inspection.listed.rules)


def outgoing(firewall: Firewall, classes: NameClasses) -> Judgement:
    """What the firewall lets out of its network."""
    inner = home(firewall)
    return firewall.inspection.judge(possible(inner, outside(inner), classes.everything), classes)


def _incoming(firewall: Firewall, classes: NameClasses) -> Judgement:
    inner = home(firewall)
    return firewall.inspection.judge(possible(outside(inner), inner, classes.everything), classes)


def _flows(firewall: Firewall) -> Iterator[Answer]:
    """Flows that go through although no rule of the policy passes them."""
    classes = classes_of(every_rule(firewall))
    out, into = outgoing(firewall, classes), _incoming(firewall, classes)
    for outcome in out.passed:
        if outcome.rule is None or not outcome.rule.source:
            by = outcome.rule.label if outcome.rule else "the stateful default"
            yield _through(
                firewall, flow_of(outcome.box, classes), f"{by} lets it out", "leaves although no rule passes it"
            )
    for box in _useless(out):
        told = "leaves as an opening of a connection that no rule can pass"
        yield _through(firewall, flow_of(box, classes), "no rule drops its opening packets", told)
    for box in (*(outcome.box for outcome in into.passed), *into.opened):
        yield _through(firewall, flow_of(box, classes), "no rule drops it", "comes in from outside")


def _useless(out: Judgement) -> list[Box]:
    """Openings to where no flow at all is passed: nothing is gained by letting them out."""
    left = list(out.opened)
    for outcome in out.passed:
        passed = outcome.box
        wide = Box(passed.protocols, passed.sources, passed.source_ports, passed.destinations, passed.ports)
        left = subtract(left, wide)
    return [box for box in left if box.protocols & PROTOCOLS and box.applications & ALL_APPLICATIONS]


def _through(firewall: Firewall, flow: Flow, by: str, told: str) -> Answer:
    """A flow that goes through."""
    known = described(flow)
    port = f" to port {known['port']}" if "port" in known else ""
    hops = [(firewall.resource.urn, "firewall"), *([(firewall.policy.urn, by)] if firewall.policy else [])]
    return refuted(
        f"{known['protocol']}{port} {told} ({shown(firewall)})", decided(hops, flow), resource=firewall.resource.urn
    )


def _proof(firewall: Firewall) -> Answer:
    actions = ", ".join(map(str, firewall.setting("statefulDefaultActions") or ()))
    told = f"rules in strict order, then {actions}; what that lets through, rules drop"
    opened = outgoing(firewall, classes_of(every_rule(firewall))).opened
    ports = Intervals.of(span for box in opened for span in box.ports.ranges)
    if opened:
        spans = ", ".join(f"{low}" if low == high else f"{low}-{high}" for low, high in ports.ranges)
        told += f", but for the handshake to TCP port {spans}, which carries no data of an application"
    return proved(told, resource=firewall.resource.urn, rests_on=tuple(sorted(resting(firewall))))


def resting(firewall: Firewall) -> set[Ground]:
    """Everything that decides what the firewall lets out."""
    found = {Ground(firewall.resource.urn, f"firewallPolicyArn={value(firewall.resource, 'firewallPolicyArn')}")}
    if firewall.policy:
        for path in ("statefulEngineOptions", "statefulDefaultActions", "statelessDefaultActions"):
            found.add(Ground(firewall.policy.urn, f"firewallPolicy.{path}={_told(firewall.setting(path))}"))
        for path in ("statelessFragmentDefaultActions", "statefulRuleGroupReferences", "statelessRuleGroupReferences"):
            if present(firewall.setting(path)):
                found.add(Ground(firewall.policy.urn, f"firewallPolicy.{path}={_told(firewall.setting(path))}"))
    found |= {Ground(group.urn, "ruleGroup") for group in firewall.groups}
    return found | _range(firewall.network, firewall)


def _range(network: Network, firewall: Firewall) -> set[Ground]:
    """The addresses that the firewall takes for its own side."""
    return (
        {Ground(firewall.vpc.urn, f"addresses {', '.join(network.range_of(firewall.vpc).prefixes())}")}
        if firewall.vpc
        else set()
    )


def _told(held: Any) -> str:
    """A setting in one line."""
    if (members := as_object(held)) is not None:
        return ", ".join(f"{name}: {_told(inner)}" for name, inner in members.items())
    return str(held) if (listed := as_list(held)) is None else "; ".join(map(_told, listed))
