"""EVD-1, calls: control-plane calls everywhere, and calls on the data of every store, are recorded as evidence."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from clover.controls.case import Case
from clover.controls.encryption.aws_form import KEY_TYPES
from clover.controls.evidence.selectors import Event, Selector, advanced, kinds, unrecorded
from clover.controls.evidence.stores import BUCKET, EvidenceStores, name_of
from clover.controls.network.counterexample import wrong
from clover.controls.verdict import Answer, Ground, Outcome, proved, refuted, unknown
from clover.model.aws.network_links import entries, known, last, text
from clover.model.resources import value
from clover.sources import Resource

TRAIL = "aws:cloudtrail/trail:Trail"
TABLE = "aws:dynamodb/table:Table"

SOURCES = ("kms.amazonaws.com", "s3.amazonaws.com", "iam.amazonaws.com", "sts.amazonaws.com", "*")
"""Services whose calls are looked at by name, and every other."""

_SETTINGS: Mapping[str, tuple[Any, Any]] = {
    "isMultiRegionTrail": (True, False),
    "includeGlobalServiceEvents": (True, True),
    "enableLogging": (True, True),
    "enableLogFileValidation": (True, False),
}
"""What a trail has to say, and what it says when nothing is declared.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html; logging is the provider's default.
"""

_BOTH = {"readOnly": ("true", "false")}
MANAGEMENT: Mapping[str, Sequence[str]] = {**_BOTH, "eventCategory": ("Management",), "eventSource": SOURCES}
_OBJECTS = ("DeleteObject", "GetObject", "PutObject", "*")
_ITEMS = ("DeleteItem", "GetItem", "PutItem", "*")


def calls(case: Case) -> Iterator[Answer]:
    """Answer for the control plane, and for every key and store."""
    record = _Record(case)
    yield record.of(MANAGEMENT, None)
    for key in case.resources.of(*KEY_TYPES):
        yield record.of({**MANAGEMENT, "eventSource": ("kms.amazonaws.com",)}, key)
    for bucket in case.resources.of(*BUCKET):
        yield _bucket(record, bucket)
    for table in case.resources.of(TABLE):
        yield record.of(_data("AWS::DynamoDB::Table", text(table, "arn") or "*", _ITEMS), table)


class _Record:
    """The trails of a site: sound ones, and others with what is wrong with them, what is certain first."""

    def __init__(self, case: Case) -> None:
        self.stores = EvidenceStores(case)
        trails = case.resources.of(TRAIL)
        self._wrong = {trail.urn: sorted(_wrong(trail, self.stores), key=_gravity) for trail in trails}
        self._sound = [trail for trail in trails if not self._wrong[trail.urn]]
        self._doubtful = [trail for trail in trails if any(map(_gravity, self._wrong[trail.urn][:1]))]
        self._selectors = _distinct(selector for trail in self._sound for selector in _selectors(trail))
        self._rests = {ground for trail in self._sound for ground in _resting(trail, self.stores)}
        self._root = next((each.urn for each in case.resources.of("pulumi:pulumi:Stack")), "")

    def of(self, given: Mapping[str, Sequence[str]], store: Resource | None, spared: str = "") -> Answer:
        """The verdict on the events that `given` describes, `spared` by name left out."""
        missed = self._missed(given, spared)
        if self._sound and missed is None:
            return self._proof(given, store)
        if missed is None or self._doubtful:
            missed = self._instead()
        return msgspec.structs.replace(missed, resource=store.urn if store else None)

    def _missed(self, given: Mapping[str, Sequence[str]], spared: str) -> Answer | None:
        """An event that none of the sound trails records, if there is one."""
        if not self._sound:
            return None
        events = (event for event in kinds(self._selectors, given) if event.get("eventName") != spared)
        try:
            missed = unrecorded(self._selectors, events)
        except OverflowError as error:
            return unknown(str(error))
        return None if missed is None else _missed(self._sound[0], missed)

    def _instead(self) -> Answer:
        """What is wrong with the trails themselves; a doubt first: it may be the one that records."""
        for trail in self._doubtful:
            return self._wrong[trail.urn][0]
        for found in self._wrong.values():
            return found[0]
        return refuted("no trail records the site's calls", wrong(self._root, TRAIL, None, "a trail"))

    def _proof(self, given: Mapping[str, Sequence[str]], store: Resource | None) -> Answer:
        told = "every control-plane call of every region, the use of keys included, is recorded as evidence"
        if store is None:
            return proved(told, rests_on=tuple(sorted(self._rests)))
        arns = given.get("resources.ARN")
        rests = self._rests | {Ground(store.urn, str(arns[0] if arns else "its use is an event of the control plane"))}
        told = "every call on the store's data is recorded" if arns else "every use of the key is recorded"
        return proved(told, resource=store.urn, rests_on=tuple(sorted(rests)))


def _gravity(answer: Answer) -> int:
    """0 for what is certain, 1 for what is not known."""
    return int(answer.outcome is Outcome.UNKNOWN)


def _wrong(trail: Resource, stores: EvidenceStores) -> Iterator[Answer]:
    """What is wrong with a trail itself: what it covers, whether it runs, and where it delivers."""
    for name, (wanted, default) in _SETTINGS.items():
        found = default if (held := value(trail, name)) is None else held
        if not known(found):
            yield unknown(f"{name} of {last(trail.urn)} is not known", rests_on=(Ground(trail.urn, name),))
        elif found != wanted:
            yield refuted(f"{last(trail.urn)} has {name}={found}", wrong(trail.urn, name, found, str(wanted).lower()))
    if not all(known(value(trail, path)) for path in ("advancedEventSelectors", "eventSelectors")):
        yield unknown(f"the event selectors of {last(trail.urn)} are not known")
    name = value(trail, "s3BucketName")
    bucket = stores.named(name)
    if bucket is None and stores.perhaps(name):
        yield unknown(stores.doubt(f"s3BucketName of {last(trail.urn)}, or the role of that store,"))
    elif bucket is None:
        allowed = " or ".join(stores.names) or "an evidence store of the site"
        yield refuted(f"{last(trail.urn)} delivers to {name}", wrong(trail.urn, "s3BucketName", name, allowed))
    else:
        yield from _keyed(trail, stores.key(bucket))


def _keyed(trail: Resource, wanted: Any) -> Iterator[Answer]:
    """What is wrong with the key that a trail writes under: it is that of the store."""
    found = value(trail, "kmsKeyId")
    if not known(found) or not known(wanted):
        yield unknown(f"kmsKeyId of {last(trail.urn)}, or of its store, is not known")
    elif found is None or found != wanted:
        told = f"{last(trail.urn)} does not write under the key of its store"
        yield refuted(told, wrong(trail.urn, "kmsKeyId", found, str(wanted or "the key of the store")))


def _bucket(record: _Record, bucket: Resource) -> Answer:
    """The verdict on one bucket; deliveries to evidence itself need no record, which would feed itself."""
    arn = record.stores.arn(bucket)
    if arn is None:
        return unknown(f"the name of {last(bucket.urn)} is not known", resource=bucket.urn)
    spared = "PutObject" if record.stores.named(name_of(bucket)) else ""
    return record.of(_data("AWS::S3::Object", f"{arn}/*", _OBJECTS), bucket, spared)


def _data(kind: str, arn: str, names: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """The data events of one store."""
    return {**_BOTH, "eventCategory": ("Data",), "resources.type": (kind,), "resources.ARN": (arn,), "eventName": names}


def _distinct(selectors: Iterable[Selector]) -> list[Selector]:
    """Each selector once."""
    found: list[Selector] = []
    for selector in selectors:
        if selector not in found:
            found.append(selector)
    return found


def _selectors(trail: Resource) -> list[Selector]:
    found = entries(trail, "advancedEventSelectors")
    return found or advanced(entries(trail, "eventSelectors"))


def _missed(trail: Resource, event: Event) -> Answer:
    name, where = event.get("eventName", "a call"), event.get("resources.ARN") or event.get("eventSource", "")
    path = "advancedEventSelectors"
    blamed = wrong(trail.urn, path, entries(trail, path), "a selector of the event")
    return refuted(f"{last(trail.urn)} does not record {name} on {where}", {**blamed, "event": dict(event)})


def _resting(trail: Resource, stores: EvidenceStores) -> set[Ground]:
    """What the record of the control plane rests on."""
    found = {Ground(trail.urn, f"{name}={value(trail, name)}") for name in (*_SETTINGS, "s3BucketName", "kmsKeyId")}
    found.add(Ground(trail.urn, "event selectors"))
    bucket = stores.named(value(trail, "s3BucketName"))
    return found | ({Ground(bucket.urn, "clover:store-role=evidence")} if bucket else set())
