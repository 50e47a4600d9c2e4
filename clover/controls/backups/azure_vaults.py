"""Whether a vault of backups on Azure keeps what it holds, and keeps it in the zone."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from clover.controls.azure_requests import property_of
from clover.controls.case import Case
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.model.azure import stores
from clover.model.resources import every, value
from clover.sources import Resource, Unknown
from clover.tables import read_table

STORAGE = "properties.storageSettings"
REPLICATED = "properties.replicatedRegions"


@cache
def _table() -> Mapping[str, Any]:
    """The settings; see backup_settings.yaml."""
    return read_table(Path(stores.__file__).with_name("backup_settings.yaml"))


def open_setting(case: Case, vault: Resource, *, copies: bool) -> Answer | None:
    """The first setting that opens a vault, or that is not known; with `copies` of those that copy or restore alone."""
    for row in _table()["settings"]:
        if copies and not row["copies"]:
            continue
        held = value(vault, row["property"])
        found = row["default"] if held is None else held
        if isinstance(found, Unknown):
            return unknown(f"{row['property']} of {vault.name} is not known", resource=vault.urn)
        if found not in row["closed"]:
            example = property_of(vault.urn, row["property"], found, f"one of {row['closed']}")
            return refuted(f"{vault.name} has {row['property']} {found!r}: {row['opens']}", example, resource=vault.urn)
    return _elsewhere(case, vault)


def _elsewhere(case: Case, vault: Resource) -> Answer | None:
    """The answer where a vault keeps copies in a region that is no site of the zone, or where that is not known."""
    kinds = list(every(vault, f"{STORAGE}[].type"))
    if not kinds or any(isinstance(kind, Unknown) for kind in kinds):
        return unknown(f"where {vault.name} keeps its copies is not known", resource=vault.urn)
    regions = {site.region for site in case.zone.file.sites if site.cloud is case.site.cloud}
    for kind in kinds:
        where = _table()["storage"].get(str(kind))
        known = case.zone.file.region(case.site.cloud, case.site.region)
        pair = known.pair if known else None
        if where != "region" and (where is None or pair not in regions):
            example = property_of(
                vault.urn, STORAGE, value(vault, STORAGE), "a kind of storage that stays in the region"
            )
            told = f"{vault.name} keeps copies in {pair or 'a paired region'}, which is no site of the zone"
            return refuted(told, example, resource=vault.urn)
    for region in every(vault, f"{REPLICATED}[]"):
        if isinstance(region, Unknown):
            return unknown(f"{REPLICATED} of {vault.name} is not known", resource=vault.urn)
        if str(region).replace(" ", "").lower() not in regions:
            example = property_of(vault.urn, REPLICATED, value(vault, REPLICATED), "regions of sites")
            return refuted(f"{vault.name} is replicated to {region}", example, resource=vault.urn)
    return None


def grounds(vault: Resource) -> Iterator[Ground]:
    """The settings that a proof about a vault rests on."""
    for row in _table()["settings"]:
        yield Ground(vault.urn, f"{row['property']}={value(vault, row['property'])}")
    yield Ground(vault.urn, f"{STORAGE}={list(every(vault, f'{STORAGE}[].type'))}")


def stays(case: Case, vault: Resource) -> Answer:
    """RES-2 of a vault: nothing of it is copied to, or restored in, a place outside the zone."""
    found = open_setting(case, vault, copies=True)
    told = f"what {vault.name} holds stays in the zone"
    return found or proved(told, resource=vault.urn, rests_on=tuple(grounds(vault)))
