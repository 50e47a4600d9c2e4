"""Verdicts before and after: worse, better, leaning on more, resting on less, gone."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from clover.change.finding import Finding
from clover.change.verdicts import Renames, verdict_findings
from clover.controls.proof import Proof, SiteProof
from clover.controls.verdict import Basis, Claim, Ground, Outcome, Verdict

STORE = "urn:pulumi:dublin::clover::aws:s3/bucket:Bucket::media"
RENAMED = STORE.replace("media", "films")
EXAMPLE: Mapping[str, Any] = {"kind": "property", "urn": STORE, "property": "days", "value": 1, "allowed": "2"}


def verdict(outcome: str = "proved", claim: Claim = Claim.HOLDS, resource: str | None = STORE, **also: Any) -> Verdict:
    known: dict[str, Any] = {
        "id": "",
        "control": "RES-3",
        "claim": claim,
        "promise": "",
        "resource": resource,
        "verdict": Outcome(outcome),
        "basis": Basis.LAB,
        "given": (),
        "rests_on": (),
        "changeable_by": (),
        "reason": f"it is {outcome}",
        "counterexample": EXAMPLE if outcome == "refuted" else None,
        "where": None,
        "fix": None,
    }
    return Verdict(**(known | also))


def proof(*verdicts: Verdict) -> Proof:
    site = SiteProof(
        stack="dublin",
        basis=Basis.LAB,
        verdicts=verdicts,
        attested={"scp": date(2026, 10, 1)},
        weak=(),
        missing=(),
    )
    return Proof(subjects=(), sites=(site,))


def compared(before: list[Verdict], after: list[Verdict], rewritten: tuple[str, ...] = ()) -> list[Finding]:
    renames = Renames({STORE: STORE}, frozenset(rewritten), frozenset({STORE, RENAMED}))
    return list(verdict_findings(proof(*before), proof(*after), renames))


def rank(found: list[Finding]) -> list[tuple[str, str | None, str | None]]:
    return [(each.direction.value, each.before, each.after) for each in found]


def test_the_same_verdicts_are_no_finding():
    assert (
        compared([verdict(), verdict("refuted", resource=None)], [verdict(), verdict("refuted", resource=None)]) == []
    )


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [
        ("proved", "refuted", "widens"),
        ("proved", "assumed", "widens"),
        ("unknown", "refuted", "widens"),
        ("refuted", "proved", "narrows"),
        ("unknown", "proved", "narrows"),
        ("refuted", "excepted", "narrows"),
    ],
)
def test_a_worse_verdict_widens_and_a_better_one_narrows(before: str, after: str, direction: str):
    (found,) = compared([verdict(before)], [verdict(after)])
    assert (found.direction.value, found.before, found.after) == (direction, before, after)
    assert (found.witness is not None) == (direction == "widens")
    assert (found.witness is EXAMPLE) == (direction == "widens" and after == "refuted")


def test_what_is_worse_without_a_counterexample_is_shown_by_both_words():
    words = {"kind": "property", "urn": STORE, "property": "RES-3"}
    (worse,) = compared([verdict()], [verdict("assumed")])
    assert worse.witness == {**words, "before": "proved", "after": "assumed"}
    (new,) = compared([], [verdict("excepted")])
    assert new.witness == {**words, "before": "not asked", "after": "excepted"}


@pytest.mark.parametrize("before", ["proved", "refuted", "assumed"])
def test_what_becomes_unknown_is_undecided(before: str):
    (found,) = compared([verdict(before)], [verdict("unknown")])
    assert found.undecided
    assert found.why == "it is unknown"


def test_the_worst_of_several_verdicts_on_a_resource_counts():
    assert rank(compared([verdict(), verdict()], [verdict(), verdict("refuted")])) == [("widens", "proved", "refuted")]


def test_a_new_given_is_told_and_opens_nothing():
    (found,) = compared([verdict()], [verdict(given=("scp",))])
    assert (found.direction.value, found.after, found.why) == (
        "neutral",
        "proved given scp",
        "the proof now leans on scp",
    )


def test_a_lost_cover_is_told_and_opens_nothing():
    two = (Ground(STORE, "ZoneAccountsOnly"), Ground("scp", "Statement[0]"))
    (found,) = compared([verdict(rests_on=two)], [verdict(rests_on=two[1:])])
    assert (found.direction.value, found.before, found.after) == (
        "neutral",
        "proved on 2 grounds",
        "proved on 1 grounds",
    )
    assert found.why == "the proof no longer rests on ZoneAccountsOnly of media"


def test_statements_of_a_rewritten_policy_are_no_lost_cover():
    one, two = (Ground(STORE, "Sid"),), (Ground(STORE, "Sid"), Ground(STORE, "Again"))
    assert compared([verdict(rests_on=two)], [verdict(rests_on=one)], rewritten=(STORE,)) == []


def test_other_grounds_in_place_of_old_ones_are_no_lost_cover():
    assert compared([verdict(rests_on=(Ground(STORE, "A"),))], [verdict(rests_on=(Ground(STORE, "B"),))]) == []


def test_a_renamed_resource_keeps_its_verdict():
    renames = Renames({STORE: RENAMED}, frozenset(), frozenset({RENAMED}))
    old = proof(verdict(rests_on=(Ground(STORE, "A"),)))
    new = proof(verdict(resource=RENAMED, rests_on=(Ground(RENAMED, "A"),)))
    assert list(verdict_findings(old, new, renames)) == []


def test_a_new_resource_adds_only_what_is_wrong_with_it():
    new = STORE.replace("media", "new")
    assert compared([], [verdict(resource=new)]) == []
    assert rank(compared([], [verdict("refuted", resource=new)])) == [("widens", None, "refuted")]
    assert compared([], [verdict("unknown", resource=new)])[0].undecided


def test_a_question_that_is_no_longer_asked_of_what_is_still_there_widens():
    assert rank(compared([verdict()], [])) == [("widens", "proved", None)]
    gone = STORE.replace("media", "gone")
    assert compared([verdict(resource=gone)], []) == []
    assert rank(compared([verdict("refuted", resource=gone)], [])) == [("narrows", "refuted", None)]


def test_a_tamper_claim_that_comes_with_the_first_proof_is_no_worsening():
    after = [verdict(), verdict("refuted", claim=Claim.TAMPER)]
    assert rank(compared([verdict("refuted")], after)) == [("narrows", "refuted", "proved")]


def test_a_tamper_claim_is_told_apart():
    before = [verdict(), verdict(claim=Claim.TAMPER)]
    after = [verdict(), verdict("refuted", claim=Claim.TAMPER)]
    assert rank(compared(before, after)) == [("widens", "proved (tamper)", "refuted (tamper)")]
