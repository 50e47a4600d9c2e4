"""Create, read, update and delete one resource: what all types have in common."""

from collections.abc import Callable
from dataclasses import dataclass

from clover.lab.aws import state, tagging
from clover.lab.aws.cloud import Call
from clover.lab.aws.difference import changed_names
from clover.lab.aws.kind import Kind, Update, table
from clover.lab.aws.model import ResourceType
from clover.lab.aws.settings import Settings
from clover.lab.provider.failure import HalfDone, Refusal
from clover.lab.provider.wire import Props


@dataclass(frozen=True)
class Work:
    """One operation on one resource: its type, how the type is served, where and until when."""

    type: ResourceType
    kind: Kind
    call: Call

    @property
    def settings(self) -> Settings:
        """The provider's configuration."""
        return self.call.cloud.settings

    def outputs(self, resource_id: str, said: Props) -> tuple[str, Props] | None:
        """Return id and outputs of the thing as it is, None when it is gone."""
        found = self.kind.read(self.call, resource_id, said)
        if found is None:
            return None
        found_id = found.pop("id", resource_id)
        if "region" in self.type.properties:
            found["region"] = self.call.region
        return found_id, state.outputs_of(self.type, self.settings, found, said)


def create(work: Work, inputs: Props, record: Callable[[str], None]) -> tuple[str, Props]:
    """Make the thing, `record` its id, return id and outputs; HalfDone when it is made, but not what was asked for."""
    resource_id = work.kind.create(work.call, inputs)
    record(resource_id)
    try:
        work.kind.complete(work.call, resource_id, inputs)
        return work.call.wait_until_visible(resource_id, lambda: work.outputs(resource_id, inputs))
    except Refusal as error:
        raise _half_done(work, resource_id, inputs, {}, error) from None


def update(work: Work, resource_id: str, old_state: Props, old_inputs: Props, inputs: Props) -> Props:
    """Change the thing and return its outputs; HalfDone when only a part of the change was made."""
    changed = changed_names(work.type, old_state, old_inputs, inputs)
    try:
        work.kind.update(work.call, Update(resource_id, old_state, inputs, changed))
        _update_tags(work, resource_id, old_state, inputs)
        return work.call.wait_until_visible(resource_id, lambda: work.outputs(resource_id, inputs))[1]
    except Refusal as error:
        raise _half_done(work, resource_id, inputs, old_state, error) from None


def read(work: Work, resource_id: str, old_state: Props, old_inputs: Props) -> tuple[str, Props, Props] | None:
    """Return id, outputs and inputs of the thing as it is now, None when it is gone."""
    found = work.outputs(
        resource_id, {**old_state, **{name: old_inputs[name] for name in old_inputs if name != state.DEFAULTS}}
    )
    if found is None:
        return None
    found_id, outputs = found
    if not old_state and not old_inputs:
        return found_id, outputs, state.imported_inputs(work.type, outputs)
    return found_id, outputs, state.refreshed_inputs(work.type, old_inputs, old_state, outputs)


def delete(work: Work, resource_id: str, old_state: Props) -> None:
    """Remove the thing; that it is gone already is as good."""
    work.kind.delete(work.call, resource_id, old_state)


def _update_tags(work: Work, resource_id: str, old_state: Props, inputs: Props) -> None:
    if work.kind.tagger is None:
        return
    add, remove = tagging.changes(table(old_state, "tagsAll"), table(inputs, "tagsAll"))
    if remove:
        work.kind.tagger.remove(work.call, resource_id, remove)
    if add:
        work.kind.tagger.add(work.call, resource_id, add)


def _half_done(work: Work, resource_id: str, inputs: Props, old_state: Props, error: Refusal) -> HalfDone:
    """Say what is there now, as far as it can be read, so that the next run finds and finishes it."""
    try:
        found = work.outputs(resource_id, inputs)
    except Refusal:
        found = None
    return HalfDone(resource_id, found[1] if found else old_state or state.identity(work.type, inputs), str(error))
