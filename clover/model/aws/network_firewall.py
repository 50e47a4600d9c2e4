"""Network Firewall as declared: a firewall, its policy, its rule groups in order, and what they say as rules.

https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-policy-settings.html.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from clover.logic.network.rules import Action, Default, Rule, RuleList, in_action_order, only_alerting
from clover.logic.network.stateless import Inspection
from clover.model.aws.network import Network
from clover.model.aws.network_facts import facts
from clover.model.aws.network_links import entries, identity, known, last, member, present, text
from clover.model.aws.network_rule_groups import stateful, stateless
from clover.model.resources import value
from clover.sources import Resource

POLICY, GROUP = "aws:networkfirewall/firewallPolicy:FirewallPolicy", "aws:networkfirewall/ruleGroup:RuleGroup"
STRICT = "STRICT_ORDER"

DECIDING = (
    "statefulEngineOptions",
    "statefulDefaultActions",
    "statefulRuleGroupReferences",
    "statelessDefaultActions",
    "statelessFragmentDefaultActions",
    "statelessRuleGroupReferences",
    "policyVariables",
)
"""The settings of a policy that decide what it lets through."""


@dataclass(frozen=True)
class Reference:
    """One rule group as a policy names it; `group` is None where the stack does not declare it."""

    name: Any
    priority: Any
    override: Any
    group: Resource | None


@dataclass(frozen=True)
class Firewall:
    """One firewall of a stack."""

    network: Network
    resource: Resource

    @cached_property
    def policy(self) -> Resource | None:
        """The policy, where the stack declares it."""
        return self._named(POLICY, value(self.resource, "firewallPolicyArn"))

    @cached_property
    def vpc(self) -> Resource | None:
        """The VPC that the firewall stands in, where the stack declares it."""
        wanted = text(self.resource, "vpcId")
        return next((vpc for vpc in self.network.vpcs() if identity(vpc) == wanted and wanted), None)

    def setting(self, path: str) -> Any:
        """A setting of the policy; None where there is none."""
        return value(self.policy, f"firewallPolicy.{path}") if self.policy else None

    @property
    def strict(self) -> bool:
        """Whether the rules are evaluated in strict order; the default is action order."""
        return self.setting("statefulEngineOptions.ruleOrder") == STRICT

    @property
    def groups(self) -> tuple[Resource, ...]:
        """The rule groups of the stack that the policy names."""
        named = (*self._references("stateless"), *self._references("stateful"))
        return tuple(reference.group for reference in named if reference.group)

    @cached_property
    def inspection(self) -> Inspection:
        """What the firewall does, as rules; `unknown` names what of it is not known."""
        stateful_rules, stateless_rules = list(self._stateful()), list(self._stateless())
        return Inspection(
            RuleList(tuple(stateful_rules if self.strict else in_action_order(stateful_rules)), self._default()),
            tuple(stateless_rules),
            self._stateless_default("statelessDefaultActions"),
            tuple(self._unknown((*stateful_rules, *stateless_rules))),
        )

    @property
    def fragments(self) -> Action:
        """What happens to fragments of UDP packets that no stateless rule fits."""
        return self._stateless_default("statelessFragmentDefaultActions")

    def _default(self) -> Default:
        """What the default actions come to, the strongest of them; without strict order there is none."""
        actions = entries(self.policy, "firewallPolicy.statefulDefaultActions") if self.policy and self.strict else []
        found = {Default(facts()["defaults"].get(action, "pass")) for action in actions if isinstance(action, str)}
        order = (Default.DROP, Default.DROP_ESTABLISHED, Default.PASS)
        return next((default for default in order if default in found), Default.PASS)

    def _stateless_default(self, path: str) -> Action:
        """The standard action among the actions of one stateless default; custom ones only measure."""
        actions = entries(self.policy, f"firewallPolicy.{path}") if self.policy else []
        found = [facts()["stateless"][action] for action in actions if action in facts()["stateless"]]
        return Action(found[0]) if found else Action.PASS

    def _stateful(self) -> Iterator[Rule]:
        """The stateful rules, group by group in the order of priority."""
        home = self.network.range_of(self.vpc) if self.vpc else None
        for reference in self._references("stateful"):
            if reference.group:
                read = stateful(reference.group, policy_variables(self.policy), home)
                yield from only_alerting(read) if present(reference.override) else read

    def _stateless(self) -> Iterator[Rule]:
        for reference in self._references("stateless"):
            if reference.group:
                yield from stateless(reference.group)

    def _references(self, kind: str) -> list[Reference]:
        """The rule groups of one kind, lowest priority first; those without one keep their order."""
        found = entries(self.policy, f"firewallPolicy.{kind}RuleGroupReferences") if self.policy else []
        made = [self._reference(entry) for entry in found]
        return sorted(
            made, key=lambda reference: reference.priority if isinstance(reference.priority, int | float) else 0
        )

    def _reference(self, entry: Any) -> Reference:
        name = member(entry, "resourceArn")
        override = member(member(entry, "override"), "action")
        return Reference(name, member(entry, "priority"), override, self._named(GROUP, name))

    def _named(self, kind: str, name: Any) -> Resource | None:
        """The resource of a type by its ARN."""
        found = self.network.resources.of(kind)
        return next(
            (each for each in found if isinstance(name, str) and name in (identity(each), text(each, "arn"))), None
        )

    def _unknown(self, rules: tuple[Rule, ...]) -> Iterator[tuple[str, str]]:
        """Who holds something that is not known or not understood, and what it is."""
        if self.policy is None:
            named = value(self.resource, "firewallPolicyArn")
            yield self.resource.urn, f"the policy {named}" if known(named) else "firewallPolicyArn"
            return
        for path in DECIDING:
            if not known(value(self.policy, f"firewallPolicy.{path}")):
                yield self.policy.urn, f"firewallPolicy.{path}"
        for action in entries(self.policy, "firewallPolicy.statefulDefaultActions"):
            if action not in facts()["defaults"]:
                yield self.policy.urn, f"the default action {action}"
        for kind in ("stateless", "stateful"):
            for reference in self._references(kind):
                if reference.group is None:
                    yield self.policy.urn, f"the rule group {reference.name}"
        if self.vpc is None or not self.network.range_of(self.vpc):
            yield self.resource.urn, "the addresses of the firewall's network"
        for rule in rules:
            if rule.unknown:
                yield rule.source, f"{rule.unknown} in {rule.label}"


def policy_variables(policy: Resource | None) -> dict[str, list[str]]:
    """The variables that a policy sets for all of its rule groups."""
    found = entries(policy, "firewallPolicy.policyVariables.ruleVariables") if policy else []
    return {
        str(member(entry, "key")): [str(each) for each in member(member(entry, "ipSet"), "definitions") or ()]
        for entry in found
    }


def firewalls(network: Network) -> tuple[Firewall, ...]:
    """Every firewall of the stack."""
    return tuple(
        Firewall(network, resource) for resource in network.resources.of("aws:networkfirewall/firewall:Firewall")
    )


def shown(firewall: Firewall) -> str:
    """The firewall's name for people."""
    return last(firewall.resource.urn)
