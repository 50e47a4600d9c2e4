"""Who is let in to a store: one origin of each kind stands for all of its kind."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clover.logic.azure import evaluate_network
from clover.model.azure.networks_in import let_in

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000111/resourceGroups/g/providers"
TENANT = "00000000-0000-0000-0000-000000000100"
ENDPOINTS = [f"{SUBSCRIPTION}/Microsoft.Network/privateEndpoints/{name}" for name in "ab"]
SUBNETS = [f"{SUBSCRIPTION}/Microsoft.Network/virtualNetworks/n/subnets/{name}" for name in "ab"]
INSTANCES = [f"{SUBSCRIPTION}/Microsoft.Synapse/workspaces/{name}" for name in "ab"]
RANGES = {"192.0.2.0/24": "192.0.2.77", "198.51.100.9": "198.51.100.9", "203.0.113.0/25": "203.0.113.99"}
PURPOSES = ["AzureServices", "Logging", "Metrics"]


def some(values: list[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), unique_by=str, max_size=2)


acls = st.fixed_dictionaries(
    {
        "ipRules": some([{"value": text} for text in RANGES]),
        "virtualNetworkRules": some([{"id": text} for text in SUBNETS]),
        "resourceAccessRules": some(
            [{"tenantId": TENANT, "resourceId": text} for text in (*INSTANCES, INSTANCES[0].replace("/g/", "/*/"))]
        ),
    },
    optional={
        "defaultAction": st.sampled_from(["Allow", "Deny"]),
        "bypass": st.sampled_from(["None", "AzureServices", "Logging", "Logging, Metrics"]),
    },
)
settings = st.fixed_dictionaries(
    {
        "kind": st.just("storage"),
        "networkAcls": acls,
        "privateEndpointConnections": some(
            [{"id": text, "status": status} for text in ENDPOINTS for status in ("Approved", "Pending")]
        ),
    },
    optional={"publicNetworkAccess": st.sampled_from(["Enabled", "Disabled", "SecuredByPerimeter"])},
)


def one(kind: str, **members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"kind": st.just(kind), **members})


origins = st.one_of(
    one("private_endpoint", id=st.sampled_from([*ENDPOINTS, "/subscriptions/x"])),
    one(
        "internet",
        address=st.sampled_from([*RANGES.values(), "8.8.8.8", "2001:db8::1"]),
        same_region=st.booleans(),
    ),
    one("subnet", id=st.sampled_from([*SUBNETS, f"{SUBNETS[0]}c"])),
    one("trusted_service", purpose=st.sampled_from(PURPOSES), same_tenant=st.booleans()),
    one(
        "resource_instance",
        id=st.sampled_from([*INSTANCES, f"{INSTANCES[0]}c"]),
        tenant=st.sampled_from([TENANT, "00000000-0000-0000-0000-000000000900"]),
    ),
)


@given(settings, origins)
def test_whoever_is_let_in_has_one_of_its_kind_that_is_named(held: dict[str, Any], origin: dict[str, Any]):
    found = let_in(held)
    assert all(evaluate_network(each, held).decision == "allow" for each in found)
    if evaluate_network(origin, held).decision == "allow":
        assert origin["kind"] in {each["kind"] for each in found}


@given(settings)
def test_only_connections_that_are_approved_are_named(held: dict[str, Any]):
    approved = {each["id"] for each in held["privateEndpointConnections"] if each["status"] == "Approved"}
    assert {each["id"] for each in let_in(held) if each["kind"] == "private_endpoint"} == approved


@pytest.mark.parametrize("bypass", PURPOSES)
def test_a_closed_network_still_lets_in_whom_bypass_names(bypass: str):
    held: dict[str, Any] = {"kind": "storage", "publicNetworkAccess": "Disabled", "privateEndpointConnections": []}
    found = let_in({**held, "networkAcls": {"defaultAction": "Deny", "bypass": bypass}})
    assert [(each["kind"], each["purpose"]) for each in found] == [("trusted_service", bypass)]
