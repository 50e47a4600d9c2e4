"""The tables of `docs/components.md`, made from the packages' schemas: `python -m components.reference`."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from components.package import Package

PAGE = Path(__file__).resolve().parents[1] / "docs" / "components.md"
MARK = "<!-- From here on made by `python -m components.reference`; edit the docstrings instead. -->\n"


def clouds() -> list[str]:
    """The clouds that have a package, by the folders that the engine can run."""
    folders = Path(__file__).parent.glob("*/PulumiPlugin.yaml")
    return sorted(path.parent.name for path in folders if path.with_name("__init__.py").exists())


def page(written: str) -> str:
    """The whole page: what a person wrote, up to the mark, then the tables of every package."""
    tables = [line for cloud in clouds() for line in _package(json.loads(str(Package(cloud).schema)))]
    return written.partition(MARK)[0] + MARK + "\n" + "\n".join(tables)


def _package(schema: Mapping[str, Any]) -> Iterator[str]:
    """Every component of a package, then the objects and words that its inputs are made of."""
    yield from (f"## Package `{schema['name']}`", "", schema["description"], "")
    for token, component in sorted(schema["resources"].items()):
        yield from _component(token, component)
    for token, declared in sorted(schema["types"].items()):
        yield from _words(token, declared) if "enum" in declared else _object(token, declared)


def _component(token: str, component: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"### `{token}`", "", component["description"], "")
    yield from _inputs(component["inputProperties"], component["requiredInputs"])
    yield from ("| output | type | |", "|---|---|---|")
    for name, described in component["properties"].items():
        yield f"| `{name}` | {_type({**described, 'plain': True})} | {_line(described)} |"
    yield ""


def _object(token: str, declared: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"### Object `{_short(token)}`", "", declared["description"], "")
    yield from _inputs(declared["properties"], declared["required"])


def _words(token: str, declared: Mapping[str, Any]) -> Iterator[str]:
    words = ", ".join(f"`{value['value']}`" for value in declared["enum"])
    yield from (f"### Words of `{_short(token)}`", "", f"{declared['description']} {words}", "")


def _inputs(properties: Mapping[str, Any], required: list[str]) -> Iterator[str]:
    """A table of inputs, those that have to be given first."""
    yield from ("| input | type | needed | |", "|---|---|---|---|")
    for name, described in sorted(properties.items(), key=lambda entry: entry[0] not in required):
        yield f"| `{name}` | {_type(described)} | {'yes' if name in required else 'no'} | {_line(described)} |"
    yield ""


def _type(described: Mapping[str, Any]) -> str:
    """A type in words; `→` where the value may be another resource's output, as a list of objects never may."""
    mark = "" if described.get("plain") or "$ref" in described.get("items", ()) else "→ "
    if "$ref" in described:
        return f"{mark}`{_short(described['$ref'])}`"
    if "items" in described:
        return f"{mark}list of {_type({**described['items'], 'plain': True})}"
    if "additionalProperties" in described:
        return f"{mark}map of {_type({**described['additionalProperties'], 'plain': True})}"
    return f"{mark}{described['type']}"


def _short(reference: str) -> str:
    """The last part of a token."""
    return reference.rsplit(":", 1)[-1]


def _line(described: Mapping[str, Any]) -> str:
    """A description as a table's cell."""
    return " ".join(described["description"].split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
