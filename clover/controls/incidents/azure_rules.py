"""Rules of Azure Monitor that query a workspace: whether one sounds for rows of its tables, and what is wrong.

https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-types#log-alerts
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from clover.controls.case import Case
from clover.controls.incidents.rules import Found
from clover.controls.network.counterexample import wrong
from clover.controls.verdict import Answer, Ground, refuted, unknown
from clover.logic.queries import NotRead, rows
from clover.model.aws.network_links import entries, known, last, member, several
from clover.model.azure.incidents import Row, facts
from clover.model.azure.network_places import by_arm_id, lower
from clover.model.resources import value
from clover.sources import Resource

RULE = "azure-native:monitor:ScheduledQueryRule"
GROUP = "azure-native:monitor:ActionGroup"
WORKSPACE = "azure-native:operationalinsights:Workspace"
Tables = Mapping[str, Sequence[Row]]
_NOW = datetime.fromisoformat("2026-11-24T10:05:00+00:00")
"""Shortly after the rows."""
_OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    "Equals": operator.eq,
    "GreaterThan": operator.gt,
    "GreaterThanOrEqual": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqual": operator.le,
}
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_SECONDS = (86400, 3600, 60, 1)
_CONDITION = "criteria.allOf[0]"
Check = tuple[str, Callable[[Any], bool], str]


def channels(case: Case) -> dict[str, Resource]:
    """The action groups of a part by their ids in lower case."""
    return by_arm_id(case.resources, case.site.account, GROUP)


def workspaces(case: Case) -> dict[str, Resource]:
    """The workspaces of a part by their ids in lower case."""
    return by_arm_id(case.resources, case.site.account, WORKSPACE)


def sounds(rule: Resource, tables: Tables) -> bool | Answer:
    """Whether the rule's threshold is met by what its query finds in the tables; what is not known of it."""
    held = [value(rule, f"{_CONDITION}.{name}") for name in ("query", "operator", "threshold")]
    if not all(map(known, held)):
        return unknown(f"when {last(rule.urn)} sounds is not known", resource=rule.urn)
    query, sign, threshold = held
    if not isinstance(query, str) or sign not in _OPERATORS or not isinstance(threshold, int | float):
        return False
    try:
        return _OPERATORS[sign](len(rows(query, tables, _NOW)), threshold)
    except NotRead as error:
        return unknown(f"what {last(rule.urn)} finds is not known: {error}", resource=rule.urn)


def wrongs(case: Case, rule: Resource, workspace: str, *, silent: bool) -> Iterator[Answer]:
    """What is wrong with a rule that would sound, or not known of it."""
    for name, fine, allowed in (*_CHECKS, *_about(case, workspace)):
        found = value(rule, name)
        if not known(found):
            yield unknown(f"{name} of {last(rule.urn)} is not known", resource=rule.urn)
        elif not fine(lower(found)):
            yield _refuted(rule, name, found, allowed)
    if len(entries(rule, "criteria.allOf")) != 1:
        yield _refuted(rule, "criteria.allOf", value(rule, "criteria.allOf"), "one condition")
    yield from _timely(rule, silent=silent)


def grounds(case: Case, rule: Resource, workspace: str) -> tuple[Ground, ...]:
    """What a rule that sounds rests on: itself, the workspace that it asks, and the group that hears it."""
    told = (f"{_CONDITION}.query", "enabled", "windowSize")
    said = (Ground(rule.urn, f"{name}={value(rule, name)}") for name in told)
    heard = (channels(case)[place] for place in _groups(rule) if place in channels(case))
    return (
        *said,
        Ground(workspaces(case)[workspace].urn, "is asked"),
        *(Ground(group.urn, "hears the alarm") for group in heard),
    )


def _groups(rule: Resource) -> list[Any]:
    return [lower(each) for each in several(value(rule, "actions.actionGroups"))]


def _about(case: Case, workspace: str) -> Iterator[Check]:
    """The rule asks the monitor's workspace, and sounds in a channel of the part."""
    yield "scopes", lambda found: [lower(each) for each in several(found)] == [workspace], "the monitor's workspace"
    heard = set(channels(case))
    yield (
        "actions.actionGroups",
        lambda found: bool(heard & {lower(each) for each in several(found)}),
        "the auditor's channel",
    )


_CHECKS: Sequence[Check] = (
    ("enabled", lambda found: found in (True, None), "true"),
    ("kind", lambda found: found in ("logalert", None), "LogAlert"),
    ("autoMitigate", lambda found: found is False, "false: what comes next is told too"),
    ("muteActionsDuration", lambda found: not found, "none"),
    ("overrideQueryTimeRange", lambda found: not found, "none"),
    (f"{_CONDITION}.timeAggregation", lambda found: found == "count", "Count"),
    (f"{_CONDITION}.metricMeasureColumn", lambda found: not found, "none"),
    (f"{_CONDITION}.resourceIdColumn", lambda found: not found, "none"),
    (f"{_CONDITION}.failingPeriods.numberOfEvaluationPeriods", lambda found: found in (1, None), "1"),
    (f"{_CONDITION}.failingPeriods.minFailingPeriodsToAlert", lambda found: found in (1, None), "1"),
)


def _timely(rule: Resource, *, silent: bool) -> Iterator[Answer]:
    """The query looks back over what arrives late, and silence is told in time."""
    frequency, window = (value(rule, name) for name in ("evaluationFrequency", "windowSize"))
    if not known(frequency) or not known(window):
        yield unknown(f"how far back {last(rule.urn)} looks is not known", resource=rule.urn)
        return
    every, back, late = seconds(frequency), seconds(window), facts()["latest_arrival"]
    if every is None or back is None or back < every + late:
        allowed = f"the frequency and {late} seconds, by which records are late"
        yield _refuted(rule, "windowSize", window, allowed)
    elif silent and back + every > facts()["longest_silence"]:
        yield _refuted(rule, "windowSize", window, f"silence told within {facts()['longest_silence']} seconds")


def seconds(duration: Any) -> int | None:
    """The seconds of a length of time (ISO 8601), in days and below; None for anything else."""
    found = _DURATION.fullmatch(duration) if isinstance(duration, str) else None
    if found is None or not any(found.groups()):
        return None
    return sum(int(number or 0) * each for number, each in zip(found.groups(), _SECONDS, strict=True))


def _refuted(rule: Resource, name: str, found: Any, allowed: str) -> Answer:
    return refuted(f"{last(rule.urn)} has {name}={found}", wrong(rule.urn, name, found, allowed), resource=rule.urn)


def shown(case: Case) -> Found:
    """Whether alarms tell a number alone: a rule without dimensions shows nobody what it found."""
    held: list[Ground] = []
    for rule in case.resources.of(RULE):
        for index, condition in enumerate(entries(rule, "criteria.allOf")):
            name, found = f"criteria.allOf[{index}].dimensions", member(condition, "dimensions")
            if not known(found):
                return unknown(f"what alarms of {last(rule.urn)} show is not known", resource=rule.urn)
            if found:
                return _refuted(rule, name, found, "none: an alarm shows nothing of what was found")
        held.append(Ground(rule.urn, "dimensions=none"))
    return tuple(held)
