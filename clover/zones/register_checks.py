"""Whether the floors, givens, exceptions and disclosures of a zone file fit the rest of it."""

from clover.zones.check import Check
from clover.zones.party_checks import principal_fits
from clover.zones.problems import shown
from clover.zones.registers import Approval, Floor, Given, Migration
from clover.zones.vocabulary import WORKSPACE, GivenKind, Immutability, PartyRole, StackKind, TrustedKind, Versioning

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
    for index, approval in enumerate(check.zone.approvals):
        _approval(check, approval, index)
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


def _approval(check: Check, approval: Approval, index: int) -> None:
    check.site(approval.site, "approvals", index, "site")
    earlier = check.zone.approvals[:index]
    if any((other.site, other.name) == (approval.site, approval.name) for other in earlier):
        message = f"approval {shown(approval.name)} is listed twice for {shown(approval.site)}"
        check.problem(message, "approvals", index, "name")
    same = ((other.site, other.workforce, other.data_class) for other in earlier)
    if (approval.site, approval.workforce, approval.data_class) in same:
        message = f"{shown(approval.workforce)} is approved twice for class {shown(approval.data_class.value)}"
        check.problem(message, "approvals", index, "workforce")
    for site in check.zone.sites:
        if site.name == approval.site and not principal_fits(approval.workforce, site.cloud):
            message = f"{shown(approval.workforce)} does not exist on {site.cloud.value}"
            check.problem(message, "approvals", index, "workforce")
    if approval.data_class not in {rules.name for rules in check.zone.data_classes}:
        message = f"class {shown(approval.data_class.value)} is not of this zone"
        check.problem(message, "approvals", index, "data_class")
    _apart(check, approval, index)


def _apart(check: Check, approval: Approval, index: int) -> None:
    """Whoever runs, audits or fills the site is no workforce that is approved to read it."""
    zone = check.zone
    trusted = (one.principal for one in zone.trusted_base if one.site == approval.site)
    auditors = (who for one in zone.auditor.principals for who in (one.person, one.machine))
    writers = (one.writer for one in zone.migrations if one.site == approval.site)
    if approval.workforce in {*trusted, *auditors, *writers}:
        message = f"{shown(approval.workforce)} runs, audits or fills the site and is no workforce that reads it"
        check.problem(message, "approvals", index, "workforce")


def _given(check: Check, given: Given, index: int) -> None:
    check.distinct("site", given.scope, "foundation", index, "scope")
    hands = {StackKind.AUDITOR.value} if check.zone.auditor.holdings else set[str]()
    hands |= {WORKSPACE} if check.zone.auditor.workspaces else set[str]()
    hands |= {StackKind.ORGANISATION.value} if check.zone.organisations else set()
    hands |= {StackKind.BACKEND.value} if check.zone.backends else set()
    hands |= {StackKind.BACKUPS.value} if check.zone.backups else set()
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
