"""Historic data on both clouds: proved as it lands, and refuted, with a request that replays, by each single change."""

import copy
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import pytest

from clover.controls.azure_requests import as_evaluated
from clover.controls.case import Case
from clover.controls.migration import aws, azure
from clover.controls.verdict import Answer, Basis, Outcome
from clover.logic.aws import evaluate
from clover.model.resources import Resources
from clover.sources import Unknown
from clover.sources.resource import read_resource
from clover.zones.geography import LifecycleStep
from clover.zones.registers import Migration
from clover.zones.vocabulary import Cloud, Lifecycle
from clover.zones.zone import Zone
from tests.data import state
from tests.mutants.site import last, zone

DAY = date(2026, 11, 24)
WRITERS = {"dublin": "role/clover/migration", "hamar": "00000000-0000-0000-0000-000000000141"}
SITES = tuple(WRITERS)
Resource = dict[str, Any]
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def _is_of_landing(found: Resource) -> bool:
    return last(found["urn"]).startswith(("arrivals", "landing"))


def landing(site: str) -> dict[str, Resource]:
    """The landing's resources by name, to be spoiled."""
    held: list[Resource] = state(site)["deployment"]["resources"]
    return {last(found["urn"]): copy.deepcopy(found) for found in held if _is_of_landing(found)}


def under(site: str, deadline: date | None = date(2027, 6, 30)) -> Zone:
    """The sample zone with a migration into the site."""
    promised = (
        (Migration(site=site, what="Accounts of before", writer=WRITERS[site], deadline=deadline),) if deadline else ()
    )
    return msgspec.structs.replace(zone(), file=msgspec.structs.replace(zone().file, migrations=promised))


def case(site: str, resources: dict[str, Resource], within: Zone | None = None, day: date = DAY) -> Case:
    found = within or under(site)
    about = next(each for each in found.file.sites if each.name == site)
    read = [read_resource(each, each.get("outputs"), True, each["urn"]) for each in resources.values()]
    own = [
        read_resource(each, each.get("outputs"), True, each["urn"])
        for each in state(site)["deployment"]["resources"]
        if not _is_of_landing(each)
    ]
    return Case(stack=site, basis=Basis.LAB, resources=Resources([*own, *read]), zone=found, site=about, day=day)


def lands(asked: Case) -> Answer:
    (answer,) = (aws if asked.site.cloud is Cloud.AWS else azure).QUESTIONS["MIG-1"](asked)
    return answer


def left(asked: Case) -> list[Answer]:
    return list((aws if asked.site.cloud is Cloud.AWS else azure).QUESTIONS["MIG-2"](asked))


@pytest.mark.parametrize("site", SITES)
def test_a_landing_is_proved_until_its_deadline(site: str):
    answer = lands(case(site, landing(site)))
    assert answer.outcome is Outcome.PROVED
    assert "2027-06-30" in answer.reason
    assert answer.rests_on


def statement(policy: dict[str, Any], sid: str) -> dict[str, Any]:
    return next(each for each in policy["Statement"] if each["Sid"] == sid)


def edited(change: Callable[[dict[str, Any]], None]) -> dict[str, Resource]:
    """Dublin's landing with another bucket policy."""
    found = landing("dublin")
    for held in (found["arrivals-store-policy"]["inputs"], found["arrivals-store-policy"]["outputs"]):
        policy = json.loads(held["policy"])
        change(policy)
        held["policy"] = json.dumps(policy)
    return found


def without(sid: str) -> Callable[[dict[str, Any]], None]:
    return lambda policy: policy["Statement"].remove(statement(policy, sid))


def later(policy: dict[str, Any]) -> None:
    statement(policy, "ClosedAfterDeadline")["Condition"]["DateGreaterThanEquals"]["aws:CurrentTime"] = (
        "2027-08-01T00:00:00Z"
    )


def another(policy: dict[str, Any]) -> None:
    condition = statement(policy, "OnlyTheWriterWrites")["Condition"]["ArnNotEqualsIfExists"]
    condition["aws:PrincipalArn"] = [condition["aws:PrincipalArn"], "arn:aws:iam::111122223333:role/clover/helper"]


def reading(policy: dict[str, Any]) -> None:
    statement(policy, "WriterOnlyWrites")["NotAction"].append("s3:GetObject")


CHANGES = {
    "the writer is not held to writing": without("WriterOnlyWrites"),
    "anybody writes": without("OnlyTheWriterWrites"),
    "it never closes": without("ClosedAfterDeadline"),
    "unsigned content lands": without("SignedContentOnly"),
    "it closes a month late": later,
    "one more writes": another,
    "the writer reads": reading,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_on_aws_each_change_is_refuted_by_a_request_that_replays(change: Callable[[dict[str, Any]], None]):
    spoiled = edited(change)
    answer = lands(case("dublin", spoiled))
    assert answer.outcome is Outcome.REFUTED
    assert answer.counterexample
    request = answer.counterexample["request"]
    after = json.loads(spoiled["arrivals-store-policy"]["inputs"]["policy"])
    before = json.loads(landing("dublin")["arrivals-store-policy"]["inputs"]["policy"])
    assert evaluate(request, {"identity": [EVERYTHING], "resource": after}).decision == "allow"
    assert evaluate(request, {"identity": [EVERYTHING], "resource": before}).decision == "explicit_deny"


def _writer(change: dict[str, Any]) -> dict[str, Resource]:
    found = landing("hamar")
    for held in (found["arrivals-writer"]["inputs"], found["arrivals-writer"]["outputs"]):
        held.update(change)
        for gone in [name for name, value in change.items() if value is None]:
            held.pop(gone, None)
    return found


def _role(*actions: str) -> dict[str, Resource]:
    found = landing("hamar")
    for held in (found["landing-adding"]["inputs"], found["landing-adding"]["outputs"]):
        held["permissions"][0]["dataActions"] = list(actions)
    return found


BLOBS = azure.BLOBS
ON_AZURE: dict[str, Callable[[], dict[str, Resource]]] = {
    "it never closes": lambda: _writer({"condition": None, "conditionVersion": None}),
    "it closes a month late": lambda: _writer(
        {"condition": "(@Environment[UtcNow] DateTimeLessThan '2027-08-01T00:00:00.000Z')"}
    ),
    "somebody else writes": lambda: _writer({"principalId": "00000000-0000-0000-0000-000000000999", "condition": None}),
    "the writer reads": lambda: (
        _writer({"condition": None}) | _role(f"{BLOBS}/add/action", f"{BLOBS}/read") | _without_end()
    ),
    "the writer overwrites": lambda: _role(f"{BLOBS}/add/action", f"{BLOBS}/write") | _without_end(),
}


def _without_end() -> dict[str, Resource]:
    return {"arrivals-writer": _writer({"condition": None, "conditionVersion": None})["arrivals-writer"]}


@pytest.mark.parametrize("spoiled", ON_AZURE.values(), ids=ON_AZURE)
def test_on_azure_each_change_is_refuted_by_a_request_that_replays(spoiled: Callable[[], dict[str, Resource]]):
    from clover.controls.azure_requests import Permissions

    asked = case("hamar", spoiled())
    answer = lands(asked)
    assert answer.outcome is Outcome.REFUTED
    assert answer.counterexample
    request = answer.counterexample["request"]
    assert Permissions(asked).allows(request)
    assert not Permissions(case("hamar", landing("hamar"))).allows(request)
    assert as_evaluated(request)["scope"]


@pytest.mark.parametrize("site", SITES)
def test_a_landing_that_the_zone_does_not_promise_is_refuted(site: str):
    answer = lands(case(site, landing(site), under(site, None)))
    assert answer.outcome is Outcome.REFUTED
    assert "no migration of the zone" in answer.reason


@pytest.mark.parametrize("site", SITES)
def test_an_earlier_deadline_of_the_zone_refutes_the_policy_of_before(site: str):
    assert lands(case(site, landing(site), under(site, date(2027, 3, 31)))).outcome is Outcome.REFUTED


@pytest.mark.parametrize("site", SITES)
def test_a_promise_without_a_landing_is_unknown_and_no_promise_is_proved(site: str):
    assert lands(case(site, {})).outcome is Outcome.UNKNOWN
    assert lands(case(site, {}, under(site, None))).outcome is Outcome.PROVED


def test_a_policy_that_is_not_known_is_unknown():
    found = landing("dublin")
    asked = case("dublin", found)
    open_ones = [
        each._replace(inputs={**each.inputs, "policy": Unknown("x")}, outputs={**each.outputs, "policy": Unknown("x")})
        if each.name == "arrivals-store-policy"
        else each
        for each in asked.resources.all
    ]
    answer = lands(Case(asked.stack, asked.basis, Resources(open_ones), asked.zone, asked.site, asked.day))
    assert answer.outcome is Outcome.UNKNOWN


def retired(site: str, since: date) -> Zone:
    """The sample zone with the site's end on a day."""
    sites = tuple(
        msgspec.structs.replace(each, lifecycle=(*each.lifecycle, LifecycleStep(state=Lifecycle.RETIRED, since=since)))
        if each.name == site
        else each
        for each in zone().file.sites
    )
    return msgspec.structs.replace(zone(), file=msgspec.structs.replace(zone().file, sites=sites))


@pytest.mark.parametrize("site", SITES)
def test_what_is_left_after_the_end_is_refuted_store_by_store(site: str):
    within = retired(site, date(2027, 1, 1))
    assert [answer.outcome for answer in left(case(site, {}, within))] == [Outcome.PROVED]
    found = left(case(site, {}, within, date(2027, 1, 1)))
    assert {answer.outcome for answer in found} == {Outcome.REFUTED}
    assert len(found) == {"dublin": 6, "hamar": 12}[site]
    assert all(answer.resource and "time ended on 2027-01-01" in answer.reason for answer in found)


@pytest.mark.parametrize("site", SITES)
def test_an_emptied_site_is_proved_and_its_emptiness_attested(site: str):
    within = retired(site, date(2027, 1, 1))
    about = next(each for each in within.file.sites if each.name == site)
    bare = Case(site, Basis.LAB, Resources([]), within, about, date(2027, 2, 1))
    assert [answer.outcome for answer in left(bare)] == [Outcome.PROVED, Outcome.ASSUMED]
