"""Whether the floors, givens, exceptions and disclosures of a zone file fit the rest of it."""

from clover.zones.check import Check
from clover.zones.party_checks import principal_fits
from clover.zones.problems import shown
from clover.zones.registers import Floor, Given, Migration
from clover.zones.vocabulary import GivenKind, Immutability, PartyRole, StackKind, TrustedKind, Versioning

ATTACHED_KINDS = frozenset({GivenKind.SERVICE_CONTROL_POLICY, GivenKind.RESOURCE_CONTROL_POLICY})
"""The kinds of policy that an organisation attaches at a level."""


def examine(check: Check) -> None:
    """Note everything in the zone's registers that does not hold together."""
    check.unique("class", "name", "data_classes")
    for index, rules in enumerate(check.zone.data_classes):
        check.unique("floor of role", "role", "data_classes", index, "floors")
        for number, floor in enumerate(rules.floors):
            _floor(check, floor, "data_classes", index, "floors", number)
    check.unique("domain", "suffix", "shared_domains")
    check.unique("given", "id", "foundation")
    for index, given in enumerate(check.zone.foundation):
        _given(check, given, index)
    check.unique("migration of site", "site", "migrations")
    for index, migration in enumerate(check.zone.migrations):
        _migration(check, migration, index)
    check.unique("exception", "id", "exceptions")
    for index, exception in enumerate(check.zone.exceptions):
        check.party(exception.owner, "exceptions", index, "owner")
    check.unique("disclosure", "id", "disclosures")


def _floor(check: Check, floor: Floor, *path: str | int) -> None:
    locked = floor.immutability is not Immutability.NONE
    if locked != (floor.retention_days is not None):
        check.problem("retention_days belongs to a lock, and every lock has it", *path)
    if locked and floor.versioning is not Versioning.ENABLED:
        check.problem("a lock needs versioning: enabled", *path)


def _migration(check: Check, migration: Migration, index: int) -> None:
    check.site(migration.site, "migrations", index, "site")
    for site in check.zone.sites:
        if site.name == migration.site and not principal_fits(migration.writer, site.cloud):
            message = f"{shown(migration.writer)} does not exist on {site.cloud.value}"
            check.problem(message, "migrations", index, "writer")
    trusted = {one.principal for one in check.zone.trusted_base if one.site == migration.site}
    if migration.writer in trusted:
        check.problem(
            f"{shown(migration.writer)} runs the site and cannot be its writer too", "migrations", index, "writer"
        )


def _given(check: Check, given: Given, index: int) -> None:
    check.distinct("site", given.scope, "foundation", index, "scope")
    hands = {StackKind.AUDITOR.value} if check.zone.auditor.holdings else set[str]()
    hands |= {StackKind.ORGANISATION.value} if check.zone.organisations else set()
    hands |= {StackKind.BACKEND.value} if check.zone.backends else set()
    for number, name in enumerate(given.scope):
        if name not in hands:
            check.site(name, "foundation", index, "scope", number)
    if (given.kind in ATTACHED_KINDS) != (given.level is not None):
        check.problem("a policy of the organisation has a level, and nothing else has", "foundation", index, "level")
    if given.valid_until < given.attested_on:
        message = f"{given.valid_until} is before {given.attested_on}, when it was attested"
        check.problem(message, "foundation", index, "valid_until")
    role = check.party(given.attested_by, "foundation", index, "attested_by")
    deployers = {trusted.party for trusted in check.zone.trusted_base if trusted.kind is TrustedKind.DEPLOYER}
    if role is PartyRole.OPERATOR or given.attested_by in deployers:
        message = f"given {given.id} is attested by {shown(given.attested_by)}, who operates the sites"
        check.problem(message, "foundation", index, "attested_by")
