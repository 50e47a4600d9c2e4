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
ROLE = "/roles/adding"


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
            "adding": ROLE,
            "closes": "2027-01-01",
        }
        args.update(change)
        MigrationIntake("historic", args)
    return world


def test_the_writer_holds_the_role_on_the_store_until_the_day() -> None:
    assigned = declare().one("azure-native:authorization:RoleAssignment", "historic-writer").inputs
    assert (assigned["principalId"], assigned["roleDefinitionId"]) == (WRITER, ROLE)
    assert assigned["condition"] == "(@Environment[UtcNow] DateTimeLessThan '2027-01-01T00:00:00.000Z')"
    assert "/storageAccounts/" in assigned["scope"]


def test_it_closes_on_a_day() -> None:
    with pytest.raises(Refusal, match="closes: 'soon' is no day"):
        declare(closes="soon")
