"""The organisation's policies above a site's account: those that its own stack declares, else those that givens hold.

A declared policy at the root or at a unit binds the account only as far as a given says that it stands there; one at
the account binds it outright, since nothing is attached to an account that is no member. AWS attaches a policy of its
own that allows everything at every level: where nobody says otherwise it counts as being there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from clover.controls.case import Case
from clover.controls.organisation import organisation_of, stack_of
from clover.controls.verdict import Ground
from clover.model.aws.organisation import KINDS as DECIDING
from clover.model.aws.organisation import OPT_OUT, attached, denies, full_access
from clover.model.aws.policies import Held, Levels, levels
from clover.sources import Resource, Unknown
from clover.zones.vocabulary import GivenKind, OrganisationLevel

KINDS = ("service-control-policy", "resource-control-policy")
OPT_OUT_KIND = "ai-services-opt-out-policy"
_ALL = {**DECIDING, OPT_OUT: OPT_OUT_KIND}
OWN = "AWS's own policy"
"""Where the policy is held that allows everything and that no stack declares."""


class Above:
    """What stands above the account of one case."""

    def __init__(self, case: Case) -> None:
        """Take the case; nothing is read yet."""
        self._case = case
        self.stack = stack_of(case)

    @cached_property
    def membership(self) -> str | None:
        """The id of the given that says that the account stands below the root and the unit that the zone names."""
        organisation = organisation_of(self._case)
        kept = (one for one in self._case.givens.values() if one.kind is GivenKind.ORGANISATION)
        for given in kept if organisation else ():
            stated: Mapping[str, Any] = self._case.zone.documents[given.id].get("organisation") or {}
            path = [organisation.root, organisation.unit, self._case.site.account] if organisation else []
            if stated.get("path") == path and {"SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"} <= set(
                stated.get("policy_types") or ()
            ):
                return given.id
        return None

    @cached_property
    def places(self) -> Mapping[OrganisationLevel, str]:
        """The id of each place that is known to stand above the account, from the root down."""
        organisation = organisation_of(self._case)
        found = {OrganisationLevel.ACCOUNT: self._case.site.account}
        if organisation is None or self.membership is None:
            return found
        return {OrganisationLevel.ROOT: organisation.root, OrganisationLevel.UNIT: organisation.unit, **found}

    def levels(self, kind: str) -> Levels:
        """The policies of a kind, level by level from the root; none where nothing is declared or given."""
        if self.stack is None:
            return levels(self._case.givens, self._case.zone.documents, kind)
        return tuple((self._full(kind, level), *self.declared(kind, level)) for level in self.places)

    def declared(self, kind: str, level: OrganisationLevel) -> list[Held]:
        """The policies of a kind that the stack attaches at a level; one attached elsewhere, perhaps, is not known."""
        known = attached(self.stack.resources, _ALL) if self.stack else ()
        wanted = self.places.get(level)
        fitting = [each for each in known if each.kind == kind]
        here = [each.policy for each in fitting if each.target == wanted]
        return here + [Held(each.policy.origin, each.target) for each in fitting if isinstance(each.target, Unknown)]

    def given(self, kind: str, level: OrganisationLevel) -> list[Held]:
        """The policies of a kind that givens hold for a level."""
        kept = (one for one in self._case.givens.values() if one.kind.value == kind and one.level is level)
        return [Held(given.id, self._case.zone.documents[given.id]) for given in kept]

    def _full(self, kind: str, level: OrganisationLevel) -> Held:
        """The policy that allows everything: the given one, else AWS's own."""
        allowing = [held for held in self.given(kind, level) if not denies(held)]
        return allowing[0] if allowing else Held(OWN, full_access(kind))

    def leaning(self, grounds: Iterable[Ground]) -> tuple[str, ...]:
        """The givens that a proof with these grounds leans on: those that it names, and the account's membership."""
        return tuple(sorted(set(self._leaning(tuple(grounds)))))

    def _leaning(self, grounds: Sequence[Ground]) -> Iterator[str]:
        yield from (ground.urn for ground in grounds if ground.urn in self._case.givens)
        known: Mapping[str, Resource] = self.stack.resources.by_urn if self.stack else {}
        if self.membership and any(ground.urn in known for ground in grounds):
            yield self.membership
