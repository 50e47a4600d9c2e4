"""Azure's tables and shapes: what ARM answers becomes what the provider's state holds."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from clover.sources.live.azure import others, rows, shapes
from clover.sources.live.paths import UNREAD
from clover.sources.live.reading import Reading, RefusedCallError
from clover.sources.live.scope import scopes

SUBSCRIPTION = "00000000-0000-0000-0000-000000000111"
SCOPE = f"/subscriptions/{SUBSCRIPTION}"
GROUP = f"{SCOPE}/resourceGroups/g"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/a"
MODEL = Path(rows.__file__).parents[3] / "model" / "azure"


class Arm:
    """A Resource Manager that knows the collections and things that it was given, by path."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers, self.asked = answers, list[tuple[str, str]]()

    def call(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        path = parameters["path"]
        self.asked.append((operation, path))
        is_one = path.endswith(("/default", "/current"))
        answer = self.answers.get(path, "ResourceNotFound" if is_one else {"value": []})
        if isinstance(answer, str):
            raise RefusedCallError(operation, answer)
        return answer


def read(answers: Mapping[str, Any]) -> tuple[dict[tuple[str, str], Mapping[str, Any]], Reading, Arm]:
    arm = Arm(answers)
    reading = Reading(arm, {"account": SUBSCRIPTION, "region": "norwayeast"})
    found = [thing for topic in rows.tables().values() for thing in reading.read(topic)]
    return {(thing.type, thing.id): thing.properties for thing in found}, reading, arm


def test_a_store_has_the_providers_names_and_those_of_its_id() -> None:
    rules = {"defaultAction": "Deny", "ipRules": [{"value": "192.0.2.0/24", "action": "Allow"}]}
    told = {"networkAcls": rules, "supportsHttpsTrafficOnly": True, "isSftpEnabled": False}
    body = {"id": ACCOUNT, "name": "a", "location": "norwayeast", "tags": {"x": "y"}, "properties": told}
    found = shapes.properties("azure-native:storage:StorageAccount", body)
    assert found["networkRuleSet"]["ipRules"] == [{"iPAddressOrRange": "192.0.2.0/24", "action": "Allow"}]
    assert found["enableHttpsTrafficOnly"] is True
    assert found["isSftpEnabled"] is False
    assert (found["accountName"], found["resourceGroupName"], found["tags"]) == ("a", "g", {"x": "y"})


def test_the_kind_of_a_rule_decides_its_shape() -> None:
    rules = [{"ruleType": "ApplicationRule", "name": "hosts", "targetFqdns": ["a.example.com"]}]
    collection = {"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": "allow", "rules": rules}
    token = "azure-native:network:FirewallPolicyRuleCollectionGroup"
    body = {"id": f"{GROUP}/x", "properties": {"priority": 100, "ruleCollections": [collection]}}
    (found,) = shapes.properties(token, body)["ruleCollections"]
    assert found["rules"][0]["targetFqdns"] == ["a.example.com"]


def test_the_scope_of_an_extension_is_what_stands_before_it() -> None:
    body = {"id": f"{ACCOUNT}/providers/Microsoft.Authorization/locks/keep", "properties": {"level": "CanNotDelete"}}
    found = shapes.properties("azure-native:authorization:ManagementLockByScope", body)
    assert (found["scope"], found["lockName"], found["level"]) == (ACCOUNT, "keep", "CanNotDelete")


def test_what_lies_in_an_account_is_asked_for_there() -> None:
    accounts = f"{SCOPE}/providers/Microsoft.Storage/storageAccounts"
    blobs, container = f"{ACCOUNT}/blobServices/default", f"{ACCOUNT}/blobServices/default/containers/data"
    found, reading, arm = read(
        {
            accounts: {"value": [{"id": ACCOUNT, "name": "a", "properties": {}}]},
            f"{ACCOUNT}/blobServices": {"value": [{"id": blobs, "name": "default", "properties": {}}]},
            f"{blobs}/containers": {"value": [{"id": container, "name": "data", "properties": {}}]},
        }
    )
    assert {kind.rpartition(":")[2] for kind, _ in found} == {
        "StorageAccount",
        "BlobServiceProperties",
        "BlobContainer",
    }
    assert not reading.gaps
    containers = "Microsoft.Storage/storageAccounts/blobServices/containers/read"
    assert (containers, f"{blobs}/containers") in arm.asked
    assert (f"{containers[:-5]}/immutabilityPolicies/read", f"{container}/immutabilityPolicies/default") in arm.asked
    assert (
        "Microsoft.Insights/diagnosticSettings/read",
        f"{ACCOUNT}/providers/Microsoft.Insights/diagnosticSettings",
    ) in (arm.asked)


def test_a_key_whose_own_answer_is_refused_is_there_and_not_known() -> None:
    vault = f"{GROUP}/providers/Microsoft.KeyVault/vaults/v"
    key = f"{vault}/keys/k"
    found, reading, _ = read(
        {
            f"{SCOPE}/providers/Microsoft.KeyVault/vaults": {"value": [{"id": vault, "properties": {}}]},
            f"{vault}/keys": {"value": [{"id": key, "name": "k", "properties": {}}]},
            key: "AuthorizationFailed",
        }
    )
    known = found["azure-native:keyvault:Key", key]
    assert known["kty"] is UNREAD
    assert known["name"] == "k"
    assert [tuple(gap) for gap in reading.gaps] == [
        ("Microsoft.KeyVault/vaults/keys/read", key, "AuthorizationFailed", "values")
    ]


def test_a_thing_of_a_type_that_is_not_read_is_there_with_what_is_not_known_of_it() -> None:
    machine = f"{GROUP}/providers/Microsoft.Compute/virtualMachines/m"
    odd = f"{GROUP}/providers/Microsoft.Odd/things/o"
    listed = [
        {"id": machine, "type": "Microsoft.Compute/virtualMachines", "name": "m", "location": "norwayeast"},
        {"id": odd, "type": "Microsoft.Odd/things", "name": "o", "location": "norwayeast"},
        {"id": ACCOUNT, "type": "Microsoft.Storage/storageAccounts", "name": "a", "location": "norwayeast"},
    ]
    found, _, _ = read({f"{SCOPE}/resources": {"value": listed}})
    assert found["azure-native:compute:VirtualMachine", machine]["networkProfile"] is UNREAD
    assert found["azure-native:Microsoft.Odd:things", odd] == {"name": "o", "location": "norwayeast"}
    assert len(found) == 2, "a storage account has a table of its own"


def test_an_answer_in_another_form_is_a_gap_and_no_failure() -> None:
    accounts = f"{SCOPE}/providers/Microsoft.Storage/storageAccounts"
    found, reading, _ = read({accounts: {"value": ["a", {"id": 7}, {"properties": []}]}})
    assert not found
    assert {gap.code for gap in reading.gaps} == {"MalformedAnswer"}


def test_every_property_that_a_question_asks_about_is_read_or_said_to_be_unread() -> None:
    doors = yaml.safe_load((MODEL / "network_doors.yaml").read_text())
    asked = {
        kind: [path.partition(".")[0].removesuffix("[]") for path in row.get("to", ())]
        for kind, row in yaml.safe_load((MODEL / "movers.yaml").read_text())["copies"].items()
    }
    for kind, row in doors["doors"].items():
        asked.setdefault(kind, []).extend(row.get("when", {}))
    for kind, paths in doors["addresses"].items():
        asked.setdefault(kind, []).extend(path.partition("[")[0].partition(".")[0] for path in paths)
    unread = {row["is"]: set(row.get("unread", ())) for row in others.others().values()}
    elsewhere = {
        "azure-native:aadiam:DiagnosticSetting",  # of the tenant
        "azure-native:monitor:SubscriptionDiagnosticSetting",  # read as the DiagnosticSetting that ARM calls it
    }
    for kind, names in asked.items():
        known = scopes()[kind].properties if kind in scopes() else unread.get(kind, set())
        assert kind in elsewhere or set(names) <= known, kind


def test_every_type_of_the_tables_is_the_providers() -> None:
    package = pytest.importorskip("pulumi_azure_native")
    folder = Path(package.__file__).parent
    tokens = {token for token in scopes() if token.startswith("azure-native:")}
    for token in tokens | {row["is"] for row in others.others().values()}:
        _, module, name = token.split(":")
        files = {file.stem.replace("_", "") for file in (folder / module).glob("*.py")}
        assert name.lower() in files, token


def test_operations_are_those_that_azure_permits_by_name() -> None:
    for topic in rows.tables().values():
        for row in topic:
            assert re.fullmatch(r"Microsoft\.\w+(/\w+)+/read", row["call"]), row["call"]
