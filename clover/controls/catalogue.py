"""What each control is: its promise, its question in plain words, and what no plan can show; see catalogue.yaml."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from clover.controls.frameworks import supported
from clover.tables import read_table
from clover.zones.vocabulary import Cloud, StackKind


class Control(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One control as data."""

    id: str
    promise: str
    title: str
    statement: str
    not_declarable: str
    fix: str
    fix_on_azure: str | None = None
    """What mends it on Azure, where that is another thing than on AWS."""
    hands: tuple[StackKind, ...] = (StackKind.SITE,)
    """Whose stacks are asked."""
    workspaces: bool = True
    """Whether a workspace of the auditor's is asked too."""

    @property
    def frameworks(self) -> Mapping[str, tuple[str, ...]]:
        """The items of published frameworks that the control supports in part, by framework."""
        return supported().get(self.id, {})

    def fix_on(self, cloud: Cloud) -> str:
        """What mends it on a cloud."""
        return self.fix_on_azure or self.fix if cloud is Cloud.AZURE else self.fix


@cache
def controls() -> Mapping[str, Control]:
    """Every control by its id, in the catalogue's order."""
    rows = read_table(Path(__file__).with_name("catalogue.yaml"))
    return {control.id: control for control in msgspec.convert(rows, list[Control])}
