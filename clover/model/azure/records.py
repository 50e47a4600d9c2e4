"""Diagnostic settings and flow logs: what of a resource is recorded, and where the record goes."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from clover.model.aws.network_links import entries, known, member
from clover.model.azure.network_places import lower
from clover.model.azure.networks_in import ENDPOINT
from clover.model.azure.stores import Store
from clover.model.resources import Resources, every, value
from clover.sources import Resource
from clover.tables import read_table

SETTING = "azure-native:monitor:DiagnosticSetting"
OF_SUBSCRIPTION = "azure-native:monitor:SubscriptionDiagnosticSetting"
FLOW_LOG = "azure-native:network:FlowLog"


class Recording(NamedTuple):
    """One diagnostic setting: what it is about, in lower case, and the account that it delivers to."""

    setting: Resource
    about: Any
    account: Any

    @property
    def known(self) -> bool:
        """Whether everything about it is known."""
        return all(map(known, (self.about, self.account, value(self.setting, "logs"))))


@cache
def facts() -> Mapping[str, Any]:
    """What has to be on record; see records.yaml."""
    return read_table(Path(__file__).with_name("records.yaml"))


def recordings(resources: Resources) -> Iterator[Recording]:
    """Every diagnostic setting of a stack."""
    for setting in resources.of(SETTING):
        yield Recording(setting, _place(value(setting, "resourceUri")), lower(value(setting, "storageAccountId")))
    for setting in resources.of(OF_SUBSCRIPTION):
        subscription = value(setting, "subscriptionId")
        about = f"/subscriptions/{subscription}" if isinstance(subscription, str) else subscription
        yield Recording(setting, _place(about), lower(value(setting, "storageAccountId")))


def _place(held: Any) -> Any:
    return f"/{held.strip('/').lower()}" if isinstance(held, str) else held


def categories(setting: Resource) -> tuple[frozenset[str], frozenset[str]]:
    """The categories that a setting switches on, and the groups of categories."""
    on = [entry for entry in entries(setting, "logs") if member(entry, "enabled") is True]
    names = (
        frozenset(str(held) for entry in on if (held := member(entry, name))) for name in ("category", "categoryGroup")
    )
    first, second = names
    return first, second


def missing(kind: str, settings: Sequence[Resource]) -> tuple[str, ...]:
    """The categories of a kind that none of the settings switches on; of several sets, of the one that lacks least."""
    found = [categories(setting) for setting in settings]
    if any(facts()["everything"] in groups for _, groups in found):
        return ()
    on = {name for names, _ in found for name in names}
    lacking = [tuple(name for name in names if name not in on) for names in facts()["categories"][kind]]
    return min(lacking, key=len)


def grouped(settings: Sequence[Resource]) -> bool:
    """Whether a setting names a group of categories of which it is not known what is in it."""
    return any(groups - {facts()["everything"]} for _, groups in map(categories, settings))


def services(store: Store) -> list[str]:
    """The services of an account that can be reached: all of them where a public network leads to it."""
    known_ones = facts()["services"]
    of_kind = facts()["kinds"].get(value(store.resource, "kind"), list(known_ones))
    if value(store.resource, "publicNetworkAccess") != "Disabled":
        return of_kind
    paths = ("privateLinkServiceConnections[].groupIds[]", "manualPrivateLinkServiceConnections[].groupIds[]")
    groups = {group for endpoint, _ in store.endpoints for path in paths for group in every(endpoint, path)}
    return [name for name in of_kind if name == of_kind[0] or groups & set(known_ones[name])]


def unclear_endpoint(resources: Resources) -> Resource | None:
    """A private endpoint of which it is not known to what it leads."""
    for endpoint in resources.of(ENDPOINT):
        for name in ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections"):
            for entry in entries(endpoint, name):
                if not all(known(member(entry, part)) for part in ("privateLinkServiceId", "groupIds")):
                    return endpoint
    return None


def deletes_after(held: Any) -> int | None:
    """The days after which a record is deleted by itself; None where it is kept."""
    days = member(held, "days")
    return int(days) if member(held, "enabled") is True and isinstance(days, int | float) and days > 0 else None
