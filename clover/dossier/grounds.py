"""What claims rest on, as a reader takes it in: statements by resource, and who can change them, told once a site."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from clover.controls.verdict import Claim, Ground, Outcome, Verdict
from clover.dossier.parties import trusted_entry
from clover.dossier.plain_text import cut
from clover.dossier.site_facts import SiteFacts

LONGEST_GROUND = 80
"""Characters of a statement that are shown."""


@dataclass(frozen=True)
class Grounds:
    """Statements that claims rest on, and the resources or givens that have them."""

    names: tuple[str, ...]
    statements: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.names) * len(self.statements)

    def first(self, most: int) -> "Grounds":
        """The same with no more names and no more statements than that."""
        return Grounds(self.names[:most], self.statements[:most])


@dataclass(frozen=True)
class Changing:
    """Who can change what some proofs of a site rest on, and by what nobody else can; `count` claims say so."""

    number: int
    changers: tuple[str, ...]
    given: tuple[str, ...]
    grounds: tuple[Grounds, ...]
    reasons: tuple[str, ...]
    count: int


def grouped(told: Iterable[Ground]) -> Iterator[Grounds]:
    """The statements by resource, resources of the same statements together."""
    by_name: dict[str, dict[str, None]] = {}
    for ground in told:
        by_name.setdefault(last(ground.urn), {})[cut(ground.statement, LONGEST_GROUND)] = None
    alike: dict[tuple[str, ...], list[str]] = {}
    for name, statements in by_name.items():
        alike.setdefault(tuple(statements), []).append(name)
    for statements, names in alike.items():
        yield Grounds(tuple(names), statements)


def changing(site: SiteFacts) -> Iterator[tuple[object, Changing]]:
    """Every set of changers and givens that proofs of the site share, and how it is told; the commonest first."""
    found: dict[object, list[Verdict]] = {}
    for verdict in site.proof.verdicts:
        if said := changed_by(verdict):
            found.setdefault(said, []).append(verdict)
    ordered = sorted(found.items(), key=lambda each: -len(each[1]))
    yield from ((said, _changing(site, number, each)) for number, (said, each) in enumerate(ordered, 1))


def changed_by(verdict: Verdict) -> object | None:
    """What proofs share that name the same changers; None for what is no proof of that kind."""
    proof = verdict.claim is Claim.TAMPER and verdict.verdict is Outcome.PROVED
    return (verdict.changeable_by, verdict.given) if proof else None


def _changing(site: SiteFacts, number: int, verdicts: Sequence[Verdict]) -> Changing:
    told = dict.fromkeys(ground for verdict in verdicts for ground in verdict.rests_on)
    return Changing(
        number=number,
        changers=changers(site, verdicts[0]),
        given=verdicts[0].given,
        grounds=tuple(grouped(told)),
        reasons=tuple(dict.fromkeys(verdict.reason for verdict in verdicts)),
        count=len(verdicts),
    )


def changers(site: SiteFacts, verdict: Verdict) -> tuple[str, ...]:
    """The verdict's principals with their part in the trusted base, such as `deployer (role/clover/deployer)`."""
    return tuple(_trusted(site, principal) for principal in verdict.changeable_by)


def _trusted(site: SiteFacts, principal: str) -> str:
    entry = trusted_entry(site, principal)
    return f"{entry.kind.value} ({entry.principal})" if entry else principal


def last(urn: str) -> str:
    """The last part of a URN: the resource's own name; a given's id stays as it is."""
    return urn.rpartition("::")[2] if urn.startswith("urn:pulumi:") else urn
