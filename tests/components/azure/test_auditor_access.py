from typing import Any

import pytest

from components.azure import AuditorAccess, AuditorAccessArgs
from components.azure.policies.roles import log_containers_only
from tests.components.azure.answers import SUBSCRIPTION, created
from tests.components.azure.sample import AUDITORS_TENANT, MACHINE, NETWORKS, PERSON, SITE
from tests.recorder import World, declaring

READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
BLOB_READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
BASE: AuditorAccessArgs = {
    "site": SITE,
    "person": f"{AUDITORS_TENANT}/{PERSON}",
    "machine": MACHINE,
    "external_id": "clover-hamar-2026",
    "networks": NETWORKS,
}


def offer(world: World) -> dict[str, Any]:
    return world.one("azure-native:managedservices:RegistrationDefinition").inputs["properties"]


def assignments(world: World) -> dict[str, dict[str, Any]]:
    """What the machine is assigned, by scope."""
    found = [one.inputs for one in world.all("azure-native:authorization:RoleAssignment")]
    return {one["scope"]: one for one in found if one["principalId"] == MACHINE}


def test_the_persons_tenant_is_delegated_nothing_that_lasts(world: World) -> None:
    assert offer(world)["managedByTenantId"] == AUDITORS_TENANT
    assert offer(world)["authorizations"] == []


def test_the_person_activates_reader_with_a_second_factor_for_eight_hours_at_most(world: World) -> None:
    (eligible,) = offer(world)["eligibleAuthorizations"]
    assert (eligible["principalId"], eligible["roleDefinitionId"]) == (PERSON, READER)
    assert eligible["justInTimeAccessPolicy"] == {
        "multiFactorAuthProvider": "Azure",
        "maximumActivationDuration": "PT8H",
    }


def test_the_delegation_is_of_the_subscription_and_named_after_the_pairing(world: World) -> None:
    definition = world.one("azure-native:managedservices:RegistrationDefinition").inputs
    taken = world.one("azure-native:managedservices:RegistrationAssignment").inputs
    assert definition["scope"] == taken["scope"] == f"/subscriptions/{SUBSCRIPTION}"
    assert taken["properties"]["registrationDefinitionId"].endswith(definition["registrationDefinitionId"])
    assert definition["properties"]["registrationDefinitionName"] == "Clover hamar clover-hamar-2026"


def test_the_machine_reads_controls_everywhere_and_data_in_the_evidence_group_alone(world: World) -> None:
    subscription = f"/subscriptions/{SUBSCRIPTION}"
    evidence = f"{subscription}/resourceGroups/clover-hamar-evidence"
    found = assignments(world)
    assert set(found) == {subscription, evidence}
    assert found[subscription]["roleDefinitionId"].endswith(READER)
    assert found[evidence]["roleDefinitionId"].endswith(BLOB_READER)
    assert {one["principalType"] for one in found.values()} == {"ServicePrincipal"}


def test_what_the_machine_reads_is_narrowed_to_containers_of_logs(world: World) -> None:
    evidence = assignments(world)[f"/subscriptions/{SUBSCRIPTION}/resourceGroups/clover-hamar-evidence"]
    assert (evidence["condition"], evidence["conditionVersion"]) == (log_containers_only(), "2.0")
    assert evidence["condition"] == (
        "((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'})) OR "
        "(@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringLike 'insights-*'))"
    )


def test_nobody_of_the_auditor_is_assigned_anything_else(world: World) -> None:
    everybody = {one.inputs["principalId"] for one in world.all("azure-native:authorization:RoleAssignment")}
    assert PERSON not in everybody
    assert len(assignments(world)) == 2


def test_what_is_handed_out_are_the_delegation_and_the_assignment_on_evidence(world: World) -> None:
    (out,) = world.one("clover-azure:index:AuditorAccess").outputs
    taken = world.one("azure-native:managedservices:RegistrationAssignment").inputs["registrationAssignmentId"]
    assert out["person_access"].endswith(f"/registrationAssignments/{taken}")
    assert "/resourceGroups/clover-hamar-evidence/" in out["machine_access"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"person": PERSON}, "person: .* is not the id of one exact principal"),
        ({"person": f"{AUDITORS_TENANT}/*"}, "person: .* is not the id of one exact principal"),
        ({"machine": f"{AUDITORS_TENANT}/{MACHINE}"}, "machine: .* is not the id of one exact principal"),
        ({"machine": "arn:aws:iam::444455556666:role/a"}, "machine: .* is not the id of one exact principal"),
        ({"networks": []}, "networks: the auditor's machine calls from at least one declared network"),
    ],
)
def test_an_auditor_who_is_not_exactly_one_is_refused(change: dict[str, Any], message: str) -> None:
    args: Any = {**BASE, **change, "declared_at": "Pulumi.hamar.yaml:4"}
    with pytest.raises(ValueError, match=rf"^Pulumi\.hamar\.yaml:4: {message}"), declaring(created):
        AuditorAccess("auditor", args)
