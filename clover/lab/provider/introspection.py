"""Read the property types of a Pulumi SDK's classes into short text (`clover.lab.provider.shapes`)."""

import collections.abc
import importlib
import importlib.util
import inspect
import re
import sys
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import pulumi

PLAIN = {str: "string", bool: "boolean", int: "integer", float: "number", Any: "any"}
#: How the SDK documents the one value of a property that tells the types of a choice apart.
CONSTANT = re.compile(r"Expected value is '([^']+)'")


@dataclass
class Reader:
    """Reads classes, and gathers in `objects` the nested ones that it meets.

    `named_values`: whether text with named values is a type of its own; otherwise it is plain text. `seen` hears of
    each nested class with its name in `objects`.
    """

    named_values: bool = False
    objects: dict[str, Any] = field(default_factory=dict[str, Any])
    seen: Callable[[str, type], None] = lambda _name, _owner: None

    def properties(self, owner: type) -> dict[str, Any]:
        """Return `inputs` (name to type) and `required` of an argument class."""
        found = getters(owner)
        inputs = {wire_name(name, getter): self._property(getter) for name, getter in found}
        parameters = inspect.signature(owner.__init__).parameters
        required = [
            wire_name(name, getter) for name, getter in found if parameters[name].default is inspect.Parameter.empty
        ]
        return {"inputs": dict(sorted(inputs.items())), "required": sorted(required)}

    def outputs(self, resource: type) -> dict[str, str]:
        """Return the outputs of a resource class, name to type."""
        found = getters(resource)
        return dict(sorted((wire_name(name, getter), self._property(getter)) for name, getter in found))

    def _property(self, getter: Any) -> str:
        constant = CONSTANT.search(getter.__doc__ or "") if self.named_values else None
        if not constant:
            return self._type(_annotation(getter))
        self.objects[f"={constant[1]}"] = {"values": [constant[1]]}
        return f"={constant[1]}"

    def _type(self, annotation: Any) -> str:
        """Return the short text of an annotation, with `Optional`, `Awaitable` and `Output` taken off."""
        origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
        if origin in (typing.Union, types.UnionType):
            return self._choice([part for part in arguments if _is_plain_value(part)])
        if origin in (collections.abc.Sequence, pulumi.Output):
            return f"[{self._type(arguments[0])}]" if origin is collections.abc.Sequence else self._type(arguments[0])
        if origin is collections.abc.Mapping:
            return f"{{{self._type(arguments[1])}}}"
        if annotation in PLAIN:
            return PLAIN[annotation]
        return self._named(annotation) if issubclass(annotation, Enum) else self._object(annotation)

    def _choice(self, parts: list[Any]) -> str:
        """Return the types that remain of a union; text with named values is those values, or plain text."""
        kinds = {self._type(part) for part in parts}
        named = any(isinstance(part, type) and issubclass(part, Enum) for part in parts)
        return "|".join(sorted(kinds - {"string"} if named and self.named_values else kinds))

    def _named(self, owner: type[Enum]) -> str:
        """Return the name of a list of values, having written the list into `objects`."""
        if not self.named_values:
            return "string"
        name = f"{owner.__module__.split('.')[1]}.{owner.__name__}"
        self.objects[name] = {"values": [member.value for member in owner]}
        return name

    def _object(self, owner: type) -> str:
        """Return the name of a nested class, having written its properties into `objects`."""
        name = f"{owner.__module__.split('.')[1]}.{owner.__name__.removesuffix('Args')}".removeprefix("_inputs.")
        if name not in self.objects:
            self.objects[name] = {}
            self.objects[name] = self.properties(owner)
            self.seen(name, owner)
        return name


def argument_class(resource: Any) -> Any:
    """Return the class of a resource's arguments."""
    # Where a nested class has taken the name `…Args`, the SDK calls the resource's own `…InitArgs`.
    module = vars(sys.modules[resource.__module__])
    return module.get(f"{resource.__name__}InitArgs") or module[f"{resource.__name__}Args"]


def getters(owner: type) -> list[tuple[str, Any]]:
    """Return the properties of a class, each with its Python name."""
    return [(name, member.fget) for name, member in vars(owner).items() if isinstance(member, property)]


def wire_name(name: str, getter: Any) -> str:
    """Return the name that programs in other languages and the engine have for a property."""
    return getattr(getter, "_pulumi_name", None) or name


def _annotation(getter: Any) -> Any:
    """Resolve the return type; `Output`, its variable, outputs and named values are forward references in the SDK."""
    package = getter.__module__.rpartition(".")[0]
    names: dict[str, Any] = {**_module(f"{package}._enums"), **vars(sys.modules[getter.__module__])}
    known = {**names, "Output": pulumi.Output, "T": Any}
    return typing.get_type_hints(getter, known)["return"]


def _module(name: str) -> dict[str, Any]:
    return vars(importlib.import_module(name)) if importlib.util.find_spec(name) else {}


def _is_plain_value(part: Any) -> bool:
    return part is not type(None) and typing.get_origin(part) not in (collections.abc.Awaitable, pulumi.Output)
