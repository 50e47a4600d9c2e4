"""RES-4 on Azure: every store has the versions and the transport that the zone asks of its class and role."""

from collections.abc import Iterator
from typing import Any

from clover.controls.case import Case
from clover.controls.residency.floors import floor_of
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.model.azure.stores import ACCOUNT
from clover.model.resources import value
from clover.sources import Resource, Unknown
from clover.zones.registers import Floor
from clover.zones.vocabulary import TlsVersion, Versioning

VERSIONS = "azure-native:storage:BlobServiceProperties"
_TLS = {TlsVersion.TLS_1_2: ("TLS1_2", "TLS1_3"), TlsVersion.TLS_1_3: ("TLS1_3",)}


def stores_keep_the_floor(case: Case) -> Iterator[Answer]:
    """RES-4: one answer for each store; a floor above what Azure can insist on is the highest that it can."""
    for account in case.resources.of(ACCOUNT):
        floor = floor_of(case, value(account, "tags"))
        if isinstance(floor, str):
            yield unknown(f"{account.name}: {floor}", resource=account.urn)
        else:
            yield _kept(case, account, floor)


def _kept(case: Case, account: Resource, floor: Floor) -> Answer:
    highest = case.zone.file.highest_tls_floor(case.site.cloud)
    tls = _TLS[min(floor.minimum_tls, highest)]
    asked: list[tuple[Resource, str, tuple[Any, ...]]] = [
        (account, "minimumTlsVersion", tls),
        (account, "enableHttpsTrafficOnly", (True, None)),
    ]
    if floor.versioning is Versioning.ENABLED:
        holders = _of_account(case, account)
        places = [value(each, "accountName") for each in (account, *case.resources.of(VERSIONS))]
        if not holders and not all(isinstance(each, str) for each in places):
            return unknown(f"which settings are those of {account.name} is not known", resource=account.urn)
        if not holders:
            example = _property(account, VERSIONS, None, "isVersioningEnabled=true")
            return refuted(f"{account.name} keeps no versions", example, resource=account.urn)
        asked += [(holder, "isVersioningEnabled", (True,)) for holder in holders]
    grounds: list[Ground] = []
    for holder, path, allowed in asked:
        said = value(holder, path)
        if isinstance(said, Unknown):
            return unknown(f"{path} of {holder.name} is not known", resource=account.urn)
        if said not in allowed:
            example = _property(holder, path, said, str(allowed[0]))
            return refuted(f"{account.name}: {path} is {said!r}", example, resource=account.urn)
        grounds.append(Ground(holder.urn, f"{path}={said}"))
    told = f"{account.name} keeps the zone's floor: versions, {tls[0]}"
    return proved(told, resource=account.urn, rests_on=tuple(grounds))


def _of_account(case: Case, account: Resource) -> list[Resource]:
    """The settings of the account's blobs, by its name."""
    name = str(value(account, "accountName")).lower()
    return [each for each in case.resources.of(VERSIONS) if str(value(each, "accountName")).lower() == name]


def _property(resource: Resource, name: str, found: Any, allowed: str) -> dict[str, Any]:
    return {"kind": "property", "urn": resource.urn, "property": name, "value": found, "allowed": allowed}
