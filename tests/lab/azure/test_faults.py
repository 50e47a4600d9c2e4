"""What the provider does when ARM is slow, busy, late or wrong."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from clover.lab.cloud.client import Cloud
from clover.lab.provider import journal
from clover.lab.provider.wire import decode
from tests.lab.azure.witness import Witness
from tests.lab.azure.world import World
from tests.lab.provider.engine import Engine, Failed, Resource

GROUP, STORE, NETWORK = (
    "azure-native:resources:ResourceGroup",
    "azure-native:storage:StorageAccount",
    "azure-native:network:VirtualNetwork",
)
WRITE_GROUP = "Microsoft.Resources/subscriptions/resourceGroups/write"
WRITE_STORE = "Microsoft.Storage/storageAccounts/write"


def fail(operation: str, code: str, times: int = 1, status: int = 400) -> dict[str, Any]:
    return {"kind": "fail", "operation": operation, "times": times, "code": code, "status": status}


def writes(cloud: Cloud, operation: str, name: str) -> list[dict[str, Any]]:
    asked = [call for call in cloud.calls() if call["operation"] == operation]
    return [call for call in asked if call.get("resource", "").lower().endswith(name.lower())]


def store(world: World) -> dict[str, Any]:
    return world.grouped(accountName=world.name("faults"), kind="StorageV2", sku={"name": "Standard_ZRS"})


def test_throttling_is_waited_out(world: World, no_faults: Cloud) -> None:
    no_faults.set_faults([{"kind": "throttle", "operation": "*", "share": 0.3}])
    group = world.engine.create(GROUP, world.name("throttled"), {"tags": {"a": "b"}})
    assert world.engine.refresh(group) == group
    world.engine.delete(group)
    no_faults.set_faults([])
    assert world.engine.refresh(group) is None


@pytest.mark.parametrize(
    ("code", "status"), [("InternalServerError", 500), ("ServiceUnavailable", 503), ("AnotherOperationInProgress", 409)]
)
def test_a_fault_that_passes_is_borne(world: World, no_faults: Cloud, code: str, status: int) -> None:
    no_faults.set_faults([fail(WRITE_GROUP, code, times=2, status=status)])
    assert world.engine.create(GROUP, world.name("after"), {})["location"] == "norwayeast"


def test_a_refusal_is_not_repeated_and_says_what_arm_said(world: World, no_faults: Cloud) -> None:
    name = world.name("refused")
    no_faults.set_faults([fail(WRITE_GROUP, "AuthorizationFailed", times=5, status=403)])
    with pytest.raises(Failed, match=f'creating {GROUP} {name}: Status=403 Code="AuthorizationFailed" Message="'):
        world.engine.create(GROUP, name, {"resourceGroupName": name})
    assert len(writes(no_faults, WRITE_GROUP, name)) == 1


def test_throttling_without_end_ends_with_the_operations_time(world: World, no_faults: Cloud) -> None:
    no_faults.set_faults([{"kind": "throttle", "operation": WRITE_GROUP, "share": 1.0}])
    with pytest.raises(Failed, match="Status=429"):
        world.engine.create(GROUP, world.name("never"), {}, timeout=1)


def test_a_thing_that_is_not_visible_at_once_is_waited_for(world: World, no_faults: Cloud) -> None:
    no_faults.set_faults([{"kind": "delay-consistency", "operation": WRITE_GROUP, "seconds": 15}])
    group = world.engine.create(GROUP, world.name("late"), {})
    assert world.engine.refresh(group) == group


def test_a_thing_that_stays_invisible_is_kept_and_finished_by_the_next_run(world: World, no_faults: Cloud) -> None:
    no_faults.set_faults([{"kind": "delay-consistency", "operation": WRITE_GROUP, "seconds": 35}])
    name = world.name("later")
    with pytest.raises(Failed, match="waited in vain") as failure:
        world.engine.create(GROUP, name, {})
    unfinished = failure.value.unfinished
    half = Resource(
        GROUP, name, unfinished.id, world.engine.check(Resource(GROUP, name), {})[0], decode(unfinished.properties)[0]
    )
    finished = world.engine.update(half, {"tags": {"a": "b"}})
    assert finished["tags"] == {"a": "b"}


def test_a_request_that_stays_unanswered_is_sent_again(world: World, no_faults: Cloud) -> None:
    no_faults.set_faults([{"kind": "hang", "operation": WRITE_GROUP, "times": 1, "seconds": 3}])
    group = world.engine.create(GROUP, world.name("slow"), {}, timeout=1)
    assert world.engine.refresh(group) == group


def test_a_name_that_is_taken_elsewhere_is_refused(world: World) -> None:
    other = world.make("resources:ResourceGroup", "elsewhere")
    taken = {**store(world), "resourceGroupName": other["name"]}
    world.engine.create(STORE, "first", taken)
    with pytest.raises(Failed, match='Code="StorageAccountInAnotherResourceGroup"'):
        world.engine.create(STORE, "second", store(world))


def test_cancel_ends_what_waits(unconfigured: Engine, no_faults: Cloud) -> None:
    from google.protobuf import empty_pb2

    unconfigured.configure(location="norwayeast")
    no_faults.set_faults([{"kind": "throttle", "operation": WRITE_GROUP, "share": 1.0}])
    told: list[str] = []

    def create() -> None:
        try:
            unconfigured.create(GROUP, "cancelled", {})
        except Failed as failure:
            told.append(str(failure))

    waiting = threading.Thread(target=create)
    waiting.start()
    unconfigured.stub.Cancel(empty_pb2.Empty())
    waiting.join(timeout=30)
    assert not waiting.is_alive()
    assert told == [f"creating {GROUP} cancelled: cancelled"]


def test_many_resources_at_once_do_not_disturb_each_other(world: World) -> None:
    group = world.group["name"]
    names = [world.name(f"many{number:02}n") for number in range(16)]

    def create(name: str) -> Resource:
        inputs = {"resourceGroupName": group, "resourceName": name, "tags": {"name": name}}
        return world.engine.create("azure-native:managedidentity:UserAssignedIdentity", name, inputs)

    with ThreadPoolExecutor(max_workers=8) as pool:
        made = list(pool.map(create, names))
    assert [one["tags"]["name"] for one in made] == names
    assert len({one["principalId"] for one in made}) == len(names)


def test_what_is_made_is_written_down_before_the_engine_hears_of_it(
    unconfigured: Engine, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path))
    unconfigured.configure(location="norwayeast")
    group = unconfigured.create(GROUP, world.name("journal"), {})
    assert journal.created(tmp_path) == {group.urn: group.id}


def test_a_refused_creation_of_what_others_have_is_not_written_down(
    unconfigured: Engine, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = world.group["name"]
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path))
    unconfigured.configure(location="norwayeast")
    with pytest.raises(Failed, match="cannot create already existing resource"):
        unconfigured.create(GROUP, "again", {"resourceGroupName": taken})
    assert journal.created(tmp_path) == {}


def test_children_that_are_resources_of_their_own_survive_an_update(world: World, witness: Witness) -> None:
    inputs = world.grouped(virtualNetworkName=world.network["name"], addressSpace={"addressPrefixes": ["10.10.0.0/16"]})
    subnet = world.subnet
    world.engine.update(world.network, {**inputs, "tags": {"a": "b"}})
    assert witness.get(subnet.id, "2024-05-01")["properties"]["addressPrefix"] == "10.10.1.0/24"
    found = world.engine.refresh(world.network)
    assert found is not None
    assert "subnets" not in found.inputs


def test_a_closed_network_that_is_taken_away_is_opened_as_the_real_provider_does(
    world: World, witness: Witness
) -> None:
    closed = {**store(world), "networkRuleSet": {"bypass": "None", "defaultAction": "Deny"}}
    account = world.engine.create(STORE, "closing", closed)
    world.engine.update(account, store(world))
    rules = witness.get(account.id, "2024-01-01")["properties"]["networkAcls"]
    assert (rules["bypass"], rules["defaultAction"]) == ("AzureServices", "Allow")


def test_a_locked_thing_is_kept_and_says_so(world: World) -> None:
    lock = world.make("authorization:ManagementLockByScope", "keep", scope=world.account.id, level="CanNotDelete")
    with pytest.raises(Failed, match='Code="ScopeLocked"'):
        world.engine.delete(world.account)
    assert world.engine.refresh(world.account) == world.account
    world.engine.delete(lock)
    world.engine.delete(world.account)
    assert world.engine.refresh(world.account) is None


def test_an_unfinished_answer_says_what_is_there(world: World, no_faults: Cloud) -> None:
    """A write that stays unanswered twice is reported with what is there, so that the next run goes on from it."""
    group = world.group
    no_faults.set_faults([{"kind": "hang", "operation": WRITE_GROUP, "times": 2, "seconds": 2}])
    with pytest.raises(Failed) as failure:
        world.engine.update(group, {"tags": {"a": "b"}}, timeout=0.5)
    assert "stayed unanswered" in str(failure.value)
    if failure.value.unfinished is not None:
        assert decode(failure.value.unfinished.properties)[0]["name"] == group["name"]
        assert json.dumps(failure.value.unfinished.id)
