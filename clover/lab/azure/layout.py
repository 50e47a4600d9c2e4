"""Where the members of a typed value stand in ARM's JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from clover.lab.azure.model import ResourceType, schema
from clover.lab.provider.wire import Props, as_map

Place = tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """Type and place of each member; `sets`: lists of text that ARM has as the keys of a map."""

    kinds: Mapping[str, str]
    places: Mapping[str, Place] = field(default_factory=dict[str, Place])
    sets: frozenset[str] = frozenset()

    def place(self, name: str) -> Place:
        """Return the way from the value to the member in ARM's JSON."""
        return self.places.get(name, (name,))

    def constants(self) -> Iterator[tuple[str, str]]:
        """Yield the members that can have but one value."""
        for name, kind in self.kinds.items():
            if kind.startswith("="):
                yield name, kind[1:]


def asked(kind: ResourceType) -> Layout:
    """Return the layout of what a resource's inputs say in the body."""
    body = {name: known for name, known in kind.properties.items() if known.place}
    return Layout(
        {name: known.type for name, known in body.items()}, {name: known.place for name, known in body.items()}
    )


def answered(kind: ResourceType) -> Layout:
    """Return the layout of a resource's outputs."""
    return Layout(kind.outputs, kind.output_places)


@cache
def of_object(kind: str) -> Layout:
    """Return the layout of a nested object."""
    entry = schema()["objects"][kind]
    places = {name: tuple(place.split(".")) for name, place in entry.get("paths", {}).items()}
    return Layout(entry["inputs"], places, frozenset(entry.get("sets", ())))


def objects(kind: str) -> list[str]:
    """Return the objects among the types of a choice."""
    return [part for part in kind.split("|") if "inputs" in schema()["objects"].get(part, {})]


def chosen(kind: str, value: Props, *, in_arm: bool) -> Layout | None:
    """Return the layout of the object that a value of a choice is: the one whose constants it has, else the first."""
    layouts = [of_object(part) for part in objects(kind)]
    fitting = (layout for layout in layouts if all(_has(layout, value, at, in_arm) for at in layout.constants()))
    return next(fitting, layouts[0] if layouts else None)


def _has(layout: Layout, value: Props, constant: tuple[str, str], in_arm: bool) -> bool:
    name, expected = constant
    return found(value, layout.place(name) if in_arm else (name,)) == expected


def found(value: Any, place: Place) -> Any:
    """Return what stands at a place, None where nothing does."""
    for step in place:
        if not isinstance(value, dict):
            return None
        value = as_map(value).get(step)
    return value


def put(value: Props, place: Place, entry: Any) -> None:
    """Write an entry at a place, making the containers on the way."""
    for step in place[:-1]:
        value = value.setdefault(step, {})
    value[place[-1]] = entry
