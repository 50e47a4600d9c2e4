"""One resource type under test: what is made, what changes, and what the emulator says of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from clover.lab.provider.wire import Props
from tests.lab.azure.world import World

Inputs = Callable[[World], Props]


def nothing(_world: World) -> Props:
    return {}


@dataclass(frozen=True)
class Case:
    """One type.

    `inputs` makes it; `changed` are the inputs that an update changes, `replaced` one input each that forces a
    replacement. `seen`: what has to stand in ARM's JSON, place to value, once `inputs` are made; `seen_changed` once
    `changed` is. `drift`: place and value that are changed behind the provider's back, `drifts` the input that has to
    show it (empty: the type cannot be changed). `renamed`: the input that Azure has a value of its own for, which alone
    an import says.
    """

    type: str
    inputs: Inputs
    seen: Inputs
    replaced: Inputs
    changed: Inputs = nothing
    seen_changed: Inputs = nothing
    drift: tuple[str, Any] | None = None
    drifts: str = ""
    stays_after_delete: bool = False
    renamed: str = ""

    @property
    def token(self) -> str:
        return f"azure-native:{self.type}"

    def __str__(self) -> str:
        return self.type.rpartition(":")[2]
