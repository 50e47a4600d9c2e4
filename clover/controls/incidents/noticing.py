"""INC-1 and INC-3 on AWS: what has to be noticed is, and what has to keep coming is missed when it stops."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from clover.controls.aws_callers import partition
from clover.controls.case import Case
from clover.controls.evidence.stores import EvidenceStores
from clover.controls.evidence.trail import TRAIL
from clover.controls.incidents.alarms import sounding
from clover.controls.incidents.rules import OWN_BUS, RULE, Found, fitting, name_of, root, with_event
from clover.controls.incidents.watched import Watched, each_watched
from clover.controls.network.counterexample import wrong
from clover.controls.verdict import Answer, Ground, Outcome, assumed, proved, refuted, unknown
from clover.logic.aws import evaluate
from clover.model.aws.incidents import KEEPER, SITE, VAULT, Event, Expected, Place, facts, kept, noticed
from clover.model.aws.network_links import known, last, text
from clover.model.aws.policies import document_of
from clover.model.resources import value
from clover.sources import Resource, Unknown

BUS = "aws:cloudwatch/eventBus:EventBus"
BUS_POLICY = "aws:cloudwatch/eventBusPolicy:EventBusPolicy"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"
CALLED = "AWS API Call via CloudTrail"
"""What EventBridge calls a call (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html)."""
NOTIFICATION = "aws:s3/bucketNotification:BucketNotification"
_ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def everything_is_noticed(case: Case) -> Iterator[Answer]:
    """INC-1: one answer for each thing that the auditor has to notice at a site."""
    yield from each_watched(case, _noticed)


def silence_is_an_alarm(case: Case) -> Iterator[Answer]:
    """INC-3: one answer for each thing that has to keep coming."""
    yield from each_watched(case, _kept)


def _noticed(watched: Watched) -> Iterator[Answer]:
    paths = _Paths(watched)
    yield from (paths.answer(each, silent=False) for each in noticed(paths.place))
    if watched.part.site.region != facts()["global_events"]:
        yield assumed(
            f"changes of roles and users are told to EventBridge in {facts()['global_events']} alone: "
            "the auditor finds them in the vault's records, and attests that it looks",
        )


def _kept(watched: Watched) -> Iterator[Answer]:
    paths = _Paths(watched)
    yield from (paths.answer(each, silent=True) for each in kept(paths.place))


class _Path(NamedTuple):
    """A rule that was found for an event, with the grounds on which it is told, or what is wrong."""

    rule: Resource | None
    found: Found


class _Paths:
    """The ways from an event to the channel: of the auditor's part, and of the site where its stack was read."""

    def __init__(self, watched: Watched) -> None:
        self._part, self._site = watched
        site = next(each for each in self._part.zone.file.sites if each.name == self._part.site.name)
        vault = next(iter(EvidenceStores(self._part).names), "")
        self.place = Place(site.account, self._part.site.account, site.region, vault, f"clover-{site.name}-user-data")

    def answer(self, expected: Expected, *, silent: bool) -> Answer:
        """The verdict on one thing: every event of it is told."""
        paths = [self._of(expected, event, silent) for event in expected.events]
        for path, event in zip(paths, expected.events, strict=True):
            if isinstance(path.found, Answer):
                return with_event(path.found, event)
        grounds = {ground for path in paths if not isinstance(path.found, Answer) for ground in path.found}
        told = f"{expected.what}: an alarm sounds when it stops" if silent else f"{expected.what} is noticed and told"
        resource = next((path.rule.urn for path in paths if path.rule), None)
        return proved(told, resource=resource, rests_on=tuple(sorted(grounds)))

    def _of(self, expected: Expected, event: Event, silent: bool) -> _Path:
        """The way of one event: from the site, or into the vault, to a rule with an alarm."""
        before = self._before(expected, event)
        if isinstance(before, Answer):
            return _Path(None, before)
        bus = self._bus_name if expected.of == SITE else OWN_BUS
        if isinstance(bus, Answer):
            return _Path(None, bus)
        scheduled = expected.ticks and expected.of == KEEPER
        tried = [
            _Path(rule, found if isinstance(found, Answer) else _joined(found, sounding(self._part, rule, silent)))
            for rule, found in fitting(self._part, bus, event, scheduled=scheduled)
        ]
        best = _best(tried, self._nobody(self._part, expected))
        return best if isinstance(best.found, Answer) else _Path(best.rule, (*before, *best.found))

    def _before(self, expected: Expected, event: Event) -> Found:
        """What lies before the auditor's rule: the site's own sending, or the news of the vault."""
        if expected.of == VAULT:
            return self._vault_tells
        recorded = self._recorded(self._part if expected.of == KEEPER else self._site, event)
        if expected.of == SITE and self._site is not None and not isinstance(recorded, Answer):
            return _joined(recorded, self._sent(self._site, expected, event))
        return recorded

    def _recorded(self, case: Case | None, event: Event) -> Found:
        """Whether a trail runs: without one nothing is told of calls. What it covers is EVD-1."""
        if case is None or event["detail-type"] != CALLED:
            return ()
        trails = case.resources.of(TRAIL)
        running = [each for each in trails if value(each, "enableLogging") in (True, None)]
        if running:
            return tuple(Ground(each.urn, "enableLogging=True") for each in running)
        if any(not known(value(each, "enableLogging")) for each in trails):
            return unknown(f"whether a trail of {case.stack} runs is not known")
        told = f"no trail runs in {case.stack}, so that nobody is told of calls"
        blamed = trails[0].urn if trails else root(case.resources)
        example = wrong(blamed, "enableLogging", False, "true") if trails else wrong(blamed, TRAIL, None, "a trail")
        return refuted(told, example)

    @cached_property
    def _vault_tells(self) -> Found:
        """Whether the vault's bucket tells EventBridge what arrives."""
        doubt: Answer | None = None
        for each in self._part.resources.of(NOTIFICATION):
            about, told = value(each, "bucket"), value(each, "eventbridge")
            if about == self.place.vault and told is True:
                return (Ground(each.urn, "eventbridge=True"),)
            if not known(about) or not known(told):
                doubt = unknown(f"what {last(each.urn)} tells of is not known", resource=each.urn)
        missing = wrong(
            root(self._part.resources), NOTIFICATION, None, f"eventbridge of {self.place.vault or 'the vault'}"
        )
        return doubt or refuted("the vault tells nobody what arrives in it", missing)

    @cached_property
    def _bus(self) -> Resource | None:
        """The bus of the auditor's for the site's events; the first that is no account's own."""
        return next(iter(self._part.resources.of(BUS)), None)

    @property
    def _bus_name(self) -> str | Answer:
        if self._bus is None:
            told = "the auditor has no bus for the site's events"
            return refuted(told, wrong(root(self._part.resources), BUS, None, "a bus"))
        return text(self._bus, "name") or unknown(f"the name of {last(self._bus.urn)} is not known")

    @cached_property
    def _bus_arn(self) -> str:
        """The ARN of the bus, which its name gives before the cloud does."""
        here = f"arn:{partition(self._part)}:events:{self._part.site.region}:{self._part.site.account}"
        bus = self._bus
        return (text(bus, "arn") or f"{here}:event-bus/{text(bus, 'name')}") if bus else ""

    def _sent(self, site: Case, expected: Expected, event: Event) -> Found:
        """The grounds on which the site sends an event to the auditor's bus."""
        tried = [
            _Path(rule, found if isinstance(found, Answer) else _joined(found, self._delivered(site, rule)))
            for rule, found in fitting(site, OWN_BUS, event, scheduled=expected.ticks)
        ]
        return _best(tried, self._nobody(site, expected)).found

    def _delivered(self, site: Case, rule: Resource) -> Found:
        """Whether a rule of the site's has the auditor's bus as a target, and the bus takes what it sends."""
        doubt: Answer | None = None
        for target in site.resources.of(TARGET):
            of, to = value(target, "rule"), value(target, "arn")
            if of == name_of(rule) and to == self._bus_arn:
                return _joined((Ground(target.urn, f"arn={to}"),), self._taken(site, rule))
            if not known(of) or (of == name_of(rule) and not known(to)):
                doubt = unknown(f"where {last(target.urn)} leads is not known", resource=rule.urn)
        told = f"{last(rule.urn)} sends nothing to the auditor"
        return doubt or refuted(
            told, wrong(rule.urn, TARGET, None, self._bus_arn or "the auditor's bus"), resource=rule.urn
        )

    def _taken(self, site: Case, rule: Resource) -> Found:
        """Whether the policy of the bus lets the site's account put what the rule sends."""
        name = text(self._bus, "name") if self._bus else None
        held = next((each for each in self._part.resources.of(BUS_POLICY) if value(each, "eventBusName") == name), None)
        document = document_of(value(held, "policy")) if held else None
        if held is None or isinstance(document, Unknown):
            return unknown("whom the auditor's bus lets send is not known", resource=rule.urn)
        account, region = site.site.account, site.site.region
        source = f"arn:{partition(site)}:events:{region}:{account}:rule/{name_of(rule)}"
        request: dict[str, Any] = {
            "principal": f"arn:{partition(site)}:iam::{account}:root",
            "action": "events:PutEvents",
            "resource": self._bus_arn,
            "resource_account": self._part.site.account,
            "context": {"aws:SourceArn": source, "aws:RequestedRegion": region},
        }
        if evaluate(request, {"identity": [_ANYTHING], "resource": document}).decision == "allow":
            return (Ground(held.urn, "lets the site send"),)
        return refuted(
            f"the auditor's bus refuses {last(rule.urn)}", {"kind": "request", "request": request}, resource=held.urn
        )

    @staticmethod
    def _nobody(case: Case, expected: Expected) -> Answer:
        """The answer where no rule fits at all."""
        told = f"nothing in {case.stack} notices {expected.what}"
        return refuted(told, wrong(root(case.resources), RULE, None, "a rule that fits the event"))


def _joined(first: tuple[Ground, ...], second: Found) -> Found:
    return second if isinstance(second, Answer) else (*first, *second)


def _best(tried: Sequence[_Path], nothing: Answer) -> _Path:
    """A rule that is sound, else one of which that is not known, else what is wrong with one that is not."""
    sound = (path for path in tried if not isinstance(path.found, Answer))
    doubtful = (path for path in tried if isinstance(path.found, Answer) and path.found.outcome is Outcome.UNKNOWN)
    return next(iter((*sound, *doubtful, *tried, _Path(None, nothing))))
