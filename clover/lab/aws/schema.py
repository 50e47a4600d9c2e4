"""Generate `schema.json` from the pinned pulumi-aws SDK: `python -m clover.lab.aws.schema`.

The plugin reads the file and never imports the SDK, which takes seconds. Types are written as short text:
`string`, `boolean`, `integer`, `number`, `any`, `[T]` for a list, `{T}` for a map, `A|B` for a choice,
or the name of an entry of `objects`.
"""

import collections.abc
import importlib
import importlib.metadata
import importlib.util
import inspect
import json
import sys
import types
import typing
from enum import Enum
from typing import Any, cast

from clover.lab.aws.model import FOLDER, read_data

SCHEMA_FILE = FOLDER / "schema.json"
PLAIN = {str: "string", bool: "boolean", int: "integer", float: "number", Any: "any"}


def generate() -> dict[str, Any]:
    """Introspect the installed SDK for every type of `properties.json`."""
    objects: dict[str, Any] = {}
    resources = {token: _resource(token, objects) for token in read_data("properties.json")["types"]}
    provider_module = importlib.import_module("pulumi_aws.provider")
    return {
        "sdk": importlib.metadata.version("pulumi-aws"),
        "provider": _properties(provider_module.ProviderArgs, objects),
        "resources": resources,
        "objects": dict(sorted(objects.items())),
        "values": {place: _values(place) for place in _places(read_data("limits.json"))},
    }


def text() -> str:
    """Return the file's content: one property table per line, so that a change is readable in a diff."""
    document = generate()
    sections = [f'"sdk": {json.dumps(document["sdk"])}', f'"provider": {_compact(document["provider"])}']
    for section in ("resources", "objects", "values"):
        lines = ",\n".join(f"{json.dumps(name)}: {_compact(entry)}" for name, entry in document[section].items())
        sections.append(f'"{section}": {{\n{lines}\n}}')
    return "{\n" + ",\n".join(sections) + "\n}\n"


def _compact(entry: Any) -> str:
    return json.dumps(entry, separators=(",", ":"))


def _resource(token: str, objects: dict[str, Any]) -> dict[str, Any]:
    """Return inputs, required inputs and the names of all outputs of one resource type."""
    module_path, class_name = token.split(":")[1:]
    package = importlib.import_module(f"pulumi_aws.{module_path.split('/')[0]}")
    resource = getattr(package, class_name)
    # Where a nested class has taken the name `…Args`, the SDK calls the resource's own `…InitArgs`.
    module = vars(sys.modules[resource.__module__])
    arguments = module.get(f"{class_name}InitArgs") or module[f"{class_name}Args"]
    outputs = [_wire_name(name, getter) for name, getter in _getters(resource)]
    return {**_properties(arguments, objects), "outputs": sorted(outputs)}


def _properties(arguments: type, objects: dict[str, Any]) -> dict[str, Any]:
    """Return `inputs` (name to type) and `required` of an argument class, adding nested classes to `objects`."""
    getters = _getters(arguments)
    inputs = {_wire_name(name, getter): _type(_annotation(getter), objects) for name, getter in getters}
    signature = inspect.signature(arguments.__init__)
    names = {name: _wire_name(name, getter) for name, getter in getters}
    required = [names[name] for name in names if signature.parameters[name].default is inspect.Parameter.empty]
    return {"inputs": dict(sorted(inputs.items())), "required": sorted(required)}


def _getters(owner: type) -> list[tuple[str, Any]]:
    return [(name, member.fget) for name, member in vars(owner).items() if isinstance(member, property)]


def _wire_name(name: str, getter: Any) -> str:
    return getattr(getter, "_pulumi_name", None) or name


def _annotation(getter: Any) -> Any:
    """Resolve the return type; `Output`, its variable and named values are forward references in the SDK."""
    import pulumi

    package = getter.__module__.rpartition(".")[0]
    has_named_values = importlib.util.find_spec(f"{package}._enums") is not None
    named_values = vars(importlib.import_module(f"{package}._enums")) if has_named_values else {}
    names: dict[str, Any] = {**named_values, **vars(sys.modules[getter.__module__]), "Output": pulumi.Output, "T": Any}
    return typing.get_type_hints(getter, names)["return"]


def _type(annotation: Any, objects: dict[str, Any]) -> str:
    """Return the short text of an annotation, with `Optional`, `Awaitable` and `Output` taken off."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return _choice([part for part in arguments if _is_plain_value(part)], objects)
    if origin is collections.abc.Sequence:
        return f"[{_type(arguments[0], objects)}]"
    if origin is collections.abc.Mapping:
        return f"{{{_type(arguments[1], objects)}}}"
    if annotation in PLAIN:
        return PLAIN[annotation]
    if issubclass(annotation, Enum):
        return "string"
    return _object(annotation, objects)


def _is_plain_value(part: Any) -> bool:
    import pulumi

    return part is not type(None) and typing.get_origin(part) not in (collections.abc.Awaitable, pulumi.Output)


def _choice(parts: list[Any], objects: dict[str, Any]) -> str:
    """Return the types that remain of a union; text with named values is text."""
    return "|".join(sorted({_type(part, objects) for part in parts}))


def _object(owner: type, objects: dict[str, Any]) -> str:
    """Return the name of a nested argument class, having written its properties into `objects`."""
    name = f"{owner.__module__.split('.')[1]}.{owner.__name__.removesuffix('Args')}".removeprefix("_inputs.")
    if name not in objects:
        objects[name] = {}
        objects[name] = _properties(owner, objects)
    return name


def _places(limits: Any) -> list[str]:
    """Return every `values_of` in the limits: places in AWS's own API model that list the values allowed."""
    rules = [rule for entry in limits["types"].values() for rule in entry["rules"].values()]
    return sorted({rule["values_of"] for rule in rules if "values_of" in rule})


def _values(place: str) -> list[str]:
    """Return the values that botocore's model allows at `service.Operation.Parameter.Member…`."""
    import botocore.session

    service, operation, *members = place.split(".")
    session: Any = cast(Any, botocore.session).get_session()
    shape: Any = session.get_service_model(service).operation_model(operation).input_shape
    for member in members:
        shape = shape.members[member]
        shape = shape.member if shape.type_name == "list" else shape
    return list(shape.enum)


def main() -> None:
    """Write the file."""
    SCHEMA_FILE.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
