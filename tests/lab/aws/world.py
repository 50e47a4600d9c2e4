"""What a resource under test stands on: networks, buckets and keys, made through the provider when first asked for."""

import json
from collections.abc import Callable
from functools import cached_property
from typing import Any

from clover.lab.provider.wire import Props
from tests.lab.provider.engine import Engine, Resource

DENY_PLAIN_HTTP = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
UNIT = "ou-exam-clover00"
"""The unit of the organisation whose management account is the tests' account."""


def policy(*statements: Props) -> str:
    """Return a policy document of the statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


class World:
    """One test's part of the account; `number` keeps its names apart."""

    def __init__(self, engine: Engine, aws: Callable[[str], Any], account: str, number: int) -> None:
        self.engine, self.aws, self.account, self.number = engine, aws, account, number

    def name(self, stem: str) -> str:
        """Return a name that no other test uses."""
        return f"{stem}-{self.number}"

    def make(self, token: str, logical: str, **inputs: Any) -> Resource:
        """Create a resource that others stand on."""
        return self.engine.create(f"aws:{token}", self.name(logical), inputs)

    @cached_property
    def vpc(self) -> Resource:
        return self.make("ec2/vpc:Vpc", "net", cidrBlock="10.20.0.0/16", enableDnsHostnames=True)

    @cached_property
    def other_vpc(self) -> Resource:
        return self.make("ec2/vpc:Vpc", "other-net", cidrBlock="10.30.0.0/16")

    @cached_property
    def subnet(self) -> Resource:
        return self._subnet("a", 1)

    @cached_property
    def other_subnet(self) -> Resource:
        return self._subnet("b", 2)

    def _subnet(self, zone: str, number: int) -> Resource:
        return self.make(
            "ec2/subnet:Subnet",
            f"subnet-{zone}",
            vpcId=self.vpc.id,
            cidrBlock=f"10.20.{number}.0/24",
            availabilityZone=f"eu-west-1{zone}",
        )

    @cached_property
    def table(self) -> Resource:
        return self.make("ec2/routeTable:RouteTable", "table", vpcId=self.vpc.id)

    @cached_property
    def other_table(self) -> Resource:
        return self.make("ec2/routeTable:RouteTable", "other-table", vpcId=self.vpc.id)

    @cached_property
    def gateway(self) -> Resource:
        return self.make("ec2/internetGateway:InternetGateway", "gateway", vpcId=self.vpc.id)

    @cached_property
    def address(self) -> Resource:
        return self.make("ec2/eip:Eip", "address", domain="vpc")

    @cached_property
    def nat(self) -> Resource:
        return self.make("ec2/natGateway:NatGateway", "nat", subnetId=self.subnet.id, allocationId=self.address.id)

    @cached_property
    def group(self) -> Resource:
        return self.make("ec2/securityGroup:SecurityGroup", "group", vpcId=self.vpc.id)

    @cached_property
    def other_group(self) -> Resource:
        return self.make("ec2/securityGroup:SecurityGroup", "other-group", vpcId=self.vpc.id)

    @cached_property
    def bucket(self) -> Resource:
        return self.make("s3/bucket:Bucket", "store", bucket=self.name("clover-store"))

    @cached_property
    def locked_bucket(self) -> Resource:
        return self.make("s3/bucket:Bucket", "locked", bucket=self.name("clover-locked"), objectLockEnabled=True)

    @cached_property
    def log_bucket(self) -> Resource:
        bucket = self.make("s3/bucket:Bucket", "logs", bucket=self.name("clover-logs"))
        service = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}}
        allow = policy(
            {**service, "Action": "s3:GetBucketAcl", "Resource": bucket["arn"]},
            {**service, "Action": "s3:PutObject", "Resource": f"{bucket['arn']}/*"},
        )
        self.make("s3/bucketPolicy:BucketPolicy", "logs", bucket=bucket.id, policy=allow)
        return bucket

    @cached_property
    def key(self) -> Resource:
        return self.make("kms/key:Key", "key", description="stores")

    @cached_property
    def other_key(self) -> Resource:
        return self.make("kms/key:Key", "other-key", description="logs")

    @cached_property
    def role(self) -> Resource:
        return self.make("iam/role:Role", "auditor", name=self.name("auditor"), assumeRolePolicy=self.trust())

    def trust(self, account: str = "444455556666") -> str:
        """Return a trust policy for another account."""
        principal = {"AWS": f"arn:aws:iam::{account}:root"}
        return policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})

    @cached_property
    def guard(self) -> Resource:
        content = policy({"Effect": "Deny", "Action": "account:CloseAccount", "Resource": "*"})
        return self.make("organizations/policy:Policy", "guard", name=self.name("attached"), content=content)

    @cached_property
    def rule_group(self) -> Resource:
        return self._rule_group("allowed", 1)

    @cached_property
    def other_rule_group(self) -> Resource:
        return self._rule_group("denied", 2)

    def _rule_group(self, name: str, number: int) -> Resource:
        text = f'drop tcp $HOME_NET any -> any any (msg:"{name}"; flow:to_server; sid:{number}; rev:1;)'
        return self.make(
            "networkfirewall/ruleGroup:RuleGroup",
            name,
            type="STATEFUL",
            capacity=10,
            ruleGroup={
                "rulesSource": {"rulesString": text},
                "ruleVariables": {"ipSets": [{"key": "HOME_NET", "ipSet": {"definitions": ["10.20.0.0/16"]}}]},
                "statefulRuleOptions": {"ruleOrder": "STRICT_ORDER"},
            },
        )

    def policy_of(self, *groups: Resource) -> Props:
        """Return a firewall policy with the groups in order."""
        references = [{"priority": at + 1, "resourceArn": group["arn"]} for at, group in enumerate(groups)]
        return {
            "statelessDefaultActions": ["aws:forward_to_sfe"],
            "statelessFragmentDefaultActions": ["aws:drop"],
            "statefulDefaultActions": ["aws:drop_strict"],
            "statefulEngineOptions": {"ruleOrder": "STRICT_ORDER", "streamExceptionPolicy": "DROP"},
            "statefulRuleGroupReferences": references,
        }

    @cached_property
    def firewall_policy(self) -> Resource:
        return self._firewall_policy("rules")

    @cached_property
    def other_firewall_policy(self) -> Resource:
        return self._firewall_policy("other-rules")

    def _firewall_policy(self, name: str) -> Resource:
        token = "networkfirewall/firewallPolicy:FirewallPolicy"
        return self.make(token, name, firewallPolicy=self.policy_of(self.rule_group))

    @cached_property
    def firewall(self) -> Resource:
        return self.make(
            "networkfirewall/firewall:Firewall",
            "firewall",
            vpcId=self.vpc.id,
            firewallPolicyArn=self.firewall_policy["arn"],
            subnetMappings=[{"subnetId": self.subnet.id}],
        )

    @cached_property
    def domains(self) -> Resource:
        token = "route53/resolverFirewallDomainList:ResolverFirewallDomainList"
        return self.make(token, "domains", domains=["example.com"])

    @cached_property
    def other_domains(self) -> Resource:
        token = "route53/resolverFirewallDomainList:ResolverFirewallDomainList"
        return self.make(token, "other-domains", domains=["*"])

    @cached_property
    def dns_group(self) -> Resource:
        return self.make("route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup", "dns")

    @cached_property
    def query_log(self) -> Resource:
        token = "route53/resolverQueryLogConfig:ResolverQueryLogConfig"
        return self.make(token, "queries", destinationArn=self.bucket["arn"])
