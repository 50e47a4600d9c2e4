"""Who may do what, as permissions and conditions."""

from typing import Any

from components.azure.data import read

CONDITION_VERSION = "2.0"
"""The version of the language of conditions; the only one that Azure takes."""

LOG_CONTAINERS = "insights-*"
"""The containers that Azure Monitor and Network Watcher make for logs
(https://learn.microsoft.com/azure/azure-monitor/platform/resource-logs)."""


def key_administration() -> Any:
    """Managing keys without using one: each data action by name, because what a wildcard grants nothing takes away.

    `notDataActions` narrows its own role only; another role of the same principal grants them all the same.
    """
    actions: list[str] = read("roles")["key_administration"]
    return {"actions": [], "not_actions": [], "data_actions": actions, "not_data_actions": []}


def log_target() -> Any:
    """Naming an account as the place that logs are written to, and nothing about what it holds or how it is set."""
    actions: list[str] = read("roles")["log_target"]
    return {"actions": actions, "not_actions": [], "data_actions": [], "not_data_actions": []}


def replication() -> Any:
    """Reading and writing policies of object replication at an account: neither deleting one nor reaching any blob.

    https://learn.microsoft.com/azure/role-based-access-control/permissions/storage#microsoftstorage
    """
    actions: list[str] = read("roles")["replication"]
    return {"actions": actions, "not_actions": [], "data_actions": [], "not_data_actions": []}


def monitor_target() -> Any:
    """Naming a workspace as the place that records are sent to, and nothing about what it holds."""
    actions: list[str] = read("roles")["monitor_target"]
    return {"actions": actions, "not_actions": [], "data_actions": [], "not_data_actions": []}


def log_containers_only() -> str:
    """The condition under which a reader of blobs reads those of logs and no others.

    Form: https://learn.microsoft.com/azure/role-based-access-control/conditions-format. There is no attribute for the
    caller's address: networks are the account's own rules.
    """
    reading = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
    container = "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name]"
    return f"((!(ActionMatches{{'{reading}'}})) OR ({container} StringLike '{LOG_CONTAINERS}'))"


def adding() -> Any:
    """Adding blobs that are not there yet, and nothing else.

    https://learn.microsoft.com/azure/role-based-access-control/permissions/storage#microsoftstorage
    """
    actions: list[str] = read("roles")["adding"]
    return {"actions": [], "not_actions": [], "data_actions": actions, "not_data_actions": []}


def assessing() -> Any:
    """Reading and writing blobs, and nothing else: no deletion, no signature for somebody else.

    https://learn.microsoft.com/azure/role-based-access-control/permissions/storage#microsoftstorage
    """
    actions: list[str] = read("roles")["assessing"]
    return {"actions": [], "not_actions": [], "data_actions": actions, "not_data_actions": []}


def reading() -> Any:
    """Reading blobs and their names, and nothing else: no key that signs links for whoever holds them.

    https://learn.microsoft.com/azure/role-based-access-control/permissions/storage#microsoftstorage
    """
    actions: list[str] = read("roles")["reading"]
    return {"actions": [], "not_actions": [], "data_actions": actions, "not_data_actions": []}


def state(*, writes: bool) -> Any:
    """Reading a state and opening its secrets; with `writes` also writing and closing them. No version is deleted."""
    known = read("roles")
    actions: list[str] = [*known["state_reading"], *(known["state_writing"] if writes else ())]
    return {"actions": [], "not_actions": [], "data_actions": actions, "not_data_actions": []}


def of_account(account: str) -> str:
    """The condition that a request is about one storage account.

    https://learn.microsoft.com/azure/storage/blobs/storage-auth-abac-attributes
    """
    return f"(@Resource[Microsoft.Storage/storageAccounts:name] StringEquals '{account}')"


def through(endpoint: str) -> str:
    """The condition that a request comes through one private endpoint.

    https://learn.microsoft.com/azure/role-based-access-control/conditions-format#environment-attributes
    """
    return f"(@Environment[Microsoft.Network/privateEndpoints] StringEqualsIgnoreCase '{endpoint}')"


def until(instant: str) -> str:
    """The condition that ends a role at an instant (UTC, ISO 8601).

    https://learn.microsoft.com/azure/role-based-access-control/conditions-format#environment-attributes
    """
    precise = instant.removesuffix("Z") + ".000Z"
    return f"(@Environment[UtcNow] DateTimeLessThan '{precise}')"
