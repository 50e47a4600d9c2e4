"""What OPS-1 asks of interface endpoints on AWS: the security groups of each let the site's network in.

An endpoint without a group has its network's own, which lets in nobody but its members
(https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html).
"""

from collections.abc import Iterator

from clover.controls.case import Case
from clover.controls.network.counterexample import wrong
from clover.controls.network.networks import network_of
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.logic.network.addresses import Addresses
from clover.model.aws import policies
from clover.model.aws.network_doors import incoming, serves
from clover.model.aws.network_links import by_id, entries, identity, known, text
from clover.model.aws.policies import Guarded
from clover.model.resources import value
from clover.sources import Resource

GROUP = "aws:ec2/securityGroup:SecurityGroup"
TLS = 443


def interface_endpoints(case: Case) -> Iterator[Guarded]:
    """The site's endpoints that are reached by addresses of their own."""
    for endpoint in policies.endpoints(case.resources):
        if value(endpoint.resource, "vpcEndpointType") == "Interface":
            yield endpoint


def reached(case: Case, endpoint: Resource) -> Answer:
    """Whether the network's own addresses are let in to an endpoint."""
    urn, name = endpoint.urn, endpoint.name
    declared, found = by_id(case.resources, GROUP), entries(endpoint, "securityGroupIds")
    place = text(endpoint, "vpcId")
    vpc = next((each for each in network_of(case.resources).vpcs() if place and identity(each) == place), None)
    groups = [declared[each] for each in found if isinstance(each, str) and each in declared]
    if (
        vpc is None
        or not network_of(case.resources).range_of(vpc)
        or not known(value(endpoint, "securityGroupIds"))
        or len(groups) < len(found)
    ):
        return unknown(f"network or security groups of {name} are not known", resource=urn)
    let_in = Addresses()
    for group in groups:
        for sources in _sources(case, group):
            if sources is None:
                return unknown(f"whom {group.name} lets in is not known", resource=urn)
            let_in = let_in | sources
    if network_of(case.resources).range_of(vpc) <= let_in:
        rests = tuple(Ground(group.urn, "ingress") for group in groups)
        return proved(f"{name} is reached from the site's network", resource=urn, rests_on=rests)
    holder, path = (groups[0], "ingress") if groups else (endpoint, "securityGroupIds")
    example = wrong(holder.urn, path, value(holder, path), "TLS from the site's network")
    return refuted(f"{name} is not reached from the whole of the site's network", example, resource=urn)


def _sources(case: Case, group: Resource) -> Iterator[Addresses | None]:
    """The addresses that a group lets in by TLS; None where they are not known."""
    for each in incoming(case.resources):
        certain = each.resource is group or _is_of(each.resource, group)
        served = serves(each.rule, TLS)
        if (certain or _may_be_of(each.resource, group)) and served is not False:
            yield each.sources if certain and served else None


def _is_of(rule: Resource, group: Resource) -> bool:
    """Whether a rule that is a resource of its own is the group's."""
    return rule.type != GROUP and value(rule, "securityGroupId") == identity(group)


def _may_be_of(rule: Resource, group: Resource) -> bool:
    return _is_of(rule, group) or not known(value(rule, "securityGroupId"))
