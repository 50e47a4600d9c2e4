"""The control matrix: items of frameworks, the controls that support each in part, and how these stand at each site."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from clover.controls.catalogue import controls
from clover.controls.verdict import Outcome
from clover.dossier.site_facts import SiteFacts, worst
from clover.tables import read_table


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One item of a framework; `status` stands in place of a verdict where no control can bring one."""

    id: str
    title: str = ""
    controls: tuple[str, ...] = ()
    status: str | None = None
    why: str | None = None


class Framework(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A framework with the items that the matrix shows."""

    framework: str
    source: str
    items: tuple[Item, ...]


class Row(NamedTuple):
    """An item, the controls that support it, and the worst of their outcomes at each site (None: none was decided)."""

    item: Item
    controls: tuple[str, ...]
    outcomes: tuple[Outcome | None, ...]


@cache
def frameworks() -> tuple[Framework, ...]:
    """The frameworks of frameworks.yaml, with the items that only controls name at the end of each."""
    listed = msgspec.convert(read_table(Path(__file__).with_name("frameworks.yaml")), tuple[Framework, ...])
    named = _named_by_controls()
    known = {one.framework for one in listed}
    added = tuple(Framework(name, "", ()) for name in named if name not in known)
    return tuple(_completed(one, named.get(one.framework, {})) for one in (*listed, *added))


def _completed(framework: Framework, named: Mapping[str, tuple[str, ...]]) -> Framework:
    known = {item.id for item in framework.items}
    items = (*framework.items, *(Item(name) for name in sorted(named) if name not in known))
    joined = tuple(
        msgspec.structs.replace(item, controls=tuple(dict.fromkeys((*item.controls, *named.get(item.id, ())))))
        for item in items
    )
    return msgspec.structs.replace(framework, items=joined)


def _named_by_controls() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for control in controls().values():
        for framework, items in control.frameworks.items():
            for item in items:
                held = found.setdefault(framework, {})
                held[item] = (*held.get(item, ()), control.id)
    return found


def matrix(sites: Sequence[SiteFacts]) -> Iterator[tuple[Framework, tuple[Row, ...]]]:
    """Every framework with its rows."""
    for framework in frameworks():
        yield framework, tuple(_row(item, sites) for item in framework.items)


def _row(item: Item, sites: Sequence[SiteFacts]) -> Row:
    supporting = tuple(control for control in item.controls if control in controls())
    decided = [[verdict for control in supporting for verdict in site.of(control)] for site in sites]
    return Row(item, supporting, tuple(worst(verdicts) if verdicts else None for verdicts in decided))
