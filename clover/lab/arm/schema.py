"""The shape of request bodies, taken from the pinned `azure-mgmt` packages: `python -m clover.lab.arm.schema`.

Each model becomes a table from a property's name on the wire to `[type, flags]`. Types: `str`, `int`, `float`, `bool`,
`date`, `any`, `enum:NAME`, `model:NAME`, and `[]T`, `{}T` for lists and maps of T. Flags: `r` required, `o` read-only.
"""

import importlib
import json
import re
import sys
import typing
from collections.abc import Iterable, Mapping
from enum import Enum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from clover.lab.arm.catalog import kinds

SCHEMA_FILE = "schema.json"
_PLAIN = {str: "str", int: "int", float: "float", bool: "bool"}
_OLD = {"str": "str", "int": "int", "long": "int", "float": "float", "bool": "bool", "iso-8601": "date"}
_VERSION = re.compile(r'"(\d{4}-\d\d-\d\d(?:-(?:preview|alpha|beta))?)"')


class _Models:
    """The models reached so far, of all packages."""

    def __init__(self) -> None:
        self.models: dict[str, Any] = {}
        self.enums: dict[str, list[str]] = {}

    def reach(self, name: str) -> None:
        """Describe the model `package.Name` and all that it refers to."""
        if name in self.models:
            return
        package, _, model = name.rpartition(".")
        self.models[name] = {}
        made: Any = getattr(_models(package), model)
        self._describe(name, package, made)

    def _describe(self, name: str, package: str, model: Any) -> None:
        new_style = hasattr(model, "_attr_to_rest_field") or not hasattr(model, "_attribute_map")
        described = self._new_fields(package, model) if new_style else self._old_fields(name, package, model)
        self.models[name] = {"fields": described}
        variants = _variants(model)
        if variants:
            discriminator, classes = variants
            self.models[name]["by"] = discriminator
            self.models[name]["variants"] = {value: f"{package}.{made}" for value, made in classes.items()}
            for made in classes.values():
                self.reach(f"{package}.{made}")

    def _new_fields(self, package: str, model: Any) -> dict[str, list[str]]:
        model({})  # the SDK binds its fields when the first instance is made
        annotated = {name: kind for one in reversed(model.__mro__) for name, kind in _annotations(one).items()}
        described: dict[str, list[str]] = {}
        for name, field in model._attr_to_rest_field.items():
            hint = annotated[name]
            optional = type(None) in typing.get_args(hint)
            flags = ("" if optional else "r") + ("o" if field._visibility == ["read"] else "")
            described[field._rest_name] = [self._type(package, hint), flags]
        return described

    def _old_fields(self, name: str, package: str, model: Any) -> dict[str, list[str]]:
        described: dict[str, list[str]] = {}
        hints = _annotations(model.__init__)
        for attribute, row in model._attribute_map.items():
            rules = model._validation.get(attribute, {})
            flags = ("r" if rules.get("required") else "") + ("o" if rules.get("readonly") else "")
            enum = self._enum(package, hints.get(attribute))
            path = row["key"].replace("\\.", "\0").split(".")
            *above, last = [part.replace("\0", ".") for part in path]
            plain = self._old_type(package, row["type"])
            self._place(name, described, above)[last] = [plain.replace("str", enum) if enum else plain, flags]
        return described

    def _place(self, name: str, described: dict[str, list[str]], above: list[str]) -> dict[str, list[str]]:
        """The table that a flattened property belongs to: its own model below `name`."""
        for part in above:
            name = f"{name}/{part}"
            described.setdefault(part, [f"model:{name}", ""])
            described = self.models.setdefault(name, {"fields": {}})["fields"]
        return described

    def _old_type(self, package: str, text: str) -> str:
        if text[0] in "[{":
            return text[0] + {"[": "]", "{": "}"}[text[0]] + self._old_type(package, text[1:-1])
        if text in _OLD:
            return _OLD[text]
        if text in ("object", "rfc-1123", "duration"):
            return "any" if text == "object" else "str"
        self.reach(f"{package}.{text}")
        return f"model:{package}.{text}"

    def _enum(self, package: str, hint: Any) -> str | None:
        for part in _parts(hint):
            made = getattr(_models(package), part, None)
            if isinstance(made, type) and issubclass(made, Enum):
                self.enums[f"{package}.{part}"] = [str(one.value) for one in made]
                return f"enum:{package}.{part}"
        return None

    def _type(self, package: str, hint: Any) -> str:
        origin, inner = typing.get_origin(hint), [one for one in typing.get_args(hint) if one is not type(None)]
        if origin is typing.Literal:
            return "str"
        if origin is list:
            return "[]" + self._type(package, inner[0])
        if origin is dict:
            return "{}" + self._type(package, inner[1])
        if len(inner) == 1:
            return self._type(package, inner[0])
        if inner:
            return self._enum(package, hint) or self._type(package, inner[0])
        return _PLAIN.get(hint) or self._named(package, hint)

    def _named(self, package: str, hint: Any) -> str:
        named = _parts(hint)
        if not named or getattr(_models(package), named[0], None) is None:
            return "date" if getattr(hint, "__name__", "") == "datetime" else "any"
        if enum := self._enum(package, hint):
            return enum
        self.reach(f"{package}.{named[0]}")
        return f"model:{package}.{named[0]}"


def _models(package: str) -> Any:
    return importlib.import_module(f"azure.mgmt.{package}.models")


def _annotations(thing: Any) -> Mapping[str, Any]:
    return getattr(thing, "__annotations__", {})


def _parts(hint: Any) -> list[str]:
    """The model and enumeration names in an annotation."""
    return re.findall(r"_models\.(?:_models\.)?(\w+)", str(hint))


def _variants(model: Any) -> tuple[str, dict[str, str]] | None:
    """The discriminator of a polymorphic model and its classes by value; None where it has none."""
    subtypes: Mapping[str, Any] = getattr(model, "_subtype_map", None) or {}
    for attribute, classes in subtypes.items():
        return model._attribute_map[attribute]["key"], {value: str(made) for value, made in classes.items()}
    mapping: Mapping[Any, Any] = model.__dict__.get("__mapping__") or {}
    chosen = {str(getattr(value, "value", value)): str(made.__name__) for value, made in mapping.items()}
    for field in getattr(model, "_attr_to_rest_field", {}).values():
        if chosen and field._is_discriminator:
            return field._rest_name, chosen
    return None


def _versions(packages: Iterable[str], native: Iterable[str]) -> list[str]:
    """The API versions that the `azure-mgmt` packages ask for and that azure-native names for its types."""
    found: set[str] = set()
    for package in packages:
        folder = Path(str(_models(package).__file__)).parent.parent
        for file in (folder / "_configuration.py", *(folder / "operations").glob("*.py")):
            found.update(_VERSION.findall(file.read_text(encoding="utf-8")))
    for name in native:
        module, _, made = name.partition(":")
        folder = Path(str(importlib.import_module(f"pulumi_azure_native.{module}").__file__)).parent
        source = _source(folder, made)
        for year, month, day, stage in re.findall(rf":{module}/v(\d{{4}})(\d\d)(\d\d)(preview)?:{made}\b", source):
            found.add(f"{year}-{month}-{day}" + ("-preview" if stage else ""))
        for listed in re.findall(r"API versions?:? ([\d-][^.]*)\. ", source):
            found.update(re.findall(r"\d{4}-\d\d-\d\d(?:-preview)?", listed))
    return sorted(found)


def _source(folder: Path, made: str) -> str:
    """The text of the module in `folder` that defines `made`."""
    file = next(file for file in folder.glob("*.py") if file.stem.replace("_", "") == made.lower())
    return file.read_text(encoding="utf-8")


def generate() -> dict[str, Any]:
    """The models and API versions of all kinds of resource, from the installed packages."""
    reached = _Models()
    versions: dict[str, list[str]] = {}
    for kind in kinds().values():
        versions[kind.type] = _versions(kind.packages, kind.native)
        for name in (kind.put, kind.patch, kind.read):
            if name and not name.startswith("own."):
                reached.reach(name)
    return {"enums": reached.enums, "models": reached.models, "versions": versions}


def as_text(schema: Mapping[str, Any]) -> str:
    """`schema` as the file holds it: one line for each entry, so that a change can be read."""
    parts = [
        f'"{part}": {{\n' + ",\n".join(f" {json.dumps(key)}: {json.dumps(rows[key])}" for key in sorted(rows)) + "\n}"
        for part, rows in schema.items()
    ]
    return "{" + ",\n".join(parts) + "}\n"


@cache
def schema() -> dict[str, Any]:
    """The generated file, read once."""
    return json.loads((files("clover.lab.arm") / "data" / SCHEMA_FILE).read_text(encoding="utf-8"))


if __name__ == "__main__":
    Path(str(files("clover.lab.arm") / "data" / SCHEMA_FILE)).write_text(as_text(generate()), encoding="utf-8")
    sys.exit(0)
