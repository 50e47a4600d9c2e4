"""Firewall rules, and what a list of them lets out: exactly, with the rule that decides."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from clover.logic.network.addresses import EVERYWHERE, Addresses
from clover.logic.network.flows import (
    ALL_APPLICATIONS,
    APPLICATIONS,
    PORTS,
    PROTOCOLS,
    TCP,
    Box,
    Flow,
    Stage,
    common,
    subtract,
)
from clover.logic.network.intervals import Intervals
from clover.logic.network.names import NameClasses, NamePattern


class Action(StrEnum):
    """What a rule does to what fits it."""

    PASS = "pass"  # noqa: S105 (what a rule does, no password)
    DROP = "drop"
    REJECT = "reject"
    ALERT = "alert"


FORWARD, BACK = "to_server", "to_client"
"""Packets of the side that opened the flow, and of the other side."""


@dataclass(frozen=True)
class Rule:
    """One rule. `label` names it for people, `source` who declares it.

    `unknown` names a construct that nobody understands; `narrowed` names constructs that make the rule fit fewer
    packets than the fields say.
    """

    action: Action
    label: str
    protocols: Intervals = PROTOCOLS
    sources: Addresses = EVERYWHERE
    source_ports: Intervals = PORTS
    destinations: Addresses = EVERYWHERE
    ports: Intervals = PORTS
    applications: frozenset[str] | None = None
    name: NamePattern | None = None
    stages: frozenset[Stage] = frozenset(Stage)
    directions: frozenset[str] = frozenset((FORWARD, BACK))
    both_ways: bool = False
    narrowed: tuple[str, ...] = ()
    unknown: str | None = None
    source: str = ""

    @property
    def reads_application(self) -> bool:
        """Whether the rule has to see what the application says."""
        return self.applications is not None or self.name is not None

    def boxes(self, stage: Stage, direction: str, classes: NameClasses) -> Iterator[Box]:
        """Yield the flows whose packets of `stage` and `direction` fit the rule."""
        protocols = self._visible(stage)
        if direction not in self.directions or stage not in self.stages or not protocols:
            return
        masks = {"applications": self._applications(), "names": -1 if self.name is None else classes.masks[self.name]}
        for with_flow in (True, False) if self.both_ways else (direction == FORWARD,):
            yield self._box(protocols, with_flow, masks)

    def _box(self, protocols: Intervals, with_flow: bool, masks: Mapping[str, int]) -> Box:
        """The rule's header on flows in its own direction, or turned round for packets of the other side."""
        ends = (self.sources, self.source_ports, self.destinations, self.ports)
        if not with_flow:
            ends = (self.destinations, self.ports, self.sources, self.source_ports)
        return Box(protocols, *ends, **masks)

    def _visible(self, stage: Stage) -> Intervals:
        """The protocols for which the rule can already be judged: without a connection, data comes at once."""
        if self.reads_application and stage is not Stage.APPLICATION:
            return self.protocols - Intervals.only(TCP)
        return self.protocols

    def _applications(self) -> int:
        if self.applications is None:
            return ALL_APPLICATIONS
        return sum(1 << bit for bit, name in enumerate(APPLICATIONS) if name in self.applications)


class Default(StrEnum):
    """What happens to what no rule decides."""

    PASS = "pass"  # noqa: S105 (what becomes of a flow, no password)
    DROP = "drop"
    DROP_ESTABLISHED = "drop-established"
    """Drops once a connection stands: what opens it goes through."""


@dataclass(frozen=True)
class Outcome:
    """What became of flows: `rule` let them through, or the default where it is None."""

    box: Box
    rule: Rule | None


@dataclass(frozen=True)
class Judgement:
    """What a rule list lets through: whole flows, and of others at least the packets that open a connection."""

    passed: tuple[Outcome, ...]
    opened: tuple[Box, ...]


@dataclass(frozen=True)
class RuleList:
    """Rules in the order of their evaluation, and the default."""

    rules: Sequence[Rule]
    default: Default

    def judge(self, flows: Iterable[Box], classes: NameClasses) -> Judgement:
        """Decide on `flows`: at each stage, in each direction, the first rule that fits a packet decides."""
        left, passed, opened = list(flows), list[Outcome](), list[Box]()
        for stage in Stage:
            for direction in (FORWARD, BACK):
                left = self._step(left, stage, direction, classes, passed)
                if self._drops(stage, direction):
                    left = []
                if (stage, direction) == (Stage.OPENING, FORWARD):
                    connectionless = Box(protocols=PROTOCOLS - Intervals.only(TCP))
                    passed += [Outcome(box, None) for box in common(left, connectionless)]
                    left = opened = subtract(left, connectionless)
        passed += [Outcome(box, None) for box in left]
        return Judgement(tuple(passed), tuple(opened))

    def _drops(self, stage: Stage, direction: str) -> bool:
        if self.default is Default.DROP:
            return True
        return self.default is Default.DROP_ESTABLISHED and stage is Stage.APPLICATION and direction == FORWARD

    def _step(
        self, left: list[Box], stage: Stage, direction: str, classes: NameClasses, passed: list[Outcome]
    ) -> list[Box]:
        """Take from `left` what the rules decide at one step, and note what they pass."""
        for rule in self.rules:
            if rule.action is Action.ALERT or (rule.narrowed and rule.action is not Action.PASS):
                continue
            for box in rule.boxes(stage, direction, classes):
                if rule.action is Action.PASS:
                    passed += [Outcome(both, rule) for both in common(left, box)]
                left = subtract(left, box)
        return left


def classes_of(rules: Iterable[Rule], more: Iterable[NamePattern] = ()) -> NameClasses:
    """The classes of names that the rules, and `more` patterns, tell apart."""
    named = (rule.name for rule in rules if rule.name is not None)
    return NameClasses(tuple(dict.fromkeys((*named, *more))))


def flow_of(box: Box, classes: NameClasses) -> Flow:
    """Return one flow of the box, which is not empty."""
    protocol, source, source_port, destination, port, application, names = box.witness()
    name = classes.witness(names & classes.everything)
    return Flow(protocol, source, source_port, destination, port, APPLICATIONS[application], name)


def in_action_order(rules: Iterable[Rule]) -> list[Rule]:
    """Sort as Suricata does without strict order: pass, drop, reject, alert.

    https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-rule-evaluation-order.html.
    """
    return sorted(rules, key=lambda rule: list(Action).index(rule.action))


def only_alerting(rules: Iterable[Rule]) -> list[Rule]:
    """The rules of a group whose drops are overridden to alerts; a rejection is a drop with an answer."""
    dropping = (Action.DROP, Action.REJECT)
    return [replace(rule, action=Action.ALERT) if rule.action in dropping else rule for rule in rules]
