"""What other people's programs can check their use of a lab provider against."""

import json
from pathlib import Path

from clover.lab.provider import plugin
from clover.lab.provider.package_schema import package_schema


def test_inputs_have_their_types_and_resources_their_tokens() -> None:
    kinds = {"region": "string", "accounts": "[string]", "tags": "{string}", "roles": "[ProviderRole]", "a": "any"}
    schema = json.loads(package_schema("aws", "7.51.1", kinds, ["aws:kms/key:Key"]))
    assert (schema["name"], schema["version"]) == ("aws", "7.51.1")
    assert schema["resources"] == {"aws:kms/key:Key": {}}
    assert schema["provider"]["inputProperties"] == {
        "region": {"type": "string"},
        "accounts": {"type": "array", "items": {"type": "string"}},
        "tags": {"type": "object", "additionalProperties": {"type": "string"}},
        "roles": {"type": "array", "items": {"$ref": "pulumi.json#/Any"}},
        "a": {"$ref": "pulumi.json#/Any"},
    }


def test_a_schema_that_the_engine_kept_is_dropped_with_the_plugin_that_is_replaced(tmp_path: Path) -> None:
    kept, other = (tmp_path / "schemas" / f"{name}.json" for name in ("aws-7.51.1", "aws-7.51.0"))
    kept.parent.mkdir()
    for file in (kept, other):
        file.write_text("{}")
    plugin.install(tmp_path, "python3", "aws", "7.51.1", "clover.lab.aws")
    assert not kept.exists()
    assert other.exists()
