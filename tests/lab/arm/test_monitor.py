"""Diagnostic settings, and the activity log."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.lab.arm import site
from tests.lab.arm.asking import Azure, refused

VERSION = "2021-05-01-preview"


@pytest.fixture
def made(azure: Azure) -> Azure:
    return azure.make_group()


def put(azure: Azure, scope: str, properties: dict[str, Any], called: str = "trail") -> tuple[int, str]:
    path = f"{scope}/providers/Microsoft.Insights/diagnosticSettings/{called}"
    status, shown, _ = azure.ask("PUT", path, {"properties": properties}, version=VERSION)
    return status, shown["error"]["message"] if status >= 400 else ""


def log(category: str) -> dict[str, Any]:
    return {"category": category, "enabled": True}


@pytest.mark.parametrize(
    ("logs", "problem"),
    [
        ([log("Administrative")], "Category 'Administrative' is not supported"),
        ([{"enabled": True}], "either a category or a category group"),
        ([{"categoryGroup": "some", "enabled": True}], "Category 'some' is not supported"),
        ([{**log("AuditEvent"), "retentionPolicy": {"enabled": True, "days": 7}}], "do not support retention"),
        ([{"category": "AuditEvent"}], "Required property 'enabled'"),
    ],
)
def test_logs_that_a_vault_does_not_have(made: Azure, logs: list[Any], problem: str) -> None:
    account, vault = site.account(made), site.vault(made)
    status, message = put(made, vault.id, {"storageAccountId": account.id, "logs": logs})
    assert status == 400
    assert problem in message


def test_a_setting_needs_a_sink_of_its_region(made: Azure) -> None:
    vault, far = site.vault(made), site.account(made, location="northeurope")
    assert "data sink" in put(made, vault.id, {"logs": [log("AuditEvent")]})[1]
    assert (
        "is in region 'northeurope'"
        in put(made, vault.id, {"storageAccountId": far.id, "logs": [log("AuditEvent")]})[1]
    )
    assert put(made, made.scope, {"storageAccountId": far.id, "logs": [log("Administrative")]}) == (200, "")


CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"


def contributes(azure: Azure, who: Azure, scope: str) -> None:
    """Give a principal the role of a contributor at a scope."""
    role = f"{azure.scope}/providers/Microsoft.Authorization/roleDefinitions/{CONTRIBUTOR}"
    held = {"principalId": who.principal, "principalType": "ServicePrincipal", "roleDefinitionId": role}
    path = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{uuid4()}"
    assert azure.ask("PUT", path, {"properties": held}, version="2022-04-01")[0] == 201


def test_who_points_logs_to_an_account_is_permitted_to_list_its_keys(made: Azure) -> None:
    account, vault, other = site.account(made), site.vault(made), made.other(str(uuid4()))
    told = {"storageAccountId": account.id, "logs": [log("AuditEvent")]}
    contributes(made, other, vault.id)
    status, message = put(other, vault.id, told)
    assert status == 403
    assert f"on the linked scope(s) '{account.id}'" in message
    contributes(made, other, account.id)
    assert put(other, vault.id, told) == (200, "")


def test_settings_are_five_at_most_and_no_log_goes_twice_to_one_place(made: Azure) -> None:
    vault = site.vault(made)
    account = site.account(made)
    for number in range(5):
        account = site.account(made)
        assert (
            put(made, vault.id, {"storageAccountId": account.id, "logs": [log("AuditEvent")]}, f"s{number}")[0] == 200
        )
    assert "which is the most" in put(made, vault.id, {"storageAccountId": account.id}, "s5")[1]
    made.ask("DELETE", f"{vault.id}/providers/Microsoft.Insights/diagnosticSettings/s0", version=VERSION)
    doubled = put(made, vault.id, {"storageAccountId": account.id, "logs": [log("AuditEvent")]}, "s5")
    assert (doubled[0], "already used" in doubled[1]) == (409, True)


def test_groups_of_categories_where_there_are_categories(made: Azure) -> None:
    account, vault = site.account(made), site.vault(made)
    every = [{"categoryGroup": "allLogs", "enabled": True}]
    assert put(made, vault.id, {"storageAccountId": account.id, "logs": every})[0] == 200
    assert put(made, account.id, {"storageAccountId": account.id, "logs": every})[0] == 400
    service = f"{account.id}/blobServices/default"
    assert put(made, service, {"storageAccountId": site.account(made).id, "logs": every})[0] == 200


@pytest.mark.parametrize("service", ["blob", "file", "queue", "table"])
def test_every_service_of_an_account_has_logs_of_its_own(made: Azure, service: str) -> None:
    place, sink = f"{site.account(made).id}/{service}Services/default", site.account(made).id
    logs = [log(category) for category in ("StorageRead", "StorageWrite", "StorageDelete")]
    assert put(made, place, {"storageAccountId": sink, "logs": logs}) == (200, "")
    assert put(made, place, {"storageAccountId": sink, "logs": [log("Administrative")]})[0] == 400


def test_what_has_no_logs(made: Azure) -> None:
    account, identity = site.account(made), site.identity(made)
    status, message = put(made, identity.id, {"storageAccountId": account.id, "logs": []})
    assert (status, "does not support" in message) == (400, True)


def since(minutes: float) -> str:
    return f"eventTimestamp ge '{(datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()}'"


def test_the_activity_log_names_who_changed_what(made: Azure) -> None:
    account = site.account(made)
    made.storage.storage_accounts.list_keys(account.id.split("/")[4], account.name)
    refused(made.storage.storage_accounts.begin_create, "nowhere", account.name, {"location": "norwayeast"})
    made.storage.storage_accounts.delete(account.id.split("/")[4], account.name)
    found = list(made.monitor.activity_logs.list(filter=f"{since(5)} and resourceUri eq '{account.id}'"))
    assert [(one.operation_name.value.rpartition("storageAccounts/")[2], one.status.value) for one in found] == [
        ("delete", "Succeeded"),
        ("listKeys/action", "Succeeded"),
        ("write", "Succeeded"),
    ]
    assert {(one.caller, one.resource_id, one.resource_type.value) for one in found} == {
        (made.principal, account.id, "Microsoft.Storage/storageAccounts")
    }
    failed = [one for one in made.monitor.activity_logs.list(filter=since(5)) if one.status.value == "Failed"]
    assert [one.resource_group_name for one in failed] == ["nowhere"]
    assert {one.level for one in failed} == {"Error"}


def test_the_activity_log_of_another_time_subscription_group_or_provider_is_empty(made: Azure) -> None:
    site.account(made)
    storage, vaults = (f"{since(5)} and resourceProvider eq 'Microsoft.{name}'" for name in ("Storage", "KeyVault"))
    listed = made.monitor.activity_logs.list
    assert len(list(listed(filter=storage))) == 1
    assert list(listed(filter=vaults)) == []
    assert list(listed(filter=since(-5))) == []
    assert list(listed(filter=f"{since(5)} and resourceGroupName eq 'other'")) == []
    ended = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    assert list(listed(filter=f"{since(5)} and eventTimestamp le '{ended}'")) == []
    elsewhere = replace(made, subscription=str(uuid4()))
    assert list(elsewhere.monitor.activity_logs.list(filter=since(5))) == []


@pytest.mark.parametrize(
    "wanted",
    ["", "resourceGroupName eq 'site'", "eventTimestamp ge 'yesterday'", "eventTimestamp eq '2026-01-01'"]
    + [f"eventTimestamp ge '2026-01-01' and caller {clause}" for clause in ("eq 'x'", "ge 'x'")],
)
def test_an_activity_log_is_asked_for_by_time(made: Azure, wanted: str) -> None:
    site.account(made)
    assert refused(made.monitor.activity_logs.list, filter=wanted) == (400, "BadRequest")
