"""Diagnostic settings."""

from typing import Any

import pytest

from tests.lab.arm import site
from tests.lab.arm.asking import Azure

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


def test_what_has_no_logs(made: Azure) -> None:
    account, identity = site.account(made), site.identity(made)
    status, message = put(made, identity.id, {"storageAccountId": account.id, "logs": []})
    assert (status, "does not support" in message) == (400, True)
