"""The page on what both clouds guarantee, and where they differ, from `parity.yaml`: `python -m components.parity`."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import NotRequired, TypedDict, cast

import yaml

DATA = Path(__file__).with_name("parity.yaml")
PAGE = Path(__file__).resolve().parents[1] / "docs" / "parity.md"

_CLOUDS = {"aws": "AWS", "azure": "Azure"}


class Guarantee(TypedDict):
    """One guarantee of a component, and each cloud's means to it."""

    component: str
    guarantee: str
    controls: Sequence[str]
    aws: str
    azure: str
    only: NotRequired[str]
    """The one cloud that the component is there for so far."""
    stronger: NotRequired[str]
    difference: NotRequired[str]
    only: NotRequired[str]


def guarantees() -> list[Guarantee]:
    """Every guarantee, in the order of the file."""
    return cast("list[Guarantee]", yaml.safe_load(DATA.read_text(encoding="utf-8")))


def page() -> str:
    """The page, a table a component."""
    return "\n".join(_lines()).rstrip("\n") + "\n"


def _lines() -> Iterator[str]:
    yield from (
        "# Two clouds, one contract",
        "",
        "<!-- Made by `python -m components.parity` from components/parity.yaml. -->",
        "",
        "The same site description buys the same guarantees on either cloud, by each cloud's own means. Where the",
        "means differ in strength, the last column says so.",
        "",
    )
    for component, listed in groupby(guarantees(), lambda each: each["component"]):
        yield from (f"## `{component}`", "", "| guarantee | controls | on AWS | on Azure | difference |")
        yield "|---|---|---|---|---|"
        yield from (_row(each) for each in listed)
        yield ""


def _row(each: Guarantee) -> str:
    stronger = f"**{_CLOUDS[each['stronger']]} is stronger.** " if "stronger" in each else ""
    stronger += f"**On {_CLOUDS[each['only']]} alone so far.** " if "only" in each else ""
    difference = stronger + each.get("difference", "none known")
    return f"| {each['guarantee']} | {', '.join(each['controls'])} | {each['aws']} | {each['azure']} | {difference} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
