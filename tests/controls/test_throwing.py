"""A rule that throws is unknown, by name, in either claim; nothing else of the site is lost."""

from collections.abc import Iterator, Sequence

import pytest

from clover.controls import decide, tamper
from clover.controls.case import Case, Question
from clover.controls.run import prove
from clover.controls.verdict import Answer, Claim, Outcome
from clover.sources import read_world
from clover.zones.vocabulary import Cloud, StackKind
from tests.data import HAMAR_STATE
from tests.mutants.site import DAY


class Throwing:
    """A tamper claim that falls over for one control, after a first answer."""

    def __init__(self, case: Case) -> None:
        self._inner = tamper.OnAzure(case)

    def answers(self, control: str, holding: Sequence[Answer]) -> Iterator[Answer]:
        for answer in self._inner.answers(control, holding):
            yield answer
            if control == "KEY-1":
                raise TypeError("spoiled")


def test_a_tamper_claim_that_throws_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = prove(read_world([HAMAR_STATE]), None, DAY)
    monkeypatch.setattr(decide.tamper, "tampering", Throwing)
    found = prove(read_world([HAMAR_STATE]), None, DAY)
    spoiled = [one for one in found.verdicts if (one.control, one.claim) == ("KEY-1", Claim.TAMPER)]
    assert [one.verdict for one in spoiled] == [Outcome.PROVED, Outcome.UNKNOWN]
    assert "spoiled" in spoiled[-1].reason
    assert [one for one in found.verdicts if one not in spoiled] == [
        one for one in whole.verdicts if (one.control, one.claim) != ("KEY-1", Claim.TAMPER)
    ]
    assert found.exit_code() == 2


def test_a_question_that_throws_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    known = decide.questions

    def throwing(case: Case) -> Iterator[Answer]:
        raise KeyError("spoiled")

    def spoiled_questions(cloud: Cloud, _hand: StackKind) -> dict[str, Question]:
        return {**known(cloud), "KEY-1": throwing}

    monkeypatch.setattr(decide, "questions", spoiled_questions)
    found = prove(read_world([HAMAR_STATE]), None, DAY)
    (spoiled,) = [one for one in found.verdicts if one.control == "KEY-1"]
    assert spoiled.verdict is Outcome.UNKNOWN
    assert "spoiled" in spoiled.reason


def test_a_tamper_claim_that_cannot_even_begin_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(case: Case) -> tamper.Tampering:
        raise TypeError("spoiled")

    monkeypatch.setattr(decide.tamper, "tampering", broken)
    found = prove(read_world([HAMAR_STATE]), None, DAY)
    tampered = [one for one in found.verdicts if one.claim is Claim.TAMPER]
    assert tampered
    assert {one.verdict for one in tampered} == {Outcome.UNKNOWN}
