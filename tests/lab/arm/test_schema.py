"""The generated schema, the tables, and the code that reads them agree."""

import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from clover.lab.arm.bodies import checked
from clover.lab.arm.catalog import kinds, table
from clover.lab.arm.errors import ArmError
from clover.lab.arm.schema import SCHEMA_FILE, as_text, generate, schema

ROOM = Path(str(files("clover.lab.arm")))


def test_the_schema_is_that_of_the_installed_packages() -> None:
    assert (ROOM / "data" / SCHEMA_FILE).read_text(encoding="utf-8") == as_text(generate())


def test_every_refusal_in_the_code_is_in_the_table_and_the_other_way_round() -> None:
    code = "\n".join(file.read_text(encoding="utf-8") for file in ROOM.rglob("*.py"))
    found = re.findall(r"""(?:error|_refusal)\(\s*"(\w+)"(?:\s+if [^()]*? else "(\w+)")?""", code)
    raised = {row for pair in found for row in pair if row}
    assert raised == set(table("errors")) - {"not_provisioned"}


def test_what_tables_refer_to_exists() -> None:
    types = set(kinds())
    for kind in kinds().values():
        named = [one.kind for one in kind.references if one.kind] + [one.kind for one in kind.shows.values()]
        named += [*kind.embeds.values(), *([kind.parent] if kind.parent else []), *([kind.api] if kind.api else [])]
        missing = {one for one in named if one.lower() not in types}
        assert missing - {"Microsoft.Network/natGateways"} == set(), kind.type
    for one in (*table("private_link"), *table("flow_logs")["targets"]):
        assert one.lower() in types
    assert {one.lower() for one in table("diagnostics")["types"]} - types == {"subscription"}


def test_defaults_fit_their_models() -> None:
    for kind in kinds().values():
        fields = schema()["models"].get(kind.put, {}).get("fields", {})
        inner = schema()["models"].get(fields.get("properties", [""])[0].removeprefix("model:"), {}).get("fields", {})
        assert set(kind.defaults.get("properties", {})) <= set(inner), kind.type


def test_properties_of_older_versions_are_still_taken() -> None:
    action = {"actionType": "Block", "blockResponseCode": "servfail"}
    rule: Any = {"location": "x", "properties": {"priority": 100, "action": action, "dnsResolverDomainLists": []}}
    taken = checked("dnsresolver.DnsSecurityRule", rule)
    assert taken["properties"]["action"] == {"actionType": "Block", "blockResponseCode": "SERVFAIL"}
    action["blockResponseCode"] = "other"
    with pytest.raises(ArmError, match="SERVFAIL"):
        checked("dnsresolver.DnsSecurityRule", rule)


def test_values_come_back_in_azures_casing() -> None:
    body = {"location": "x", "kind": "storagev2", "sku": {"name": "standard_zrs"}, "TAGS": {"a": "b"}}
    taken = checked("storage.StorageAccountCreateParameters", body)
    assert taken == {"location": "x", "kind": "StorageV2", "sku": {"name": "Standard_ZRS"}, "tags": {"a": "b"}}
