"""What a site's components declare, as a reader wants it: stores, the way out, who may read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from clover.controls.case import Case
from clover.controls.proof import SiteProof
from clover.controls.verdict import Outcome, Verdict
from clover.sources import Resource
from clover.sources.plain import as_list, as_object

WORST = (
    Outcome.REFUTED,
    Outcome.UNKNOWN,
    Outcome.EXCEPTED,
    Outcome.ASSUMED,
    Outcome.DISCLOSED,
    Outcome.PROVED,
)
"""Outcomes from the one that a reader has to see first."""


@dataclass(frozen=True)
class StoreFacts:
    """One store as declared."""

    name: str
    data_class: str
    role: str
    declared_at: str


@dataclass(frozen=True)
class Reach:
    """Who can reach a class of data, from where, and the verdicts that say so."""

    data_class: str
    stores: tuple[str, ...]
    who: str
    origin: str
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True)
class SiteFacts:
    """A site, its proof, and what its components declare."""

    case: Case
    proof: SiteProof
    stores: tuple[StoreFacts, ...]
    domains: tuple[str, ...]
    network: str
    rule_set_digest: str | None

    @property
    def counts(self) -> dict[str, int]:
        """How many verdicts there are of each outcome."""
        return {one.value: sum(each.verdict is one for each in self.proof.verdicts) for one in WORST}

    @property
    def verdict(self) -> Outcome:
        """The worst outcome of the site; a site without any verdict is unknown."""
        return worst(self.proof.verdicts)

    def of(self, control: str) -> tuple[Verdict, ...]:
        """The verdicts on a control, the worst first."""
        found = [verdict for verdict in self.proof.verdicts if verdict.control == control]
        return tuple(sorted(found, key=lambda verdict: WORST.index(verdict.verdict)))

    def reaches(self) -> Iterator[Reach]:
        """The access register: for each class of data, who reaches it."""
        for data_class in dict.fromkeys(store.data_class for store in self.stores):
            yield from self._reach(data_class)

    def _reach(self, data_class: str) -> Iterator[Reach]:
        for role in dict.fromkeys(store.role for store in self.stores if store.data_class == data_class):
            names = tuple(one.name for one in self.stores if (one.data_class, one.role) == (data_class, role))
            if role == "evidence":
                yield Reach(data_class, names, "the auditor's roles (read)", "the auditor's networks", self.of("AUD-1"))
                continue
            outside = (*self.of("RES-3"), *self.of("RES-P1"))
            yield Reach(
                data_class, names, "principals of the zone with a role for it", "the site's own network", outside
            )
            yield Reach(data_class, names, "the auditor's roles: nothing", "anywhere", self.of("AUD-2"))


def worst(verdicts: Sequence[Verdict]) -> Outcome:
    """The outcome that a reader has to see first; unknown where nothing was decided."""
    return min((one.verdict for one in verdicts), key=WORST.index, default=Outcome.UNKNOWN)


def site_facts(case: Case, proof: SiteProof) -> SiteFacts:
    """What the stack's components declare, whichever cloud they are of; empty where the stack has none of Clover's."""
    gateways = list(_components(case, "EgressGateway"))
    return SiteFacts(
        case=case,
        proof=proof,
        stores=tuple(_store(one) for one in _components(case, "RegionLockedStore")),
        domains=tuple(domain for one in gateways for domain in _domains(one)),
        network=", ".join(_text(one.inputs.get("cidr")) for one in gateways),
        rule_set_digest=next((_text(one.outputs.get("rule_set_digest")) for one in gateways), None),
    )


def _components(case: Case, kind: str) -> Iterator[Resource]:
    types = (f"clover-{cloud}:index:{kind}" for cloud in ("aws", "azure"))
    yield from case.resources.of(*types)


def _store(component: Resource) -> StoreFacts:
    declared = component.inputs
    return StoreFacts(
        name=component.name,
        data_class=_text(declared.get("data_class"), "restricted"),
        role=_text(declared.get("role"), "user-data"),
        declared_at=_text(declared.get("declared_at")),
    )


def _domains(gateway: Resource) -> Iterator[str]:
    for domain in as_list(gateway.inputs.get("allowed_domains")) or ():
        yield _text((as_object(domain) or {}).get("name"), "not known yet")


def _text(value: Any, otherwise: str = "") -> str:
    """A plain text; `otherwise` for what is absent, unknown or no text."""
    return value if isinstance(value, str) else otherwise
