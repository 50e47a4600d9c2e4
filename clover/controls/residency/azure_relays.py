"""RES-P2 on Azure: nothing in the stack reads a store for somebody who asks from outside."""

from collections.abc import Iterator
from typing import Any

from clover.controls.azure_requests import property_of
from clover.controls.case import Case
from clover.controls.residency.azure_copies import movers
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.model.azure import stores
from clover.model.resources import value
from clover.sources import Resource, Unknown

LETTING_IN: tuple[tuple[str, Any, Any], ...] = (
    ("networkRuleSet.bypass", "AzureServices", "None"),
    ("networkRuleSet.resourceAccessRules", [], []),
)
"""What lets a service of Azure read for somebody, whatever the network says: property, Azure's default, what closes it.

https://learn.microsoft.com/azure/storage/common/storage-network-security-trusted-azure-services
"""


def no_relay_reads_for_a_caller_outside(case: Case) -> Iterator[Answer]:
    """RES-P2: one answer for each declared thing that runs programs or reads for others, and each store of users."""
    for kind, row in movers()["relays"].items():
        for resource in case.resources.of(kind):
            yield unknown(f"{resource.name} {row['how']}: for whom it reads is not declared", resource=resource.urn)
    for account in case.resources.of(stores.ACCOUNT):
        if stores.role_of(account) != "evidence":
            yield _closed_to_services(account)


def _closed_to_services(account: Resource) -> Answer:
    grounds: list[Ground] = []
    for name, default, wanted in LETTING_IN:
        found = value(account, name)
        found = default if found is None else found
        if isinstance(found, Unknown):
            return unknown(f"{name} of {account.name} is not known", resource=account.urn)
        if found != wanted and stores.role_of(account) is None:
            return unknown(f"whether {account.name} holds evidence is not known", resource=account.urn)
        if found != wanted:
            told = f"{account.name} lets services of Azure in past its network ({name} {found!r})"
            return refuted(told, property_of(account.urn, name, found, str(wanted)), resource=account.urn)
        grounds.append(Ground(account.urn, f"{name}={found}"))
    told = f"no service of Azure reads {account.name} for others, and the stack has nothing that could"
    return proved(told, resource=account.urn, rests_on=tuple(grounds))
