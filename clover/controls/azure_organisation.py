"""What stands above a site on Azure: groups, policies and denials of the organisation's stack, or else of givens.

As soon as the organisation's stack is among what was read, the groups that it declares count, with what stands at them:
givens then say what else stands there, which is nothing that a proof of a denial needs.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

from clover.controls.case import Case
from clover.controls.organisation import organisation_of, stack_of
from clover.controls.verdict import Ground
from clover.logic.azure.denials import DenyAssignment, read_deny_assignments
from clover.logic.azure.policy_assignments import PolicyAssignment, read_policy_assignments
from clover.logic.azure.scopes import Hierarchy, Scope, read_hierarchy, read_scope
from clover.model.azure.declared_roles import Held, Open, declared_denials
from clover.model.azure.organisation import PREFIX, Chain, chain_of, declared_policies
from clover.model.azure.roles_in_force import Over, attested
from clover.model.resources import Resources
from clover.zones.geography import ZoneSite
from clover.zones.vocabulary import GivenKind, StackKind


class Denying(NamedTuple):
    """A policy or denial that is in force, and where it is held."""

    held: Held
    read: PolicyAssignment | DenyAssignment

    @property
    def grounds(self) -> Iterator[Ground]:
        """What a proof by it rests on."""
        return (Ground(origin, self.read.label) for origin in self.held.origins)


class Above:
    """What stands above the subscription of one case, or of a site of the organisation's own case."""

    def __init__(self, case: Case, site: ZoneSite | None = None) -> None:
        """Take the case; nothing is read yet."""
        self._case, self._site = case, site or case.site
        self.stack = case if case.hand is StackKind.ORGANISATION else stack_of(case)
        self._attested = attested(case.givens, case.zone.documents)

    @cached_property
    def chain(self) -> Chain | Open | None:
        """The groups above the subscription: those of the stack where it was read, else those of a given."""
        if self.stack:
            return chain_of(self.stack.resources, self._site.account, str(self._site.tenant))
        for given in self._attested:
            if given.kind is GivenKind.ROLE_ASSIGNMENTS and given.document.get("management_groups"):
                return Chain(tuple(given.document["management_groups"]), (given.id,))
        return None

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The groups from the root group down; none where that is not known."""
        return self.chain.groups if isinstance(self.chain, Chain) else ()

    @cached_property
    def bound(self) -> bool:
        """Whether the subscription stands below the root and the unit that the zone names."""
        organisation = organisation_of(self._case)
        names = [group.rsplit("/", 1)[-1].lower() for group in self.groups]
        wanted = [organisation.root.lower(), organisation.unit.lower()] if organisation else [""]
        return [name for name in names if name in wanted] == wanted

    def rows(self, kind: GivenKind) -> list[Held | Open]:
        """The policies or denials as declared, or as given where no stack of the organisation was read."""
        return self.declared(kind) if self.stack else list(self.given(kind))

    def declared(self, kind: GivenKind) -> list[Held | Open]:
        """The policies or denials that the organisation's stack declares at the groups of the chain."""
        resources = self.stack.resources if self.stack else Resources(())
        found = (
            declared_policies(resources) if kind is GivenKind.MANAGEMENT_GROUP_POLICY else declared_denials(resources)
        )
        here = {group.lower() for group in self.groups}
        return [each for each in found if isinstance(each, Open) or str(each.row["scope"]).lower() in here]

    def given(self, kind: GivenKind) -> Iterator[Held]:
        """The policies or denials that givens list."""
        member = "policy_assignments" if kind is GivenKind.MANAGEMENT_GROUP_POLICY else "deny_assignments"
        for each in self._attested:
            if each.kind is kind:
                yield from (Held((each.id,), row) for row in each.document[member])

    @cached_property
    def hierarchy(self) -> Hierarchy:
        """The groups as the evaluator takes them."""
        return read_hierarchy(list(self.groups), "management groups")

    @cached_property
    def subscription(self) -> Scope:
        """The scope of the site's subscription."""
        return read_scope(f"/subscriptions/{self._site.account}", "subscription")

    @cached_property
    def policies(self) -> tuple[Denying, ...]:
        """The policies above the subscription that are enforced and stop requests; those that only watch are none."""
        return tuple(self._read(GivenKind.MANAGEMENT_GROUP_POLICY, read_policy_assignments))

    @cached_property
    def denials(self) -> tuple[Denying, ...]:
        """The deny assignments above the subscription."""
        return tuple(self._read(GivenKind.DENY_ASSIGNMENTS, read_deny_assignments))

    def _read(self, kind: GivenKind, reading: Any) -> Iterator[Denying]:
        for held in self.rows(kind):
            if isinstance(held, Held):
                yield from (Denying(held, each) for each in reading([dict(held.row)], "above"))

    @cached_property
    def open(self) -> tuple[str, ...]:
        """What is declared above and not known."""
        chain = (self.chain.what,) if isinstance(self.chain, Open) else ()
        kinds = (GivenKind.MANAGEMENT_GROUP_POLICY, GivenKind.DENY_ASSIGNMENTS)
        return (*chain, *(each.what for kind in kinds for each in self.rows(kind) if isinstance(each, Open)))

    def leaning(self, grounds: Iterable[Ground]) -> tuple[str, ...]:
        """The givens that a proof with these grounds leans on."""
        return tuple(sorted({ground.urn for ground in grounds if ground.urn in self._case.givens}))

    def placing(self) -> tuple[Ground, ...]:
        """What says that the subscription stands below the groups."""
        told = " > ".join(group.removeprefix(PREFIX) for group in self.groups)
        return tuple(Ground(origin, told) for origin in self.chain.origins) if isinstance(self.chain, Chain) else ()


def over(case: Case) -> Over | None:
    """What the organisation's stack says stands above a site, for questions about roles; None where it is not read."""
    above = Above(case)
    return Over(above.groups, tuple(above.rows(GivenKind.DENY_ASSIGNMENTS))) if above.stack else None
