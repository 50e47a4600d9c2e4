"""What a control's answer is: the vocabulary of verdicts, and one answer with its grounds."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct


class Claim(StrEnum):
    """Which of a control's two claims is decided."""

    HOLDS = "holds"
    """With the declared configuration, nothing that the control forbids succeeds."""
    TAMPER = "tamper"
    """Whoever can change what the first claim rests on lies in the declared trusted base."""


class Outcome(StrEnum):
    """What became of a claim, the worst first."""

    REFUTED = "refuted"
    UNKNOWN = "unknown"
    EXCEPTED = "excepted"
    ASSUMED = "assumed"
    DISCLOSED = "disclosed"
    PROVED = "proved"


class Basis(StrEnum):
    """What was read."""

    DECLARED = "declared"
    OBSERVED = "observed"
    LAB = "lab"


class Ground(Struct, frozen=True, order=True):
    """A statement or property that a proof rests on; `urn` is a resource's URN or a given's id."""

    urn: str
    statement: str


class Where(Struct, frozen=True):
    """Where the intent is declared."""

    file: str
    line: int | None


class Answer(Struct, frozen=True, kw_only=True):
    """A question's answer for one resource, or for the whole site where `resource` is None.

    `counterexample` is never None when `outcome` is refuted; `lacking` says in plain words what was unknown.
    """

    outcome: Outcome
    reason: str
    resource: str | None = None
    counterexample: Mapping[str, Any] | None = None
    rests_on: tuple[Ground, ...] = ()
    given: tuple[str, ...] = ()
    changeable_by: tuple[str, ...] = ()
    fix: str | None = None


class Verdict(Struct, frozen=True, kw_only=True):
    """One claim of one control, decided for one resource or one site (`clover.verdicts/1`)."""

    id: str
    control: str
    claim: Claim
    promise: str
    resource: str | None
    verdict: Outcome
    basis: Basis
    given: tuple[str, ...]
    rests_on: tuple[Ground, ...]
    changeable_by: tuple[str, ...]
    reason: str
    counterexample: Mapping[str, Any] | None
    where: Where | None
    fix: str | None


def proved(reason: str, **grounds: Any) -> Answer:
    """The claim follows from the declarations and the givens named."""
    return Answer(outcome=Outcome.PROVED, reason=reason, **grounds)


def refuted(reason: str, counterexample: Mapping[str, Any], **grounds: Any) -> Answer:
    """The claim fails, as the counterexample shows."""
    return Answer(outcome=Outcome.REFUTED, reason=reason, counterexample=counterexample, **grounds)


def unknown(reason: str, **grounds: Any) -> Answer:
    """The claim cannot be decided; the reason says what is not known."""
    return Answer(outcome=Outcome.UNKNOWN, reason=reason, **grounds)


def assumed(reason: str, **grounds: Any) -> Answer:
    """The claim is no cloud fact; the reason says who must attest it."""
    return Answer(outcome=Outcome.ASSUMED, reason=reason, **grounds)


def disclosed(reason: str, **grounds: Any) -> Answer:
    """Something leaves by the nature of the cloud, and stands on the zone's list."""
    return Answer(outcome=Outcome.DISCLOSED, reason=reason, **grounds)
