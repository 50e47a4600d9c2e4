"""What the engine shows a policy of a stack: every resource with its properties, and no id but among its outputs.

`AnalyzeStack` names outputs alone (pkg/resource/deploy/step_generator.go); inputs are known where `Analyze` or
`Remediate` came before it. Whether a thing is there already is not told: in a preview it is one whose id is known.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any, NamedTuple

from clover.errors import BadInput, Place
from clover.sources.plain import as_list, as_object
from clover.sources.resource import Resource, read_resource
from clover.sources.values import SENTINELS
from clover.sources.world import World, stack_world

_OPEN = min(SENTINELS)
_PROVIDER = "pulumi:providers:"
_MADE = (_PROVIDER, "aws:", "azure-native:")
"""How the types begin that are no components, whether or not their provider is told."""


class Shown(NamedTuple):
    """One resource as the engine shows it; `inputs` is None where nobody saw them."""

    urn: str
    type: str
    inputs: Mapping[str, Any] | None
    outputs: Mapping[str, Any]
    parent: str | None
    provider: str | None
    dependencies: tuple[str, ...]
    protect: bool

    @property
    def custom(self) -> bool:
        """Whether a provider makes the thing: components have none, and providers are their own."""
        return self.provider is not None or self.type.startswith(_MADE)


def registered_world(shown: Sequence[Shown], site: str | None, source: str) -> World:
    """The world of the one stack that is shown, which stands for `site` where that is given; BadInput for no world.

    While anything is unknown the stack is previewed: a thing without a known id is not made yet, and counts as
    declared only, as in the plan of its creation.
    """
    preview = any(_is_open(each.outputs) for each in shown)
    known = {each.urn for each in shown}
    resources = [_resource(each, preview, known) for each in shown]
    world = stack_world(resources, Place(source))
    if site is None:
        return world
    subject = world.subjects[0]
    return World({subject._replace(site=site): world.of(subject)})


def is_first_preview(world: World) -> bool:
    """Whether nothing of the world's stacks has been made yet."""
    found = [each for subject in world.subjects for each in world.of(subject)]
    return not any(each.custom and each.settled and not each.type.startswith(_PROVIDER) for each in found)


def _resource(shown: Shown, preview: bool, known: Set[str]) -> Resource:
    """The resource; links lead to what is shown alone, for a run of a part of a stack shows no more.

    What an update leaves open is what is declared, where that is: of an object, providers foresee what they know.
    """
    identifier = _id(shown.outputs)
    there = not preview or not shown.custom or identifier is not None
    inputs = shown.outputs if shown.inputs is None else shown.inputs
    foreseen = {name: inputs.get(name, held) if _is_open(held) else held for name, held in shown.outputs.items()}
    state = {
        "urn": shown.urn,
        "type": shown.type,
        "custom": shown.custom,
        "id": identifier if there else _OPEN,
        "inputs": {name: value for name, value in inputs.items() if name != "id"},
        "parent": shown.parent if shown.parent in known else None,
        "provider": f"{shown.provider}::shown" if shown.provider in known else None,
        "dependencies": [each for each in shown.dependencies if each in known],
        "protect": shown.protect,
    }
    try:
        return read_resource(state, foreseen if there else None, there, shown.urn)
    except ValueError as error:
        raise BadInput(str(error)) from None


def _id(outputs: Mapping[str, Any]) -> str | None:
    """The id among the outputs; None where there is none, or none yet."""
    found = outputs.get("id")
    return found if isinstance(found, str) and found and found not in SENTINELS else None


def _is_open(value: object) -> bool:
    """Whether something in the value is not known yet."""
    if isinstance(value, str):
        return value in SENTINELS
    inner: Iterable[object] = as_list(value) or list((as_object(value) or {}).values())
    return any(_is_open(each) for each in inner)
