"""What a given says of roles above the site counts, and nothing is proved of roles without one."""

from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest

from clover.controls.case import Case
from clover.controls.verdict import Claim, Outcome
from clover.zones.vocabulary import GivenKind
from tests.controls.hamar import asked
from tests.mutants.asking import ask
from tests.mutants.replay import replay
from tests.mutants.site import case_of, declared, last, refutations, zone, zone_with
from tests.zones.own_evidence import ON_AZURE

ROLES = "F-Z2"
SITES = "/providers/Microsoft.Management/managementGroups/clover-sites"
SOMEBODY = "90000000-0000-0000-0000-000000000001"
PERSON = "00000000-0000-0000-0000-000000000401"
HOME, ELSEWHERE = "00000000-0000-0000-0000-000000000100", "90000000-0000-0000-0000-000000000009"
BLOB_READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
CRYPTO_USER = "12338af0-0e69-4776-bea7-57ae8d297424"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
EVERYBODY = "00000000-0000-0000-0000-000000000000"
WITHOUT_ROLES = ("RES-1", "RES-2", "RES-P1", "RES-5", "KEY-1", "KEY-2")
WITH_ROLES = ("RES-3", "KEY-3", "KEY-4", "KEY-5", "KEY-6", "AUD-2")


def under(*rows: dict[str, Any], **homes: str) -> Case:
    """Hamar, keeping its records itself, where a given lists more assignments, and more principals' home tenants."""
    within = zone(ON_AZURE)
    known = within.documents
    document = deepcopy(dict(known[ROLES]))
    document["role_assignments"] = [*document["role_assignments"], *rows]
    document["principals"] = {**document["principals"], **homes}
    return case_of(declared(ON_AZURE), ON_AZURE, zone_with({**known, ROLES: document}, within))


def held(role: str, scope: str = SITES, principal: str = SOMEBODY, **more: Any) -> dict[str, Any]:
    return {"principalId": principal, "principalType": "User", "scope": scope, "roleDefinitionId": role, **more}


def outcomes(about: Case, control: str) -> set[Outcome]:
    return {answer.outcome for answer in asked(about, control)}


@pytest.mark.parametrize("more", [{}, {"eligible": True}, {"through": ELSEWHERE}], ids=["direct", "eligible", "group"])
@pytest.mark.parametrize("scope", ["/", SITES, "/subscriptions/00000000-0000-0000-0000-000000000111"])
def test_a_guest_with_a_role_above_reads(scope: str, more: dict[str, Any]):
    about = under(held(BLOB_READER, scope, **more), **{SOMEBODY: ELSEWHERE})
    found = refutations(asked(about, "RES-3"))
    assert len(found) == 6
    for answer in found:
        assert answer.counterexample
        replay("RES-3", answer, about)


def test_a_member_of_the_sites_own_tenant_is_of_the_zone():
    about = under(held(BLOB_READER), **{SOMEBODY: HOME})
    assert outcomes(about, "RES-3") == {Outcome.PROVED}


def test_whoever_nobody_knows_is_not_of_the_zone():
    assert outcomes(under(held(BLOB_READER)), "RES-3") == {Outcome.REFUTED}


def test_a_member_who_uses_keys_or_owns_is_found_all_the_same():
    home = {SOMEBODY: HOME}
    assert outcomes(under(held(CRYPTO_USER), **home), "KEY-4") == {Outcome.REFUTED}
    owned = under(held(OWNER), **home)
    assert outcomes(owned, "KEY-5") == {Outcome.PROVED}  # a denial stands in the way
    assert {answer.outcome for answer in ask(owned, "KEY-5", Claim.TAMPER)} == {Outcome.REFUTED}
    assert outcomes(under(held(OWNER), **home), "KEY-3") == {Outcome.PROVED}


def test_the_auditors_person_with_a_role_for_data_is_found():
    about = under(held(BLOB_READER, principal=PERSON), **{PERSON: HOME})
    assert outcomes(about, "AUD-2") >= {Outcome.REFUTED}
    assert len(refutations(asked(about, "AUD-2"))) == 5


def test_a_role_above_that_nobody_described_leaves_open_what_nobody_may_do():
    about = under(held(ELSEWHERE))
    for control in set(WITH_ROLES) - {"KEY-6"}:
        assert Outcome.UNKNOWN in outcomes(about, control), control
        assert Outcome.REFUTED not in outcomes(about, control), control


@pytest.mark.parametrize("control", WITH_ROLES)
def test_a_given_that_expired_proves_nothing(control: str):
    about = replace(under(), day=date(2027, 10, 2))
    assert outcomes(about, control) == {Outcome.UNKNOWN}


@pytest.mark.parametrize("control", WITHOUT_ROLES)
def test_what_needs_no_given_is_proved_without_one(control: str):
    about = replace(under(), day=date(2027, 10, 2))
    assert outcomes(about, control) - {Outcome.ASSUMED} == {Outcome.PROVED}
    assert not any(answer.given for answer in asked(under(), control))


@pytest.mark.parametrize(("alone", "expected"), [(True, Outcome.REFUTED), (False, Outcome.PROVED)])
def test_a_denial_at_an_account_alone_hides_nothing_that_lies_in_it(alone: bool, expected: Outcome):
    account = next(each for each in declared(ON_AZURE) if each.name == "profiles-account")
    denial = {
        "principals": [{"id": EVERYBODY, "type": "SystemDefined"}],
        "scope": account.id,
        "permissions": [{"actions": ["*"], "dataActions": ["*"]}],
        "isSystemProtected": True,
        "doNotApplyToChildScopes": alone,
    }
    before = under(held(BLOB_READER, scope=str(account.id)))
    given = next(each for each in before.zone.file.foundation if each.id == ROLES)
    more = msgspec.structs.replace(given, id="denials", kind=GivenKind.DENY_ASSIGNMENTS)
    file = msgspec.structs.replace(before.zone.file, foundation=(*before.zone.file.foundation, more))
    documents = {**before.zone.documents, "denials": {"deny_assignments": [denial]}}
    about = replace(before, zone=msgspec.structs.replace(before.zone, file=file, documents=documents))
    (answer,) = [each for each in asked(about, "RES-3") if last(each.resource) == account.name]
    assert answer.outcome is expected
    if answer.counterexample:
        replay("RES-3", answer, about)
