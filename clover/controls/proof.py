"""What a run of the prover returns: the verdicts of every site, and what they were made from."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from clover.controls.verdict import Basis, Outcome, Verdict


class ProvedSubject(Struct, frozen=True, kw_only=True):
    """One stack that was read (`subjects` of `clover.verdicts/1`)."""

    project: str
    stack: str
    site: str | None
    zone: str | None
    source: str
    digest: str


class SiteProof(Struct, frozen=True, kw_only=True):
    """The verdicts of one stack; `attested` holds the day of each given's attestation, `weak` those that do not count.

    `missing` names the hands (auditor, organisation) whose stacks are not part of the world.
    """

    stack: str
    basis: Basis
    verdicts: tuple[Verdict, ...]
    attested: Mapping[str, date]
    weak: tuple[str, ...]
    missing: tuple[str, ...]


class Proof(Struct, frozen=True, kw_only=True):
    """Everything that one run says."""

    subjects: tuple[ProvedSubject, ...]
    sites: tuple[SiteProof, ...]

    def in_order(self) -> "Proof":
        """The same with the stacks in the order of their names, in whatever order they were read."""
        pairs = sorted(zip(self.subjects, self.sites, strict=True), key=lambda pair: (pair[0].stack, pair[0].project))
        return Proof(subjects=tuple(each for each, _ in pairs), sites=tuple(each for _, each in pairs))

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Every verdict, site by site."""
        return tuple(verdict for site in self.sites for verdict in site.verdicts)

    def exit_code(self, strict: bool = False) -> int:
        """0 nothing refuted or unknown; 1 something refuted; 2 something unknown; 3 when strict and something leans.

        What leans: a given that is expired or not attested, or an exception that was used.
        """
        found = {verdict.verdict for verdict in self.verdicts}
        if Outcome.REFUTED in found:
            return 1
        if Outcome.UNKNOWN in found:
            return 2
        leaning = Outcome.EXCEPTED in found or any(site.weak for site in self.sites)
        return 3 if strict and leaning else 0
