"""Generate `schema.json` from the pinned pulumi-aws SDK: `python -m clover.lab.aws.schema`.

The plugin reads the file and never imports the SDK, which takes seconds.
"""

import importlib
import importlib.metadata
import json
from typing import Any, cast

from clover.lab.aws.model import FOLDER, read_data
from clover.lab.provider.introspection import Reader, argument_class, getters, wire_name

SCHEMA_FILE = FOLDER / "schema.json"


def generate() -> dict[str, Any]:
    """Introspect the installed SDK for every type of `properties.json`."""
    reader = Reader()
    resources = {token: _resource(token, reader) for token in read_data("properties.json")["types"]}
    provider_module = importlib.import_module("pulumi_aws.provider")
    return {
        "sdk": importlib.metadata.version("pulumi-aws"),
        "provider": reader.properties(provider_module.ProviderArgs),
        "resources": resources,
        "objects": dict(sorted(reader.objects.items())),
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


def _resource(token: str, reader: Reader) -> dict[str, Any]:
    """Return inputs, required inputs and the names of all outputs of one resource type."""
    module_path, class_name = token.split(":")[1:]
    package = importlib.import_module(f"pulumi_aws.{module_path.split('/')[0]}")
    resource = getattr(package, class_name)
    outputs = [wire_name(name, getter) for name, getter in getters(resource)]
    return {**reader.properties(argument_class(resource)), "outputs": sorted(outputs)}


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
