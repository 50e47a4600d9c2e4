"""The resources of a deployed site as a list for `bare_program.py`: same types, same inputs, no components."""

import importlib
import inspect
import json
import shutil
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

from clover.lab.provider.introspection import argument_class, getters, wire_name

PROGRAM = Path(__file__).with_name("bare_program.py")
SDKS = {"aws": "pulumi_aws", "azure-native": "pulumi_azure_native"}
#: What the provider adds to inputs by itself.
ADDED = {"tagsAll", "__defaults", "azureApiVersion"}
SHORTEST = 6
"""Characters of the shortest text that is taken for another resource's output."""


def write(state: dict[str, Any], folder: Path) -> None:
    """Write a project `bare` into `folder` that declares the custom resources of a state."""
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: bare\nruntime: python\n")
    shutil.copy2(PROGRAM, folder / "__main__.py")
    (folder / "resources.json").write_text(json.dumps(listed(state["resources"])))


def listed(resources: list[dict[str, Any]]) -> dict[str, Any]:
    """The provider, and each resource with what it takes from others."""
    provider = next(each for each in resources if each["type"].startswith("pulumi:providers:"))
    custom = [each for each in resources if each["custom"] and each is not provider]
    known = {each["urn"]: each for each in custom}
    waits = _Waits({each["urn"]: each for each in resources})
    inputs = {name: value for name, value in provider["inputs"].items() if name != "version"}
    package = provider["type"].rpartition(":")[2]
    return {
        "provider": {"type": provider["type"], "inputs": inputs},
        "resources": [_named(_entry(each, known, waits), SDKS[package], known) for each in custom],
    }


def _named(entry: dict[str, Any], sdk: str, known: dict[str, Any]) -> dict[str, Any]:
    """The entry with its type as a class of the SDK, and properties by their names in Python.

    An input that the SDK has no parameter for is the provider's own, such as the name of a request.
    """
    own = _class(sdk, entry.pop("type"))
    names = _parameters(own)
    for fill in (fill for fills in entry["fills"].values() for fill in fills):
        first, *rest = fill["path"]
        fill["path"] = [_python_names(_class(sdk, known[fill["urn"]]["type"])).get(first, first), *rest]
    for part in ("inputs", "fills"):
        entry[part] = {names[name]: value for name, value in entry[part].items() if name in names}
    return {**entry, "module": ".".join(own.__module__.split(".")[:2]), "class": own.__name__}


@cache
def _class(sdk: str, token: str) -> Any:
    """The SDK's class of a type such as `aws:s3/bucket:Bucket` or `azure-native:storage:StorageAccount`."""
    _, module, name = token.split(":")
    return getattr(importlib.import_module(f"{sdk}.{module.partition('/')[0]}"), name)


def _parameters(own: Any) -> dict[str, str]:
    """The parameter of each input; one that the resource's own name has taken the word of ends in a bar."""
    taken = inspect.signature(own._internal_init).parameters
    return {
        wire: f"{name}_" if f"{name}_" in taken else name for wire, name in _python_names(argument_class(own)).items()
    }


@cache
def _python_names(owner: Any) -> dict[str, str]:
    """What each property of a class is called in Python, by its name in plan and state."""
    return {wire_name(name, getter): name for name, getter in getters(owner)}


class _Waits:
    """What a resource waits for: its own dependencies and those of the components that it is in."""

    def __init__(self, resources: dict[str, Any]) -> None:
        """`resources`: all of the state, by URN."""
        self._resources = resources
        self._children: dict[str, list[str]] = defaultdict(list)
        for urn, each in resources.items():
            self._children[each.get("parent", "")].append(urn)

    def of(self, resource: dict[str, Any]) -> list[str]:
        """URNs of custom resources; a component stands for everything in it."""
        found: dict[str, None] = {}
        at: dict[str, Any] | None = resource
        while at:
            urns: list[str] = at.get("dependencies") or []
            for urn in urns:
                found |= dict.fromkeys(self._whole(urn))
            at = self._resources.get(at.get("parent", ""))
        return list(found)

    def _whole(self, urn: str) -> Iterator[str]:
        if self._resources[urn]["custom"]:
            yield urn
        for child in self._children[urn]:
            yield from self._whole(child)


def _entry(resource: dict[str, Any], known: dict[str, Any], waits: "_Waits") -> dict[str, Any]:
    inputs = {name: value for name, value in resource["inputs"].items() if name not in ADDED}
    takes: dict[str, list[str]] = resource.get("propertyDependencies") or {}
    fills = {name: list(_fills(inputs[name], takes.get(name) or [], known)) for name in inputs}
    filled: set[str] = {fill["urn"] for found in fills.values() for fill in found}
    return {
        "urn": resource["urn"],
        "type": resource["type"],
        "name": resource["urn"].rpartition("::")[2],
        "inputs": inputs,
        "protect": resource.get("protect", False),
        "fills": {name: found for name, found in fills.items() if found},
        "after": [urn for urn in waits.of(resource) if urn in known and urn not in filled],
    }


def _fills(value: Any, urns: list[str], known: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The places of the value that hold an output of one of the resources, the longest text first."""
    text = json.dumps(value)
    found: dict[str, dict[str, Any]] = {}
    for urn in urns:
        if urn in known:
            own = known[urn]["inputs"].values()
            outputs = {"id": known[urn]["id"], **known[urn]["outputs"]}
            for path, output in _texts(outputs, ()):
                if output in text and output not in own:
                    found.setdefault(output, {"urn": urn, "path": path, "text": output})
    yield from sorted(found.values(), key=lambda fill: -len(fill["text"]))


def _texts(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], str]]:
    if isinstance(value, str) and len(value) >= SHORTEST:
        yield path, value
    elif isinstance(value, dict):
        for name, inner in cast(dict[str, Any], value).items():
            yield from _texts(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(cast(list[Any], value)):
            yield from _texts(inner, (*path, index))
