"""RES-2 and RES-5 on Azure: copies, and types that nobody understands."""

from collections.abc import Callable, Iterator, Mapping, Set
from functools import cache
from pathlib import Path
from typing import Any

from clover.controls.azure_requests import property_of
from clover.controls.backups.azure_copies import POLICY, not_read, replicated, unread_halves
from clover.controls.backups.azure_vaults import stays
from clover.controls.case import Case
from clover.controls.evidence.keepers import UNREAD, keepers, vault_accounts
from clover.controls.state.azure_tokens import becomes_a_runner
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.model.azure import locations, stores
from clover.model.azure.arm_ids import arm_id, below
from clover.model.resources import every, value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_list
from clover.tables import read_table
from clover.zones.vocabulary import StackKind

_MOVERS = Path(locations.__file__).with_name("movers.yaml")
_ENGINES = "pulumi:pulumi:"
"""How the engine's own types begin: they hold nothing."""


@cache
def movers() -> dict[str, Any]:
    """The types through which data leaves, is relayed, and neither; see movers.yaml."""
    return read_table(_MOVERS)


def copies_stay_in_the_zone(case: Case) -> Iterator[Answer]:
    """RES-2: no store may be copied by its own settings, and whatever copies or delivers names places of the stack."""
    table = movers()
    for account in case.resources.of(stores.ACCOUNT):
        yield opened(account, "RES-2") or _kept(account)
    declared = _ids(case)
    for kind, row in table["copies"].items():
        for resource in case.resources.of(kind):
            if kind == POLICY:
                yield replicated(case, resource, row["how"], declared)
            elif "asked" in row:
                yield _ASKED[row["asked"]](case, resource)
            elif "closed" in row:
                yield _closed_off(case, resource, row)
            else:
                yield _copy(case, resource, row, declared)
    yield from map(not_read, unread_halves(case))
    for kind, row in table["relays"].items():
        for resource in case.resources.of(kind):
            yield unknown(f"{resource.name} {row['how']}: where it sends data is not declared", resource=resource.urn)


def _kept(account: Resource) -> Answer:
    told = f"{account.name} is copied nowhere by its own settings"
    return proved(told, resource=account.urn, rests_on=closed(account, "RES-2"))


def closed(account: Resource, control: str) -> tuple[Ground, ...]:
    """The settings of an account that keep it closed, as grounds of one control."""
    rows = (row for row in stores.openings() if row["control"] == control)
    return tuple(Ground(account.urn, f"{row['property']}={_setting(account, row)}") for row in rows)


def opened(account: Resource, control: str) -> Answer | None:
    """The first setting of an account that opens it in the eyes of a control, or that is not known."""
    for row in stores.openings():
        if row["control"] != control:
            continue
        name, found = row["property"], _setting(account, row)
        if isinstance(found, Unknown):
            return unknown(f"{name} of {account.name} is not known", resource=account.urn)
        wanted = as_list(row["closed"]) or [row["closed"]]
        if found not in wanted:
            example = property_of(account.urn, name, found, f"one of {wanted}")
            return refuted(f"{account.name} has {name} {found!r}: {row['opens']}", example, resource=account.urn)
    return None


def _setting(account: Resource, row: Mapping[str, Any]) -> Any:
    """What the account has, or Azure's default where it says nothing."""
    found = value(account, row["property"])
    return row["default"] if found is None else found


_ASKED: Mapping[str, Callable[[Case, Resource], Answer]] = {"backups": stays, "state": becomes_a_runner}
"""What decides of a type that is harmless in some forms; see movers.yaml."""


def _ids(case: Case) -> frozenset[str]:
    """The ids of what the stack declares, or that of its vault, and the names of its accounts, in lower case."""
    held = dict.fromkeys((case, *keepers(case)))
    ids = (arm_id(each, one.site.account) for one in held for each in one.resources.all if each.custom)
    names = (value(account, "accountName") for account in case.resources.of(stores.ACCOUNT))
    return frozenset(text.lower() for text in (*ids, *names) if isinstance(text, str))


def _copy(case: Case, resource: Resource, row: Mapping[str, Any], declared: frozenset[str]) -> Answer:
    """Whether everything that a resource names as a destination is declared in the stack."""
    if "to" not in row:
        example = property_of(resource.urn, "type", resource.type, "no resource of this type")
        return refuted(f"{resource.name} {row['how']}", example, resource=resource.urn)
    named = [(path, target) for path in row["to"] for target in every(resource, path)]
    unsaid = next((path for path in row.get("needs", ()) if path not in dict(named)), None)
    if unsaid:
        example = property_of(resource.urn, unsaid, None, "a resource of the stack")
        return refuted(f"{resource.name} {row['how']}, and does not say which", example, resource=resource.urn)
    for path, target in named:
        if isinstance(target, Unknown):
            return unknown(f"{resource.name} {row['how']}: {path} is not known", resource=resource.urn)
        if not _is_declared(str(target).lower(), declared) and not (row.get("channels") and _listens(case, target)):
            return _elsewhere(case, resource, row["how"], path, str(target))
    absent = ((path, "nothing") for path in row["to"] if path not in dict(named))
    grounds = tuple(Ground(resource.urn, f"{path}={target}") for path, target in (*named, *absent))
    return proved(f"{resource.name} stays in the stack", resource=resource.urn, rests_on=grounds)


def _closed_off(case: Case, resource: Resource, row: Mapping[str, Any]) -> Answer:
    """Whether a resource that answers queries answers none from a network, and lies in the stack of whom it is for."""
    if case.hand.value != row["of"]:
        example = property_of(resource.urn, "type", resource.type, f"none but the {row['of']}'s")
        return refuted(f"{resource.name} {row['how']}", example, resource=resource.urn)
    for name, allowed in row["closed"].items():
        found = value(resource, name)
        if isinstance(found, Unknown):
            return unknown(f"{name} of {resource.name} is not known", resource=resource.urn)
        if found not in allowed:
            example = property_of(resource.urn, name, found, f"one of {allowed}")
            return refuted(f"{resource.name} {row['how']}: {name} is {found!r}", example, resource=resource.urn)
    grounds = tuple(Ground(resource.urn, f"{name}={value(resource, name)}") for name in row["closed"])
    return proved(f"{resource.name} answers no network", resource=resource.urn, rests_on=grounds)


def _listens(case: Case, target: Any) -> bool:
    """Whether the auditor or an authority listens there, as the zone says; only the auditor tells them."""
    zone = case.zone.file
    known = (zone.auditor.channel, *(one.channel for one in zone.authorities))
    told = {address.removeprefix("mailto:") for address in known if address}
    return case.hand is StackKind.AUDITOR and target in told


def _is_declared(target: str, declared: frozenset[str]) -> bool:
    """Whether the stack declares the target, or the resource that it lies in; its group alone says nothing."""
    while target not in declared and "/providers/" in target.rpartition("/")[0]:
        target = target.rpartition("/")[0]
    return target in declared


def _elsewhere(case: Case, resource: Resource, how: str, path: str, target: str) -> Answer:
    """A destination that no stack declares: of another subscription it is outside, of this one not known.

    Nor is one of the auditor's subscription, as long as the auditor's stack was not read.
    """
    if not keepers(case) and any(below(target, f"/subscriptions/{account}") for account in vault_accounts(case)):
        return unknown(f"{resource.name} {how}: {target}, which may be the vault: {UNREAD}", resource=resource.urn)
    if below(target, f"/subscriptions/{case.site.account}"):
        told = f"{resource.name} {how}: {target}, which the stack does not declare, lies nobody says where"
        return unknown(told, resource=resource.urn)
    example = property_of(resource.urn, path, target, "a resource of the stack")
    return refuted(f"{resource.name} {how}: {target}", example, resource=resource.urn)


def types_are_understood(case: Case) -> Iterator[Answer]:
    """RES-5: one answer for each type that nobody classified; one for the site when there is none."""
    known = {*locations.classification()["types"], *(kind for part in movers().values() for kind in part)}
    strange = [each for each in case.resources.all if each.custom and not _understood(each.type, known)]
    for resource in strange:
        yield unknown(f"{resource.name} is of type {resource.type}, which nobody classified", resource=resource.urn)
    if not strange:
        yield proved(f"all {len(case.resources.types)} types are classified")


def _understood(kind: str, known: Set[str]) -> bool:
    """Whether a type's part is known; the engine's own hold nothing, and neither does what is not custom."""
    return kind in known or kind.startswith(_ENGINES)
