"""What components and stacks say they hold: a component by its outputs and inputs, a stack by its exports."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from clover.tables import read_table

OF_OURS = "clover"
"""How the types of the project's own components begin."""


class Made(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Things of one type that lie in a component; see held.yaml."""

    type: str
    times: int = 1
    each: str | None = None
    at: str | None = None
    when: Mapping[str, tuple[Any, ...]] = {}
    given: str | None = None


class Component(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one type of component says it holds; see held.yaml."""

    told: Mapping[str, tuple[str, ...]] = {}
    says: tuple[str, ...] = ()
    made: tuple[Made | str, ...] = ()

    @property
    def parts(self) -> tuple[Made, ...]:
        """What lies in it besides what its outputs name."""
        return tuple(Made(each) if isinstance(each, str) else each for each in self.made)


class Held(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole table."""

    components: Mapping[str, Component]
    exports: Mapping[str, Mapping[str, str]]


@cache
def held() -> Held:
    """What each type of component, and each kind of stack, says it holds."""
    return msgspec.convert(read_table(Path(__file__).with_name("held.yaml")), Held)
