"""Operations that take time: how they are followed, and who has to wait. The clock is the test's own."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from clover.lab.arm.call import ArmCall, Reply
from clover.lab.arm.engine import Engine
from clover.lab.arm.errors import ArmError
from clover.lab.arm.paths import parsed
from clover.lab.arm.tokens import Caller
from clover.lab.arm.world import World

SUBSCRIPTION = str(uuid.UUID(int=1))
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/site"
NETWORK = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/net"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/anaccount"
PLACE = {"location": "norwayeast"}
CALLER = Caller(str(uuid.UUID(int=2)), str(uuid.UUID(int=3)))
BASE = "http://127.0.0.1:1"


class Lab:
    """The emulator without HTTP, in a time that stands still until it is told to pass."""

    def __init__(self) -> None:
        self.now = 0.0
        self.engine = Engine(World(lambda: self.now))

    def ask(self, method: str, path: str, body: Any = None, version: str = "2024-05-01") -> Reply:
        """What a request is answered, a refusal too."""
        query = {"api-version": version}
        call = ArmCall(method, parsed(path), CALLER, query, {}, BASE, body, "", {"path": path})
        try:
            return self.engine.answer(call)
        except ArmError as refusal:
            return Reply(refusal.status, refusal.body, refusal.headers)

    def follow(self, reply: Reply, header: str) -> Reply:
        """What the link in this header is answered."""
        path, _, version = reply.headers[header].removeprefix(BASE).partition("?api-version=")
        return self.ask("GET", path, None, version)


@pytest.fixture
def lab() -> Iterator[Lab]:
    made = Lab()
    assert made.ask("PUT", GROUP, PLACE, "2024-03-01").status == 201
    yield made


def network(lab: Lab) -> Reply:
    properties = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}
    return lab.ask("PUT", NETWORK, {**PLACE, "properties": properties})


def subnet(lab: Lab, called: str, prefix: str) -> Reply:
    return lab.ask("PUT", f"{NETWORK}/subnets/{called}", {"properties": {"addressPrefix": prefix}})


def test_a_creation_is_announced_followed_and_done(lab: Lab) -> None:
    reply = network(lab)
    assert (reply.status, reply.body["properties"]["provisioningState"]) == (201, "Creating")
    assert lab.follow(reply, "Azure-AsyncOperation").body["status"] == "InProgress"
    assert lab.ask("GET", NETWORK).body["properties"]["provisioningState"] == "Creating"
    lab.now += 1
    assert lab.follow(reply, "Azure-AsyncOperation").body["status"] == "Succeeded"
    assert lab.ask("GET", NETWORK).body["properties"]["provisioningState"] == "Succeeded"
    again = network(lab)
    assert (again.status, again.body["properties"]["provisioningState"]) == (200, "Updating")


def test_a_deletion_is_announced_followed_and_done(lab: Lab) -> None:
    network(lab)
    lab.now += 1
    reply = lab.ask("DELETE", NETWORK)
    assert (reply.status, "Azure-AsyncOperation" in reply.headers) == (202, True)
    assert lab.ask("GET", NETWORK).body["properties"]["provisioningState"] == "Deleting"
    assert lab.follow(reply, "Location").status == 202
    lab.now += 1
    assert lab.follow(reply, "Location").status == 204
    assert lab.ask("GET", NETWORK).status == 404


def test_an_account_comes_by_its_location(lab: Lab) -> None:
    body = {**PLACE, "sku": {"name": "Standard_LRS"}, "kind": "StorageV2"}
    reply = lab.ask("PUT", ACCOUNT, body, "2024-01-01")
    assert (reply.status, reply.body) == (202, None)
    assert lab.follow(reply, "Location").status == 202
    lab.now += 1
    assert lab.follow(reply, "Location").body["id"] == ACCOUNT
    assert lab.ask("PUT", ACCOUNT, body, "2024-01-01").status == 200


def test_an_account_being_made_is_not_written(lab: Lab) -> None:
    body = {**PLACE, "sku": {"name": "Standard_LRS"}, "kind": "StorageV2"}
    lab.ask("PUT", ACCOUNT, body, "2024-01-01")
    again = lab.ask("PUT", ACCOUNT, body, "2024-01-01")
    assert (again.status, again.body["error"]["code"]) == (409, "StorageAccountOperationInProgress")


def test_a_network_takes_one_write_at_a_time(lab: Lab) -> None:
    network(lab)
    lab.now += 1
    first = subnet(lab, "a", "10.0.1.0/24")
    refusal = subnet(lab, "b", "10.0.2.0/24")
    assert (refusal.status, refusal.body["error"]["code"]) == (409, "AnotherOperationInProgress")
    assert first.headers["Azure-AsyncOperation"] in refusal.body["error"]["message"]
    assert "Retry-After" in refusal.headers
    assert lab.ask("DELETE", NETWORK).status == 409
    lab.now += 1
    assert subnet(lab, "b", "10.0.2.0/24").status == 201


def test_what_is_not_ready_is_not_referred_to(lab: Lab) -> None:
    routes = f"{GROUP}/providers/Microsoft.Network/routeTables/routes"
    network(lab)
    lab.now += 1
    lab.ask("PUT", routes, PLACE)
    body = {"properties": {"addressPrefix": "10.0.1.0/24", "routeTable": {"id": routes}}}
    refusal = lab.ask("PUT", f"{NETWORK}/subnets/a", body)
    assert (refusal.status, refusal.body["error"]["code"]) == (429, "RetryableError")
    assert refusal.body["error"]["details"][0]["code"] == "ReferencedResourceNotProvisioned"
    lab.now += 1
    assert lab.ask("PUT", f"{NETWORK}/subnets/a", body).status == 201


def test_a_group_on_its_way_out_takes_nothing_in(lab: Lab) -> None:
    reply = lab.ask("DELETE", GROUP, None, "2024-03-01")
    assert (reply.status, lab.follow(reply, "Location").status) == (202, 202)
    refusal = network(lab)
    assert (refusal.status, refusal.body["error"]["code"]) == (409, "ResourceGroupBeingDeleted")
    assert lab.ask("DELETE", GROUP, None, "2024-03-01").status == 202
    lab.now += 1
    assert lab.follow(reply, "Location").status in (200, 204)
    assert lab.ask("GET", GROUP, None, "2024-03-01").status == 404


def test_an_operation_nobody_started(lab: Lab) -> None:
    above = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Network/locations/norwayeast"
    assert lab.ask("GET", f"{above}/operations/{uuid.uuid4()}").status == 404


def test_a_refused_write_leaves_nothing_behind(lab: Lab) -> None:
    network(lab)
    lab.now += 1
    before = lab.ask("GET", NETWORK).body
    properties = {
        "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
        "subnets": [
            {"name": "a", "properties": {"addressPrefix": "10.0.1.0/24"}},
            {"name": "b", "properties": {"addressPrefix": "10.9.0.0/24"}},
        ],
    }
    assert lab.ask("PUT", NETWORK, {**PLACE, "tags": {"a": "b"}, "properties": properties}).status == 400
    assert lab.ask("GET", NETWORK).body == before
