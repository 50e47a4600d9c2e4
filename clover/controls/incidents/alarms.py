"""Alarms on what rules have fitted: whether one sounds in a channel, and when."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from clover.controls.aws_callers import partition
from clover.controls.case import Case
from clover.controls.incidents.rules import OWN_BUS, Found, bus_of, name_of
from clover.controls.network.counterexample import wrong
from clover.controls.verdict import Answer, Ground, Outcome, refuted, unknown
from clover.model.aws.incidents import facts
from clover.model.aws.network_links import known, last, several, text
from clover.model.resources import value
from clover.sources import Resource

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
TOPIC = "aws:sns/topic:Topic"
_HIGH = "GreaterThanOrEqualToThreshold of 1"
_LOW = "LessThanThreshold of 1"


def topics(case: Case) -> dict[str, Resource]:
    """The topics of a part by their ARN, which their names give before the cloud does."""
    here = f"arn:{partition(case)}:sns:{case.site.region}:{case.site.account}:"
    return {text(topic, "arn") or f"{here}{text(topic, 'name')}": topic for topic in case.resources.of(TOPIC)}


def sounding(case: Case, rule: Resource, silent: bool) -> Found:
    """The grounds on which the rule's alarm sounds in a channel; what is wrong where none does."""
    wanted = {"RuleName": name_of(rule), **({} if bus_of(rule) == OWN_BUS else {"EventBusName": bus_of(rule)})}
    answers: list[Answer] = []
    for alarm in case.resources.of(ALARM):
        about = value(alarm, "dimensions")
        if not known(about):
            answers.append(unknown(f"what {last(alarm.urn)} is about is not known", resource=rule.urn))
        elif about == wanted:
            problem = next(_problems(case, alarm, silent), None)
            if problem is None:
                return _grounds(case, alarm)
            answers.append(problem)
    missing = refuted(
        f"no alarm sounds for {last(rule.urn)}",
        wrong(rule.urn, ALARM, None, "an alarm on the rule's figure that sounds in the channel"),
        resource=rule.urn,
    )
    certain = [each for each in answers if each.outcome is Outcome.REFUTED]
    doubts = [each for each in answers if each.outcome is Outcome.UNKNOWN]
    return next(iter((*doubts, *certain, missing)))


def _grounds(case: Case, alarm: Resource) -> tuple[Ground, ...]:
    said = (Ground(alarm.urn, f"{name}={value(alarm, name)}") for name in ("alarmActions", "comparisonOperator"))
    heard = (topics(case)[each] for each in several(value(alarm, "alarmActions")) if each in topics(case))
    return (*said, *(Ground(topic.urn, "hears the alarm") for topic in heard))


Check = Callable[[Any], bool]
_EITHER: Mapping[str, tuple[Check, str]] = {
    "metricQueries": (lambda found: not found, "none"),
    "namespace": (lambda found: found == "AWS/Events", "AWS/Events"),
    "metricName": (lambda found: found == "TriggeredRules", "TriggeredRules"),
    "statistic": (lambda found: found in ("Sum", "SampleCount"), "Sum"),
    "actionsEnabled": (lambda found: found is not False, "true"),
}
_SILENT: Mapping[str, tuple[Check, str]] = {
    **_EITHER,
    "treatMissingData": (lambda found: found == "breaching", "breaching"),
}
_SOUNDING: Mapping[str, tuple[Check, str]] = {
    **_EITHER,
    "treatMissingData": (lambda found: found != "ignore", "notBreaching"),
}


def _problems(case: Case, alarm: Resource, silent: bool) -> Iterator[Answer]:
    """What is wrong with an alarm on the rule's figure."""
    for name, (fine, allowed) in (_SILENT if silent else _SOUNDING).items():
        yield from _checked(alarm, name, fine, allowed)
    yield from _checked(
        alarm, "alarmActions", lambda found: bool(set(several(found)) & set(topics(case))), "the channel"
    )
    yield from _threshold(alarm, silent)
    yield from _periods(alarm, silent)


def _checked(alarm: Resource, name: str, fine: Check, allowed: str) -> Iterator[Answer]:
    found = value(alarm, name)
    if not known(found):
        yield unknown(f"{name} of {last(alarm.urn)} is not known", resource=alarm.urn)
    elif not fine(found):
        told = f"{last(alarm.urn)} has {name}={found}"
        yield refuted(told, wrong(alarm.urn, name, found, allowed), resource=alarm.urn)


def _threshold(alarm: Resource, silent: bool) -> Iterator[Answer]:
    """Counts are whole: at least one is more than any limit below it."""
    found, limit = value(alarm, "comparisonOperator"), value(alarm, "threshold")
    if not known(found) or not known(limit):
        yield unknown(f"when {last(alarm.urn)} sounds is not known", resource=alarm.urn)
        return
    figure = float(limit or 0)
    from_nought, up_to_one = ("LessThanOrEqualTo", "LessThan") if silent else ("GreaterThan", "GreaterThanOrEqualTo")
    fine = {f"{from_nought}Threshold": 0 <= figure < 1, f"{up_to_one}Threshold": 0 < figure <= 1}
    if not fine.get(str(found), False):
        told = f"{last(alarm.urn)} sounds at {found} of {limit}"
        yield refuted(told, wrong(alarm.urn, "threshold", limit, _LOW if silent else _HIGH), resource=alarm.urn)


def _periods(alarm: Resource, silent: bool) -> Iterator[Answer]:
    """One count sounds, and silence within the time that the table allows."""
    period, periods = value(alarm, "period"), value(alarm, "evaluationPeriods")
    needed = value(alarm, "datapointsToAlarm") or periods
    if not all(map(known, (period, periods, needed))):
        yield unknown(f"how long {last(alarm.urn)} waits is not known", resource=alarm.urn)
    elif silent and int(period or 0) * int(periods or 0) > facts()["longest_silence"]:
        told = f"{last(alarm.urn)} waits for {int(period) * int(periods)} seconds"
        most = f"{facts()['longest_silence']} seconds of all periods"
        yield refuted(told, wrong(alarm.urn, "evaluationPeriods", periods, most), resource=alarm.urn)
    elif not silent and needed != 1:
        told = f"{last(alarm.urn)} waits for {needed} periods"
        yield refuted(told, wrong(alarm.urn, "evaluationPeriods", needed, "1"), resource=alarm.urn)
