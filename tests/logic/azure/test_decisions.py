"""Roles, denials, locks and delegations: one row of data, one documented rule."""

from collections import Counter
from typing import Any

import pytest

from clover.logic.azure import evaluate
from tests.logic.azure.evaluator_cases import (
    ALICE,
    BOB,
    EVERYBODY,
    GROUP,
    PRINCIPALS,
    SCOPES,
    SUBSCRIPTION,
    TABLE,
    Json,
    assignment,
    denial,
    reading,
    request,
    role,
)

LISTS = ("actions", "notActions", "dataActions", "notDataActions")


def _assignment(row: Json) -> Json:
    return assignment(PRINCIPALS[row["to"]], row["role"], SCOPES[row["at"]])


def _delegation(row: Json) -> Json:
    listed = [role(name)["id"] for name in row.get("assignable", ())]
    return {**_assignment(row), "delegatedRoleDefinitionIds": listed}


def _denial(row: Json) -> Json:
    system = row.get("system", False)
    return {
        "principals": [_principal(name) for name in row["to"]],
        "excludePrincipals": [_principal(name) for name in row.get("except", ())],
        "scope": SCOPES[row["at"]],
        "permissions": {name: row[name] for name in LISTS if name in row},
        "isSystemProtected": system,
        "doNotApplyToChildScopes": row.get("only_here", False),
    }


def _principal(name: str) -> Json:
    kinds = {"everybody": "SystemDefined", "marketing": "Group"}
    return {"id": PRINCIPALS[name], "type": kinds.get(name, "User")}


def _asked(row: Json) -> Json:
    found: Json = {
        "principal": PRINCIPALS[row["by"]],
        "groups": [PRINCIPALS[name] for name in row.get("groups", ())],
        "action": row.get("does") or row["reads"],
        "is_data_action": "reads" in row,
        "scope": SCOPES[row["at"]],
    }
    return found | ({"attributes": row["attributes"]} if "attributes" in row else {})


def _policies(row: Json) -> Json:
    return {
        "role_assignments": [_assignment(each) for each in row.get("assigned", ())],
        "deny_assignments": [_denial(each) for each in row.get("denied", ())],
        "locks": [{"scope": SCOPES[each["at"]], "level": each["level"]} for each in row.get("locked", ())],
        "lighthouse": [_delegation(each) for each in row.get("delegated", ())],
        "management_groups": [SCOPES[name] for name in TABLE["management_groups"]],
    }


@pytest.mark.parametrize("row", TABLE["cases"], ids=lambda row: row["name"].replace(" ", "-"))
def test_a_request_is_decided_as_documented(row: Json) -> None:
    decided = evaluate(_asked(row), _policies(row))
    assert decided.decision == row["expected"], (decided.because, TABLE["sources"][row["source"]])


def test_the_table_is_wide_enough() -> None:
    assert len(TABLE["cases"]) >= 100
    assert {"allow", "implicit_deny", "explicit_deny"} == Counter(row["expected"] for row in TABLE["cases"]).keys()


BECAUSE: dict[str, tuple[Json, Json, tuple[str, ...]]] = {
    "a role": (
        request(),
        {"role_assignments": [assignment(at=GROUP, name="r1")]},
        (f"role assignment r1: Owner at {GROUP}",),
    ),
    "no name": (
        request(),
        {"role_assignments": [assignment(BOB), assignment(ALICE)]},
        (f"role assignment 2: Owner at {SUBSCRIPTION}",),
    ),
    "every role": (
        request(),
        {"role_assignments": [assignment(name="a"), assignment(named="Contributor", name="b")]},
        (f"role assignment a: Owner at {SUBSCRIPTION}", f"role assignment b: Contributor at {SUBSCRIPTION}"),
    ),
    "nothing": (
        reading(),
        {},
        (
            "no assignment grants the data action microsoft.storage/storageaccounts/blobservices/containers/blobs/read "
            f"at {SCOPES['container']}",
        ),
    ),
    "a near miss": (
        request("Microsoft.Authorization/locks/write"),
        {"role_assignments": [assignment(named="Contributor", name="c")]},
        (
            f"no assignment grants the action microsoft.authorization/locks/write at {SCOPES['account']}",
            f"role assignment c: Contributor at {SUBSCRIPTION}: NotActions take it out",
        ),
    ),
    "a condition": (
        reading(),
        {
            "role_assignments": [
                assignment(
                    named="Storage Blob Data Reader",
                    name="c",
                    condition="@Environment[isPrivateLink] BoolEquals true",
                )
            ]
        },
        (
            "no assignment grants the data action microsoft.storage/storageaccounts/blobservices/containers/blobs/read "
            f"at {SCOPES['container']}",
            f"role assignment c: Storage Blob Data Reader at {SUBSCRIPTION}: its condition is open",
        ),
    ),
    "a denial and a lock": (
        request(),
        {
            "deny_assignments": [
                denial(EVERYBODY, name="d", excludePrincipals=[{"id": BOB, "type": "User"}]),
            ],
            "locks": [{"scope": GROUP, "level": "readonly", "name": "l"}],
        },
        (f"deny assignment d at {GROUP}", f"lock l (ReadOnly) at {GROUP}"),
    ),
    "a delegation": (
        request("Microsoft.Storage/storageAccounts/read"),
        {"lighthouse": [assignment(named="Reader", name="audit")]},
        (f"delegation audit: Reader at {SUBSCRIPTION}",),
    ),
}


@pytest.mark.parametrize(("asked", "policies", "because"), BECAUSE.values(), ids=BECAUSE)
def test_an_answer_names_what_decides(asked: Json, policies: Any, because: tuple[str, ...]) -> None:
    assert evaluate(asked, policies).because == because
