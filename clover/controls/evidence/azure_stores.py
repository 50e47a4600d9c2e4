"""The evidence stores of a site on Azure, and whether something is delivered to one."""

from functools import cached_property
from typing import Any

from clover.controls.case import Case
from clover.controls.evidence.keepers import UNREAD, days_in_the_vault, keepers, kept_at
from clover.model.aws.network_links import known, last, member
from clover.model.azure.network_places import by_arm_id, lower
from clover.model.azure.stores import ACCOUNT, ROLE_TAG
from clover.model.resources import value
from clover.sources import Resource
from clover.zones.vocabulary import DataClass, StoreRole


def tag(resource: Resource, name: str) -> Any:
    """A tag of a resource; Unknown where it is not known."""
    return member(value(resource, "tags"), name)


class EvidenceAccounts:
    """The accounts that a site's records have to end in, by the tag `clover:store-role`.

    They are those of the auditor's vault where the zone gives the site one, else those of the site's own stack.
    """

    def __init__(self, case: Case, *, left: bool = False) -> None:
        """Read the accounts of whoever keeps the evidence; with `left` those that a site with a vault has left."""
        self._case = case
        self._keepers = (case,) if left else keepers(case)
        self.days = 0 if left else days_in_the_vault(case)

    @property
    def missing(self) -> bool:
        """Whether the auditor keeps the evidence in a stack that was not read."""
        return not self._keepers

    @cached_property
    def all(self) -> tuple[Resource, ...]:
        """Every evidence store of the site."""
        return tuple(account for account in self._there if self._is_evidence(account))

    @cached_property
    def doubtful(self) -> tuple[Resource, ...]:
        """Accounts whose role or site is not known."""
        accounts = (account for account in self._there if account not in self.all)
        return tuple(each for each in accounts if not all(known(tag(each, name)) for name in (ROLE_TAG, "clover:site")))

    @cached_property
    def _there(self) -> tuple[Resource, ...]:
        return tuple(account for keeper in self._keepers for account in keeper.resources.of(ACCOUNT))

    def keeper(self, account: Resource) -> Case:
        """The case whose stack holds an account."""
        return next(each for each in self._keepers if account in each.resources.of(ACCOUNT))

    def named(self, identifier: Any) -> Resource | None:
        """The evidence store of an id."""
        found = self._by_id.get(str(lower(identifier)))
        return found if found in self.all else None

    def perhaps(self, identifier: Any) -> bool:
        """Tell whether an id may be that of an evidence store that nobody knows to be one."""
        if not known(identifier) or (self.missing and str(lower(identifier)) not in _ids(self._case)):
            return True
        return self._by_id.get(str(lower(identifier))) in self.doubtful

    def doubt(self, what: str) -> str:
        """Why it is not known whether something is delivered to an evidence store."""
        return f"{what} is not known" if not self.missing else f"{what} leads to the vault or not: {UNREAD}"

    @property
    def names(self) -> str:
        """The evidence stores for people."""
        return " or ".join(last(each.urn) for each in self.all) or "an evidence store"

    @cached_property
    def _by_id(self) -> dict[str, Resource]:
        return {place: account for keeper in self._keepers for place, account in _ids(keeper).items()}

    def id_of(self, account: Resource) -> str | None:
        """The id of an account in lower case."""
        return next((place for place, each in self._by_id.items() if each is account), None)

    def days_of(self, account: Resource) -> int | None:
        """The zone's days for evidence of the account's class, or for the vault; without a class it is restricted."""
        named = tag(account, "clover:data-class")
        data_class = DataClass.RESTRICTED.value if named is None else named
        for rules in self._case.zone.file.data_classes:
            for floor in rules.floors:
                if rules.name.value == data_class and floor.role is StoreRole.EVIDENCE:
                    return max(floor.retention_days or 0, self.days)
        return None

    def _is_evidence(self, account: Resource) -> bool:
        site = tag(account, "clover:site")
        return tag(account, ROLE_TAG) == StoreRole.EVIDENCE.value and site in (None, kept_at(self._case))


def _ids(case: Case) -> dict[str, Resource]:
    """The accounts of a stack by their ids in lower case."""
    return by_arm_id(case.resources, case.site.account, ACCOUNT)
