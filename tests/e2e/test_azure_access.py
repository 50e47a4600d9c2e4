"""What is declared on Azure lets in and keeps out: a table of cases, and every call that a deployment really made.

The site is one that keeps its records itself, so that it lets in whoever writes and reads them.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from clover.logic.azure import evaluate, evaluate_network
from clover.model.azure.actions import actions_of
from clover.zones.vocabulary import GivenKind
from tests.e2e.azure_world import AzureWorld, container_of
from tests.e2e.checkout import Checkout

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("keeping_on_azure")]

TABLE: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "azure_access_cases.yaml").read_text())
DEPLOYER = "00000000-0000-0000-0000-000000000121"
CONTAINER_NAME = "Microsoft.Storage/storageAccounts/blobServices/containers:name"
ASSIGNMENT = "Microsoft.Authorization/roleAssignments"
ORGANISATION = (GivenKind.DENY_ASSIGNMENTS, GivenKind.MANAGEMENT_GROUP_POLICY)


@pytest.fixture(scope="module")
def world(keeping_on_azure: Checkout) -> AzureWorld:
    return AzureWorld(keeping_on_azure)


def _label(case: dict[str, Any]) -> str:
    done = case.get("does") or case.get("reads") or "reaches"
    return f"{case['who']} from {case['from']}: {done} on {case.get('target', case.get('reaches'))} -> {case['expect']}"


def test_the_table_is_wide_enough_and_every_case_has_a_source() -> None:
    cases = TABLE["cases"]
    assert len(cases) >= 80
    assert all(case["source"] for case in cases)
    assert Counter(case["expect"] for case in cases).keys() == {"allow", "deny"}
    assert {case["rests_on"] for case in cases if case["expect"] == "deny"} == {"roles", "network", "given"}


@pytest.mark.parametrize("case", TABLE["cases"], ids=_label)
def test_case(world: AzureWorld, case: dict[str, Any]) -> None:
    let_in = _let_in(world, case)
    if case["expect"] == "allow":
        assert let_in
        assert _permitted(world, case, organisation=True)
    elif case["rests_on"] == "roles":
        assert not _permitted(world, case, organisation=False)
    elif case["rests_on"] == "network":
        assert not let_in
        assert _permitted(world, case, organisation=False), "roles keep it out already"
    else:
        assert _permitted(world, case, organisation=False), "nothing of the organisation's is needed"
        if not world.has_given(*ORGANISATION):
            pytest.skip("the zone states no denials and policies of the organisation for this site")
        assert not _permitted(world, case, organisation=True)


def _let_in(world: AzureWorld, case: Mapping[str, Any]) -> bool:
    """Whether the network lets the caller in; Azure Resource Manager asks for no place."""
    target = case.get("reaches") or (case["target"] if "reads" in case else None)
    if target is None:
        return True
    origin = world.fill(TABLE["places"][case["from"]])
    return evaluate_network(origin, world.settings(world.fill(target))).decision == "allow"


def _permitted(world: AzureWorld, case: Mapping[str, Any], *, organisation: bool) -> bool:
    """Whether roles, locks and denials let the caller do it; where Azure itself authorises, nothing is asked."""
    if "reaches" in case:
        return True
    who, action, target = (
        TABLE["principals"][case["who"]],
        case.get("does") or case["reads"],
        world.fill(case["target"]),
    )
    attributes = {"resource": {CONTAINER_NAME: container_of(target)}, **world.fill(case.get("with", {}))}
    request: dict[str, Any] = {
        "principal": world.fill(who["id"]),
        "action": action,
        "scope": target,
        "is_data_action": "reads" in case,
        "attributes": attributes,
    }
    if "does" in case:
        request["resource"] = world.body(action, target, case.get("declares", {}))
    assert "{" not in str([request["principal"], target])
    return evaluate(request, world.policies(who, organisation=organisation)).decision == "allow"


def test_every_call_of_the_deployment_is_one_that_the_deployer_may_make(
    keeping_on_azure: Checkout, world: AzureWorld
) -> None:
    calls = [call for call in keeping_on_azure.deployment if call["principal"] == DEPLOYER]
    assert len(calls) > 200
    own = f"/subscriptions/{keeping_on_azure.azure().subscription}/"
    assert {call["principal"] for call in keeping_on_azure.deployment if call.get("resource", "").startswith(own)} == {
        DEPLOYER
    }
    policies = world.policies({"id": DEPLOYER}, organisation=True)
    refused: dict[str, Any] = {}
    for call in calls:
        for needed in actions_of(call["operation"], call["resource"], call["parameters"]):
            request = {
                "principal": DEPLOYER,
                "action": needed.action,
                "scope": needed.scope,
                "resource": world.body(needed.action, needed.scope, _declared(call, needed.action)),
                "attributes": {"request": _asked(needed.action, call["parameters"])},
            }
            decision = evaluate(request, policies)
            if decision.decision != "allow":
                refused[f"{needed.action} on {needed.scope}"] = decision
    assert refused == {}


def _declared(call: Mapping[str, Any], action: str) -> Mapping[str, Any]:
    """The body of the call, which is that of its own action and of no linked one."""
    return call["parameters"] if action == call["operation"] else {}


def _asked(action: str, body: Mapping[str, Any]) -> dict[str, list[str]]:
    """What conditions ask of the role assignment that a call makes.

    https://learn.microsoft.com/azure/role-based-access-control/conditions-authorization-actions-attributes.
    """
    if action != f"{ASSIGNMENT}/write":
        return {}
    asked = ("roleDefinitionId", "principalId", "principalType")
    properties = body["properties"]
    return {
        f"{ASSIGNMENT}:{name[0].upper()}{name[1:]}": [properties[name].rsplit("/", 1)[-1]]
        for name in asked
        if name in properties
    }
