"""What an Azure subscription holds of a site, listed by ARM's own calls: ids in lower case."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from tests.lab.arm.asking import Azure

#: What Azure makes by itself: https://learn.microsoft.com/azure/network-watcher/network-watcher-create, and the network
#: interface of each private endpoint.
BROUGHT = ("/networkwatcherrg", "/networkwatchers/networkwatcher_norwayeast", "/networkinterfaces/")

#: Lists of the whole subscription, with their API version.
OF_ALL = (
    ("resourcegroups", "2024-03-01"),
    ("resources", "2024-03-01"),
    ("providers/Microsoft.Authorization/locks", "2020-05-01"),
    ("providers/Microsoft.Authorization/roleAssignments", "2022-04-01"),
    ("providers/Microsoft.Insights/diagnosticSettings", "2021-05-01-preview"),
    ("providers/Microsoft.ManagedServices/registrationDefinitions", "2022-10-01"),
    ("providers/Microsoft.ManagedServices/registrationAssignments", "2022-10-01"),
)
ACCOUNT = "microsoft.storage/storageaccounts"
REPLICATION = ("objectReplicationPolicies", "2024-01-01")
#: Lists below a resource of a type.
BELOW = {
    "microsoft.network/virtualnetworks": [("subnets", "2024-05-01")],
    "microsoft.network/firewallpolicies": [("ruleCollectionGroups", "2024-05-01")],
    "microsoft.network/privateendpoints": [("privateDnsZoneGroups", "2024-05-01")],
    "microsoft.network/networkwatchers": [("flowLogs", "2024-05-01")],
    "microsoft.network/privatednszones": [("virtualNetworkLinks", "2024-06-01")],
    "microsoft.network/dnsresolverpolicies": [
        ("dnsSecurityRules", "2023-07-01-preview"),
        ("virtualNetworkLinks", "2023-07-01-preview"),
    ],
    "microsoft.keyvault/vaults": [("keys", "2024-11-01")],
    ACCOUNT: [
        ("blobServices", "2024-01-01"),
        ("blobServices/default/containers", "2024-01-01"),
        ("blobServices/default/providers/Microsoft.Insights/diagnosticSettings", "2021-05-01-preview"),
        REPLICATION,
    ],
}
EVERYWHERE = ("providers/Microsoft.Insights/diagnosticSettings", "2021-05-01-preview")
#: Schedules, each by the request that made it, as the provider names it.
ELIGIBLE = ("providers/Microsoft.Authorization/roleEligibilitySchedules", "2020-10-01")
ROLES = ("providers/Microsoft.Authorization/roleDefinitions", "2022-04-01")


def held(azure: Azure) -> set[str]:
    """Every id that the subscription holds, but for what Azure brings."""
    entries = [each for path, version in OF_ALL for each in _all(azure, azure.scope, path, version)]
    found = {each["id"] for each in entries}
    for each in entries:
        for path, version in [*BELOW.get(each.get("type", "").lower(), []), EVERYWHERE]:
            found |= {below["id"] for below in _all(azure, each["id"], path, version)}
    for group in [each["id"] for each in entries if each["id"].count("/") == 4]:
        definitions = _all(azure, group, *ROLES)
        found |= {each["id"] for each in definitions if each["properties"]["type"] == "CustomRole"}
    eligible = _all(azure, azure.scope, *ELIGIBLE)
    found |= {each["properties"]["roleEligibilityScheduleRequestId"] for each in eligible}
    return {resource_id.lower() for resource_id in found if not _is_brought(resource_id.lower())}


def copied(azure: Azure, subscription: str) -> set[str]:
    """The policies by which accounts of `azure`, another subscription, take copies of what `subscription` holds."""
    found = _all(azure, azure.scope, "resources", "2024-03-01")
    accounts = [each["id"] for each in found if each["type"].lower() == ACCOUNT]
    policies = [each for account in accounts for each in _all(azure, account, *REPLICATION)]
    source = f"/subscriptions/{subscription}/"
    return {each["id"].lower() for each in policies if each["properties"]["sourceAccount"].startswith(source)}


def _is_brought(resource_id: str) -> bool:
    return resource_id.endswith(BROUGHT[:2]) or BROUGHT[2] in resource_id


def _all(azure: Azure, scope: str, path: str, version: str) -> Iterator[Any]:
    """Every entry of a list, page by page; none where the type has no such list."""
    status, answer = _asked(azure, f"{scope}/{path}", version)
    while status == 200:
        yield from answer["value"]
        link = answer.get("nextLink")
        if not link:
            return
        parts = urlsplit(str(link))
        status, answer = _asked(azure, f"{parts.path}?{parts.query}", None)
    assert status in (400, 404, 405), answer


def _asked(azure: Azure, path: str, version: str | None) -> tuple[int, Any]:
    """Status and JSON; a throttled call is sent again at once, for the lab throttles by lot."""
    status, answer = 429, None
    while status == 429:
        status, answer, _ = azure.ask("GET", path, version=version)
    return status, answer
