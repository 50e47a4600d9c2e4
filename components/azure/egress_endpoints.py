"""The private zones that answer for Azure services inside the network."""

from collections.abc import Sequence

import pulumi
from pulumi_azure_native import privatedns

from clover.zones.vocabulary import AzureService
from components.azure import site as names
from components.azure.egress_network import Frame, Network
from components.ordering import once_created
from components.tags import tags


def declare(frame: Frame, site_network: Network, services: Sequence[AzureService]) -> dict[str, pulumi.Output[str]]:
    """Declare a zone for each service; returned are the zones' ids by service, delivered when they are linked."""
    return {service.value: _zone(frame, site_network, service) for service in services}


def _zone(frame: Frame, site_network: Network, service: AzureService) -> pulumi.Output[str]:
    """A zone that the network asks first, and that no machine registers itself in."""
    zone_name = names.service(frame.site, service)["zone"]
    zone = privatedns.PrivateZone(
        f"{frame.name}-zone-{service.value}",
        private_zone_name=zone_name,
        resource_group_name=names.group(frame.site),
        location="global",
        tags=tags(frame.site),
        opts=frame.child(),
    )
    linked = privatedns.VirtualNetworkLink(
        f"{frame.name}-zone-{service.value}-link",
        private_zone_name=zone_name,
        virtual_network_link_name=names.network_name(frame.site),
        resource_group_name=names.group(frame.site),
        location="global",
        registration_enabled=False,
        resolution_policy="Default",
        virtual_network={"id": once_created(names.network_id(frame.site), [site_network.whole])},
        tags=tags(frame.site),
        opts=frame.child([zone]),
    )
    return once_created(names.private_zone_id(frame.site, service), [zone, linked])
