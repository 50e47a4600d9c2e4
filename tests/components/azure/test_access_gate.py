"""Approved employees on Azure: a role to be activated, that reads, through each store's endpoint, until a day."""

from typing import Any

import pytest

from clover.zones.vocabulary import DataClass
from components.azure import AccessGate
from components.limits import OverLimit
from components.refusal import Refusal
from tests.components.azure.answers import created
from tests.components.azure.sample import SITE
from tests.recorder import World, declaring

PEOPLE = "00000000-0000-0000-0000-000000000777"
STORE = "/subscriptions/x/resourceGroups/y/providers/Microsoft.Storage/storageAccounts/hamarprofile"


def declare(**change: Any) -> World:
    with declaring(created, stack_name="hamar") as world:
        args: Any = {
            "site": SITE,
            "name": "support",
            "data_class": DataClass.RESTRICTED,
            "workforce": PEOPLE,
            "endpoints": ["/subnets/endpoints"],
            "stores": {"profiles": STORE},
            "closes": "2027-01-01",
        }
        args.update(change)
        AccessGate("gate-support", args)
    return world


def test_a_group_may_activate_reading_until_the_day_and_holds_nothing() -> None:
    world = declare()
    (permission,) = world.one("azure-native:authorization:RoleDefinition").inputs["permissions"]
    assert permission["dataActions"] == ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"]
    assert permission["actions"] == []
    eligible = world.one("azure-native:authorization:PimRoleEligibilitySchedule").inputs
    assert eligible["principalId"] == PEOPLE
    assert eligible["scheduleInfo"]["expiration"] == {"type": "AfterDateTime", "endDateTime": "2027-01-01T00:00:00Z"}
    assert "DateTimeLessThan '2027-01-01T00:00:00.000Z'" in eligible["condition"]
    assert "privateEndpoints/hamarprofile-blob'" in eligible["condition"]
    assert world.all("azure-native:authorization:RoleAssignment") == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"closes": "soon"}, "closes: 'soon' is no day"),
        ({"workforce": "everybody"}, "is not the object id of a group"),
        ({"stores": {}}, "opens nothing"),
    ],
)
def test_what_is_no_gate_is_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(Refusal, match=told):
        declare(**change)


def test_a_gate_without_an_endpoint_is_refused() -> None:
    with pytest.raises(Exception, match="endpoints: data is read through"):
        declare(endpoints=[])


def stores(count: int) -> dict[str, str]:
    return {f"s{number:04}": f"{STORE}{number}" for number in range(count)}


def test_more_stores_than_the_role_can_name_are_refused_before_anything_is_made() -> None:
    declare(stores=stores(20))
    with pytest.raises(OverLimit, match="role-assignment-condition: "):
        declare(stores=stores(40))
