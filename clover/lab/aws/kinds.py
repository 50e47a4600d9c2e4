"""Every resource type that is served, with the module that serves it."""

from collections.abc import Mapping

from clover.lab.aws import (
    alarms,
    cloudtrail,
    ec2_network,
    ec2_routes,
    ec2_security_groups,
    ec2_watching,
    events,
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
    sns,
)
from clover.lab.aws.kind import Kind

KINDS: Mapping[str, Kind] = {
    **alarms.KINDS,
    **cloudtrail.KINDS,
    **ec2_network.KINDS,
    **ec2_routes.KINDS,
    **ec2_security_groups.KINDS,
    **ec2_watching.KINDS,
    **events.KINDS,
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
    **sns.KINDS,
}
