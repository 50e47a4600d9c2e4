"""AWS resources of a stack export as the plan that Terraform would write, for scanners that read no Pulumi state.

https://developer.hashicorp.com/terraform/internals/json-format: types and properties by Terraform's names, every nested
block as a list under a singular name, and for each property the resources that it names by their id or ARN.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from clover.sources.plain import as_list, as_object

SHORT = {
    "ec2": "aws",
    "cloudtrail/trail": "aws_cloudtrail",
    "s3/bucketReplicationConfig": "aws_s3_bucket_replication_configuration",
}
"""Where Terraform's name is not `aws_`, the module and the name."""
MAPS = frozenset({"tags", "tagsAll"})
"""Properties that are maps, not blocks."""
Resource = Mapping[str, Any]


def as_terraform(export: Mapping[str, Any]) -> dict[str, Any]:
    """The AWS resources of an export as the JSON of a Terraform plan."""
    own = [each for each in export["deployment"]["resources"] if each["type"].startswith("aws:")]
    known = {name: address(each) for each in reversed(own) for name in (each["id"], each["outputs"].get("arn"))}
    planned = [_planned(each) for each in own]
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": planned}},
        "resource_changes": [
            {**each, "change": {"actions": ["create"], "before": None, "after": each["values"], "after_unknown": {}}}
            for each in planned
        ],
        "configuration": {"root_module": {"resources": [_configured(each, known) for each in own]}},
    }


def address(resource: Resource) -> str:
    """Terraform's address of a resource, such as `aws_s3_bucket.media_bucket`."""
    return f"{terraform_type(resource['type'])}.{_name(resource)}"


def terraform_type(kind: str) -> str:
    """Terraform's name of a type such as `aws:s3/bucketPolicy:BucketPolicy`."""
    place = kind.split(":")[1]
    module, _, name = place.partition("/")
    return SHORT.get(place) or f"{SHORT.get(module, f'aws_{module}')}_{_snake(name)}"


def _planned(resource: Resource) -> dict[str, Any]:
    """One resource of a plan."""
    return {
        **_called(resource),
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "schema_version": 0,
        "values": {_key(key, each): _value(key, each) for key, each in _members(resource["inputs"])},
    }


def _configured(resource: Resource, known: Mapping[str, str]) -> dict[str, Any]:
    """One resource of a configuration: what its properties refer to; the first that has a name is whose it is."""
    own = address(resource)
    expressions = {
        _key(key, each): {"references": [part for one in found for part in (f"{one}.id", one)]}
        for key, each in _members(resource["inputs"])
        if (found := [known[text] for text in _texts(each) if known.get(text, own) != own])
    }
    return {**_called(resource), "provider_config_key": "aws", "expressions": expressions}


def _texts(found: Any) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(found, str):
        yield found
    for inner in [*(as_object(found) or {}).values(), *(as_list(found) or ())]:
        yield from _texts(inner)


def _called(resource: Resource) -> dict[str, str]:
    kind, name = terraform_type(resource["type"]), _name(resource)
    return {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name}


def _name(resource: Resource) -> str:
    return re.sub(r"\W", "_", resource["urn"].rpartition("::")[2])


def _members(found: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    return ((key, each) for key, each in found.items() if key != "__defaults")


def _key(key: str, found: Any) -> str:
    """Terraform's name of a property: that of a repeated block is singular."""
    items, name = as_list(found), _snake(key)
    repeats = items is not None and any(as_object(each) is not None for each in items)
    return re.sub(r"(?<!s)s$", "", name) if repeats else name


def _value(key: str, found: Any) -> Any:
    """A value as a plan has it: blocks are lists of objects by snake-case names."""
    if (members := as_object(found)) is not None:
        return members if key in MAPS else [{_key(name, each): _value(name, each) for name, each in _members(members)}]
    if (items := as_list(found)) is not None:
        return [each for one in items for each in _listed(_value("", one))]
    return found


def _listed(found: Any) -> list[Any]:
    items = as_list(found)
    return [found] if items is None else items


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
