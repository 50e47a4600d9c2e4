"""Rules that judge each packet by itself, ahead of those that follow connections.

https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-rules-engines.html.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from clover.logic.network.flows import Box, common, subtract
from clover.logic.network.names import NameClasses
from clover.logic.network.rules import Action, Judgement, Outcome, Rule, RuleList

FORWARD_ON = Action.ALERT
"""In a stateless rule: hands the packet on to the rules that follow connections."""


@dataclass(frozen=True)
class Inspection:
    """A firewall: stateless rules with a default, then the rule list for what they hand on.

    A stateless rule that is narrowed fits some packets of its flows only, so that others come by it.
    """

    listed: RuleList
    stateless: Sequence[Rule] = ()
    default: Action = FORWARD_ON
    unknown: tuple[tuple[str, str], ...] = field(default=())

    def judge(self, flows: Iterable[Box], classes: NameClasses) -> Judgement:
        """Decide on `flows` by both kinds of rules."""
        left, handed_on, passed = list(flows), list[Box](), list[Outcome]()
        for rule in self.stateless:
            box = _box(rule)
            hit = common(left, box)
            passed += [Outcome(both, rule) for both in hit if rule.action is Action.PASS]
            handed_on += hit if rule.action is FORWARD_ON else []
            left = left if rule.narrowed else subtract(left, box)
        passed += [Outcome(box, STATELESS_DEFAULT) for box in left if self.default is Action.PASS]
        handed_on += left if self.default is FORWARD_ON else []
        stateful = self.listed.judge(handed_on, classes)
        return Judgement((*passed, *stateful.passed), stateful.opened)


STATELESS_DEFAULT = Rule(Action.PASS, "the stateless default")


def _box(rule: Rule) -> Box:
    return Box(rule.protocols, rule.sources, rule.source_ports, rule.destinations, rule.ports)
