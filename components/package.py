"""Serve a cloud's components as a Pulumi package: programs in any of Pulumi's languages can then declare them.

The schema is read off the components themselves: annotations give types, docstrings give descriptions.
"""

import inspect
import json
import re
import sys
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any, cast

from pulumi import ComponentResource, Output, ResourceOptions
from pulumi.errors import InputPropertiesError, InputPropertyError
from pulumi.output import Unknown
from pulumi.provider import ConstructResult, main
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError

from clover import __version__
from components.refusal import Refusal


class Package(ComponentProvider):
    """The package `clover-<cloud>`, with every component that `components.<cloud>` offers."""

    def __init__(self, cloud: str) -> None:
        """Analyse the components of `cloud`; ModuleNotFoundError where there are none."""
        module = import_module(f"components.{cloud}")
        super().__init__(_components(module), f"clover-{cloud}", version=__version__)
        self.schema = json.dumps(_published({"description": _summary(module), **json.loads(str(self.schema))}))

    def construct(
        self, name: str, resource_type: str, inputs: Any, options: ResourceOptions | None = None
    ) -> ConstructResult:
        """Declare a component for another program; what it refuses reaches the person as one line, not as a trace."""
        self._refuse_late(resource_type, inputs)
        try:
            return super().construct(name, resource_type, inputs, options)
        except InputPropertyError as error:
            raise InputPropertiesError(f"{error.property_path}: {error.reason}", []) from error
        except ComponentInitError as error:
            if isinstance(error.inner, Refusal):
                raise InputPropertiesError(str(error.inner), []) from error
            raise

    def _refuse_late(self, resource_type: str, inputs: Mapping[str, Any]) -> None:
        """Refuse outputs and secrets where a component decides by the value while it is declared."""
        known = self._component_defs[resource_type.rsplit(":", 1)[-1]].inputs
        late = [name for name, described in known.items() if described.plain and _is_late(inputs.get(name))]
        if late:
            reason = "has to be a plain value, neither a secret nor the output of another resource"
            raise InputPropertiesError(f"{', '.join(late)}: {reason}", [])


def serve(cloud: str) -> None:
    """Serve the package to the engine whose address is among the arguments, until the engine ends."""
    main(Package(cloud), sys.argv[1:])


def _components(module: ModuleType) -> list[type[ComponentResource]]:
    """The components among the names that a module exports, in their order."""
    exported = [getattr(module, name) for name in module.__all__]
    return [found for found in exported if inspect.isclass(found) and issubclass(found, ComponentResource)]


def _summary(module: ModuleType) -> str:
    """The first line of a module's docstring."""
    return (module.__doc__ or "").partition("\n")[0]


def _is_late(value: Any) -> bool:
    """Whether a value, or a part of it, is known only once something else exists."""
    if isinstance(value, dict):
        value = list(cast("dict[str, Any]", value).values())
    if isinstance(value, list):
        return any(_is_late(part) for part in cast("list[Any]", value))
    return isinstance(value, Output | Unknown)


def _published(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema as the generators of other languages want it.

    They add `Args` to the types of inputs, so that `SiteArgs` is published as `Site`; they make a language's own form
    of an enum's names from `UserData`, and a wrong one from `USER_DATA`; and Go's forgets the type of a plain list's
    items, so that these are published as if they could be outputs.
    """
    tidy = _tidy(json.loads(re.sub(r'(:index:\w+)Args"', r'\1"', json.dumps(schema))))
    for component in tidy["resources"].values():
        for described in component["inputProperties"].values():
            if "$ref" in described.get("items", ()):
                del described["items"]["plain"], described["plain"]
    for declared in tidy["types"].values():
        for value in declared.get("enum", ()):
            value["name"] = "".join(word.capitalize() for word in value["name"].split("_"))
    return tidy


def _tidy(node: Any) -> Any:
    """The node without the nulls and the indentation that the analyser takes over from the source."""
    if isinstance(node, dict):
        entries = cast("dict[str, Any]", node).items()
        return {key: _tidy(value) for key, value in entries if value is not None}
    if isinstance(node, list):
        return [_tidy(item) for item in cast("list[Any]", node)]
    return inspect.cleandoc(node) if isinstance(node, str) else node
