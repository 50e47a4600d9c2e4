"""Read where the attributes of the `azure-mgmt-*` models stand in ARM's JSON.

Two generations of models are in use: `rest_field`s with visibility, and `_attribute_map`s whose keys lead through
containers (`properties.roleName`).
"""

import importlib
import re
import typing
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Attribute:
    """One attribute: its way through the JSON, and the model of its value if it is one.

    `keyed`: the value is a map; `only_created`: it may be set at creation alone; `place`: where the SDK says so.
    """

    keys: tuple[str, ...]
    model: type | None
    place: str
    keyed: bool = False
    only_created: bool = False


def find_model(place: str) -> type:
    """Return the model that a dotted name such as `azure.mgmt.storage.models.StorageAccount` stands for."""
    module, _, name = place.rpartition(".")
    return getattr(importlib.import_module(module), name)


def sibling(model: type, name: str) -> type | None:
    """Return the model of that name in the same package."""
    found = vars(importlib.import_module(_package(model))).get(name)
    return found if isinstance(found, type) else None


def attributes(model: type) -> dict[str, Attribute]:
    """Return the attributes of a model by their Python names."""
    described: Any = model
    if hasattr(model, "_attribute_map"):
        return {name: _mapped(described, name, entry) for name, entry in described._attribute_map.items()}
    fields = {name: vars(owner)[name] for owner in reversed(model.__mro__) for name in _fields(owner)}
    return {name: _rest(model, name, field) for name, field in fields.items()}


def _fields(owner: type) -> list[str]:
    return [name for name, value in vars(owner).items() if type(value).__name__ == "_RestField"]


def _rest(model: type, name: str, field: Any) -> Attribute:
    owner = next(base for base in model.__mro__ if name in vars(base))
    namespace = vars(importlib.import_module(_package(model)))
    annotation = owner.__annotations__.get(name, "")
    visible: list[str] = field._visibility or []
    return Attribute(
        keys=(field._rest_name_input or name,),
        model=_named_model(annotation, namespace),
        place=f"{_package(model)}.{owner.__name__}.{name}",
        keyed="dict[" in str(annotation),
        only_created="create" in visible and "update" not in visible,
    )


def _mapped(model: Any, name: str, entry: dict[str, str]) -> Attribute:
    namespace = vars(importlib.import_module(_package(model)))
    keys = tuple(part.replace("\\", "") for part in re.split(r"(?<!\\)\.", entry["key"]))
    place = f"{_package(model)}.{model.__name__}.{name}"
    return Attribute(keys, _named_model(entry["type"], namespace), place, keyed=entry["type"].startswith("{"))


def _named_model(annotation: Any, namespace: dict[str, Any]) -> type | None:
    """Return the first model that an annotation names, in text or as a type."""
    for name in re.findall(r"\w+", annotation if isinstance(annotation, str) else repr(annotation)):
        found = namespace.get(name)
        if isinstance(found, type) and _is_model(found):
            return found
    return next((part for part in typing.get_args(annotation) if isinstance(part, type) and _is_model(part)), None)


def _is_model(found: type) -> bool:
    return hasattr(found, "_attribute_map") or any(_fields(base) for base in found.__mro__)


def _package(model: type) -> str:
    return model.__module__.rpartition(".")[0]
