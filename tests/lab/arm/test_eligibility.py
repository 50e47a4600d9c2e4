"""Eligibility is asked for, shows as a schedule, and is asked away again, through the official client."""

import uuid
from typing import Any

import pytest
from azure.mgmt.authorization import AuthorizationManagementClient

from tests.lab.arm.asking import GROUP, Azure, Bearer, Credential, refused
from tests.lab.arm.test_authorization import BLOB_READER

GROUP_OF_PEOPLE = "00000000-0000-0000-0000-000000000777"
ENDS = {"expiration": {"type": "AfterDateTime", "endDateTime": "2027-01-01T00:00:00Z"}}


@pytest.fixture
def made(azure: Azure) -> Azure:
    return azure.make_group()


def client(azure: Azure) -> Any:
    made: Any = AuthorizationManagementClient(
        Credential(), azure.subscription, base_url=azure.url, authentication_policy=Bearer(azure.token)
    )
    return made


def asked(azure: Azure, request: str = "AdminAssign", **change: Any) -> dict[str, Any]:
    role = f"{azure.scope}/providers/Microsoft.Authorization/roleDefinitions/{BLOB_READER}"
    start = {"startDateTime": "2026-06-01T00:00:00Z", **ENDS}
    told = {"principalId": GROUP_OF_PEOPLE, "roleDefinitionId": role, "requestType": request, "scheduleInfo": start}
    return {"properties": {**told, **change}}


def send(azure: Azure, body: dict[str, Any], called: str = "") -> Any:
    name = called or str(uuid.uuid4())
    return client(azure).role_eligibility_schedule_requests.create(azure.group, name, body)


def schedules(azure: Azure) -> list[Any]:
    wanted = f"principalId eq '{GROUP_OF_PEOPLE}'"
    return list(client(azure).role_eligibility_schedules.list_for_scope(azure.group, filter=wanted))


def test_a_request_makes_a_schedule_and_another_takes_it_away(made: Azure) -> None:
    condition = {"condition": "(@Environment[UtcNow] DateTimeLessThan '2027-01-01T00:00:00.000Z')"}
    request = send(made, asked(made, **condition, conditionVersion="2.0"))
    assert (request.status, request.scope.lower()) == ("Provisioned", made.group.lower())
    (schedule,) = schedules(made)
    assert schedule.id == request.target_role_eligibility_schedule_id
    assert (schedule.member_type, schedule.status, schedule.condition) == (
        "Direct",
        "Provisioned",
        condition["condition"],
    )
    assert schedule.end_date_time.isoformat() == "2027-01-01T00:00:00+00:00"
    named = client(made).role_eligibility_schedules.get(made.group, schedule.name)
    assert named.role_eligibility_schedule_request_id == request.id
    assert send(made, asked(made, "AdminRemove")).status == "Revoked"
    assert schedules(made) == []
    assert client(made).role_eligibility_schedule_requests.get(made.group, request.name).status == "Provisioned"


def test_the_same_request_again_changes_nothing_and_another_for_the_same_is_refused(made: Azure) -> None:
    send(made, asked(made), "11111111-1111-1111-1111-111111111111")
    send(made, asked(made), "11111111-1111-1111-1111-111111111111")
    assert len(schedules(made)) == 1
    assert refused(send, made, asked(made)) == (400, "RoleAssignmentExists")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"scheduleInfo": {"expiration": {"type": "NoExpiration"}}}, "RoleAssignmentRequestPolicyValidationFailed"),
        (
            {
                "scheduleInfo": {
                    "startDateTime": "2026-01-01T00:00:00Z",
                    "expiration": {"endDateTime": "2027-06-01T00:00:00Z"},
                }
            },
            "RoleAssignmentRequestPolicyValidationFailed",
        ),
        ({"requestType": "AdminRemove"}, "RoleAssignmentDoesNotExist"),
        ({"requestType": "SelfActivate"}, "RoleEligibilityRequestNotServed"),
        ({"principalId": "people"}, "InvalidPrincipalId"),
        ({"roleDefinitionId": f"/providers/x/{uuid.UUID(int=5)}"}, "RoleDefinitionDoesNotExist"),
        ({"condition": "(1)"}, "InvalidConditionVersion"),
    ],
)
def test_what_the_service_does_not_grant(made: Azure, change: dict[str, Any], code: str) -> None:
    assert refused(send, made, asked(made, **change)) == (400, code)
    assert schedules(made) == []


def test_eligibility_goes_with_its_group(made: Azure) -> None:
    send(made, asked(made))
    made.resources.resource_groups.begin_delete(GROUP).result()
    assert refused(client(made).role_eligibility_schedules.get, made.group, str(uuid.uuid4()))[0] == 404
