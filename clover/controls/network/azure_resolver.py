"""NET-5 on Azure: the site's resolver answers for the declared names only."""

from collections.abc import Iterator

from clover.controls.case import Case
from clover.controls.network.allowed import shown_name
from clover.controls.network.azure_allowed import declared_hosts
from clover.controls.network.azure_networks import network_of
from clover.controls.network.counterexample import wrong
from clover.controls.network.resolver import spoken_of
from clover.controls.verdict import Answer, Ground, Outcome, assumed, proved, refuted, unknown
from clover.logic.network.names import NamePattern, below, exactly
from clover.logic.network.resolution import NameRule, answered, classes_for
from clover.model.aws.network_links import entries, known, last, present
from clover.model.azure.network import Network
from clover.model.azure.network_dns import Resolver
from clover.model.azure.network_firewall import Firewall, firewalls
from clover.model.azure.network_places import INTERFACE, NETWORK
from clover.model.resources import value
from clover.sources import Resource

RESOLVER = "168.63.129.16"
"""The address at which Azure's resolver answers in every network.

https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16.
"""


def names_no_way_out(case: Case) -> Iterator[Answer]:
    """Answer for the resolver of every network."""
    network = network_of(case)
    listed = declared_hosts(case.resources)
    hosts = [name for name in listed or () if isinstance(name, str)]
    declared = [
        pattern for host in hosts for name in [host.removeprefix("*.")] for pattern in (exactly(name), below(name))
    ]
    for place, whole in network.networks.items():
        resolver = Resolver(case.resources, case.site.account, whole, place)
        wanted = declared if listed is not None else spoken_of(resolver.rules)
        proof = _undeclared if listed is None and wanted else _proof
        found = sorted(_wrong(network, resolver, wanted), key=lambda answer: answer.outcome is not Outcome.REFUTED)
        yield found[0] if found else proof(network, resolver, wanted)
    placed = network.networks.values()
    for whole in case.resources.of(NETWORK):
        if whole not in placed:
            yield unknown(f"the id of {last(whole.urn)} is not known", resource=whole.urn)


def _wrong(network: Network, resolver: Resolver, wanted: list[NamePattern]) -> Iterator[Answer]:
    """What is wrong with a resolver, or not known about it."""
    urn = resolver.network.urn
    yield from _asked(network, urn, resolver.network, "dhcpOptions.dnsServers")
    for interface in network.resources.of(INTERFACE):
        yield from _asked(network, urn, interface, "dnsSettings.dnsServers")
    for firewall in firewalls(network):
        yield from _proxied(firewall, urn)
    for each in resolver.forwarding:
        told = f"{last(each.urn)} sends queries of {last(urn)} to other resolvers"
        found = value(each, "virtualNetwork")
        yield refuted(told, wrong(each.urn, "virtualNetwork", found, "no forwarding ruleset"), resource=urn)
    for link in resolver.zone_links:
        found = value(link, "resolutionPolicy")
        if not known(found):
            yield unknown(f"resolutionPolicy of {last(link.urn)} is not known", resource=urn)
        elif found == "NxDomainRedirect":
            told = f"{last(link.urn)} asks the internet for names of its zone that the site does not have"
            yield refuted(told, wrong(link.urn, "resolutionPolicy", found, "Default"), resource=urn)
    doubts = list(resolver.unknown())
    for resource, what in doubts:
        yield unknown(f"{what} of {last(resource.urn)} is not known", resource=urn)
    if not doubts:
        yield from _wider(network, resolver, wanted)


def _asked(network: Network, about: str, holder: Resource, path: str) -> Iterator[Answer]:
    """Servers that machines are told to ask: Azure's resolver, or a firewall of the site, which asks that one."""
    if not known(value(holder, path)):
        yield unknown(f"{path} of {last(holder.urn)} is not known", resource=about)
        return
    addresses = {gate.address for gate in network.gates}
    for server in entries(holder, path):
        if server in addresses or server == RESOLVER:
            continue
        if None in addresses:
            told = f"whether {server}, which {last(holder.urn)} tells machines to ask, is a firewall's is not known"
            yield unknown(told, resource=about)
        else:
            told = f"{last(holder.urn)} tells machines to ask {server}, which is no resolver of the site"
            allowed = "a firewall of the site, or Azure's resolver"
            yield refuted(told, wrong(holder.urn, path, value(holder, path), allowed), resource=about)


def _proxied(firewall: Firewall, about: str) -> Iterator[Answer]:
    """Whom the firewall asks for the names that it is asked for."""
    for holder in firewall.policies:
        found = value(holder, "dnsSettings.servers")
        if not known(found):
            yield unknown(f"dnsSettings of {last(holder.urn)} is not known", resource=about)
        elif present(found):
            told = f"{last(holder.urn)} sends queries to {', '.join(map(str, found))}"
            yield refuted(told, wrong(holder.urn, "dnsSettings.servers", found, "none"), resource=about)


def _wider(network: Network, resolver: Resolver, wanted: list[NamePattern]) -> Iterator[Answer]:
    """A name that is answered for, and is neither declared nor of a service with a private endpoint."""
    allowed = [*wanted, *resolver.own_names()]
    classes = classes_for(resolver.rules, allowed)
    beyond = ~classes.union(allowed)
    for mask, rule in answered(resolver.rules, classes):
        if mask & beyond:
            name = str(classes.witness(mask & beyond))
            by = rule.label if rule else "no rule"
            told = (
                f"the resolver of {last(resolver.network.urn)} answers for {name}, which is not declared ({by} decides)"
            )
            yield refuted(told, _query(network, resolver, rule, name), resource=resolver.network.urn)


def _query(network: Network, resolver: Resolver, rule: NameRule | None, name: str) -> dict[str, object]:
    """A query that is answered, and who decides on it."""
    told = [(resolver.network.urn, "resolver"), *((link.urn, "resolver policy") for link in resolver.links)]
    hops = [*told, (rule.source, rule.label)] if rule else told
    source = network.senders(resolver.network)
    flow = {
        "protocol": "udp",
        "port": 53,
        "application": "dns",
        "server_name": name,
        "source": source.witness() if source else "",
        "destination": RESOLVER,
    }
    return {"kind": "path", "hops": [{"urn": urn, "what": what} for urn, what in hops], "flow": flow}


def _undeclared(network: Network, resolver: Resolver, named: list[NamePattern]) -> Answer:
    """Nothing is declared, as in what is read live: the names are reported for somebody to judge."""
    listed = ", ".join(sorted(set(map(shown_name, named))))
    told = f"nothing declares which names may be looked up; the resolver answers for: {listed}"
    return assumed(told, resource=resolver.network.urn, rests_on=_grounds(network, resolver))


def _proof(network: Network, resolver: Resolver, wanted: list[NamePattern]) -> Answer:
    told = (
        f"the resolver answers for the {len(wanted) // 2} declared names and what lies below them, and for the "
        "services that have private endpoints; every other name is blocked"
    )
    return proved(told, resource=resolver.network.urn, rests_on=_grounds(network, resolver))


def _grounds(network: Network, resolver: Resolver) -> tuple[Ground, ...]:
    whole = resolver.network
    servers = ", ".join(map(str, entries(whole, "dhcpOptions.dnsServers"))) or "Azure's"
    rests = {Ground(*pair) for pair in resolver.grounds()} | {Ground(whole.urn, f"dnsServers={servers}")}
    for firewall in firewalls(network):
        rests |= {Ground(each.urn, "dnsSettings.servers=none") for each in firewall.policies}
    return tuple(sorted(rests))
