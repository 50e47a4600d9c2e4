"""The tables of types, ids and actions name what the pinned SDK and the documented roles have."""

import importlib.util
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from clover.logic.azure.action_classes import ActionClasses
from clover.logic.azure.permissions import read_action
from clover.model.azure import arm_ids, stores
from clover.model.azure.roles import built_in_roles

HERE = Path(arm_ids.__file__).parent
MOVERS: dict[str, Any] = yaml.safe_load((HERE / "movers.yaml").read_text(encoding="utf-8"))
IDS: dict[str, str] = yaml.safe_load((HERE / "arm_ids.yaml").read_text(encoding="utf-8"))
KINDS = [kind for part in MOVERS.values() for kind in part]


@cache
def sdk() -> Path:
    found = importlib.util.find_spec("pulumi_azure_native")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


@cache
def files_of(module: str) -> dict[str, Path]:
    return {path.stem.replace("_", ""): path for path in (sdk() / module).glob("*.py")}


def source_of(kind: str) -> str:
    _, module, name = kind.split(":")
    return files_of(module)[name.lower()].read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_every_type_is_one_of_the_sdk(kind: str):
    assert f'@pulumi.type_token("{kind}")' in source_of(kind)


@pytest.mark.parametrize("kind", [kind for kind, row in MOVERS["copies"].items() if "to" in row])
def test_every_destination_is_a_property_of_its_type(kind: str):
    names = set(re.findall(r'@pulumi\.getter\(name="(\w+)"\)', source_of(kind)))
    names |= set(re.findall(r"def (\w+)\(self\)", source_of(kind)))
    assert {path.partition(".")[0].removesuffix("[]") for path in MOVERS["copies"][kind]["to"]} <= names


@pytest.mark.parametrize("kind", IDS)
def test_every_id_is_made_of_inputs_of_its_type(kind: str):
    inputs = set(re.findall(r'@pulumi\.getter\(name="(\w+)"\)', source_of(kind).partition("@pulumi.type_token")[0]))
    assert set(re.findall(r"\{(\w+)\}", IDS[kind])) <= inputs


@pytest.mark.parametrize("row", stores.openings(), ids=lambda row: row["property"])
def test_every_setting_is_a_property_of_storage_accounts(row: dict[str, Any]):
    names = re.findall(r'@pulumi\.getter\(name="(\w+)"\)', source_of(stores.ACCOUNT))
    assert row["property"].partition(".")[0] in {*names, "sku"}
    assert row["control"] in ("RES-2", "RES-3")


@pytest.mark.parametrize("service", stores.data_actions())
def test_every_action_can_be_asked_for(service: str):
    for part, actions in stores.data_actions()[service].items():
        assert len(actions) == len(set(actions))
        for action in actions:
            if "*" in action:
                assert list(ActionClasses([action]).within(action))
            else:
                assert read_action(action, part, is_data=True).name == action.lower()


def test_every_data_action_of_the_built_in_roles_on_stores_and_keys_is_asked_about():
    known = {action.lower() for table in stores.data_actions().values() for part in table.values() for action in part}
    about = ("microsoft.storage/storageaccounts/", "microsoft.keyvault/vaults/keys/")
    named = {
        action.lower()
        for role in built_in_roles().values()
        for action in role["dataActions"]
        if "*" not in action and action.lower().startswith(about)
    }
    shows_nothing = {
        "microsoft.keyvault/vaults/keys/read",
        "microsoft.storage/storageaccounts/queueservices/queues/messages/delete",
        "microsoft.storage/storageaccounts/tableservices/tables/entities/delete",
        "microsoft.storage/storageaccounts/fileservices/fileshares/files/modifypermissions/action",
    }
    assert named - known <= shows_nothing
