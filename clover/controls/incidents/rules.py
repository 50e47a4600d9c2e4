"""Rules of EventBridge that fit an event, with what is wrong with them."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from clover.controls.case import Case
from clover.controls.network.counterexample import wrong
from clover.controls.verdict import Answer, Ground, refuted, unknown
from clover.logic.aws.event_patterns import fits
from clover.model.aws.incidents import Event, facts
from clover.model.aws.network_links import known, last, text
from clover.model.resources import Resources, value
from clover.sources import Resource

RULE = "aws:cloudwatch/eventRule:EventRule"
OWN_BUS = "default"
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}

Found = Answer | tuple[Ground, ...]
"""What is wrong, or the grounds on which nothing is."""


def root(resources: Resources) -> str:
    """The URN of the stack, on which what is missing is blamed."""
    return next((each.urn for each in resources.of("pulumi:pulumi:Stack")), "")


def bus_of(rule: Resource) -> Any:
    """The name of the bus that a rule is on."""
    found = value(rule, "eventBusName")
    return OWN_BUS if found is None else found.rpartition("/")[2] if isinstance(found, str) else found


def on_bus(case: Case, bus: str) -> list[Resource]:
    """The rules on a bus, and those of which it is not known on which they are."""
    return [rule for rule in case.resources.of(RULE) if bus_of(rule) == bus or not known(bus_of(rule))]


def fitting(case: Case, bus: str, event: Event, *, scheduled: bool) -> Iterator[tuple[Resource, Found]]:
    """Each rule on the bus that fits the event, or may, with what is wrong with it; `scheduled`: those that tick."""
    for rule in on_bus(case, bus):
        found = _ticking(rule) if scheduled else _pattern(rule, event)
        if found is not None:
            yield rule, _doubted(rule, bus) or _sleeping(rule) or found


def _doubted(rule: Resource, bus: str) -> Answer | None:
    if not known(bus_of(rule)):
        return unknown(f"whether {last(rule.urn)} is on the bus {bus} is not known", resource=rule.urn)
    return None


def _sleeping(rule: Resource) -> Answer | None:
    """What is wrong with a rule that does not run; a rule runs unless it says otherwise."""
    for name, fine in (("state", "ENABLED"), ("isEnabled", True)):
        found = value(rule, name)
        if not known(found):
            return unknown(f"whether {last(rule.urn)} runs is not known", resource=rule.urn)
        if found is not None and found != fine and not str(found).startswith("ENABLED"):
            return refuted(f"{last(rule.urn)} does not run", wrong(rule.urn, name, found, str(fine)), resource=rule.urn)
    return None


def _pattern(rule: Resource, event: Event) -> Found | None:
    """The grounds of a rule that fits the event; None for one that does not."""
    found = value(rule, "eventPattern")
    if not known(found):
        return unknown(f"the pattern of {last(rule.urn)} is not known", resource=rule.urn)
    if not isinstance(found, str) or not found:
        return None
    try:
        fitting_ones = fits(json.loads(found), event)
    except (ValueError, TypeError, AttributeError) as error:
        return unknown(f"what {last(rule.urn)} fits is not known: {error}", resource=rule.urn)
    return (
        (Ground(rule.urn, "eventPattern"), Ground(rule.urn, f"state={value(rule, 'state')}")) if fitting_ones else None
    )


def _ticking(rule: Resource) -> Found | None:
    """The grounds of a rule that ticks often enough; None for one without a schedule."""
    found = value(rule, "scheduleExpression")
    if not known(found):
        return unknown(f"the schedule of {last(rule.urn)} is not known", resource=rule.urn)
    if not found:
        return None
    rate = _RATE.fullmatch(str(found))
    if rate is None:
        return unknown(f"how often {last(rule.urn)} ticks ({found}) is not known", resource=rule.urn)
    if int(rate[1]) * _SECONDS[rate[2]] > facts()["longest_silence"]:
        allowed = f"at least every {facts()['longest_silence']} seconds"
        told = f"{last(rule.urn)} ticks too seldom"
        return refuted(told, wrong(rule.urn, "scheduleExpression", found, allowed), resource=rule.urn)
    return (Ground(rule.urn, f"scheduleExpression={found}"),)


def with_event(answer: Answer, event: Event) -> Answer:
    """The answer with the event in its counterexample."""
    if answer.counterexample is None:
        return answer
    held: Mapping[str, Any] = {**answer.counterexample, "event": dict(event)}
    return msgspec.structs.replace(answer, counterexample=held)


def name_of(rule: Resource) -> str | None:
    """The name of a rule."""
    return text(rule, "name")
