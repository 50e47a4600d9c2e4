"""Changes to Dublin behind Pulumi's back, with the deployer's own credentials, and what an audit is to say of each."""

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tests.e2e.checkout import Checkout

WIDE: dict[str, Any] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
FOREIGN = "arn:aws:iam::999988887777:root"
VERSION = "2012-10-17"


class Change(NamedTuple):
    """What was done, how the drift is to call it, what the id of the thing holds, and a control that turns on it."""

    what: str
    kind: str
    type: str
    about: str
    control: str


class Site:
    """Dublin, as its deployer sees it."""

    def __init__(self, checkout: Checkout) -> None:
        self.checkout, self.outputs = checkout, checkout.outputs()
        self.client: Callable[[str], Any] = checkout.client
        tag = {"Name": "tag:clover:site", "Values": ["dublin"]}
        (network,) = self.client("ec2").describe_vpcs(Filters=[tag])["Vpcs"]
        self.network: str = network["VpcId"]
        self.region: str = self.outputs["site"]["region"]
        self.account: str = self.outputs["site"]["account"]

    def store(self, name: str) -> str:
        return self.outputs["stores"][name]["physical_name"]

    def away(self, service: str) -> Any:
        """A client of another region."""
        import boto3

        told = self.checkout.lab_environment()
        names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
        keys: Any = {name.lower(): told[name] for name in names}
        factory: Any = getattr(boto3, "client")  # noqa: B009 (boto3 has no types)
        return factory(service, endpoint_url=told["AWS_ENDPOINT_URL"], region_name="us-west-2", **keys)


def changes(checkout: Checkout) -> list[Change]:
    """Make them all, and say what they are."""
    site = Site(checkout)
    parts = (_stores, _keys, _records, _network, _names, _people)
    return [change for part in parts for change in part(site)]


def _stores(site: Site) -> Iterator[Change]:
    s3, away = site.client("s3"), site.away("s3")
    s3.delete_bucket_policy(Bucket=site.store("profiles"))
    yield Change("a bucket's policy is gone", "missing", "BucketPolicy", site.store("profiles"), "RES-P1")
    plain = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    s3.put_bucket_encryption(Bucket=site.store("media"), ServerSideEncryptionConfiguration=plain)
    kind = "BucketServerSideEncryptionConfiguration"
    yield Change("a bucket is encrypted with AWS's key", "changed", kind, site.store("media"), "KEY-1")
    place = {"LocationConstraint": "us-west-2"}
    away.create_bucket(Bucket="stray-of-another-region", CreateBucketConfiguration=place)
    away.put_bucket_versioning(Bucket="stray-of-another-region", VersioningConfiguration={"Status": "Enabled"})
    yield Change("a bucket lies in another region", "extra", ":Bucket", "stray-of-another-region", "RES-1")
    target = {"Bucket": "arn:aws:s3:::stray-of-another-region", "Account": "999988887777"}
    rule = {"ID": "out", "Status": "Enabled", "Priority": 1, "Filter": {}, "Destination": target}
    rule["DeleteMarkerReplication"] = {"Status": "Disabled"}
    copies = {"Role": f"arn:aws:iam::{site.account}:role/copies", "Rules": [rule]}
    s3.put_bucket_replication(Bucket=site.store("usage"), ReplicationConfiguration=copies)
    yield Change("objects are copied to a foreign bucket", "changed", "BucketReplication", site.store("usage"), "RES-2")
    s3.delete_public_access_block(Bucket=site.store("research"))
    yield Change("a bucket may be made public", "missing", "BucketPublicAccessBlock", site.store("research"), "RES-3")
    s3.put_bucket_versioning(Bucket=site.store("media"), VersioningConfiguration={"Status": "Suspended"})
    yield Change("versions are kept no longer", "changed", "BucketVersioning", site.store("media"), "EVD-2")


def _keys(site: Site) -> Iterator[Change]:
    kms, keys = site.client("kms"), site.outputs["keys"]
    used = keys["user-data"]["key"].rpartition("/")[2]
    policy = json.loads(kms.get_key_policy(KeyId=used, PolicyName="default")["Policy"])
    kept = [row for row in policy["Statement"] if row["Sid"] != "NoOutsideCaller"]
    foreign = {"Sid": "Foreign", "Effect": "Allow", "Principal": {"AWS": FOREIGN}, "Action": "kms:*", "Resource": "*"}
    document = json.dumps({**policy, "Statement": [*kept, foreign]})
    kms.put_key_policy(KeyId=used, PolicyName="default", Policy=document)
    yield Change("a foreign account may use a key", "changed", ":Key", used, "KEY-3")
    kms.disable_key_rotation(KeyId=used)
    yield Change("a key is rotated no longer", "changed", ":Key", used, "KEY-2")
    grant = kms.create_grant(KeyId=used, GranteePrincipal=FOREIGN, Operations=["Decrypt"])
    yield Change("a grant lends a key", "extra", ":Grant", grant["GrantId"], "KEY-3")


def _records(site: Site) -> Iterator[Change]:
    trail, ec2 = site.outputs["trail"], site.client("ec2")
    site.client("cloudtrail").stop_logging(Name=trail)
    yield Change("the trail stands still", "changed", ":Trail", trail, "EVD-1")
    (flows,) = ec2.describe_flow_logs()["FlowLogs"]
    ec2.delete_flow_logs(FlowLogIds=[flows["FlowLogId"]])
    yield Change("nothing records the flows", "missing", ":FlowLog", flows["FlowLogId"], "EVD-1")
    resolver = site.client("route53resolver")
    listed = resolver.list_resolver_query_log_config_associations()["ResolverQueryLogConfigAssociations"]
    (joined,) = [row for row in listed if row["ResourceId"] == site.network]
    names = {"ResourceId": site.network, "ResolverQueryLogConfigId": joined["ResolverQueryLogConfigId"]}
    resolver.disassociate_resolver_query_log_config(**names)
    kind = "ResolverQueryLogConfigAssociation"
    yield Change("nothing records the queries", "missing", kind, joined["Id"], "EVD-1")
    events, rule = site.client("events"), "clover-elsewhere"
    events.put_rule(Name=rule, EventPattern=json.dumps({"source": ["aws.s3"]}))
    away = f"arn:aws:events:{site.region}:999988887777:event-bus/default"
    events.put_targets(Rule=rule, Targets=[{"Id": "away", "Arn": away}])
    yield Change("events are sent to another account", "extra", "EventTarget", rule, "RES-2")


def _network(site: Site) -> Iterator[Change]:
    ec2 = site.client("ec2")
    (gateway,) = ec2.describe_internet_gateways()["InternetGateways"]
    doors = ec2.describe_vpc_endpoints()["VpcEndpoints"]
    (door,) = [row for row in doors if row["VpcEndpointType"] == "Gateway"]
    table = door["RouteTableIds"][0]
    way = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway["InternetGatewayId"]}
    ec2.replace_route(RouteTableId=table, **way)
    yield Change("a subnet's way out passes no firewall", "changed", ":Route", table, "NET-1")
    other = ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    asked = ec2.create_vpc_peering_connection(VpcId=site.network, PeerVpcId=other)["VpcPeeringConnection"]
    joined = asked["VpcPeeringConnectionId"]
    yield Change("a peering leads to another network", "extra", "PeeringConnection", joined, "NET-6")
    wide = {"Version": VERSION, "Statement": [{**WIDE, "Principal": "*"}]}
    ec2.modify_vpc_endpoint(VpcEndpointId=door["VpcEndpointId"], PolicyDocument=json.dumps(wide))
    yield Change("an endpoint lets everything through", "changed", ":VpcEndpoint", door["VpcEndpointId"], "NET-4")
    groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [site.network]}])["SecurityGroups"]
    group = next(row for row in groups if row["GroupName"] != "default")["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    yield Change("a security group lets the internet in", "changed", ":SecurityGroup", group, "NET-6")


def _names(site: Site) -> Iterator[Change]:
    resolver, firewall = site.client("route53resolver"), site.client("network-firewall")
    (config,) = [
        row for row in resolver.list_firewall_configs()["FirewallConfigs"] if row["ResourceId"] == site.network
    ]
    resolver.update_firewall_config(ResourceId=site.network, FirewallFailOpen="ENABLED")
    yield Change("the DNS firewall answers when it fails", "changed", "FirewallConfig", config["Id"], "NET-5")
    for row in firewall.list_rule_groups()["RuleGroups"]:
        told = firewall.describe_rule_group(RuleGroupArn=row["Arn"])
        text = json.dumps(told["RuleGroup"])
        if "push.notifications.example.com" in text:
            wider = json.loads(text.replace("push.notifications.example.com", "elsewhere.example.net"))
            firewall.update_rule_group(RuleGroupArn=row["Arn"], RuleGroup=wider, UpdateToken=told["UpdateToken"])
            yield Change("the firewall lets another host out", "changed", ":RuleGroup", row["Arn"], "NET-3")


def _people(site: Site) -> Iterator[Change]:
    iam = site.client("iam")
    iam.create_user(UserName="somebody")
    document = json.dumps({"Version": VERSION, "Statement": [WIDE]})
    iam.put_user_policy(UserName="somebody", PolicyName="everything", PolicyDocument=document)
    yield Change("a user with a policy for everything", "extra", ":User", "somebody", "RES-P2")
    role = site.outputs["auditor"]["person_access"].rpartition("/")[2]
    (denials,) = [name for name in iam.list_role_policies(RoleName=role)["PolicyNames"] if "denials" in name]
    iam.delete_role_policy(RoleName=role, PolicyName=denials)
    yield Change("nothing is denied to the auditor", "missing", ":RolePolicy", role, "AUD-2")
    trust = {"Effect": "Allow", "Principal": {"AWS": FOREIGN}, "Action": "sts:AssumeRole"}
    trusting = json.dumps({"Version": VERSION, "Statement": [trust]})
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=trusting)
    yield Change("somebody else becomes the auditor", "changed", ":Role", role, "AUD-3")
