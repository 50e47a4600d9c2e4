"""Who holds a role: as the stack and the givens say, and open where they do not."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from clover.logic.azure import Malformed, evaluate
from clover.model.azure.declared_roles import ANYBODY, DENIAL
from clover.model.azure.roles_in_force import Attested, RolesInForce, attested, roles_in_force
from clover.model.resources import Resources
from clover.sources import Resource, Unknown, read_world
from clover.zones.vocabulary import GivenKind
from clover.zones.zone import load_zone
from tests.data import HAMAR_FIRST_PREVIEW, HAMAR_STATE

ZONE = load_zone(Path("zones/europe.yaml"))
SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000111"
EVIDENCE = f"{SUBSCRIPTION}/resourceGroups/clover-hamar-evidence"
DEPLOYER = "00000000-0000-0000-0000-000000000121"
PERSON = "00000000-0000-0000-0000-000000000401"
MACHINE = "00000000-0000-0000-0000-000000000402"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
STRANGER = "90000000-0000-0000-0000-000000000001"


def givens() -> tuple[Attested, ...]:
    about = {given.id: given for given in ZONE.file.foundation if "hamar" in given.scope}
    return tuple(each for each in attested(about, ZONE.documents) if each.kind in (GivenKind.ROLE_ASSIGNMENTS,))


def declared(file: Path = HAMAR_STATE) -> list[Resource]:
    world = read_world([file])
    return list(world.of(world.subjects[0]))


def changed(name: str, properties: Mapping[str, Any]) -> list[Resource]:
    return [
        each._replace(inputs={**each.inputs, **properties}, outputs={**each.outputs, **properties})
        if each.name == name
        else each
        for each in declared()
    ]


def may(roles: RolesInForce, principal: str, action: str, scope: str, *, conditions: bool = True, **more: Any) -> str:
    request = {"principal": principal, "action": action, "scope": scope, **more}
    return evaluate(request, roles.policies(conditions=conditions)).decision


def test_the_deployed_site_is_known_whole():
    roles = roles_in_force(Resources(declared()), givens())
    assert not roles.open
    assert ANYBODY not in roles.principals
    assert roles.given
    assert {DEPLOYER, PERSON, MACHINE} <= set(roles.principals)


def test_what_the_stack_and_the_given_say_is_permitted():
    roles = roles_in_force(Resources(declared()), givens())
    assert may(roles, DEPLOYER, "Microsoft.Storage/storageAccounts/write", EVIDENCE) == "allow"
    assert may(roles, PERSON, "Microsoft.Storage/storageAccounts/read", EVIDENCE) == "allow"
    assert may(roles, STRANGER, "Microsoft.Storage/storageAccounts/read", EVIDENCE) == "implicit_deny"


def test_without_a_given_nobody_says_what_stands_above():
    roles = roles_in_force(Resources(declared()), ())
    assert roles.given == ()
    assert may(roles, DEPLOYER, "Microsoft.Storage/storageAccounts/write", EVIDENCE) == "implicit_deny"


def test_conditions_can_be_taken_to_hold():
    reads = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
    roles = roles_in_force(Resources(declared()), givens())
    assert may(roles, MACHINE, reads, EVIDENCE, is_data_action=True) == "implicit_deny"
    assert may(roles, MACHINE, reads, EVIDENCE, is_data_action=True, conditions=False) == "allow"


def test_a_first_preview_leaves_principals_open_that_do_not_exist_yet():
    roles = roles_in_force(Resources(declared(HAMAR_FIRST_PREVIEW)), givens())
    assert ANYBODY in roles.principals
    assert not roles.open


@pytest.mark.parametrize("name", ["roleDefinitionId", "scope", "condition"])
def test_an_assignment_of_which_something_is_not_known_is_open(name: str):
    roles = roles_in_force(Resources(changed("auditor-machine-evidence", {name: Unknown(name)})), givens())
    assert [each.origin.rpartition("::")[2] for each in roles.open] == ["auditor-machine-evidence"]


def test_a_role_that_nobody_described_is_open():
    other = {"roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/" + STRANGER}
    assert roles_in_force(Resources(changed("auditor-machine-evidence", other)), givens()).open


def test_sets_of_permissions_add_up():
    sets = [
        {"actions": ["*/read"], "notActions": ["*"]},
        {"dataActions": ["*/decrypt/action"]},
        {"actions": ["*/write"]},
    ]
    roles = roles_in_force(Resources(changed("user-data-administration", {"permissions": sets})), ())
    vault = next(held.scope for held in roles.role_assignments if "user-data-administrator" in held.origins[0])
    assert may(roles, DEPLOYER, "Microsoft.KeyVault/vaults/write", vault) == "allow"
    assert may(roles, DEPLOYER, "Microsoft.KeyVault/vaults/read", vault) == "implicit_deny"


def test_the_givens_rows_are_taken_over():
    denial = {"principals": [{"id": STRANGER}], "scope": SUBSCRIPTION, "permissions": [{"actions": ["*/write"]}]}
    rows = {
        "management_groups": ["/providers/Microsoft.Management/managementGroups/m"],
        "principals": {STRANGER.upper(): "a-tenant"},
        "role_assignments": [
            {"principalId": STRANGER, "scope": SUBSCRIPTION, "roleDefinitionId": OWNER, "eligible": True}
        ],
    }
    more = (
        Attested("one", GivenKind.ROLE_ASSIGNMENTS, rows),
        Attested("two", GivenKind.DENY_ASSIGNMENTS, {"deny_assignments": [denial]}),
    )
    roles = roles_in_force(Resources(()), more)
    assert [(held.origins, held.role, held.eligible) for held in roles.granting] == [(("one",), "Owner", True)]
    assert roles.homes == {STRANGER: "a-tenant"}
    assert may(roles, STRANGER, "Microsoft.Storage/storageAccounts/read", EVIDENCE) == "allow"
    assert may(roles, STRANGER, "Microsoft.Storage/storageAccounts/write", EVIDENCE) == "explicit_deny"


def denying(**properties: Any) -> RolesInForce:
    """Hamar with a declared denial of writes at the subscription for the deployer."""
    denied = {"principals": [{"id": DEPLOYER}], "scope": SUBSCRIPTION, "permissions": [{"actions": ["*/write"]}]}
    inputs = {**denied, **properties}
    known = declared()
    one = known[0]._replace(urn="urn:pulumi:s::p::t::denial", type=DENIAL, inputs=inputs, outputs=inputs)
    return roles_in_force(Resources([*known, one]), givens())


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({}, "explicit_deny"),
        ({"denyAssignmentEffect": "enforced"}, "explicit_deny"),
        ({"denyAssignmentEffect": "audit"}, "allow"),
    ],
)
def test_a_declared_denial_denies_unless_it_only_logs(properties: dict[str, Any], expected: str):
    roles = denying(**properties)
    assert not roles.open
    assert may(roles, DEPLOYER, "Microsoft.Storage/storageAccounts/write", EVIDENCE) == expected


def test_a_declared_denial_cannot_stay_out_of_child_scopes():
    with pytest.raises(Malformed, match="child scopes"):
        may(denying(doNotApplyToChildScopes=True), DEPLOYER, "Microsoft.Storage/storageAccounts/write", EVIDENCE)


@pytest.mark.parametrize(
    "name", ["denyAssignmentEffect", "isSystemProtected", "permissions", "doNotApplyToChildScopes"]
)
def test_a_denial_of_which_something_is_not_known_denies_nothing_and_is_open(name: str):
    roles = denying(**{name: Unknown(name)})
    assert roles.open
    assert not roles.deny_assignments


def test_a_denial_that_claims_to_be_azures_own_is_open():
    roles = denying(isSystemProtected=True, permissions=[{"dataActions": ["*"]}])
    assert roles.open
    assert not roles.deny_assignments
