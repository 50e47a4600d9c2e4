"""Historic data on Azure lands by one role, with one action, under a condition that ends with a day."""

from typing import Any

import pytest

from clover.zones.vocabulary import DataClass, StoreRole
from components.azure import EncryptionKey, MigrationIntake
from components.refusal import Refusal
from tests.components.azure.answers import created
from tests.components.azure.sample import SITE
from tests.recorder import World, declaring

WRITER = "00000000-0000-0000-0000-000000000141"


def declare(**change: Any) -> World:
    with declaring(created, stack_name="hamar") as world:
        key = EncryptionKey("intake", {"site": SITE, "role": StoreRole.INTAKE, "recorded_by": "/evidence"})
        args: Any = {
            "site": SITE,
            "name": "historic",
            "data_class": DataClass.RESTRICTED,
            "key": key.key,
            "endpoints": ["/subnets/endpoints"],
            "recorded_by": "/evidence",
            "writer": WRITER,
            "closes": "2027-01-01",
        }
        args.update(change)
        MigrationIntake("historic", args)
    return world


def test_the_writer_adds_and_nothing_else_until_the_day() -> None:
    world = declare()
    role = world.one("azure-native:authorization:RoleDefinition", "historic-adding").inputs
    (permission,) = role["permissions"]
    assert permission["dataActions"] == ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action"]
    assert permission["actions"] == []
    assigned = world.one("azure-native:authorization:RoleAssignment", "historic-writer").inputs
    assert assigned["principalId"] == WRITER
    assert assigned["roleDefinitionId"].endswith(f"/{role['roleDefinitionId']}")
    assert assigned["condition"] == "(@Environment[UtcNow] DateTimeLessThan '2027-01-01T00:00:00.000Z')"
    assert "/storageAccounts/" in assigned["scope"]


def test_a_role_that_landings_share_is_declared_by_none_of_them() -> None:
    world = declare(adding="/roles/adding")
    assert "historic-adding" not in {one.name for one in world.all()}
    assigned = world.one("azure-native:authorization:RoleAssignment", "historic-writer").inputs
    assert assigned["roleDefinitionId"] == "/roles/adding"


def test_it_closes_on_a_day() -> None:
    with pytest.raises(Refusal, match="closes: 'soon' is no day"):
        declare(closes="soon")
