"""Object replication: made at the destination, taken over by the source, and refused where the service refuses it."""

import uuid
from typing import Any

import pytest

from tests.lab.arm import site
from tests.lab.arm.asking import GROUP, Azure, refused


def end(azure: Azure, **properties: Any) -> Any:
    """An account with versions, a feed of changes and a container."""
    account = site.account(azure, properties={"allowCrossTenantReplication": False, **properties})
    body = {"properties": {"isVersioningEnabled": True, "changeFeed": {"enabled": True}}}
    azure.storage.blob_services.set_service_properties(GROUP, account.name, body)
    azure.storage.blob_containers.create(GROUP, account.name, "data", {})
    return account


def policy(source: Any, destination: Any, *rules: dict[str, Any]) -> dict[str, Any]:
    rule = {"sourceContainer": "data", "destinationContainer": "data"}
    ends = {"sourceAccount": source.id, "destinationAccount": destination.id}
    return {"properties": {**ends, "rules": list(rules) or [rule]}}


@pytest.fixture
def made(azure: Azure) -> Azure:
    return azure.make_group()


def put(azure: Azure, account: Any, name: str, body: Any) -> Any:
    return azure.storage.object_replication_policies.create_or_update(GROUP, account.name, name, body)


def refusal(azure: Azure, account: Any, name: str, body: Any) -> str:
    return refused(azure.storage.object_replication_policies.create_or_update, GROUP, account.name, name, body)[1]


def test_the_destination_gives_the_ids_and_the_source_takes_them(made: Azure) -> None:
    source, destination = end(made), end(made)
    there = put(made, destination, "default", policy(source, destination))
    rule = there.properties.rules[0]
    assert there.name == there.properties.policy_id == str(uuid.UUID(there.name))
    assert there.id == f"{destination.id}/objectReplicationPolicies/{there.name}"
    assert there.properties.enabled_time is None
    here = put(made, source, there.name, policy(source, destination, rule.as_dict()))
    assert (here.name, here.properties.rules[0].rule_id) == (there.name, rule.rule_id)
    assert here.properties.enabled_time
    policies = made.storage.object_replication_policies
    for account in (source, destination):
        assert [one.name for one in policies.list(GROUP, account.name)] == [there.name]
    policies.delete(GROUP, source.name, there.name)
    assert list(policies.list(GROUP, source.name)) == []


def test_a_pair_has_one_policy_whose_ids_stay(made: Azure) -> None:
    source, destination = end(made), end(made)
    first = put(made, destination, "default", policy(source, destination))
    again = put(made, destination, "default", policy(source, destination))
    changed = put(made, destination, first.name, policy(source, destination))
    assert first.as_dict() == again.as_dict() == changed.as_dict()
    assert put(made, destination, "default", policy(end(made), destination)).name != first.name


def test_a_source_takes_nothing_but_the_policy_of_its_destination(made: Azure) -> None:
    source, destination = end(made), end(made)
    body = policy(source, destination)
    assert refusal(made, source, "default", body) == "ObjectReplicationPolicyNotFound"
    assert refusal(made, destination, str(uuid.uuid4()), body) == "ObjectReplicationPolicyNotFound"
    there = put(made, destination, "default", body)
    assert refusal(made, source, there.name, body) == "InvalidRequestPropertyValue"
    rule = there.properties.rules[0].as_dict()
    other = {**rule, "filters": {"prefixMatch": ["a"]}}
    assert refusal(made, source, there.name, policy(source, destination, other)) == "InvalidRequestPropertyValue"
    stranger = end(made)
    body = policy(stranger, destination, rule)
    assert refusal(made, stranger, there.name, body) == "ObjectReplicationPolicyNotFound"
    assert refusal(made, stranger, "default", policy(source, destination)) == "InvalidRequestPropertyValue"


def test_both_ends_are_there_with_their_containers(made: Azure) -> None:
    source, destination = end(made), end(made)
    absent = type(source)({"id": f"{destination.id}x"})
    assert refusal(made, source, "default", policy(source, absent)) == "InvalidResourceReference"
    by_name = policy(source, destination)
    by_name["properties"]["sourceAccount"] = source.name
    assert refusal(made, destination, "default", by_name) == "LinkedInvalidPropertyId"
    rule = {"sourceContainer": "data", "destinationContainer": "other"}
    assert refusal(made, destination, "default", policy(source, destination, rule)) == "ContainerNotFound"


def test_versions_at_both_ends_and_a_feed_of_changes_at_the_source(made: Azure) -> None:
    for setting, code in (("isVersioningEnabled", "VersioningNotEnabled"), ("changeFeed", "ChangeFeedNotEnabled")):
        source, destination = end(made), end(made)
        off = {"properties": {setting: False if setting == "isVersioningEnabled" else {"enabled": False}}}
        made.storage.blob_services.set_service_properties(GROUP, source.name, off)
        assert refusal(made, destination, "default", policy(source, destination)) == code
    assert put(made, source, "default", policy(end(made), source)).name


def test_versions_stay_as_long_as_they_are_replicated(made: Azure) -> None:
    source, destination = end(made), end(made)
    there = put(made, destination, "default", policy(source, destination))
    off = {"properties": {"isVersioningEnabled": False}}
    turn_off = made.storage.blob_services.set_service_properties
    assert refused(turn_off, GROUP, destination.name, off) == (409, "VersioningNeededForReplication")
    made.storage.object_replication_policies.delete(GROUP, destination.name, there.name)
    assert not turn_off(GROUP, destination.name, off).blob_service_properties.is_versioning_enabled


def test_another_tenant_takes_both_ends_will(made: Azure) -> None:
    other = Azure(made.url, str(uuid.uuid4()), str(uuid.uuid4()), made.principal).make_group()
    source, destination = end(made), end(other, allowCrossTenantReplication=True)
    assert refusal(other, destination, "default", policy(source, destination)) == "CrossTenantReplicationNotAllowed"
    willing = end(made, allowCrossTenantReplication=True)
    assert put(other, destination, "default", policy(willing, destination)).name


def test_a_lock_on_the_account_keeps_its_policies(made: Azure) -> None:
    source, destination = end(made), end(made)
    there = put(made, destination, "default", policy(source, destination))
    made.locks.management_locks.create_or_update_by_scope(destination.id, "clover", {"level": "CanNotDelete"})
    delete = made.storage.object_replication_policies.delete
    assert refused(delete, GROUP, destination.name, there.name) == (409, "ScopeLocked")
    assert put(made, destination, there.name, policy(source, destination)).name == there.name
