"""What each property of each type means for the controls: the tables aws.yaml and azure.yaml, read once."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml
from msgspec import Struct


class Setting(Struct, frozen=True, forbid_unknown_fields=True):
    """One property: its control, and which of its values are weaker; without an order a change leads both ways."""

    control: str
    strong: tuple[str | bool, ...] = ()
    more: Literal["strong", "weak"] | None = None
    members: Literal["widen", "narrow"] | None = None
    absent: str | bool | int | None = None
    then: str = ""


class Type(Struct, frozen=True, forbid_unknown_fields=True, rename={"kind": "is"}):
    """One type of resources: what its coming and going means, and what its properties mean."""

    kind: Literal["store", "key", "guard", "opening", "part"]
    of: str | None = None
    control: str = "RES-5"
    evidence: bool = False
    auditor: bool = False
    guardrail: bool = False
    settings: Mapping[str, Setting] = {}
    judged: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """The types of one cloud; `plain` and `settings` are of all of them."""

    types: Mapping[str, Type]
    plain: tuple[str, ...] = ()
    settings: Mapping[str, Setting] = {}


@cache
def types() -> Mapping[str, Type]:
    """Every classified type, with what holds of all types of its cloud."""
    return {name: kind for table in (_table("aws"), _table("azure")) for name, kind in _whole(table).items()}


def _table(cloud: str) -> Table:
    text = Path(__file__).with_name(f"{cloud}.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.safe_load(text), Table)


def _whole(table: Table) -> dict[str, Type]:
    return {
        name: msgspec.structs.replace(
            kind, settings={**table.settings, **kind.settings}, plain=(*table.plain, *kind.plain)
        )
        for name, kind in table.types.items()
    }


@cache
def others() -> Mapping[str, Type]:
    """Types that the prover knows as ways out and in, or as harmless, by its own tables."""
    found: dict[str, Type] = {}
    for movers in (_model("aws/movers.yaml"), _model("azure/movers.yaml")):
        found |= {name: Type(kind="part") for name in movers["neutral"]}
        found |= {name: Type(kind="opening", control="RES-2") for name in (*movers["copies"], *movers["relays"])}
    doors = _model("aws/network_doors.yaml")
    return found | {name: Type(kind="opening", control="NET-6") for name in doors.get("doors", doors)}


def _model(name: str) -> Any:
    folder = Path(__file__).parents[1] / "model"
    return yaml.safe_load((folder / name).read_text(encoding="utf-8"))
