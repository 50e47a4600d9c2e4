"""One resource type under test: what is made, what changes, and what boto3 says of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from clover.lab.provider.wire import Props
from tests.lab.aws.world import World
from tests.lab.provider.engine import Resource

Inputs = Callable[[World], Props]


def nothing(_world: World) -> Props:
    return {}


@dataclass(frozen=True)
class Case:
    """One type.

    `inputs` makes it; `changed` are the inputs that an update changes (empty: nothing but tags can change), `replaced`
    those that force a replacement. `seen` is what boto3 reads, in the words of the inputs. `drift` changes the thing
    behind the provider's back; `drifts` names the inputs in which a refresh has to show it, none where the thing is
    gone afterwards. `import_id` where it is not the id.
    """

    token: str
    inputs: Inputs
    seen: Callable[[World, Resource], Props]
    replaced: Inputs
    drift: Callable[[World, Resource], Any]
    drifts: frozenset[str] = frozenset()
    changed: Inputs = nothing
    stays_after_delete: bool = False
    import_id: Callable[[Resource], str] = field(default=lambda resource: resource.id)

    def __str__(self) -> str:
        return self.token.rpartition(":")[2]
