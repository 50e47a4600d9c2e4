"""NET-3 on Azure: what the firewall lets out is the declared list."""

from collections.abc import Iterator
from typing import Any

from clover.controls.case import Case
from clover.controls.network.allowed import names_somebody, shown_name
from clover.controls.network.azure_gateway import built_in, not_known, outgoing, resting
from clover.controls.network.azure_networks import network_of
from clover.controls.network.counterexample import decided, wrong
from clover.controls.verdict import Answer, assumed, proved, refuted, unknown
from clover.logic.network.flows import Box
from clover.logic.network.names import NameClasses, NamePattern, declared
from clover.logic.network.rules import Judgement, Outcome, classes_of, flow_of
from clover.model.aws.network_links import entries, member, present
from clover.model.azure.network_firewall import BUILT_IN, Firewall, firewalls, told
from clover.model.resources import Resources
from clover.sources import Unknown

COMPONENT = "clover-azure:index:EgressGateway"


def declared_hosts(resources: Resources) -> list[Any] | None:
    """The hosts that the stack's gateways declare; None where no gateway is declared."""
    intents = resources.of(COMPONENT)
    listed = [member(domain, "name") for intent in intents for domain in entries(intent, "allowed_domains")]
    return listed if intents else None


def only_declared(case: Case) -> Iterator[Answer]:
    """Answer for every firewall: on its rules, and on what host names in them are worth."""
    names = declared_hosts(case.resources)
    for firewall in firewalls(network_of(case)):
        yield from _answers(firewall, names)


def _answers(firewall: Firewall, names: list[Any] | None) -> Iterator[Answer]:
    urn = firewall.resource.urn
    if any(not isinstance(name, str) or isinstance(name, Unknown) for name in names or ()):
        yield unknown("allowed_domains is not known", resource=urn)
        return
    wide = next(_wide(firewall), None) or next(not_known(firewall), None) or next(built_in(firewall), None)
    if wide is not None:
        yield wide
        return
    wanted = {name: declared(name) for name in names or ()}
    classes = classes_of(firewall.inspection.listed.rules, wanted.values())
    out = outgoing(firewall, classes)
    if names is None and out.passed:
        named = [pattern for pattern in classes.patterns if names_somebody(pattern)]
        yield _wider(firewall, out, classes, classes.union(named)) or _undeclared(firewall, named)
        return
    allowed = classes.union(wanted.values())
    yield _wider(firewall, out, classes, allowed) or _proof(firewall, out, classes, wanted, names is None)
    if out.passed:
        yield _claimed(firewall)


def _wide(firewall: Firewall) -> Iterator[Answer]:
    """Tags and categories: their hosts are Microsoft's to choose, so none of them is declared."""
    for each in firewall.reading[1]:
        example = wrong(each.holder.urn, each.path, each.found, "hosts, or addresses, one by one")
        yield refuted(f"{each.path} of {told(firewall)}'s rules {each.what}", example, resource=firewall.resource.urn)


def _wider(firewall: Firewall, out: Judgement, classes: NameClasses, allowed: int) -> Answer | None:
    """A flow to a host that is not on the list, if one is let out; a rule not wholly understood makes it a doubt."""
    beyond = [(each, box) for each in out.passed if (box := each.box & Box(names=classes.everything & ~allowed))]
    for outcome, box in sorted(beyond, key=lambda pair: bool(pair[0].rule and pair[0].rule.narrowed)):
        by, urn = _by(firewall, outcome)
        if outcome.rule and outcome.rule.narrowed:
            narrowed = ", ".join(outcome.rule.narrowed)
            says = f"{by} may let out more than the list: {narrowed} is not followed"
            return unknown(says, resource=firewall.resource.urn)
        flow = flow_of(box, classes)
        named = f"to {flow.server_name}" if flow.server_name else "that name no host"
        hops = [(firewall.resource.urn, "firewall"), (urn, by)]
        says = f"{by} lets out connections {named}, which is not declared"
        return refuted(says, decided(hops, flow), resource=firewall.resource.urn)
    return None


def _by(firewall: Firewall, outcome: Outcome) -> tuple[str, str]:
    """What lets a flow out, and the resource that says so."""
    rule = outcome.rule
    holder = firewall.policy or firewall.resource
    return (rule.label, rule.source or holder.urn) if rule else (BUILT_IN, holder.urn)


def _proof(firewall: Firewall, out: Judgement, classes: NameClasses, wanted: Any, undeclared: bool) -> Answer:
    urn, rests = firewall.resource.urn, tuple(sorted(resting(firewall)))
    passed = 0
    for outcome in out.passed:
        passed |= outcome.box.names & classes.everything
    missing = sorted(name for name, pattern in wanted.items() if classes.masks[pattern] & ~passed)
    says = f"the rules let out connections that name one of the {len(wanted)} declared hosts, and no other"
    if undeclared:
        says = "nothing is declared, and the rules let out nothing"
    if missing:
        says += f"; declared, but not let out: {', '.join(missing)}"
    return proved(says, resource=urn, rests_on=rests)


def _undeclared(firewall: Firewall, named: list[NamePattern]) -> Answer:
    """Nothing is declared, as in what is read live: named hosts are reported for somebody to judge."""
    listed = ", ".join(sorted(map(shown_name, named))) or "none"
    says = f"nothing declares which hosts may be reached; {told(firewall)} speaks of: {listed}"
    return assumed(says, resource=firewall.resource.urn, rests_on=tuple(sorted(resting(firewall))))


def _claimed(firewall: Firewall) -> Answer:
    """A host name is what a client says; where it leads, the firewall looks up itself.

    https://learn.microsoft.com/azure/firewall/dns-details: the address that the client wanted is ignored.
    """
    inspected = present(firewall.setting("transportSecurity.certificateAuthority")[1])
    backed = "TLS is inspected where a rule says so: who runs that" if inspected else "The operator's controller"
    says = (
        "that the host named in TLS is the host that answers is the client's claim: the firewall connects to the "
        f"address that it resolves for the name, behind which other hosts may stand. {backed} attests that none does"
    )
    return assumed(says, resource=firewall.resource.urn, rests_on=tuple(sorted(resting(firewall))))
