"""NET-3: what the firewall lets out is the declared list."""

from collections.abc import Iterator, Mapping
from typing import Any

from clover.controls.case import Case
from clover.controls.network.counterexample import decided
from clover.controls.network.gateway import every_rule, not_known, outgoing, resting
from clover.controls.network.networks import network_of
from clover.controls.verdict import Answer, assumed, proved, refuted, unknown
from clover.logic.network.flows import Box
from clover.logic.network.names import NameClasses, NamePattern, declared
from clover.logic.network.rules import Judgement, Outcome, classes_of, flow_of
from clover.model.aws.network_firewall import Firewall, firewalls, shown
from clover.model.aws.network_links import entries, member, present
from clover.sources import Resource, Unknown

COMPONENT = "clover-aws:index:EgressGateway"


def only_declared(case: Case) -> Iterator[Answer]:
    """Answer for every firewall: on its rules, and on what host names in them are worth."""
    intents = case.resources.of(COMPONENT)
    names = [member(domain, "name") for intent in intents for domain in entries(intent, "allowed_domains")]
    for firewall in firewalls(network_of(case.resources)):
        yield from _answers(firewall, intents, names)


def _answers(firewall: Firewall, intents: tuple[Resource, ...], names: list[Any]) -> Iterator[Answer]:
    urn = firewall.resource.urn
    if any(not isinstance(name, str) or isinstance(name, Unknown) for name in names):
        yield unknown("allowed_domains is not known", resource=urn)
        return
    doubts = list(not_known(firewall))
    if doubts:
        yield doubts[0]
        return
    wanted = {name: declared(name) for name in names}
    classes = classes_of(every_rule(firewall), wanted.values())
    out = outgoing(firewall, classes)
    if not intents:
        yield from _undeclared(firewall, out, classes)
        return
    wide = _wider(firewall, out, classes, classes.union(wanted.values()))
    yield wide or _proof(firewall, out, classes, wanted)
    if out.passed or out.opened:
        yield _claimed(firewall)


def _wider(firewall: Firewall, out: Judgement, classes: NameClasses, allowed: int) -> Answer | None:
    """A flow to a host that is not on the list, if one is let out; a rule not wholly understood makes it a doubt."""
    beyond = [(outcome, box) for outcome in out.passed if (box := _beyond(outcome.box, classes, allowed))]
    for outcome, box in sorted(beyond, key=lambda pair: bool(pair[0].rule and pair[0].rule.narrowed)):
        flow = flow_of(box, classes)
        by, urn = _by(firewall, outcome)
        if outcome.rule and outcome.rule.narrowed:
            narrowed = ", ".join(outcome.rule.narrowed)
            return unknown(
                f"{by} may let out more than the list: {narrowed} is not followed", resource=firewall.resource.urn
            )
        hops = [(firewall.resource.urn, "firewall"), (urn, by)]
        named = f"to {flow.server_name}" if flow.server_name else "that name no host"
        told = f"{by} lets out connections {named}, which is not declared"
        return refuted(told, decided(hops, flow), resource=firewall.resource.urn)
    return None


def _beyond(box: Box, classes: NameClasses, allowed: int) -> Box:
    """The part of a box whose host names are not allowed."""
    return box & Box(names=classes.everything & ~allowed)


def _by(firewall: Firewall, outcome: Outcome) -> tuple[str, str]:
    """What lets a flow out, and the resource that says so."""
    policy = firewall.policy.urn if firewall.policy else firewall.resource.urn
    if outcome.rule is None:
        return "the stateful default", policy
    return outcome.rule.label, outcome.rule.source or policy


def _proof(firewall: Firewall, out: Judgement, classes: NameClasses, wanted: Mapping[str, NamePattern]) -> Answer:
    passed = 0
    for outcome in out.passed:
        passed |= outcome.box.names & classes.everything
    missing = sorted(name for name, pattern in wanted.items() if classes.masks[pattern] & ~passed)
    told = f"the rules let out connections that name one of the {len(wanted)} declared hosts, and no other"
    if missing:
        told += f"; declared, but not let out: {', '.join(missing)}"
    rests = tuple(sorted(resting(firewall)))
    return proved(told, resource=firewall.policy.urn if firewall.policy else firewall.resource.urn, rests_on=rests)


def _claimed(firewall: Firewall) -> Answer:
    """A host name is what a client says; the handshake before it goes anywhere."""
    inspector, controller = (
        "TLS is inspected: who runs that attests",
        "nothing backs it: the operator's controller attests",
    )
    how = inspector if present(firewall.setting("tlsInspectionConfigurationArn")) else controller
    return assumed(
        f"that the host named in TLS is the host that answers is the client's claim; {how} that they belong together. "
        "The handshake before the name, without data of an application, reaches any address",
        resource=firewall.resource.urn,
        rests_on=tuple(sorted(resting(firewall))),
    )


def _undeclared(firewall: Firewall, out: Judgement, classes: NameClasses) -> Iterator[Answer]:
    """Nothing is declared: a rule that passes whatever name is wide; named hosts are reported for somebody to judge."""
    named = [pattern for pattern in classes.patterns if names_somebody(pattern)]
    wide = _wider(firewall, out, classes, classes.union(named))
    if wide is not None:
        yield wide
        return
    listed = sorted(map(shown_name, named))
    told = f"nothing declares which hosts may be reached; {shown(firewall)} speaks of: {', '.join(listed) or 'none'}"
    yield assumed(told, resource=firewall.resource.urn, rests_on=tuple(sorted(resting(firewall))))


def names_somebody(pattern: NamePattern) -> bool:
    """Whether a pattern names a host, or hosts of one domain; what ends in a suffix like `.com` names anybody."""
    return pattern.whole is not None or pattern.ends.count(".") > 1


def shown_name(pattern: NamePattern) -> str:
    """A pattern of names for people."""
    if pattern.whole is not None:
        return pattern.whole
    return f"{pattern.begins}*{'*'.join((*pattern.holds, ''))}{pattern.ends}"
