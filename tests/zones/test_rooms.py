"""What the code of zones may and may not hold."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

import clover.zones
from clover.zones import geography, parties, registers, site, stack_file, zone_file
from clover.zones.words import PLAIN
from clover.zones.zone import load_zone
from tests.zones import PROJECT

ZONE = load_zone(PROJECT / "zones" / "europe.yaml").file
CODE = [
    path
    for room in ("clover", "components", "infra")
    for path in (PROJECT / room).rglob("*")
    if path.suffix in {".py", ".yaml", ".json"} and "clover/lab/arm/data" not in path.as_posix()
]
"""All of it but the emulated cloud's own list of its regions."""


def names_of_the_zone() -> set[str]:
    """Regions in the zone's countries or its neighbours', accounts, tenants and principals."""
    near = {country for group in ZONE.residency.groups for country in group.countries}
    regions = {region.name for known in ZONE.clouds for region in known.regions if region.country in near}
    sites = {text for site in ZONE.sites for text in (site.account, site.tenant) if text}
    return regions | sites | {account.account for account in ZONE.trusted_accounts}


@pytest.mark.parametrize("name", sorted(names_of_the_zone()))
def test_no_code_names_a_place_or_an_account_of_the_zone(name: str) -> None:
    assert CODE
    assert [str(path) for path in CODE if name in path.read_text(encoding="utf-8")] == []


def test_reading_zones_needs_no_cloud_and_no_engine() -> None:
    modules = sorted(f"clover.zones.{path.stem}" for path in Path(clover.zones.__path__[0]).glob("[a-z]*.py"))
    program = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert set(modules) <= set(loaded)
    assert {"pulumi", "boto3", "botocore", "pydantic", "moto", "components", "infra"}.isdisjoint(loaded)


def test_the_vocabulary_needs_nothing_but_enum() -> None:
    program = "import sys, clover.zones.vocabulary; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "clover.zones.vocabulary" in loaded
    assert {"msgspec", "yaml", "clover.zones.zone", "clover.errors"}.isdisjoint(loaded)


def test_every_structure_of_a_file_refuses_unknown_keys() -> None:
    found = [
        kind
        for module in (geography, parties, registers, site, stack_file, zone_file)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind.__module__ == module.__name__
    ]
    read = [kind for kind in found if kind.__name__ not in {"Site", "Stack"}]
    assert len(read) > 25
    assert all(kind.__struct_config__.forbid_unknown_fields and kind.__struct_config__.frozen for kind in read)


def test_every_pattern_of_the_schemas_has_plain_words() -> None:
    patterns = {
        part["pattern"]
        for name in ("zone", "stack")
        for part in _parts(msgspec.json.decode((PROJECT / f"schema/{name}.schema.json").read_bytes()))
        if "pattern" in part and isinstance(part["pattern"], str)
    }
    assert patterns - PLAIN.keys() == {"^clover\\.zone/1$"}


def _parts(schema: object) -> list[dict[str, object]]:
    if isinstance(schema, dict):
        return [schema, *(part for value in schema.values() for part in _parts(value))]  # pyright: ignore
    if isinstance(schema, list):
        return [part for value in schema for part in _parts(value)]  # pyright: ignore
    return []
