"""From the SDK's shape to ARM's JSON and back.

Both ways as pulumi-azure-native goes them (provider/pkg/convert): flattened members return to their containers, renamed
ones to ARM's names, and what the SDK's types do not know is left out.
"""

from collections.abc import Callable
from typing import Any

from clover.lab.azure import layout
from clover.lab.azure.layout import Layout
from clover.lab.provider.wire import UNKNOWN, Props, as_list, as_map

#: What changes with every write, though the SDK takes it as an input of nested things: nothing that anyone wishes.
PROTOCOL = frozenset({"etag", "provisioningState"})


def to_arm(known: Layout, values: Props) -> Props:
    """Return the JSON of a value in the SDK's shape."""
    body: Props = {}
    for name, kind in known.kinds.items():
        if values.get(name) is not None:
            value = values[name]
            entry = _keyed(value) if name in known.sets else _object_to_arm(kind, value)
            layout.put(body, known.place(name), entry)
    return body


def from_arm(known: Layout, body: Props) -> Props:
    """Return the SDK's shape of ARM's JSON."""
    values: Props = {}
    for name, kind in known.kinds.items():
        value = layout.found(body, known.place(name))
        if value is not None:
            values[name] = sorted(value) if name in known.sets else _object_from_arm(kind, value)
    return values


def to_inputs(asked: Layout, body: Props) -> Props:
    """Return of ARM's JSON what could have been inputs: members that the SDK reads only are left out."""
    return {name: _without_protocol(value) for name, value in from_arm(asked, body).items() if name not in PROTOCOL}


def foreseen(known: Layout, inputs: Props) -> Props:
    """Return the outputs as a preview knows them: what the inputs say, and unknown all else."""
    return {name: _foreseen(kind, inputs.get(name)) for name, kind in known.kinds.items()}


def _keyed(keys: list[str]) -> Props:
    return {key: {} for key in keys}


def _object_to_arm(kind: str, value: Any) -> Any:
    return _inside(kind, value, to_arm, in_arm=False)


def _object_from_arm(kind: str, value: Any) -> Any:
    return _inside(kind, value, from_arm, in_arm=True)


def _without_protocol(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_protocol(item) for item in as_list(value)]
    if isinstance(value, dict):
        return {name: _without_protocol(entry) for name, entry in as_map(value).items() if name not in PROTOCOL}
    return value


def _inside(kind: str, value: Any, convert: Callable[[Layout, Props], Props], *, in_arm: bool) -> Any:
    """Convert every typed object in a value."""
    if isinstance(value, list):
        item = kind[1:-1] if kind.startswith("[") else "any"
        return [_inside(item, entry, convert, in_arm=in_arm) for entry in as_list(value)]
    if not isinstance(value, dict):
        return value
    if kind.startswith("{"):
        return {name: _inside(kind[1:-1], entry, convert, in_arm=in_arm) for name, entry in as_map(value).items()}
    known = as_map(value)
    typed = layout.chosen(kind, known, in_arm=in_arm)
    return convert(typed, known) if typed else known


def _foreseen(kind: str, value: Any) -> Any:
    """Return the output for an input of the same name; unknown where the input is absent or of another shape."""
    if kind.startswith("="):
        return kind[1:]
    if isinstance(value, list) and kind.startswith("["):
        return [_foreseen(kind[1:-1], entry) for entry in as_list(value)]
    if isinstance(value, dict):
        return _foreseen_map(kind, as_map(value))
    return UNKNOWN if value is None or isinstance(value, list) or kind[0] in "[{" else value


def _foreseen_map(kind: str, value: Props) -> Any:
    if kind.startswith("{"):
        return {name: _foreseen(kind[1:-1], entry) for name, entry in value.items()}
    if kind == "any":
        return value
    typed = layout.chosen(kind, value, in_arm=False)
    return foreseen(typed, value) if typed else UNKNOWN
