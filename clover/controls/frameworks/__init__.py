"""What the controls are worth to published frameworks: a table a framework, every item of it with its stance and why.

No item is met by a mapping: `supports (part)` says that a control bears on it, and what of it no control can show.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

from msgspec import Struct, convert

from clover.tables import read_table


class Stance(StrEnum):
    """What Clover has to say to an item of a framework."""

    SUPPORTS = "supports (part)"
    NOT_ADDRESSED = "not addressed"
    NOT_MET = "not met"
    NOT_APPLICABLE = "n/a"
    CONFLICT = "conflict"
    """Meeting the item to the letter would break residency; `why` names the safe way."""


class Group(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Items that have one stance for one reason."""

    stance: Stance
    why: str
    items: tuple[str, ...]
    controls: tuple[str, ...] = ()


class Framework(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One framework: its items by number or letter, without its text; `count` is how many it has."""

    framework: str
    version: str
    source: str
    count: int
    groups: tuple[Group, ...]

    def items(self) -> Iterator[tuple[str, Group]]:
        """Every item with the group that it stands in."""
        return ((item, group) for group in self.groups for item in group.items)


@cache
def frameworks() -> Mapping[str, Framework]:
    """Every framework by its short name."""
    files = sorted(Path(__file__).parent.glob("*.yaml"))
    found = (convert(read_table(file), Framework) for file in files)
    return {framework.framework: framework for framework in found}


@cache
def supported() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """The items that each control supports in part, by the control's id and the framework."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for name, framework in frameworks().items():
        for item, group in framework.items():
            for control in group.controls if group.stance is Stance.SUPPORTS else ():
                items = found.setdefault(control, {})
                items[name] = (*items.get(name, ()), item)
    return found
