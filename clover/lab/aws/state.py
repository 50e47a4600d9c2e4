"""What goes into the state: outputs as the cloud gives them, written as the program wrote them where both say the same.

AWS gives policies, lists and numbers back in its own writing. Keeping the program's writing where the meaning is equal
is what makes a refresh right after a deployment quiet.
"""

from clover.lab.aws import tagging
from clover.lab.aws.documents import same
from clover.lab.aws.model import Change, Property, ResourceType
from clover.lab.aws.settings import Settings
from clover.lab.provider.difference import is_nothing
from clover.lab.provider.wire import UNKNOWN, Props

DEFAULTS = "__defaults"


def outputs_of(kind: ResourceType, settings: Settings, found: Props, said: Props) -> Props:
    """Return the outputs for what the cloud says (`found`), `said` being what the program or the state said before."""
    outputs = {name: value for name, value in found.items() if not is_nothing(value) or name in said}
    if "tagsAll" in found:
        outputs |= tagging.split(settings, found["tagsAll"], said.get("tags") or {})
    for name, known in kind.properties.items():
        if name in said and (known.unread or (name in outputs and same(known, outputs[name], said[name]))):
            outputs[name] = said[name]
    return outputs


def foreseen(kind: ResourceType, inputs: Props) -> Props:
    """Return the outputs of a thing that is still to be made: its inputs, and unknown what only AWS can say."""
    open_names = {name for name in kind.outputs if name not in kind.properties or kind.properties[name].computed}
    return {**dict.fromkeys(open_names, UNKNOWN), **public(inputs)}


def foreseen_update(kind: ResourceType, changed: frozenset[str], state: Props, inputs: Props) -> Props:
    """Return the outputs that an update will leave: the state under the new inputs, unknown what follows the change."""
    open_names = [name for name, leads in kind.follows.items() if changed & leads or (changed and "*" in leads)]
    lasting = {
        name: value
        for name, value in state.items()
        if name in inputs or name not in kind.properties or kind.properties[name].computed
    }
    return {**lasting, **dict.fromkeys(open_names, UNKNOWN), **public(inputs)}


def imported_inputs(kind: ResourceType, outputs: Props) -> Props:
    """Return the inputs that would make a thing as it is, leaving out what the provider would fill in itself."""
    inputs = {
        name: outputs[name]
        for name, known in kind.properties.items()
        if known.change is not Change.REFUSED and name in outputs and _says_something(known, outputs[name])
    }
    return {**inputs, **_tags_all(outputs), DEFAULTS: []}


def refreshed_inputs(kind: ResourceType, old_inputs: Props, old_outputs: Props, outputs: Props) -> Props:
    """Return the inputs as they would have to be for the thing to be as it is now."""
    inputs: Props = {DEFAULTS: old_inputs.get(DEFAULTS, [])}
    for name, known in kind.properties.items():
        if known.unread or name not in outputs:
            kept = name in old_inputs and (known.unread or is_nothing(old_inputs[name]))
            inputs |= {name: old_inputs[name]} if kept else {}
        elif name in old_inputs:
            inputs[name] = old_inputs[name] if same(known, outputs[name], old_inputs[name]) else outputs[name]
        elif not _is_unchanged(known, outputs[name], old_outputs.get(name)):
            inputs[name] = outputs[name]
    return {**inputs, **_tags_all(outputs)}


def identity(kind: ResourceType, inputs: Props) -> Props:
    """Return the inputs that a thing keeps for life: all that is sure of one that could not be read yet."""
    lasting = (name for name, known in kind.properties.items() if known.change is Change.REPLACE)
    return {name: inputs[name] for name in lasting if name in inputs}


def _is_unchanged(known: Property, now: object, before: object) -> bool:
    return same(known, now, before) or same(known, now, known.default)


def _says_something(known: Property, value: object) -> bool:
    return not same(known, value, known.default)


def _tags_all(outputs: Props) -> Props:
    return {"tagsAll": outputs["tagsAll"]} if "tagsAll" in outputs else {}


def public(inputs: Props) -> Props:
    """Leave out the provider's own notes."""
    return {name: value for name, value in inputs.items() if name != DEFAULTS}
