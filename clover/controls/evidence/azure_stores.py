"""The evidence stores of a site on Azure, and whether something is delivered to one."""

from functools import cached_property
from typing import Any

from clover.controls.case import Case
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
    """The accounts of a stack that the tag `clover:store-role` makes evidence of the site."""

    def __init__(self, case: Case) -> None:
        """Read the accounts of the case's stack."""
        self._case = case

    @cached_property
    def all(self) -> tuple[Resource, ...]:
        """Every evidence store of the site."""
        return tuple(account for account in self._case.resources.of(ACCOUNT) if self._is_evidence(account))

    @cached_property
    def doubtful(self) -> tuple[Resource, ...]:
        """Accounts whose role or site is not known."""
        accounts = (account for account in self._case.resources.of(ACCOUNT) if account not in self.all)
        return tuple(each for each in accounts if not all(known(tag(each, name)) for name in (ROLE_TAG, "clover:site")))

    def named(self, identifier: Any) -> Resource | None:
        """The evidence store of an id."""
        found = self._by_id.get(str(lower(identifier)))
        return found if found in self.all else None

    def perhaps(self, identifier: Any) -> bool:
        """Tell whether an id may be that of an evidence store that nobody knows to be one."""
        return not known(identifier) or self._by_id.get(str(lower(identifier))) in self.doubtful

    @property
    def names(self) -> str:
        """The evidence stores for people."""
        return " or ".join(last(each.urn) for each in self.all) or "an evidence store"

    @cached_property
    def _by_id(self) -> dict[str, Resource]:
        return by_arm_id(self._case.resources, self._case.site.account, ACCOUNT)

    def id_of(self, account: Resource) -> str | None:
        """The id of an account in lower case."""
        return next((place for place, each in self._by_id.items() if each is account), None)

    def _is_evidence(self, account: Resource) -> bool:
        site = tag(account, "clover:site")
        return tag(account, ROLE_TAG) == StoreRole.EVIDENCE.value and site in (None, self._case.site.name)


def days_of(case: Case, account: Resource) -> int | None:
    """The zone's days for evidence of the account's class; one without a class counts as restricted."""
    named = tag(account, "clover:data-class")
    data_class = DataClass.RESTRICTED.value if named is None else named
    for rules in case.zone.file.data_classes:
        for floor in rules.floors:
            if rules.name.value == data_class and floor.role is StoreRole.EVIDENCE:
                return floor.retention_days or 0
    return None
