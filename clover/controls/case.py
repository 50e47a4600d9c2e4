"""What a question is asked about: a stack, its zone, the other hands' stacks, and the givens that count on the day."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple

from clover.controls.verdict import Answer, Basis
from clover.model.aws.policies import Levels
from clover.model.aws.service_control import binding
from clover.model.resources import Resources
from clover.zones.attestation import Attestations
from clover.zones.geography import ZoneSite
from clover.zones.registers import Given
from clover.zones.vocabulary import WORKSPACE, StackKind, TrustedKind
from clover.zones.zone import Zone


class Standing(NamedTuple):
    """Where a hand that is no site's stands: in which account, as whom, and whom else one has to trust there.

    Principals are ARNs on AWS, object ids on Azure; `scope` is what a given names that is about the hand.
    """

    hand: StackKind
    account: str
    deployer: str
    trusted: frozenset[str]
    scope: str


class Handed(NamedTuple):
    """What the auditor signed of its own stack, told as a given is; it has no parts on a day when it does not count.

    `lab` says that a lab's auditor did: what leans on it is no evidence.
    """

    id: str
    kind: StackKind
    states: str
    scope: tuple[str, ...]
    document: str
    sha256: str
    attested_by: str
    attested_on: date
    valid_until: date
    parts: tuple["Case", ...]
    lab: bool = False


@dataclass(frozen=True, eq=False)
class Case:
    """One site as declared, or one part of another hand's stack.

    `day` decides which givens, exceptions and attestations count. A hand's part lies in the region of a site that it
    is for, and in an account of the hand's; `site` then says so. `others` are the parts of the other hands' stacks that
    were read beside a site, or the auditor's beside second copies; `parts` those of a stack that is another hand's, of
    which nothing is asked as a whole. `handed` is what the auditor signed in place of its stack, where that is missing
    among `others`.
    """

    stack: str
    basis: Basis
    resources: Resources
    zone: Zone
    site: ZoneSite
    day: date
    attestations: Attestations = field(default_factory=Attestations)
    standing: Standing | None = None
    others: tuple["Case", ...] = ()
    parts: tuple["Case", ...] = ()
    handed: Handed | None = None

    def beside(self, others: Sequence["Case"]) -> "Case":
        """The same, and each of its parts, with more parts of other hands' stacks beside it."""
        parts = tuple(part.beside(others) for part in self.parts)
        return replace(self, others=(*self.others, *others), parts=parts)

    @property
    def hand(self) -> StackKind:
        """Whose stack it is."""
        return self.standing.hand if self.standing else StackKind.SITE

    @property
    def is_workspace(self) -> bool:
        """Whether it is where the auditor keeps its assessments."""
        return self.site.name == WORKSPACE

    @cached_property
    def accounts(self) -> frozenset[str]:
        """The zone's accounts on the site's cloud: those of its sites, those that it trusts, and the hand's own."""
        cloud = self.site.cloud
        sites = (site.account for site in self.zone.file.sites if site.cloud is cloud)
        trusted = (entry.account for entry in self.zone.file.trusted_accounts if entry.cloud is cloud)
        return frozenset((*sites, *trusted, self.site.account))

    @cached_property
    def insiders(self) -> frozenset[str]:
        """The accounts whose principals may reach data and keys: a hand's stack is closed to those of the sites.

        Into second copies their own site's account writes; who of it does, and that nobody reads, BAK-2 says.
        """
        if self.standing is None:
            return self.accounts
        copied = self.standing.hand is StackKind.BACKUPS
        sources = {site.account for site in self.zone.file.sites if copied and site.name == self.site.name}
        return frozenset({self.standing.account, *sources})

    @cached_property
    def trusted(self) -> frozenset[str]:
        """The trusted base of the site on AWS as ARNs; on Azure as object ids."""
        if self.standing:
            return self.standing.trusted
        region = self.zone.file.region(self.site.cloud, self.site.region)
        prefix = f"arn:{region.partition if region else 'aws'}:iam::{self.site.account}:"
        base = (entry.principal for entry in self.zone.file.trusted_base if entry.site == self.site.name)
        return frozenset(f"{prefix}{each}" if "/" in each else each for each in base if each)

    @cached_property
    def deployer(self) -> str:
        """The one of the trusted base that deploys the site, or the hand's part."""
        if self.standing:
            return self.standing.deployer
        base = (each for each in self.zone.file.trusted_base if each.site == self.site.name)
        wanted = next(str(each.principal) for each in base if each.kind is TrustedKind.DEPLOYER)
        return next(principal for principal in self.trusted if principal.endswith(wanted))

    @cached_property
    def givens(self) -> Mapping[str, Given]:
        """The givens about the site, or the hand, that are valid on the day, by id."""
        about = (given for given in self.zone.file.foundation if self._scope in given.scope)
        return {given.id: given for given in about if given.attested_on <= self.day <= given.valid_until}

    @cached_property
    def above(self) -> tuple[Levels, Levels]:
        """The organisation's policies on AWS that count: service control, then resource control policies.

        Those that the organisation's stack declares where it was read, else those that givens hold on the day.
        """
        from clover.controls.aws_organisation import KINDS, Above

        service, resource = (Above(self).levels(kind) for kind in KINDS)
        return binding(self.site.account, service), resource

    @cached_property
    def weak(self) -> tuple[str, ...]:
        """The ids of the site's givens that do not count on the day: not yet attested, or expired."""
        about = (given.id for given in self.zone.file.foundation if self._scope in given.scope)
        signed = (self.handed.id,) if self.handed and not self.handed.parts else ()
        return (*(given for given in about if given not in self.givens), *signed)

    @property
    def _scope(self) -> str:
        """What a given about this case names."""
        return self.standing.scope if self.standing else self.site.name


Question = Callable[[Case], Iterator[Answer]]
"""Answers one control's claim for each resource that it is about, or once for the whole site."""
