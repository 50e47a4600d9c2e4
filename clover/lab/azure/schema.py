"""Generate `schema.json` from the pinned SDKs: `python -m clover.lab.azure.schema`.

Property types come from pulumi-azure-native, their places in ARM's JSON from the `azure-mgmt-*` models, joined by name;
`places.json` says where the two do not meet, `values.json` what the SDK names wrongly. The plugin reads the file and
imports neither, which takes seconds.
"""

import importlib
import importlib.metadata
import json
import re
import typing
from dataclasses import dataclass, field, replace
from typing import Any

from clover.lab.azure.management_models import Attribute, attributes, find_model, sibling
from clover.lab.azure.model import FOLDER, read_data
from clover.lab.provider.introspection import Reader, argument_class, getters, wire_name

SCHEMA_FILE = FOLDER / "schema.json"
VERSION = re.compile(r"Uses Azure REST API version (\S+)\.")
#: How the SDK documents lists whose entries may be resources of their own.
CHILDREN = "These are also available as standalone resources"
#: An output of the provider itself.
OWN_OUTPUTS = {"azureApiVersion"}


@dataclass
class Places:
    """Where the properties of the classes read so far stand in ARM's JSON."""

    reader: Reader
    by_hand: dict[str, Any]
    known: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])

    def of(self, owner: str, kinds: dict[str, str], model: type | None) -> dict[str, Attribute]:
        """Return the places of an owner's properties; LookupError names one that has none."""
        found: dict[str, Attribute] = {}
        for name, kind in kinds.items():
            found[name] = self._place(owner, name, model)
            for nested in re.split(r"[|\[\]{}]+", kind):
                self._remember(nested, model, found[name].model)
        return found

    def _place(self, owner: str, name: str, model: type | None) -> Attribute:
        for entry in (self.by_hand.get(owner.removesuffix("Response"), {}), self.by_hand["*"]):
            if name in entry.get("places", {}):
                keys = tuple(entry["places"][name].split("."))
                return Attribute(keys, None, entry["source"])
        found = _find(model, name) if model else None
        if found is None:
            raise LookupError(f"{owner}.{name} has no place in ARM's JSON: add it to places.json")
        return found

    def _remember(self, kind: str, model: type | None, walked_to: type | None) -> None:
        """Find the places inside a nested class; its own name tells its model better than the way there."""
        inputs = self.reader.objects.get(kind, {}).get("inputs")
        if inputs is None or kind in self.known:
            return
        self.known[kind] = {}
        named = sibling(model, kind.split(".")[1].removesuffix("Response")) if model else None
        found = self.of(kind, inputs, named or walked_to)
        self.known[kind] = _layout(inputs, found)


def _find(model: type, name: str) -> Attribute | None:
    """Return the attribute that the SDK calls `name`: by the model's own name for it, else by its key in the JSON."""
    known = attributes(model)
    by_name = {_folded(own): entry for own, entry in known.items()}
    by_key = {_folded(entry.keys[-1]): entry for entry in known.values()}
    if found := by_name.get(_folded(name)) or by_key.get(_folded(name)):
        return found
    container = next((entry for entry in known.values() if entry.keys == ("properties",)), None)
    if container is None or container.model in (None, model):
        return None
    inner = _find(container.model, name)
    return inner and replace(inner, keys=("properties", *inner.keys))


def _folded(name: str) -> str:
    return name.replace("_", "").lower()


def _layout(kinds: dict[str, str], found: dict[str, Attribute]) -> dict[str, Any]:
    """Return `paths` and `sets`: the lists of text that ARM has as the keys of a map; left out where there are none."""
    sets = [name for name, entry in found.items() if entry.keyed and kinds[name] == "[string]"]
    layout = {"paths": _moved(found), "sets": sets}
    return {name: entry for name, entry in layout.items() if entry}


def _moved(found: dict[str, Attribute]) -> dict[str, str]:
    """Return the places that are not simply the property's own name."""
    return {name: ".".join(entry.keys) for name, entry in found.items() if entry.keys != (name,)}


def _resource(token: str, facts: dict[str, Any], places: Places) -> dict[str, Any]:
    module, name = token.split(":")[1:]
    resource = getattr(importlib.import_module(f"pulumi_azure_native.{module}"), name)
    arguments = argument_class(resource)
    described = places.reader.properties(arguments)
    outputs = places.reader.outputs(resource)
    model = find_model(facts["model"]) if "model" in facts else None
    asked = find_model(facts["arguments"]) if "arguments" in facts else model
    in_path = set(re.findall(r"{(\w+)}", facts["path"]))
    body = {name: kind for name, kind in described["inputs"].items() if name not in in_path}
    given = places.of(token, body, asked)
    answered = places.of(token, {name: kind for name, kind in outputs.items() if name not in OWN_OUTPUTS}, model)
    return {
        "version": facts.get("version") or version(resource),
        **described,
        "outputs": outputs,
        "paths": _moved(given),
        "output_paths": _moved(answered),
        "sources": {name: entry.place for name, entry in given.items()},
        "only_created": sorted(name for name, entry in given.items() if entry.only_created),
        "children": [wire_name(name, getter) for name, getter in getters(arguments) if CHILDREN in getter.__doc__],
    }


def version(resource: Any) -> str:
    """Return the API version of a resource class, as the SDK documents it."""
    documented = [overload.__doc__ or "" for overload in typing.get_overloads(resource.__init__)]
    found = VERSION.search("\n".join(documented))
    if found is None:
        raise LookupError(f"{resource.__name__} does not say its API version")
    return found[1]


def generate() -> dict[str, Any]:
    """Introspect the installed SDKs for every type of `types.json`."""
    reader = Reader(named_values=True)
    places = Places(reader, read_data("places.json"))
    resources = {token: _resource(token, facts, places) for token, facts in read_data("types.json")["types"].items()}
    provider_module = importlib.import_module("pulumi_azure_native.provider")
    objects = {name: {**entry, **places.known.get(name, {})} for name, entry in sorted(reader.objects.items())}
    corrected = {name: {"values": entry["values"]} for name, entry in read_data("values.json").items()}
    return {
        "sdk": importlib.metadata.version("pulumi-azure-native"),
        "provider": reader.properties(provider_module.ProviderArgs),
        "resources": resources,
        "objects": {**objects, **corrected},
    }


def text() -> str:
    """Return the file's content: one table per line, so that a change is readable in a diff."""
    document = generate()
    sections = [f'"sdk": {json.dumps(document["sdk"])}', f'"provider": {_compact(document["provider"])}']
    for section in ("resources", "objects"):
        lines = ",\n".join(f"{json.dumps(name)}: {_compact(entry)}" for name, entry in document[section].items())
        sections.append(f'"{section}": {{\n{lines}\n}}')
    return "{\n" + ",\n".join(sections) + "\n}\n"


def _compact(entry: Any) -> str:
    return json.dumps(entry, separators=(",", ":"))


def main() -> None:
    """Write the file."""
    SCHEMA_FILE.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
