"""What the prover understands of each cloud, as a page: `python -m clover.model.listing` writes docs/modelled.md."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clover.tables import read_table

PAGE = Path(__file__).parents[2] / "docs" / "modelled.md"
_HERE = Path(__file__).parent

_HEAD = """# What is modelled

Generated: `python -m clover.model.listing`. A type that stands nowhere on this page is `unknown` by name (control
RES-5): the prover never takes it for harmless. Neither does it take what keeps data without a control of its own for
harmless, such as a table or a secret. Of every resource, whatever its type, regions, zones and the accounts of what it
names are looked at (RES-1).

Not modelled at all, on any cloud: what happens inside a workload, resources that stand in no plan (a given says that
there are none), the provider's own staff and hardware, lawful access, identity providers and the groups in them.
"""


def _data(name: str) -> Any:
    return read_table(_HERE / name)


def doors(cloud: str) -> Any:
    """The types that are doors of a network on a cloud."""
    return _data(f"{cloud}/network_doors.yaml")["doors"]


def page() -> str:
    """The page's text, from the tables that the prover itself reads."""
    return "\n".join([_HEAD, *_understood(), *_movers(), *_doors(), *_changes()]) + "\n"


def _understood() -> Iterator[str]:
    for cloud in ("aws", "azure"):
        types = sorted(_data(f"{cloud}/locations.yaml")["types"])
        yield f"## Understood property by property: {cloud} ({len(types)} types)\n"
        yield ", ".join(f"`{kind}`" for kind in types) + "\n"


def _movers() -> Iterator[str]:
    """The ways for data to leave and the relays of each cloud."""
    for cloud in ("aws", "azure"):
        table = _data(f"{cloud}/movers.yaml")
        for section, title in (
            ("copies", f"Ways for data to leave, refuted unless every destination lies in the zone: {cloud}"),
            ("relays", f"Relays, which read for a caller elsewhere: {cloud}"),
        ):
            yield f"## {title} ({len(table[section])} types)\n"
            yield "| type | what it does | where to is read from |\n|---|---|---|"
            yield from _rows(table[section], with_places=section == "copies")
            yield ""
        yield f"## Read by the controls themselves: {cloud}\n\n{', '.join(f'`{kind}`' for kind in table['guards'])}\n"
        yield f"## Neither hold nor move data: {cloud}\n\n{', '.join(f'`{kind}`' for kind in table['neutral'])}\n"


def _rows(section: Any, *, with_places: bool) -> Iterator[str]:
    for kind, row in sorted(section.items()):
        places = ", ".join(f"`{path}`" for path in row.get("to", ())) or "no harmless form"
        keeps = f"; keeps {row['holds']}, which is not known to be closed" if "holds" in row else ""
        yield f"| `{kind}` | {row['how']}{keeps} | {places if with_places else ''} |"


def _doors() -> Iterator[str]:
    for cloud in ("aws", "azure"):
        rows = doors(cloud)
        yield f"## Doors of a network, refuted where declared: {cloud} ({len(rows)} types)\n"
        yield ", ".join(f"`{kind}`" for kind in sorted(rows)) + "\n"


def _changes() -> Iterator[str]:
    table = _data("aws/changes.yaml")
    yield f"## Calls that change a control: aws ({sum(len(row['actions']) for row in table.values())} calls)\n"
    yield "| what is changed | calls |\n|---|---|"
    for kind, row in sorted(table.items()):
        yield f"| `{kind}` | {', '.join(row['actions'])} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
