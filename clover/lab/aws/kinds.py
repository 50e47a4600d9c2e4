"""Every resource type that is served, with the module that serves it."""

from collections.abc import Mapping

from clover.lab.aws import (
    cloudtrail,
    ec2_network,
    ec2_routes,
    ec2_security_groups,
    ec2_watching,
    iam,
    iam_providers,
    kms,
    network_firewall,
    network_firewall_firewalls,
    organizations,
    resolver,
    resolver_networks,
    s3_bucket,
    s3_settings,
)
from clover.lab.aws.kind import Kind

KINDS: Mapping[str, Kind] = {
    **cloudtrail.KINDS,
    **ec2_network.KINDS,
    **ec2_routes.KINDS,
    **ec2_security_groups.KINDS,
    **ec2_watching.KINDS,
    **iam.KINDS,
    **iam_providers.KINDS,
    **kms.KINDS,
    **network_firewall.KINDS,
    **network_firewall_firewalls.KINDS,
    **organizations.KINDS,
    **resolver.KINDS,
    **resolver_networks.KINDS,
    **s3_bucket.KINDS,
    **s3_settings.KINDS,
}
