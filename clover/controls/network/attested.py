"""NET-7: the rules of the gateway are the ones that the auditor signed."""

from collections.abc import Iterator
from typing import NamedTuple

from clover.controls.case import Case
from clover.controls.network import azure_networks, networks
from clover.controls.network.azure_gateway import resting as resting_on_azure
from clover.controls.network.counterexample import wrong
from clover.controls.network.gateway import resting
from clover.controls.network.resolver import grounds_of
from clover.controls.verdict import Answer, Basis, Ground, assumed, proved, refuted, unknown
from clover.model.aws.network_dns import Resolver
from clover.model.aws.network_firewall import firewalls
from clover.model.aws.network_links import known
from clover.model.aws.rule_set import rule_set
from clover.model.azure.network_dns import Resolver as AzureResolver
from clover.model.azure.network_firewall import firewalls as azure_firewalls
from clover.model.azure.rule_set import rule_set as azure_rule_set
from clover.model.rule_set import RuleSet
from clover.zones.attestation import Gateway, UnsignedError, opened


class Deployed(NamedTuple):
    """The rules of one gateway, what they rest on, and what of them is not known."""

    urn: str
    doubts: tuple[str, ...]
    rules: RuleSet | None
    grounds: tuple[Ground, ...]


def signed_on_aws(case: Case) -> Iterator[Answer]:
    """Answer for every firewall of a site on AWS."""
    yield from (_answer(case, deployed) for deployed in deployed_on_aws(case))


def signed_on_azure(case: Case) -> Iterator[Answer]:
    """Answer for every firewall of a site on Azure."""
    yield from (_answer(case, deployed) for deployed in deployed_on_azure(case))


def deployed_on_aws(case: Case) -> Iterator[Deployed]:
    """The rules of every firewall of a site on AWS."""
    for firewall in firewalls(networks.network_of(case.resources)):
        doubts = [what for _, what in firewall.inspection.unknown]
        grounds = resting(firewall)
        if firewall.vpc:
            resolver = Resolver(case.resources, firewall.vpc)
            doubts += [what for _, what in resolver.unknown()]
            grounds |= set(grounds_of(resolver))
        rules = None if doubts else rule_set(firewall, case.resources)
        yield Deployed(firewall.resource.urn, tuple(doubts), rules, tuple(sorted(grounds)))


def deployed_on_azure(case: Case) -> Iterator[Deployed]:
    """The rules of every firewall of a site on Azure."""
    network = azure_networks.network_of(case)
    for firewall in azure_firewalls(network):
        doubts, grounds = [what for _, what in firewall.inspection.unknown], resting_on_azure(firewall)
        for place, whole in network.networks.items():
            resolver = AzureResolver(case.resources, network.subscription, whole, place)
            doubts += [what for _, what in resolver.unknown()]
            grounds |= {Ground(*pair) for pair in resolver.grounds()}
        rules = None if doubts else azure_rule_set(firewall, case.resources)
        yield Deployed(firewall.resource.urn, tuple(doubts), rules, tuple(sorted(grounds)))


def _answer(case: Case, deployed: Deployed) -> Answer:
    signed = case.attestations
    if signed.key is None:
        told = "nobody has signed the gateway's rules: the auditor attests them, with the key that the zone then names"
        return assumed(told, resource=deployed.urn, rests_on=deployed.grounds)
    if deployed.rules is None or not known([deployed.rules.content, deployed.rules.also]):
        return not_known(deployed)
    raw = signed.envelopes.get(case.site.name)
    if raw is None:
        return _refused(deployed, "the auditor has signed no rules of this site")
    try:
        gateway = opened(raw, signed.key)
    except UnsignedError as error:
        return _refused(deployed, f"what stands for the auditor's signature is none: {error}")
    except ImportError:
        return unknown("the signature cannot be checked: `cryptography` is not installed", resource=deployed.urn)
    misfit = _misfit(case, gateway, deployed.rules.digest)
    return _refused(deployed, misfit) if misfit else _proof(deployed, gateway)


def not_known(deployed: Deployed) -> Answer:
    """The answer where what the gateway lets out is not known."""
    what = deployed.doubts[0] if deployed.doubts else "a rule"
    return unknown(f"the rules of the gateway are not known: {what}", resource=deployed.urn)


def _misfit(case: Case, gateway: Gateway, digest: str) -> str | None:
    """Why what the auditor signed is not about these rules on this day."""
    if (gateway.zone, gateway.site) != (case.zone.name, case.site.name):
        return f"what the auditor signed is about site {gateway.site} of zone {gateway.zone}"
    # The lab's auditor signs on the day of the deployment, whichever day is asked about.
    begun = gateway.attested_on <= case.day or case.basis is Basis.LAB
    if not begun or case.day > gateway.valid_until:
        return f"the auditor's signature counts from {gateway.attested_on} to {gateway.valid_until}, not on {case.day}"
    if gateway.rule_set_digest != digest:
        return f"the auditor signed other rules: those of digest {gateway.rule_set_digest}"
    return None


def _refused(deployed: Deployed, told: str) -> Answer:
    digest = deployed.rules.digest if deployed.rules else None
    example = wrong(deployed.urn, "rule set digest", digest, "a digest that the auditor has signed")
    return refuted(f"the rules of the gateway have the digest {digest}; {told}", example, resource=deployed.urn)


def _proof(deployed: Deployed, gateway: Gateway) -> Answer:
    told = f"the rules are those of digest {gateway.rule_set_digest}, which the auditor signed on {gateway.attested_on}"
    return proved(told, resource=deployed.urn, rests_on=deployed.grounds)
