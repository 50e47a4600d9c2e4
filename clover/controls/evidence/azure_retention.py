"""EVD-2 on Azure: evidence is locked for at least the zone's days.

A policy of an account holds for every version in it that has none of its own; while it is Unlocked whoever writes the
account may shorten it, and it can only be created so: AccountImmutabilityPolicyProperties.state of azure-mgmt-storage.
"""

from collections.abc import Iterator
from typing import Any

from clover.controls.case import Case
from clover.controls.evidence.azure_stores import EvidenceAccounts
from clover.controls.evidence.keepers import UNREAD, in_a_vault
from clover.controls.network.counterexample import wrong
from clover.controls.verdict import Answer, Ground, Outcome, assumed, proved, refuted, unknown
from clover.model.aws.network_links import entries, known, last, member
from clover.model.azure.arm_ids import below
from clover.model.azure.network_places import lower
from clover.model.azure.records import FLOW_LOG, SETTING, deletes_after
from clover.model.resources import every, value
from clover.sources import Resource
from clover.zones.vocabulary import StackKind

LOCK = "azure-native:authorization:ManagementLockByScope"
VERSIONS = "azure-native:storage:BlobServiceProperties"
LIFECYCLE = "azure-native:storage:ManagementPolicy"
CONTAINER_POLICY = "azure-native:storage:BlobContainerImmutabilityPolicy"
_POLICY = "immutableStorageWithVersioning"
_DAYS = f"{_POLICY}.immutabilityPolicy.immutabilityPeriodSinceCreationInDays"
STATE = f"{_POLICY}.immutabilityPolicy.state"

Part = Answer | Ground
_KINDS = ("baseBlob", "version", "snapshot")
_AGES = ("daysAfterModificationGreaterThan", "daysAfterCreationGreaterThan", "daysAfterLastAccessTimeGreaterThan")


def locked(case: Case) -> Iterator[Answer]:
    """Answer for every evidence store, of the site or of its vault, and those that a site with a vault has left.

    A site without one has no evidence.
    """
    accounts = EvidenceAccounts(case)
    if accounts.missing:
        yield unknown(f"whether the vault's records are locked is not known: {UNREAD}")
    yield from _each(case, accounts)
    if in_a_vault(case):
        yield from _each(case, EvidenceAccounts(case, left=True))
    if not (accounts.missing or accounts.all or accounts.doubtful):
        root = next((each.urn for each in case.resources.of("pulumi:pulumi:Stack")), "")
        example = wrong(root, "clover:store-role", None, "a store of role evidence")
        yield refuted("the site has no evidence store", example)


def _each(case: Case, accounts: EvidenceAccounts) -> Iterator[Answer]:
    for account in accounts.all:
        yield from _account(case, accounts, account)
    for account in accounts.doubtful:
        yield unknown(f"the role of {last(account.urn)} is not known", resource=account.urn)


def _account(case: Case, accounts: EvidenceAccounts, account: Resource) -> Iterator[Answer]:
    """The verdict on one store, and what is left open while its policy is not locked."""
    keeper, place, days = accounts.keeper(account), accounts.id_of(account), accounts.days_of(account)
    if days is None or place is None:
        yield unknown(f"the zone's days for {last(account.urn)}, or its id, are not known", resource=account.urn)
        return
    parts = kept_in(keeper, account, place, days)
    parts += [part for each in dict.fromkeys((keeper, case)) for part in _kept_by_records(each, account, days, place)]
    wrongly = [part for part in parts if isinstance(part, Answer)]
    if wrongly:
        yield min(wrongly, key=lambda answer: list(Outcome).index(answer.outcome))
        return
    if value(account, STATE) != "Locked" and keeper.hand is StackKind.AUDITOR:
        told = f"the policy of {last(account.urn)} is not locked yet: until the auditor does, its days may be shortened"
        yield unknown(
            told, resource=account.urn, fix="Lock the policy, as the auditor, and refresh the auditor's stack."
        )
        return
    rests = {part for part in parts if isinstance(part, Ground)} | {Ground(account.urn, "clover:store-role=evidence")}
    told = f"every version is locked from its creation for at least {days} days"
    yield proved(told, resource=account.urn, rests_on=tuple(sorted(rests)))
    if value(account, STATE) != "Locked":
        told = (
            f"the policy of {last(account.urn)} is unlocked, as every policy is when it is made: who may write the "
            "account may shorten it. That it has been locked since, whoever answers for the evidence attests"
        )
        yield assumed(told, resource=account.urn, rests_on=(Ground(account.urn, f"{STATE}={value(account, STATE)}"),))


def kept_in(case: Case, account: Resource, place: str, days: int) -> list[Part]:
    """What is wrong with how a store keeps its versions for some days, or what that rests on."""
    parts = [*_held(account, days), *_settled(case, account), *_kept(case, account, place)]
    return [*parts, *_shorter(case, account, days), *_expiring(case, account, days)]


def _held(account: Resource, days: int) -> Iterator[Part]:
    """The account's own policy, and nothing public."""
    period = value(account, _DAYS)
    checks = (
        (f"{_POLICY}.enabled", value(account, f"{_POLICY}.enabled") is True, "true"),
        (STATE, value(account, STATE) in ("Locked", "Unlocked"), "Locked, or Unlocked until it is"),
        (_DAYS, isinstance(period, int | float) and period >= days, f"{days} or more"),
        ("allowBlobPublicAccess", value(account, "allowBlobPublicAccess") in (None, False), "false"),
    )
    for path, fine, allowed in checks:
        yield _checked(account, account, path, fine, allowed)


def _checked(account: Resource, holder: Resource, path: str, fine: bool, allowed: str) -> Part:
    found = value(holder, path)
    if not known(found):
        return unknown(f"{path} of {last(holder.urn)} is not known", resource=account.urn)
    if fine:
        return Ground(holder.urn, f"{path}={found}")
    told = f"{last(holder.urn)} has {path}={found}"
    return refuted(told, wrong(holder.urn, path, found, allowed), resource=account.urn)


def _settled(case: Case, account: Resource) -> Iterator[Part]:
    """Versions are kept, and nobody deletes one for good."""
    for holder in _of_account(case, account, VERSIONS):
        yield _checked(
            account, holder, "isVersioningEnabled", value(holder, "isVersioningEnabled") is not False, "true"
        )
        path = "deleteRetentionPolicy.allowPermanentDelete"
        yield _checked(account, holder, path, value(holder, path) is not True, "false")


def _of_account(case: Case, account: Resource, kind: str) -> list[Resource]:
    """The resources of a type that are about an account, by its name."""
    name = lower(value(account, "accountName"))
    return [each for each in case.resources.of(kind) if lower(value(each, "accountName")) == name]


def _kept(case: Case, account: Resource, place: str) -> Iterator[Part]:
    """A lock against deletion on the account, or above it."""
    doubts: list[Resource] = []
    for lock in case.resources.of(LOCK):
        scope, level = value(lock, "scope"), value(lock, "level")
        if not known(scope) or not known(level):
            doubts.append(lock)
        elif isinstance(scope, str) and level in ("CanNotDelete", "ReadOnly") and below(place, f"/{scope.strip('/')}"):
            yield Ground(lock.urn, f"level={level}")
            return
    if doubts:
        yield unknown(f"whether {last(doubts[0].urn)} is about {last(account.urn)} is not known", resource=account.urn)
        return
    told = f"no lock keeps {last(account.urn)} from being deleted with all that it holds"
    yield refuted(told, wrong(account.urn, LOCK, None, "one against deletion"), resource=account.urn)


def _shorter(case: Case, account: Resource, days: int) -> Iterator[Part]:
    """Policies of containers, which come before the account's."""
    path = "immutabilityPeriodSinceCreationInDays"
    for policy in _of_account(case, account, CONTAINER_POLICY):
        held = value(policy, path)
        yield _checked(account, policy, path, isinstance(held, int | float) and held >= days, f"{days} or more")


def _expiring(case: Case, account: Resource, days: int) -> Iterator[Part]:
    """Rules that delete what is stored before the zone's days are over."""
    for policy in _of_account(case, account, LIFECYCLE):
        rules = entries(policy, "policy.rules")
        if not known(rules):
            yield unknown(f"policy of {last(policy.urn)} is not known", resource=account.urn)
        for number, rule in enumerate(rules):
            if known(rule) and (age := earliest_deletion(rule)) is not None and age < days:
                told = f"{last(policy.urn)} deletes evidence after {age} days"
                example = wrong(policy.urn, f"policy.rules[{number}]", rule, f"{days} days or more")
                yield refuted(told, example, resource=account.urn)
        yield Ground(policy.urn, "policy.rules")


def _kept_by_records(case: Case, account: Resource, days: int, place: str) -> Iterator[Part]:
    """The retention that the records of a stack bring with them."""
    for log in case.resources.of(FLOW_LOG):
        if lower(value(log, "storageId")) == place:
            yield from _kept_by(account, log, "retentionPolicy", [value(log, "retentionPolicy")], days)
    for setting in case.resources.of(SETTING):
        if lower(value(setting, "storageAccountId")) == place:
            yield from _kept_by(account, setting, "logs", every(setting, "logs[].retentionPolicy"), days)


def earliest_deletion(rule: Any) -> int | None:
    """The least age at which a rule that is switched on deletes anything."""
    if member(rule, "enabled") is False:
        return None
    actions = member(member(rule, "definition"), "actions")
    deletes = [member(member(actions, kind), "delete") for kind in _KINDS]
    ages = [member(delete, name) for delete in deletes for name in _AGES]
    return min((int(age) for age in ages if isinstance(age, int | float)), default=None)


def _kept_by(account: Resource, holder: Resource, path: str, policies: list[Any], days: int) -> Iterator[Part]:
    """The retention that a record brings with it."""
    yield Ground(holder.urn, f"{path}: no early deletion")
    for policy in policies:
        age = deletes_after(policy)
        if not known(policy):
            yield unknown(f"the retention of {last(holder.urn)} is not known", resource=account.urn)
        elif age is not None and age < days:
            told = f"{last(holder.urn)} has its records deleted after {age} days"
            yield refuted(
                told, wrong(holder.urn, path, value(holder, path), f"{days} days or more"), resource=account.urn
            )
