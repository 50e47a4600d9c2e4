"""Two lists of firewall rules: a flow that only one of them lets through."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from clover.controls.network.counterexample import described
from clover.logic.network.addresses import EVERYWHERE, Addresses
from clover.logic.network.flows import Box, Flow, possible, subtract
from clover.logic.network.names import NameClasses
from clover.logic.network.plain import leaves
from clover.logic.network.rules import Default, Rule, RuleList, classes_of, flow_of


class FlowDifference(NamedTuple):
    """A flow that only the new rules let through, and one that only the old ones did."""

    added: Flow | None
    removed: Flow | None


def flow_difference(
    old: Sequence[Rule],
    new: Sequence[Rule],
    default: Default,
    sources: Addresses = EVERYWHERE,
    destinations: Addresses = EVERYWHERE,
) -> FlowDifference:
    """What differs among the flows from `sources` to `destinations`."""
    classes = classes_of((*old, *new))
    before, after = RuleList(tuple(old), default), RuleList(tuple(new), default)
    flows = possible(sources, destinations, classes.everything)
    passed = [[one.box for one in rules.judge(flows, classes).passed] for rules in (before, after)]

    def shown(denying: RuleList, allowing: RuleList, found: list[Box], without: list[Box]) -> Flow | None:
        return first(found, without, classes, lambda flow: leaves(allowing, flow)[1] and not leaves(denying, flow)[1])

    return FlowDifference(shown(before, after, passed[1], passed[0]), shown(after, before, passed[0], passed[1]))


def first(
    found: Iterable[Box], without: Iterable[Box], classes: NameClasses, replays: Callable[[Flow], bool]
) -> Flow | None:
    """The first flow of the boxes outside of the others; ArithmeticError where it does not replay, packet by packet."""
    left = list(found)
    for box in without:
        left = subtract(left, box)
    named = Box(names=classes.everything)
    for box in left:
        if box & named:
            flow = flow_of(box & named, classes)
            if not replays(flow):
                raise ArithmeticError(f"{described(flow)} does not replay")
            return flow
    return None
