"""Strays: what an account holds of a site and no state knows, found by the site's tag or name, and deleted.

A creation whose answer nobody heard leaves one thing, which nothing refers to yet: no one could know its id. What the
site's components name is found by the name (`clover-<site>…`), the rest by its tag `clover:site`; attachments have
neither, and are found at the tables and logs of the site.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from clover.lab.aws.cloud import Call, Cloud
from clover.lab.aws.ec2_routes import id_of_route
from clover.lab.aws.kinds import KINDS
from clover.lab.aws.model import read_data
from clover.lab.aws.settings import read_settings
from clover.lab.provider.deadline import Deadline
from clover.lab.provider.failure import Refusal
from clover.lab.provider.wire import Props

TAG = "clover:site"
RESOLVER = "route53resolver"
#: How long the deletion of one stray may take.
SECONDS = 60.0
#: What the provider has to be told of a thing, beside its id, to delete it even where it is protected or not empty.
FORCED = {"forceDetachPolicies": True}


@dataclass(frozen=True)
class Stray:
    """One thing: the provider's type, the id, and what its deletion has to know beside the id."""

    type: str
    id: str
    state: Props = field(default_factory=dict[str, Any])


def remove(site: str, resources: Iterable[Props], environment: Mapping[str, str]) -> Iterator[tuple[Stray, str]]:
    """Delete every stray of the site; yield each with the reason why it is still there, empty when it is gone.

    `resources`: those of the state. `environment`: the lab's, with the deployer's credentials.
    """
    settings = read_settings({}, environment)
    cloud = Cloud(settings)
    call = Call(cloud, settings.region, Deadline.within(SECONDS))
    known = _known(resources)
    for stray in [each for each in _held(call, site) if each.id not in known]:
        try:
            KINDS[stray.type].delete(Call(cloud, settings.region, Deadline.within(SECONDS)), stray.id, stray.state)
        except Refusal as refused:
            yield stray, str(refused)
        else:
            yield stray, ""


def _known(resources: Iterable[Props]) -> set[str]:
    """Ids in the state, and those of what AWS makes with a network and the state has under the network."""
    found: set[str] = set()
    for resource in resources:
        outputs: Props = resource.get("outputs") or {}
        found.add(str(resource.get("id")))
        found |= {
            str(outputs.get(name)) for name in ("mainRouteTableId", "defaultRouteTableId", "defaultSecurityGroupId")
        }
    return found


def _held(call: Call, site: str) -> Iterator[Stray]:
    """What can go first comes first: attachments, then what stands on others."""
    data = read_data("strays.json")
    tagged = list(_tagged(call, site, data["tagged"]))
    yield from _attached(call, site, {each.id for each in tagged})
    yield from tagged
    yield from _of_ec2(call, site, data["ec2"])
    yield from _keys(call, site)
    for service, operation, items, name, resource_id, prefix, kind in data["named"]:
        for each in call.do(service, operation)[items]:
            if f"{each[name]}-".startswith(f"{prefix}{site}-"):
                yield Stray(kind, each[resource_id], FORCED)


def _attached(call: Call, site: str, own: set[str]) -> Iterator[Stray]:
    """What joins the site's things: associations and routes of its tables, rules of its groups, watched networks."""
    of_site = [{"Name": f"tag:{TAG}", "Values": [site]}]
    for table in call.do("ec2", "describe_route_tables", Filters=of_site)["RouteTables"]:
        yield from _of_table(table)
    for group in sorted(each for each in own if each.startswith("rslvr-frg-")):
        for rule in call.pages(RESOLVER, "list_firewall_rules", "FirewallRules", FirewallRuleGroupId=group):
            domains = rule["FirewallDomainListId"]
            state = {"firewallRuleGroupId": group, "firewallDomainListId": domains}
            yield Stray("aws:route53/resolverFirewallRule:ResolverFirewallRule", f"{group}:{domains}", state)
    logs = "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation"
    listing = "list_resolver_query_log_config_associations"
    for each in call.pages(RESOLVER, listing, "ResolverQueryLogConfigAssociations"):
        log = each["ResolverQueryLogConfigId"]
        if log in own:
            yield Stray(logs, each["Id"], {"resolverQueryLogConfigId": log, "resourceId": each["ResourceId"]})


def _of_table(table: Props) -> Iterator[Stray]:
    """Associations and routes of one table, without what AWS put there: the local route, the endpoints' routes."""
    table_id = table["RouteTableId"]
    for each in table["Associations"]:
        if not each.get("Main"):
            yield Stray("aws:ec2/routeTableAssociation:RouteTableAssociation", each["RouteTableAssociationId"])
    for route in table["Routes"]:
        destination = route.get("DestinationCidrBlock")
        if destination and route.get("GatewayId") != "local":
            state = {"routeTableId": table_id, "destinationCidrBlock": destination}
            yield Stray("aws:ec2/route:Route", id_of_route(table_id, destination), state)


def _tagged(call: Call, site: str, listings: Iterable[list[str]]) -> Iterator[Stray]:
    for service, operation, items, resource_id, arn, kind in listings:
        for each in call.pages(service, operation, items):
            tags = call.do(service, "list_tags_for_resource", ResourceArn=each[arn])["Tags"]
            if {"Key": TAG, "Value": site} in tags:
                yield Stray(kind, each[resource_id])


def _of_ec2(call: Call, site: str, kinds: Mapping[str, str]) -> Iterator[Stray]:
    """Things by the prefix of their ids, those that stand in a network before it."""
    own = [{"Name": "key", "Values": [TAG]}, {"Name": "value", "Values": [site]}]
    ids = [each["ResourceId"] for each in call.pages("ec2", "describe_tags", "Tags", Filters=own)]
    for resource_id in sorted(ids, key=lambda each: each.startswith("vpc-")):
        kind = kinds.get(resource_id.partition("-")[0])
        if kind:
            yield Stray(kind, resource_id)


def _keys(call: Call, site: str) -> Iterator[Stray]:
    for each in call.do("kms", "list_keys")["Keys"]:
        key = each["KeyId"]
        tags = call.do("kms", "list_resource_tags", KeyId=key)["Tags"]
        scheduled = call.do("kms", "describe_key", KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"
        if not scheduled and {"TagKey": TAG, "TagValue": site} in tags:
            yield Stray("aws:kms/key:Key", key)
