"""What each control is: its promise, its question in plain words, and what no plan can show; see catalogue.yaml."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec


class Control(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One control as data."""

    id: str
    promise: str
    title: str
    statement: str
    not_declarable: str
    frameworks: Mapping[str, tuple[str, ...]]
    fix: str


@cache
def controls() -> Mapping[str, Control]:
    """Every control by its id, in the catalogue's order."""
    text = Path(__file__).with_name("catalogue.yaml").read_bytes()
    return {control.id: control for control in msgspec.yaml.decode(text, type=list[Control])}
