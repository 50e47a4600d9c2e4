"""Private zones and resolver policies."""

from typing import Any

import pytest

from tests.lab.arm import site
from tests.lab.arm.asking import GROUP, LOCATION, Azure, refused

ZONE = "privatelink.blob.core.windows.net"
PLACE = {"location": LOCATION}


@pytest.fixture
def made(azure: Azure) -> Azure:
    return azure.make_group()


def link(network_id: str) -> dict[str, Any]:
    return {"location": "global", "properties": {"virtualNetwork": {"id": network_id}, "registrationEnabled": False}}


def test_zones_are_global(made: Azure) -> None:
    create = made.zones.private_zones.begin_create_or_update
    assert refused(create, GROUP, ZONE, {"location": LOCATION}) == (400, "LocationNotAvailableForResourceType")
    assert refused(create, GROUP, "one-label", {"location": "global"}) == (400, "InvalidResourceName")


def test_a_linked_zone_stays_and_a_network_has_one_zone_of_a_name(made: Azure) -> None:
    net = site.network(made)
    zones = made.zones
    made.resources.resource_groups.create_or_update("second", PLACE)
    for group in (GROUP, "second"):
        zones.private_zones.begin_create_or_update(group, ZONE, {"location": "global"}).result()
    create = zones.virtual_network_links.begin_create_or_update
    create(GROUP, ZONE, "net", link(net.id)).result()
    assert refused(create, "second", ZONE, "net", link(net.id)) == (409, "Conflict")
    assert refused(zones.private_zones.begin_delete, GROUP, ZONE) == (409, "CannotDeleteResource")
    zones.virtual_network_links.begin_delete(GROUP, ZONE, "net").result()
    zones.private_zones.begin_delete(GROUP, ZONE).result()
    create("second", ZONE, "net", link(net.id)).result()


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"priority": 99}, (400, "InvalidPriority")),
        ({"priority": 65001}, (400, "InvalidPriority")),
        ({"priority": 100}, (409, "PriorityConflict")),
        ({"dnsResolverDomainLists": []}, (400, "InvalidRequestContent")),
        ({"dnsResolverDomainLists": [{"id": "/x"}]}, (400, "LinkedInvalidPropertyId")),
    ],
)
def test_security_rules_that_do_not_hold(made: Azure, change: dict[str, Any], answer: tuple[int, str]) -> None:
    resolver = made.resolver
    resolver.dns_resolver_policies.begin_create_or_update(GROUP, "dns", PLACE).result()
    domains = resolver.dns_resolver_domain_lists.begin_create_or_update(
        GROUP, "all", {**PLACE, "properties": {"domains": ["."]}}
    ).result()
    rule = {"priority": 100, "action": {"actionType": "Block"}, "dnsResolverDomainLists": [{"id": domains.id}]}
    create = resolver.dns_security_rules.begin_create_or_update
    create(GROUP, "dns", "first", {**PLACE, "properties": rule}).result()
    assert (
        refused(create, GROUP, "dns", "second", {**PLACE, "properties": {**rule, "priority": 200, **change}}) == answer
    )
    delete = resolver.dns_resolver_domain_lists.begin_delete
    assert refused(delete, GROUP, "all") == (400, "CannotDeleteResource")
    assert refused(resolver.dns_resolver_policies.begin_delete, GROUP, "dns") == (409, "CannotDeleteResource")


def test_domains_end_with_a_dot(made: Azure) -> None:
    create = made.resolver.dns_resolver_domain_lists.begin_create_or_update
    body = {**PLACE, "properties": {"domains": ["example.org"]}}
    assert refused(create, GROUP, "all", body) == (400, "InvalidDomainName")


def test_a_network_has_one_policy_of_its_region(made: Azure) -> None:
    net = site.network(made)
    resolver = made.resolver
    for name, region in (("one", LOCATION), ("two", LOCATION), ("far", "northeurope")):
        resolver.dns_resolver_policies.begin_create_or_update(GROUP, name, {"location": region}).result()
    create = resolver.dns_resolver_policy_virtual_network_links.begin_create_or_update
    body = {"properties": {"virtualNetwork": {"id": net.id}}}
    far = refused(create, GROUP, "far", "net", {"location": "northeurope", **body})
    assert far == (400, "InvalidResourceReference")
    create(GROUP, "one", "net", {**PLACE, **body}).result()
    assert refused(create, GROUP, "two", "net", {**PLACE, **body}) == (409, "Conflict")
