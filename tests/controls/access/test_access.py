"""Gates on both clouds, and who stands beside them: by the zone's approvals, its day and its break-glass.

What each single change of a gate leads to stands in tests/mutants.
"""

import copy
from datetime import date
from functools import cache
from typing import Any

import msgspec
import pytest

from clover.controls.access import aws, azure
from clover.controls.azure_requests import Permissions
from clover.controls.case import Case
from clover.controls.verdict import Answer, Basis, Outcome
from clover.model.resources import Resources
from clover.sources.resource import read_resource
from clover.zones.parties import TrustedParty
from clover.zones.registers import Approval
from clover.zones.vocabulary import Cloud, DataClass, TrustedKind
from clover.zones.zone import Zone
from tests.data import state
from tests.mutants.site import zone

DAY, UNTIL = date(2026, 11, 24), date(2027, 9, 30)
WORKFORCE = {"dublin": "saml-provider/Workforce", "hamar": "00000000-0000-0000-0000-000000000777"}
SITES = tuple(WORKFORCE)
Resource = dict[str, Any]
Made = dict[str, Resource]


@cache
def _own(site: str) -> list[Resource]:
    return state(site)["deployment"]["resources"]


def _is_gates(resource: Resource) -> bool:
    return resource["urn"].rpartition("::")[2].startswith("gate-support-")


def gate(site: str) -> Made:
    """The gate's resources as they are deployed, by name, to be spoiled."""
    found = {each["urn"].rpartition("::")[2]: each for each in _own(site) if _is_gates(each)}
    return copy.deepcopy(found)


def under(site: str, until: date | None = UNTIL, data_class: DataClass = DataClass.RESTRICTED) -> Zone:
    """The sample zone with an approval for the site alone, or none."""
    workforce = WORKFORCE[site]
    approval = Approval(
        site=site, name="support", data_class=data_class, workforce=workforce, until=until or UNTIL, why="Complaints"
    )
    approvals = (approval,) if until else ()
    return msgspec.structs.replace(zone(), file=msgspec.structs.replace(zone().file, approvals=approvals))


def case(site: str, resources: Made, within: Zone | None = None, day: date = DAY) -> Case:
    found = within or under(site)
    about = next(each for each in found.file.sites if each.name == site)
    read = [read_resource(each, each["outputs"], True, each["urn"]) for each in resources.values()]
    kept = (each for each in _own(site) if not _is_gates(each))
    own = [read_resource(each, each.get("outputs"), True, each["urn"]) for each in kept]
    return Case(stack=site, basis=Basis.LAB, resources=Resources([*own, *read]), zone=found, site=about, day=day)


def ends(asked: Case) -> Answer:
    """What ACC-1 says of the gate."""
    found = list((aws if asked.site.cloud is Cloud.AWS else azure).QUESTIONS["ACC-1"](asked))
    decided = [each for each in found if each.outcome is not Outcome.ASSUMED]
    (answer,) = decided
    return answer


def stands(asked: Case) -> list[Answer]:
    """What ACC-2 says."""
    return list((aws if asked.site.cloud is Cloud.AWS else azure).QUESTIONS["ACC-2"](asked))


@pytest.mark.parametrize("site", SITES)
def test_a_gate_is_proved_until_its_day_and_the_factor_is_assumed(site: str):
    asked = case(site, gate(site))
    answer = ends(asked)
    assert answer.outcome is Outcome.PROVED, answer.reason
    assert str(UNTIL) in answer.reason
    assert answer.rests_on
    module = aws if site == "dublin" else azure
    assert [each.outcome for each in module.QUESTIONS["ACC-1"](asked)][-1] is Outcome.ASSUMED
    assert {each.outcome for each in stands(asked)} - {Outcome.ASSUMED} == {Outcome.PROVED}


@pytest.mark.parametrize("site", SITES)
def test_without_an_approval_a_gate_is_refuted_and_none_is_proved(site: str):
    assert ends(case(site, gate(site), under(site, None))).outcome is Outcome.REFUTED
    assert ends(case(site, {}, under(site, None))).outcome is Outcome.PROVED
    assert ends(case(site, {})).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("site", SITES)
def test_another_day_or_class_of_the_zone_refutes_the_gate_of_before(site: str):
    assert ends(case(site, gate(site), under(site, date(2027, 9, 29)))).outcome is Outcome.REFUTED
    other = under(site, UNTIL, DataClass.CONTROLLED)
    assert ends(case(site, gate(site), other)).outcome is Outcome.REFUTED


def test_on_aws_roles_beside_the_stack_are_nobodys_declaration():
    found = stands(case("dublin", {}))
    assert "`clover audit`" in next(each.reason for each in found if each.outcome is Outcome.ASSUMED)


def test_on_azure_a_standing_assignment_and_an_unapproved_group_stand_inside():
    found = gate("hamar")
    found["gate-support-eligible"]["type"] = "azure-native:authorization:RoleAssignment"
    urn = found["gate-support-eligible"]["urn"]
    found["gate-support-eligible"]["urn"] = urn.replace("PimRoleEligibilitySchedule", "RoleAssignment")
    assert Outcome.PROVED not in {each.outcome for each in stands(case("hamar", found)) if "profiles" in each.reason}
    for held in (found["gate-support-eligible"]["inputs"], found["gate-support-eligible"]["outputs"]):
        del held["condition"], held["conditionVersion"]
    assert Outcome.REFUTED in {each.outcome for each in stands(case("hamar", found))}
    strange = stands(case("hamar", gate("hamar"), under("hamar", None)))
    assert Outcome.UNKNOWN in {each.outcome for each in strange}


REPAIRER = "00000000-0000-0000-0000-000000000788"


def repaired(*held: dict[str, Any], until: date = UNTIL) -> Case:
    """Hamar with a break-glass of the controller's that a given says holds some roles."""
    found = zone()
    party = TrustedParty(
        kind=TrustedKind.BREAK_GLASS, party="controller", site="hamar", principal=REPAIRER, until=until, why="Repairs"
    )
    roles = [
        {"principalId": REPAIRER, "scope": "/subscriptions/00000000-0000-0000-0000-000000000111", **each}
        for each in held
    ]
    given = {**found.documents["F-Z2"]}
    given["role_assignments"] = [*given["role_assignments"], *roles]
    file = msgspec.structs.replace(found.file, trusted_base=(*found.file.trusted_base, party))
    documents = {**found.documents, "F-Z2": given}
    return case("hamar", gate("hamar"), msgspec.structs.replace(found, file=file, documents=documents))


OWNS = {"name": "repairs", "roleDefinitionId": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"}


def test_on_azure_a_break_glass_holds_nothing_standing_and_its_end_is_not_known():
    def told(asked: Case) -> list[Answer]:
        return list(azure.QUESTIONS["ACC-3"](asked))

    answer, alarm = told(repaired(OWNS))
    assert answer.outcome is Outcome.REFUTED
    assert answer.counterexample
    assert Permissions(repaired(OWNS)).allows(answer.counterexample["request"])
    assert alarm.outcome is Outcome.ASSUMED
    reads = {"name": "reads", "roleDefinitionId": "acdd72a7-3385-48ef-bd42-f606fba81ae7"}
    example = told(repaired(reads))[0].counterexample
    assert example
    assert Permissions(repaired(reads)).allows(example["request"])
    assert told(repaired({**OWNS, "eligible": True}))[0].outcome is Outcome.UNKNOWN
    assert told(repaired())[0].outcome is Outcome.PROVED


def test_the_alarm_of_the_break_glass_is_nobodys_declaration_yet():
    found = list(aws.QUESTIONS["ACC-3"](case("dublin", {}, under("dublin"))))
    assert [each.outcome for each in found] == [Outcome.PROVED, Outcome.ASSUMED]
    assert "alarm" in found[1].reason


def test_a_break_glass_whose_day_is_over_opens_no_more():
    found = list(aws.QUESTIONS["ACC-3"](case("dublin", {}, under("dublin"), date(2027, 10, 1))))
    assert found[0].outcome is Outcome.PROVED
