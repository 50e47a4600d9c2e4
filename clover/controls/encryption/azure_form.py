"""KEY-1 and KEY-2 on Azure: what every store is encrypted under, and what form the keys have."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from clover.controls.azure_requests import property_of
from clover.controls.case import Case
from clover.controls.encryption.azure_logs import workspaces_lie_under_keys
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.model.azure import stores
from clover.model.azure.arm_ids import arm_id, same
from clover.model.azure.declared_roles import is_open
from clover.model.azure.stores import Key, key_of
from clover.model.resources import value
from clover.sources import Resource
from clover.sources.plain import as_list, as_object
from clover.tables import read_table

ENCRYPTION = "encryption"
SERVICES = ("blob", "file", "queue", "table")
OWN_KEY = "$account-encryption-key"
LONGEST_ROTATION = 366
"""Days: a key is made anew once a year at least."""
_PERIOD = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?")


class Wanted(NamedTuple):
    """A property of a resource and the values that are right."""

    holder: Resource
    property: str
    found: Any
    allowed: Sequence[Any]
    what: str


@cache
def form() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """What keys and vaults have to be like; see key_form.yaml."""
    return read_table(Path(stores.__file__).with_name("key_form.yaml"))


def wanted(resource: Resource, part: str) -> Iterator[Wanted]:
    """The properties of one part of the table, with what the resource has or Azure takes."""
    for row in form()[part]:
        found = value(resource, row["property"])
        path = row["property"].removeprefix("properties.")
        found = value(resource, path) if found is None else found
        yield Wanted(resource, row["property"], row["default"] if found is None else found, row["allowed"], row["what"])


def failing(asked: Sequence[Wanted], about: Resource) -> Answer | None:
    """The answer where a property is not right, or not known; None where all are right."""
    for each in asked:
        if is_open(each.found):
            return unknown(f"{each.property} of {each.holder.name} is not known", resource=about.urn)
        if each.found not in each.allowed:
            example = property_of(each.holder.urn, each.property, each.found, f"one of {each.allowed}: {each.what}")
            return refuted(f"{each.holder.name} has {each.property} {each.found!r}", example, resource=about.urn)
    return None


def right(asked: Sequence[Wanted]) -> tuple[Ground, ...]:
    """The properties as grounds."""
    return tuple(Ground(each.holder.urn, f"{each.property}={each.found}") for each in asked)


def stores_lie_under_keys_of_the_site(case: Case) -> Iterator[Answer]:
    """KEY-1: every service of each account lies under a key of a vault of the stack, whatever its newest version.

    So does the cluster that each workspace of logs lies on.
    """
    keys = list(stores.keys(case.resources, case.site.account))
    containers = stores.containers(case.resources)
    identities = [arm_id(each, case.site.account) for each in case.resources.of(stores.IDENTITY)]
    for account in case.resources.of(stores.ACCOUNT):
        own = containers.get(str(value(account, "accountName")).lower(), [])
        asked = [*_encryption(account, identities), *_inside(own)]
        named = None if _has_unknown_key(account) else key_of(account, keys)
        yield failing(asked, account) or _unnamed(account, named, keys) or _under(account, named, asked)
    yield from workspaces_lie_under_keys(case, keys)


def _encryption(account: Resource, identities: Sequence[str | None]) -> Iterator[Wanted]:
    """What the account's own encryption has to say."""
    path = f"{ENCRYPTION}.keyVaultProperties"
    yield _of(account, f"{ENCRYPTION}.keySource", ["Microsoft.Keyvault"], "a key of the site")
    yield _of(account, f"{path}.keyVersion", [None, ""], "no version: the newest counts")
    yield _of(account, f"{ENCRYPTION}.encryptionIdentity.encryptionFederatedIdentityClientId", [None, ""], "own tenant")
    unwraps = f"{ENCRYPTION}.encryptionIdentity.encryptionUserAssignedIdentity"
    named = value(account, unwraps)
    fitting = [named] if any(same(named, each) for each in identities) else [each for each in identities if each]
    yield Wanted(account, unwraps, named, fitting, "an identity of the stack")
    for service in SERVICES:
        yield _of(account, f"{ENCRYPTION}.services.{service}.keyType", _key_types(service), "the account's own key")


def _key_types(service: str) -> list[str | None]:
    """Blobs and files always lie under the account's key; queues and tables where it was said at creation.

    https://learn.microsoft.com/azure/storage/common/account-encryption-key-create.
    """
    return ["Account", None] if service in ("blob", "file") else ["Account"]


def _of(resource: Resource, path: str, allowed: Sequence[Any], what: str) -> Wanted:
    return Wanted(resource, path, value(resource, path), allowed, what)


def _inside(containers: Sequence[Resource]) -> Iterator[Wanted]:
    """An account's containers: each keeps the account's key, and no upload chooses another."""
    for container in containers:
        yield _of(container, "defaultEncryptionScope", [OWN_KEY, None], "the account's own key")
        yield _of(container, "denyEncryptionScopeOverride", [True], "no upload chooses another key")


def _has_unknown_key(account: Resource) -> bool:
    return is_open(value(account, f"{ENCRYPTION}.keyVaultProperties"))


def _unnamed(account: Resource, named: Key | None, keys: Sequence[Key]) -> Answer | None:
    """The answer where the account's key may be one whose name, or whose vault's, is not known."""
    held = [
        (key, [value(key.resource, "keyName"), key.vault and value(key.vault.resource, "vaultName")]) for key in keys
    ]
    unclear = [key.resource.name for key, names in held if is_open(names) or key.vault is None]
    if named is not None or not unclear:
        return None
    return unknown(f"whether {account.name} lies under {', '.join(unclear)} is not known", resource=account.urn)


def _under(account: Resource, key: Key | None, asked: Sequence[Wanted]) -> Answer:
    path = f"{ENCRYPTION}.keyVaultProperties"
    if _has_unknown_key(account):
        return unknown(f"the key of {account.name} is not known", resource=account.urn)
    if key is None or key.vault is None:
        example = property_of(account.urn, path, value(account, path), "a key in a vault of the stack")
        return refuted(
            f"{account.name} lies under a key that the stack does not declare", example, resource=account.urn
        )
    grounds = (
        *right(asked),
        Ground(account.urn, f"{path}.keyName={value(account, f'{path}.keyName')}"),
        Ground(key.resource.urn, f"keyName={value(key.resource, 'keyName')}"),
        Ground(key.vault.resource.urn, f"vaultName={value(key.vault.resource, 'vaultName')}"),
    )
    return proved(f"{account.name} lies under {key.id}", resource=account.urn, rests_on=grounds)


def keys_stay_in_their_region(case: Case) -> Iterator[Answer]:
    """KEY-2: each key is made and kept by hardware, never leaves it, is rotated, and slow to delete."""
    for key in stores.keys(case.resources, case.site.account):
        yield _formed(key)


def _formed(key: Key) -> Answer:
    if key.vault is None:
        return unknown(f"the vault of {key.resource.name} is not declared in the stack", resource=key.resource.urn)
    asked = [*wanted(key.resource, "key"), *wanted(key.vault.resource, "vault")]
    wrong = failing(asked, key.resource)
    policy = _stated(key.resource, "rotationPolicy")
    if wrong or is_open(policy):
        return wrong or unknown(f"the rotation of {key.resource.name} is not known", resource=key.resource.urn)
    if not _is_rotated(policy):
        allowed = f"an action that rotates it within {LONGEST_ROTATION} days"
        example = property_of(key.resource.urn, "properties.rotationPolicy", policy, allowed)
        return refuted(f"{key.resource.name} is not rotated every year", example, resource=key.resource.urn)
    grounds = (*right(asked), Ground(key.resource.urn, f"rotationPolicy={policy}"))
    told = f"{key.resource.name} is kept by hardware, rotated and slow to delete"
    return proved(told, resource=key.resource.urn, rests_on=grounds)


def _stated(key: Resource, name: str) -> Any:
    """A property of a key, which is declared below `properties` and given back beside it."""
    declared = value(key, f"properties.{name}")
    return value(key, name) if declared is None else declared


def _is_rotated(policy: Any) -> bool:
    """Whether an action rotates the key early enough after it was made."""
    for entry in as_list((as_object(policy) or {}).get("lifetimeActions")) or []:
        action, trigger = (as_object(entry.get(name)) or {} for name in ("action", "trigger"))
        if str(action.get("type")).lower() == "rotate" and _days(trigger.get("timeAfterCreate")) <= LONGEST_ROTATION:
            return True
    return False


def _days(period: Any) -> float:
    """The days in a period (ISO 8601) of years, months and days; endless for anything else."""
    found = _PERIOD.fullmatch(period) if isinstance(period, str) else None
    if not found or not any(found.groups()):
        return float("inf")
    years, months, days = (int(number or 0) for number in found.groups())
    return years * 366 + months * 31 + days
