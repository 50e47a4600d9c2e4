"""Create, read, update and delete one resource, as pulumi-azure-native does it (provider/pkg/provider, crud)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from clover.lab.azure import conversion, layout, schedules
from clover.lab.azure.arm import Call
from clover.lab.azure.comparison import VERSION, drifted, spoken_of
from clover.lab.azure.failure import FailedOperation
from clover.lab.azure.ids import id_of, inputs_of
from clover.lab.azure.model import ResourceType
from clover.lab.provider.difference import is_nothing
from clover.lab.provider.failure import HalfDone, NoAnswer, Refusal
from clover.lab.provider.servicer import Before, Found
from clover.lab.provider.wire import Props, as_map


@dataclass(frozen=True)
class Work:
    """One operation on one resource of a type."""

    kind: ResourceType
    call: Call

    def found(self, resource_id: str) -> Props | None:
        """Return the thing's JSON."""
        if self.kind.schedules:
            return schedules.found(self.call, self.kind, resource_id)
        return self.call.get(resource_id, self.kind.version)

    def outputs(self, body: Props) -> Props:
        """Return the outputs for a thing's JSON."""
        return {**conversion.from_arm(layout.answered(self.kind), body), VERSION: self.kind.version}

    def projected(self, outputs: Props, without: Iterable[str] = ()) -> Props:
        """Return of outputs what could have been inputs; the SDK flattens the one and not always the other."""
        body = conversion.to_arm(layout.answered(self.kind), outputs)
        values = conversion.to_inputs(layout.asked(self.kind), body)
        for place in without:
            _drop(values, tuple(place.split(".")))
        return values


def create(work: Work, inputs: Props, record: Callable[[str], None]) -> tuple[str, Props]:
    """Make the thing, return id and outputs; HalfDone when ARM began to make it and failed.

    The id is known, and recorded, before the request: whoever is killed during it still knows what to look for.
    """
    resource_id = id_of(work.kind, inputs, work.call.transport.settings.subscription)
    if work.kind.schedules:
        return _requested(work, resource_id, inputs, record)
    if work.found(resource_id) is not None and not work.kind.singleton:
        raise Refusal(f"cannot create already existing resource '{resource_id}'")
    body = conversion.to_arm(layout.asked(work.kind), inputs)
    for place in _unset_children(work.kind, inputs):
        layout.put(body, place, [])
    record(resource_id)
    return _written(work, resource_id, inputs, body)


def _requested(work: Work, resource_id: str, inputs: Props, record: Callable[[str], None]) -> tuple[str, Props]:
    """Ask for the thing, and wait until what was asked for is there."""
    body = conversion.to_arm(layout.asked(work.kind), inputs)
    record(resource_id)
    schedules.assigned(work.call, work.kind, resource_id, body)
    found = work.call.wait_until_visible(resource_id, lambda: work.found(resource_id))
    return resource_id, work.outputs(found)


def update(work: Work, resource_id: str, before: Before, inputs: Props) -> Props:
    """Change the thing and return its outputs; HalfDone when ARM began to change it and failed."""
    filled = {**_reset(work.kind, before.outputs, inputs), **inputs}
    body = conversion.to_arm(layout.asked(work.kind), filled)
    unset = _unset_children(work.kind, inputs)
    present: Props = (work.found(resource_id) or {}) if unset else {}
    for place in unset:
        if (entries := layout.found(present, place)) is not None:
            layout.put(body, place, entries)
    return _written(work, resource_id, inputs, body)[1]


def read(work: Work, resource_id: str, before: Before) -> Found | None:
    """Return the thing as it is now, None when it is gone."""
    inputs_of(work.kind, resource_id)
    body = work.found(resource_id)
    if body is None:
        return None
    outputs = work.outputs(body)
    if not before.outputs and not before.inputs:
        own_id: str = body.get("id") or resource_id
        return Found(own_id, outputs, _imported(work, inputs_of(work.kind, own_id), outputs))
    unset = [place for place in work.kind.children if layout.found(before.inputs, _path(place)) is None]
    now = work.projected(outputs, unset)
    if not before.outputs:
        return Found(resource_id, outputs, _begun(before.inputs, now))
    return Found(resource_id, outputs, drifted(before.inputs, work.projected(before.outputs, unset), now))


def delete(work: Work, resource_id: str) -> None:
    """Remove the thing: a singleton goes back to what Azure makes of it, a kept one goes with its parent."""
    if work.kind.kept:
        return
    if work.kind.schedules:
        schedules.removed(work.call, work.kind, resource_id)
    elif not work.kind.singleton:
        work.call.delete(resource_id, work.kind.version)
    elif work.found(resource_id) is not None:
        work.call.put(resource_id, work.kind.version, {})


def _written(work: Work, resource_id: str, inputs: Props, body: Props) -> tuple[str, Props]:
    """Send the body, and read the thing back: what GET says is what a refresh will see."""
    try:
        answer = work.call.put(resource_id, work.kind.version, body)
    except (FailedOperation, NoAnswer) as error:
        raise _half_done(work, resource_id, inputs, error) from None
    made_id: str = answer.get("id") or resource_id
    try:
        found = work.call.wait_until_visible(made_id, lambda: work.found(made_id))
    except Refusal as error:
        raise HalfDone(made_id, work.outputs(answer), str(error)) from None
    return made_id, work.outputs(found)


def _half_done(work: Work, resource_id: str, inputs: Props, error: Refusal) -> HalfDone | Refusal:
    """Say what is there now, so that the next run finds and finishes it; a thing that is not there is no thing."""
    try:
        body = work.found(resource_id)
    except Refusal:
        names = {name: inputs[name] for name in work.kind.parameters if name in inputs}
        return HalfDone(resource_id, names, str(error))
    return HalfDone(resource_id, work.outputs(body), str(error)) if body is not None else error


def _imported(work: Work, named: Props, outputs: Props) -> Props:
    """Return the inputs that would make a thing as it is."""
    said = {name: value for name, value in work.projected(outputs).items() if not is_nothing(value)}
    return {**said, **named, VERSION: work.kind.version}


def _begun(inputs: Props, now: Props) -> Props:
    """Return the inputs of a thing whose creation was begun and whose outputs nobody saved, as far as they differ."""
    shown = spoken_of(inputs, now)
    return drifted(inputs, {name: inputs[name] for name in shown}, shown)


def _reset(kind: ResourceType, outputs: Props, inputs: Props) -> Props:
    """Return the defaults of inputs that were taken away and that Azure would otherwise keep."""
    return {name: value for name, value in kind.defaults.items() if name not in inputs and name in outputs}


def _unset_children(kind: ResourceType, inputs: Props) -> list[tuple[str, ...]]:
    """Return the places in ARM's JSON of lists that the program leaves to resources of their own."""
    unset = (place for place in kind.children if layout.found(inputs, _path(place)) is None)
    return [(*kind.properties[_path(place)[0]].place, *_path(place)[1:]) for place in unset]


def _path(place: str) -> tuple[str, ...]:
    return tuple(place.split("."))


def _drop(values: Any, place: tuple[str, ...]) -> None:
    holder = layout.found(values, place[:-1])
    if isinstance(holder, dict):
        as_map(holder).pop(place[-1], None)


def foreseen(kind: ResourceType, inputs: Props) -> Props:
    """Return the outputs of a thing as a preview knows them."""
    known = conversion.foreseen(layout.answered(kind), inputs)
    return {**known, VERSION: kind.version}


def foreseen_update(kind: ResourceType, outputs: Props, inputs: Props) -> Props:
    """Return the outputs of a thing to be changed as a preview knows them: name and location stay for sure."""
    lasting = {name: outputs[name] for name in ("name", "location") if name in outputs}
    return {**foreseen(kind, inputs), **lasting}
