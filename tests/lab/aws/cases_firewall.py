"""Network Firewall."""

from typing import Any

from clover.lab.provider.wire import Props
from tests.lab.aws.case import Case
from tests.lab.aws.world import World
from tests.lab.provider.engine import Resource


def firewall(world: World) -> Any:
    return world.aws("network-firewall")


def allow_list(*targets: str) -> Props:
    return {
        "rulesSource": {
            "rulesSourceList": {
                "generatedRulesType": "ALLOWLIST",
                "targetTypes": ["TLS_SNI"],
                "targets": list(targets),
            }
        },
        "ruleVariables": {
            "ipSets": [
                {"key": "SITE", "ipSet": {"definitions": ["10.20.1.0/24"]}},
                {"key": "HOME_NET", "ipSet": {"definitions": ["10.20.0.0/16"]}},
            ]
        },
        "statefulRuleOptions": {"ruleOrder": "STRICT_ORDER"},
    }


def see_rule_group(world: World, group: Resource) -> Props:
    found = firewall(world).describe_rule_group(RuleGroupArn=group.id)
    source = found["RuleGroup"]["RulesSource"]["RulesSourceList"]
    variables = found["RuleGroup"]["RuleVariables"]["IPSets"]
    order = found["RuleGroup"]["StatefulRuleOptions"]["RuleOrder"]
    return {
        "capacity": found["RuleGroupResponse"]["Capacity"],
        "description": found["RuleGroupResponse"]["Description"],
        "ruleGroup": {
            "rulesSource": {
                "rulesSourceList": {
                    "generatedRulesType": source["GeneratedRulesType"],
                    "targetTypes": source["TargetTypes"],
                    "targets": source["Targets"],
                }
            },
            "ruleVariables": {
                "ipSets": [
                    {"key": key, "ipSet": {"definitions": value["Definition"]}} for key, value in variables.items()
                ]
            },
            "statefulRuleOptions": {"ruleOrder": order},
        },
    }


def change_rule_group(world: World, group: Resource) -> None:
    found = firewall(world).describe_rule_group(RuleGroupArn=group.id)
    source = found["RuleGroup"]["RulesSource"]["RulesSourceList"]
    source["Targets"] = [*source["Targets"], ".evil.example"]
    firewall(world).update_rule_group(
        UpdateToken=found["UpdateToken"], RuleGroupArn=group.id, RuleGroup=found["RuleGroup"], Description="domains"
    )


def see_policy(world: World, policy: Resource) -> Props:
    found = firewall(world).describe_firewall_policy(FirewallPolicyArn=policy.id)["FirewallPolicy"]
    engine = found["StatefulEngineOptions"]
    return {
        "firewallPolicy": {
            "statelessDefaultActions": found["StatelessDefaultActions"],
            "statelessFragmentDefaultActions": found["StatelessFragmentDefaultActions"],
            "statefulDefaultActions": found["StatefulDefaultActions"],
            "statefulEngineOptions": {
                "ruleOrder": engine["RuleOrder"],
                "streamExceptionPolicy": engine["StreamExceptionPolicy"],
            },
            "statefulRuleGroupReferences": [
                {"priority": entry["Priority"], "resourceArn": entry["ResourceArn"]}
                for entry in found["StatefulRuleGroupReferences"]
            ],
        }
    }


def change_policy(world: World, policy: Resource) -> None:
    found = firewall(world).describe_firewall_policy(FirewallPolicyArn=policy.id)
    changed = {**found["FirewallPolicy"], "StatefulDefaultActions": ["aws:drop_established"]}
    firewall(world).update_firewall_policy(
        UpdateToken=found["UpdateToken"], FirewallPolicyArn=policy.id, FirewallPolicy=changed
    )


def see_firewall(world: World, it: Resource) -> Props:
    found = firewall(world).describe_firewall(FirewallArn=it.id)
    assert found["FirewallStatus"]["Status"] == "READY"
    about = found["Firewall"]
    return {
        "firewallPolicyArn": about["FirewallPolicyArn"],
        "subnetMappings": [{"subnetId": entry["SubnetId"]} for entry in about["SubnetMappings"]],
        "deleteProtection": about["DeleteProtection"],
        "description": about["Description"],
    }


def see_logging(world: World, it: Resource) -> Props:
    found = firewall(world).describe_logging_configuration(FirewallArn=it.id)["LoggingConfiguration"]
    return {
        "loggingConfiguration": {
            "logDestinationConfigs": [
                {
                    "logType": entry["LogType"],
                    "logDestinationType": entry["LogDestinationType"],
                    "logDestination": entry["LogDestination"],
                }
                for entry in found["LogDestinationConfigs"]
            ]
        }
    }


def logs(world: World, *kinds: str, prefix: str = "firewall") -> Props:
    destination = {"bucketName": world.bucket.id, "prefix": prefix}
    return {
        "loggingConfiguration": {
            "logDestinationConfigs": [
                {"logType": kind, "logDestinationType": "S3", "logDestination": destination} for kind in kinds
            ]
        }
    }


def stop_logging(world: World, it: Resource) -> None:
    found = firewall(world).describe_logging_configuration(FirewallArn=it.id)["LoggingConfiguration"]
    kept = [entry for entry in found["LogDestinationConfigs"] if entry["LogType"] != "ALERT"]
    firewall(world).update_logging_configuration(
        FirewallArn=it.id, LoggingConfiguration={"LogDestinationConfigs": kept}
    )


CASES = [
    Case(
        token="aws:networkfirewall/ruleGroup:RuleGroup",
        inputs=lambda world: {
            "name": world.name("allowed"),
            "type": "STATEFUL",
            "capacity": 100,
            "description": "domains",
            "ruleGroup": allow_list("example.com", ".example.org"),
        },
        changed=lambda world: {"description": "one domain", "ruleGroup": allow_list("example.com")},
        replaced=lambda world: {"capacity": 200},
        seen=see_rule_group,
        drift=change_rule_group,
        drifts=frozenset({"ruleGroup"}),
    ),
    Case(
        token="aws:networkfirewall/firewallPolicy:FirewallPolicy",
        inputs=lambda world: {"name": world.name("strict"), "firewallPolicy": world.policy_of(world.rule_group)},
        changed=lambda world: {"firewallPolicy": world.policy_of(world.other_rule_group, world.rule_group)},
        replaced=lambda world: {"name": "other"},
        seen=see_policy,
        drift=change_policy,
        drifts=frozenset({"firewallPolicy"}),
    ),
    Case(
        token="aws:networkfirewall/firewall:Firewall",
        inputs=lambda world: {
            "name": world.name("egress"),
            "vpcId": world.vpc.id,
            "firewallPolicyArn": world.firewall_policy["arn"],
            "subnetMappings": [{"subnetId": world.subnet.id}],
            "description": "the one way out",
        },
        changed=lambda world: {
            "description": "the only way out",
            "firewallPolicyArn": world.other_firewall_policy["arn"],
            "subnetMappings": [{"subnetId": world.other_subnet.id}],
        },
        replaced=lambda world: {"vpcId": world.other_vpc.id},
        seen=see_firewall,
        drift=lambda world, it: firewall(world).update_firewall_description(FirewallArn=it.id, Description="drift"),
        drifts=frozenset({"description"}),
    ),
    Case(
        token="aws:networkfirewall/loggingConfiguration:LoggingConfiguration",
        inputs=lambda world: {"firewallArn": world.firewall["arn"], **logs(world, "ALERT", "FLOW")},
        changed=lambda world: logs(world, "FLOW", "TLS", prefix="elsewhere"),
        replaced=lambda world: {"firewallArn": f"{world.firewall['arn']}-other"},
        seen=see_logging,
        drift=stop_logging,
        drifts=frozenset({"loggingConfiguration"}),
    ),
]
