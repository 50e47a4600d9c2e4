"""What a site's stack declares and what was proved of it, as a reader wants it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from clover.controls.case import Case
from clover.controls.proof import SiteProof
from clover.controls.verdict import Claim, Outcome, Verdict
from clover.dossier.access import Access, register
from clover.sources import Resource, World
from clover.sources.plain import as_list, as_object
from clover.zones.vocabulary import Cloud

WORST = (
    Outcome.REFUTED,
    Outcome.UNKNOWN,
    Outcome.EXCEPTED,
    Outcome.ASSUMED,
    Outcome.DISCLOSED,
    Outcome.PROVED,
)
"""Outcomes from the one that a reader has to see first."""

HANDS = {
    "auditor": ("EvidenceVault", "IncidentChannel", "AssessmentWorkspace"),
    "organisation": ("Guardrails",),
    "backups": ("BackupVault",),
}
"""The components by which the stacks of the other hands are known."""

OURS = tuple(f"clover-{cloud.value}:" for cloud in Cloud)
"""How the types of Clover's components begin."""

HIDDEN_INPUTS = frozenset(
    {"declared_at", "site", "name", "key", "evidence", "evidence_key", "recorded_by", "endpoints"}
)
"""Inputs of a component that say where it belongs, not what was chosen."""

CLOUDS = {Cloud.AWS: "AWS", Cloud.AZURE: "Azure"}


@dataclass(frozen=True)
class StoreFacts:
    """One store as declared; `urns` are the resources that the component consists of."""

    name: str
    data_class: str
    role: str
    declared_at: str
    urns: frozenset[str]


@dataclass(frozen=True)
class Domain:
    """A host that the gateway lets out to, and why."""

    name: str
    reason: str
    declared_at: str


@dataclass(frozen=True)
class Component:
    """A component of Clover's, and what its owner chose."""

    name: str
    kind: str
    declared_at: str
    chosen: tuple[str, ...]


@dataclass(frozen=True)
class SiteFacts:
    """A site, its proof, and what its components declare."""

    case: Case
    proof: SiteProof
    stores: tuple[StoreFacts, ...]
    declared: tuple[Component, ...]
    domains: tuple[Domain, ...]
    network: str
    rule_set_digest: str | None
    access: tuple[Access, ...]
    missing: tuple[str, ...]

    @property
    def name(self) -> str:
        """The site's name in the zone; for a stack that is another hand's, the stack's."""
        return self.case.stack if self.case.standing else self.case.site.name

    @property
    def cloud(self) -> str:
        """The cloud as a reader knows it."""
        return CLOUDS[self.case.site.cloud]

    @property
    def rules_signed(self) -> str | None:
        """The SHA-256 of the auditor's envelope on the gateway's rules that counted; None where there is none."""
        envelope = self.case.attestations.envelopes.get(self.name)
        return sha256(envelope).hexdigest() if envelope else None

    @property
    def auditor_stack_signed(self) -> str | None:
        """The SHA-256 of the auditor's envelope on its own stack that counted; None where there is none."""
        signed = self.case.handed
        return signed.sha256 if signed and signed.parts else None

    @property
    def counts(self) -> dict[str, int]:
        """How many verdicts there are of each outcome."""
        return {one.value: sum(each.verdict is one for each in self.proof.verdicts) for one in WORST}

    @property
    def outright(self) -> int:
        """Proofs that need nothing but what is declared."""
        return sum(each.verdict is Outcome.PROVED and not each.given for each in self.proof.verdicts)

    @property
    def verdict(self) -> Outcome:
        """The worst outcome of the site; a site without any verdict is unknown."""
        return worst(self.proof.verdicts)

    @property
    def controls(self) -> tuple[str, ...]:
        """The ids of the controls that were decided, in the catalogue's order."""
        return tuple(dict.fromkeys(verdict.control for verdict in self.proof.verdicts))

    @property
    def open_points(self) -> tuple[Verdict, ...]:
        """Every verdict that is no proof, the worst first."""
        found = [each for each in self.proof.verdicts if each.verdict is not Outcome.PROVED]
        return tuple(sorted(found, key=lambda each: WORST.index(each.verdict)))

    def of(self, control: str, claim: Claim | None = None) -> tuple[Verdict, ...]:
        """The verdicts on a control, the worst first."""
        found = [each for each in self.proof.verdicts if each.control == control and claim in (None, each.claim)]
        return tuple(sorted(found, key=lambda each: WORST.index(each.verdict)))

    def about(self, store: StoreFacts, control: str) -> tuple[Verdict, ...]:
        """The verdicts on whether a control holds for one store."""
        return tuple(each for each in self.of(control, Claim.HOLDS) if each.resource in store.urns)


def worst(verdicts: Sequence[Verdict]) -> Outcome:
    """The outcome that a reader has to see first; unknown where nothing was decided."""
    return min((one.verdict for one in verdicts), key=WORST.index, default=Outcome.UNKNOWN)


def site_facts(case: Case, proof: SiteProof, world: World) -> SiteFacts:
    """What the stack's components declare, whichever cloud they are of, and who reaches what."""
    gateways = list(_components(case, "EgressGateway"))
    access = register(case, proof)
    stores = tuple(_store(case, one) for one in _components(case, "RegionLockedStore"))
    return SiteFacts(
        case=case,
        proof=proof,
        stores=stores or tuple(_bare_stores(case, access)),
        declared=tuple(_component(one) for one in case.resources.all if one.type.startswith(OURS)),
        domains=tuple(domain for one in gateways for domain in _domains(one)),
        network=", ".join(_text(one.inputs.get("cidr")) for one in gateways),
        rule_set_digest=next((_text(one.outputs.get("rule_set_digest")) or None for one in gateways), None),
        access=access,
        missing=tuple(sorted({*proof.missing, *_missing_hands(world)})),
    )


def _missing_hands(world: World) -> Iterator[str]:
    """The hands, beside the operator's, of which no stack was read."""
    types = {resource.type for subject in world.subjects for resource in world.of(subject)}
    for hand, kinds in HANDS.items():
        if not any(f"clover-{cloud.value}:index:{kind}" in types for cloud in Cloud for kind in kinds):
            yield hand


def _components(case: Case, kind: str) -> Iterator[Resource]:
    yield from case.resources.of(*(f"clover-{cloud.value}:index:{kind}" for cloud in Cloud))


def _store(case: Case, component: Resource) -> StoreFacts:
    declared = component.inputs
    parts = (each.urn for each in case.resources.all if each.parent == component.urn)
    return StoreFacts(
        name=component.name,
        data_class=_text(declared.get("data_class"), "restricted"),
        role=_text(declared.get("role"), "user-data"),
        declared_at=_text(declared.get("declared_at")),
        urns=frozenset((component.urn, *parts)),
    )


def _component(resource: Resource) -> Component:
    return Component(
        name=resource.name,
        kind=resource.type.rpartition(":")[2],
        declared_at=_text(resource.inputs.get("declared_at")),
        chosen=tuple(_chosen(resource.inputs)),
    )


def _chosen(inputs: Mapping[str, Any]) -> Iterator[str]:
    """What the component's owner chose, as far as it is plain text, numbers and switches."""
    for name, content in inputs.items():
        if name not in HIDDEN_INPUTS and isinstance(content, str | int | float | bool):
            yield f"{name}: {str(content).lower() if isinstance(content, bool) else content}"


def _bare_stores(case: Case, access: Sequence[Access]) -> Iterator[StoreFacts]:
    """The stores of a stack without components, or of a live site, by what their tags say."""
    for group in access:
        for name in group.stores:
            urns = frozenset(each.urn for each in case.resources.all if each.name == name)
            yield StoreFacts(name, group.data_class, group.role, "", urns)


def _domains(gateway: Resource) -> Iterator[Domain]:
    for entry in as_list(gateway.inputs.get("allowed_domains")) or ():
        domain = as_object(entry) or {}
        name = _text(domain.get("name"), "not known yet")
        yield Domain(name, _text(domain.get("reason")), _text(domain.get("declared_at")))


def _text(value: Any, otherwise: str = "") -> str:
    """A plain text; `otherwise` for what is absent, unknown or no text."""
    return value if isinstance(value, str) else otherwise
