"""What an AWS account holds of a site, listed by AWS's own calls and told in the provider's types and ids."""

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

Held = dict[str, set[str]]
Clients = Callable[[str], Any]

#: What EC2 lists by tag: the call, the key of its answer, the id, and the provider's type.
TAGGED = (
    ("describe_vpcs", "Vpcs", "VpcId", "aws:ec2/vpc:Vpc"),
    ("describe_subnets", "Subnets", "SubnetId", "aws:ec2/subnet:Subnet"),
    ("describe_internet_gateways", "InternetGateways", "InternetGatewayId", "aws:ec2/internetGateway:InternetGateway"),
    ("describe_addresses", "Addresses", "AllocationId", "aws:ec2/eip:Eip"),
    ("describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId", "aws:ec2/vpcEndpoint:VpcEndpoint"),
)
BUCKET_SETTINGS = {
    "get_bucket_ownership_controls": "bucketOwnershipControls:BucketOwnershipControls",
    "get_bucket_policy": "bucketPolicy:BucketPolicy",
    "get_public_access_block": "bucketPublicAccessBlock:BucketPublicAccessBlock",
    "get_object_lock_configuration": "bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    "get_bucket_replication": "bucketReplicationConfig:BucketReplicationConfig",
}
#: S3 answers these for every bucket; what tells a bucket that was told so is whether versioning is on.
RESOLVER = (
    ("list_firewall_rule_groups", "FirewallRuleGroups", "resolverFirewallRuleGroup:ResolverFirewallRuleGroup"),
    ("list_resolver_query_log_configs", "ResolverQueryLogConfigs", "resolverQueryLogConfig:ResolverQueryLogConfig"),
    (
        "list_firewall_rule_group_associations",
        "FirewallRuleGroupAssociations",
        "resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation",
    ),
    (
        "list_resolver_query_log_config_associations",
        "ResolverQueryLogConfigAssociations",
        "resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation",
    ),
)
FIREWALL = (
    ("list_rule_groups", "RuleGroups", "Arn", "ruleGroup:RuleGroup"),
    ("list_firewall_policies", "FirewallPolicies", "Arn", "firewallPolicy:FirewallPolicy"),
    ("list_firewalls", "Firewalls", "FirewallArn", "firewall:Firewall"),
)


def held(clients: Clients, site: str) -> Held:
    """Ids of everything that the account holds of the site, by type."""
    found: Held = defaultdict(set)
    for part in (_network, _routes, _keys, _buckets, _roles, _firewall, _resolver, _events):
        for kind, resource_id in part(clients, site):
            found[kind].add(resource_id)
    trails = clients("cloudtrail").describe_trails()["trailList"]
    found["aws:cloudtrail/trail:Trail"] = {trail["TrailARN"] for trail in trails}
    return dict(found)


def _network(clients: Clients, site: str) -> Iterator[tuple[str, str]]:
    ec2, own = clients("ec2"), [{"Name": "tag:clover:site", "Values": [site]}]
    for call, key, id_key, kind in TAGGED:
        for each in getattr(ec2, call)(Filters=own)[key]:
            yield kind, each[id_key]
    for gateway in ec2.describe_nat_gateways(Filters=own)["NatGateways"]:
        if gateway["State"] not in ("deleting", "deleted"):
            yield "aws:ec2/natGateway:NatGateway", gateway["NatGatewayId"]
    for log in ec2.describe_flow_logs()["FlowLogs"]:
        yield "aws:ec2/flowLog:FlowLog", log["FlowLogId"]
    for group in ec2.describe_security_groups(Filters=own)["SecurityGroups"]:
        plain = "aws:ec2/securityGroup:SecurityGroup"
        yield (
            plain if group["GroupName"] != "default" else "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
            group["GroupId"],
        )


def _routes(clients: Clients, site: str) -> Iterator[tuple[str, str]]:
    """Tables of the site with their routes and associations; the provider makes up a route's id."""
    own = [{"Name": "tag:clover:site", "Values": [site]}]
    for table in clients("ec2").describe_route_tables(Filters=own)["RouteTables"]:
        table_id: str = table["RouteTableId"]
        is_main = any(each["Main"] for each in table["Associations"])
        yield "aws:ec2/defaultRouteTable:DefaultRouteTable" if is_main else "aws:ec2/routeTable:RouteTable", table_id
        for each in table["Associations"]:
            if not each["Main"]:
                yield "aws:ec2/routeTableAssociation:RouteTableAssociation", each["RouteTableAssociationId"]
        for route in table["Routes"]:
            if route.get("GatewayId", "") != "local" and "DestinationCidrBlock" in route:
                crc = zlib.crc32(route["DestinationCidrBlock"].encode())
                yield "aws:ec2/route:Route", f"r-{table_id}{crc}"


def _keys(clients: Clients, _site: str) -> Iterator[tuple[str, str]]:
    kms = clients("kms")
    for key in kms.list_keys()["Keys"]:
        if kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] != "PendingDeletion":
            yield "aws:kms/key:Key", key["KeyId"]
    for alias in kms.list_aliases()["Aliases"]:
        if not alias["AliasName"].startswith("alias/aws/"):
            yield "aws:kms/alias:Alias", alias["AliasName"]


def _buckets(clients: Clients, _site: str) -> Iterator[tuple[str, str]]:
    s3 = clients("s3")
    for each in s3.list_buckets()["Buckets"]:
        bucket: str = each["Name"]
        yield "aws:s3/bucket:Bucket", bucket
        for call, kind in BUCKET_SETTINGS.items():
            if _answers(getattr(s3, call), bucket):
                yield f"aws:s3/{kind}", bucket
        if "Status" in s3.get_bucket_versioning(Bucket=bucket):
            yield "aws:s3/bucketVersioning:BucketVersioning", bucket
        rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        if rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms":
            kind = "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
            yield f"aws:s3/{kind}", bucket


def _answers(call: Callable[..., Any], bucket: str) -> bool:
    try:
        call(Bucket=bucket)
    except ClientError:
        return False
    return True


def _roles(clients: Clients, site: str) -> Iterator[tuple[str, str]]:
    iam = clients("iam")
    for role in iam.list_roles()["Roles"]:
        name: str = role["RoleName"]
        if name.startswith(f"clover-{site}-"):
            yield "aws:iam/role:Role", name
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
                yield "aws:iam/rolePolicy:RolePolicy", f"{name}:{policy}"


def _events(clients: Clients, site: str) -> Iterator[tuple[str, str]]:
    """What the site sends on, with where to; the provider joins a target's id of the names of bus, rule and target."""
    events = clients("events")
    for rule in events.list_rules(NamePrefix=f"clover-{site}-")["Rules"]:
        yield "aws:cloudwatch/eventRule:EventRule", rule["Name"]
        for target in events.list_targets_by_rule(Rule=rule["Name"])["Targets"]:
            yield "aws:cloudwatch/eventTarget:EventTarget", f"default/{rule['Name']}/{target['Id']}"


def _firewall(clients: Clients, _site: str) -> Iterator[tuple[str, str]]:
    firewall = clients("network-firewall")
    for call, key, id_key, kind in FIREWALL:
        for each in getattr(firewall, call)()[key]:
            yield f"aws:networkfirewall/{kind}", each[id_key]
    for each in firewall.list_firewalls()["Firewalls"]:
        logging = firewall.describe_logging_configuration(FirewallArn=each["FirewallArn"])
        if logging.get("LoggingConfiguration", {}).get("LogDestinationConfigs"):
            yield "aws:networkfirewall/loggingConfiguration:LoggingConfiguration", each["FirewallArn"]


def _resolver(clients: Clients, _site: str) -> Iterator[tuple[str, str]]:
    resolver = clients("route53resolver")
    for call, key, kind in RESOLVER:
        for each in getattr(resolver, call)()[key]:
            yield f"aws:route53/{kind}", each["Id"]
    for each in resolver.list_firewall_domain_lists()["FirewallDomainLists"]:
        if "ManagedOwnerName" not in each:
            yield "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList", each["Id"]
    for each in resolver.list_firewall_configs()["FirewallConfigs"]:
        yield "aws:route53/resolverFirewallConfig:ResolverFirewallConfig", each["Id"]
    for group in resolver.list_firewall_rule_groups()["FirewallRuleGroups"]:
        for rule in resolver.list_firewall_rules(FirewallRuleGroupId=group["Id"])["FirewallRules"]:
            both = f"{group['Id']}:{rule['FirewallDomainListId']}"
            yield "aws:route53/resolverFirewallRule:ResolverFirewallRule", both
