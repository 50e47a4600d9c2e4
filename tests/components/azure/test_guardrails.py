"""The organisation's groups, policies and denials on Azure: what they hold, where they stand, and in which order."""

import json
from typing import Any

import pytest

from components.azure import Guardrails
from components.azure.policies import guardrails
from components.limits import OverLimit
from components.refusal import Refusal
from tests.components.azure.answers import SUBSCRIPTION, created, previewed
from tests.components.azure.guarded import CONTROLLER, GROUPS, args
from tests.components.azure.sample import DEPLOYER, SITE
from tests.recorder import UNKNOWN, World, declaring


def test_a_denial_holds_nothing_that_azure_does_not_take(organisation: World) -> None:
    (denial,) = organisation.all("azure-native:authorization:DenyAssignment")
    (permissions,) = denial.inputs["permissions"]
    assert set(permissions) == {"actions", "notActions"}
    assert not [each for each in permissions["actions"] if each.endswith("/read") or "denyAssignments" in each]
    assert not [each for each in permissions["actions"] if each.split("/")[0] in ("*", "Microsoft.Authorization/*")]
    assert [each["id"] for each in denial.inputs["excludePrincipals"]] == [DEPLOYER, CONTROLLER]


def test_groups_hang_below_each_other_and_only_whoever_may_makes_more(organisation: World) -> None:
    groups = organisation.all("azure-native:management:ManagementGroup")
    above: dict[str, Any] = {each.inputs["groupId"]: each.inputs.get("details") for each in groups}
    above = {name: details and details["parent"]["id"] for name, details in above.items()}
    assert above == {
        "clover": None,
        "clover-sites": f"{GROUPS}/clover",
        "clover-sites-hamar": f"{GROUPS}/clover-sites",
    }
    (setting,) = organisation.all("azure-native:management:HierarchySetting")
    assert setting.inputs["requireAuthorizationForGroupCreation"] is True
    assert setting.inputs["defaultManagementGroup"] == f"{GROUPS}/clover-sites"


def test_a_subscription_is_placed_once_every_guardrail_stands(organisation: World) -> None:
    (placed,) = organisation.all("azure-native:management:ManagementGroupSubscription")
    before = organisation.before(placed.urn)
    guards = [
        *organisation.all("azure-native:authorization:PolicyAssignment"),
        *organisation.all("azure-native:authorization:DenyAssignment"),
    ]
    assert len(guards) == 15
    assert [each.name for each in guards if each.urn not in before] == []
    (provider,) = organisation.all("pulumi:providers:azure-native")
    assert provider.inputs["subscriptionId"] == SUBSCRIPTION
    assert provider.urn in placed.provider


def test_every_policy_is_enforced_and_printed_with_its_digest_and_size(organisation: World) -> None:
    assigned = organisation.all("azure-native:authorization:PolicyAssignment")
    assert {each.inputs["enforcementMode"] for each in assigned} == {"Default"}
    assert all(each.inputs["notScopes"] == [] for each in assigned)
    assert all(len(each.inputs["policyAssignmentName"]) <= 24 for each in assigned)
    (told,) = organisation.one("clover-azure:index:Guardrails").outputs
    assert len(told["digests"]) == len(told["sizes"]) == len(assigned) + 1


def test_a_first_preview_knows_every_rule() -> None:
    with declaring(previewed, stack_name="organisation", preview=True) as declared:
        Guardrails("guardrails", args())
    for each in declared.all("azure-native:authorization:PolicyDefinitionAtManagementGroup"):
        assert UNKNOWN not in json.dumps(each.inputs["policyRule"])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"sites": []}, "there is none whose account could be bound"),
        ({"sites": [{"site": SITE}, {"site": {**SITE, "name": "other"}}]}, "stands twice"),
        ({"organisation": {**args()["organisation"], "controller": DEPLOYER}}, "deploys a site"),
    ],
)
def test_nobody_to_bind_and_a_controller_that_deploys_are_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(Refusal, match=told), declaring(created, stack_name="organisation"):
        Guardrails("guardrails", args(**change))


def test_a_document_that_azure_takes_no_more_is_refused() -> None:
    with pytest.raises(OverLimit):
        guardrails.written({"parameters": ["x" * 2_000_000]})
