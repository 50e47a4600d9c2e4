"""What stands above a subscription on one side of a change: management groups, policies and denials."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from clover.logic.aws.reading import Malformed
from clover.logic.azure.denials import DenyAssignment, read_deny_assignments
from clover.logic.azure.policy_assignments import PolicyAssignment, read_policy_assignments
from clover.logic.azure.scopes import Hierarchy, read_hierarchy, read_scope
from clover.model.azure.declared_roles import Held, Open, declared_denials
from clover.model.azure.organisation import (
    EXEMPTION,
    GROUP,
    PLACED,
    PREFIX,
    PROVIDER,
    Chain,
    chain_of,
    declared_policies,
    subscription_of,
)
from clover.model.resources import Resources, declared, value
from clover.sources.plain import as_list, as_object

_PARTIAL = ("resourceSelectors", "policyDefinitionReferenceIds")
"""What makes an exemption one of some resources, or of some policies of a set."""


@dataclass(eq=False, frozen=True)
class Policy:
    """A policy that is enforced, with the resources that declare it."""

    origins: tuple[str, ...]
    row: Mapping[str, Any]
    read: PolicyAssignment

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The values of its parameters, by their names in small letters."""
        return self.read.parameters

    @property
    def scopes(self) -> list[str]:
        """Every scope that it names: its own, those that it spares, those that are exempt."""
        exempt = [each["scope"] for each in self.row["exemptions"]]
        return [str(each) for each in (self.row["scope"], *self.row["notScopes"], *exempt)]

    def says(self, place: str | None) -> str:
        """What it says, as a text; with `place` in place of its scope where all of that is within its scope."""
        kept = {name: held for name, held in self.row.items() if name not in ("name", "scope", "exemptions")}
        exempt = [{name: held for name, held in each.items() if name != "name"} for each in self.row["exemptions"]]
        scope = str(place or self.row["scope"]).lower()
        return json.dumps([kept, scope, exempt], sort_keys=True)


@dataclass(eq=False, frozen=True)
class Denial:
    """A deny assignment, with the resource that declares it."""

    origins: tuple[str, ...]
    row: Mapping[str, Any]
    read: DenyAssignment

    def says(self, place: str | None) -> str:
        """What it says, as a text; with `place` in place of its scope where all of that is within its scope."""
        kept = {name: held for name, held in self.row.items() if name not in ("name", "description", "scope")}
        scope = str(place or self.row["scope"]).lower()
        return json.dumps([_sorted(kept), scope], sort_keys=True)


def _sorted(content: Any) -> Any:
    """The same with every list in one order: those of a denial are sets."""
    if (members := as_object(content)) is not None:
        return {name: _sorted(inner) for name, inner in members.items()}
    if (listed := as_list(content)) is not None:
        return sorted((_sorted(inner) for inner in listed), key=lambda inner: json.dumps(inner, sort_keys=True))
    return content.lower() if isinstance(content, str) else content


class Side:
    """The stack on one side of a change."""

    def __init__(self, resources: Resources) -> None:
        """Take the resources; nothing is read yet."""
        self.resources = resources
        self.open: list[Open] = []

    @cached_property
    def policies(self) -> list[Policy]:
        """The policies that are enforced and stop requests; what cannot be read is open, and exemptions of a part."""
        for each in self.resources.of(EXEMPTION):
            parts = [name for name in _PARTIAL if declared(each, name, []) != []]
            self.open += [Open(each.urn, f"{name} of {each.name}") for name in parts]
        return [Policy(held.origins, held.row, each) for held, each in self._read("policies")]

    @cached_property
    def denials(self) -> list[Denial]:
        """The deny assignments; what cannot be read is open."""
        return [Denial(held.origins, held.row, each) for held, each in self._read("denials")]

    def _read(self, what: str) -> Iterator[tuple[Held, Any]]:
        rows = declared_policies(self.resources) if what == "policies" else declared_denials(self.resources)
        reading: Any = read_policy_assignments if what == "policies" else read_deny_assignments
        for row in rows:
            if isinstance(row, Open):
                self.open.append(row)
                continue
            try:
                yield from ((row, each) for each in reading([dict(row.row)], row.origins[0].rpartition("::")[2]))
            except Malformed as error:
                self.open.append(Open(row.origins[0], f"what {row.origins[0].rpartition('::')[2]} says ({error})"))

    @cached_property
    def placed(self) -> Mapping[str, Chain | Open]:
        """The groups above each subscription that the stack places."""
        found: dict[str, Chain | Open] = {}
        for each in self.resources.of(PLACED):
            subscription = subscription_of(each, self.resources)
            if subscription is None:
                self.open.append(Open(each.urn, f"the subscription that {each.name} places"))
                continue
            chain = chain_of(self.resources, subscription, self.tenant)
            if isinstance(chain, Open):
                self.open.append(chain)
            elif chain:
                found[subscription] = chain
        return found

    @cached_property
    def tenant(self) -> str:
        """The tenant of the stack's providers, after which its root group is named."""
        named = (value(each, "tenantId") for each in self.resources.of(PROVIDER))
        return next((each for each in named if isinstance(each, str)), "")

    def groups(self, subscription: str, at: str | None = None) -> list[str]:
        """The groups above a subscription, from the root group down; `at` is the group of one that nothing places."""
        chain = self.placed.get(subscription)
        if isinstance(chain, Chain):
            return [*chain.groups]
        found = self._upwards(at) if at else []
        root = [f"{PREFIX}{self.tenant}"] if self.tenant else []
        return [*root, *(each for each in found if each not in root)]

    def _upwards(self, group: str) -> list[str]:
        """A group with those above it that are declared."""
        known = {str(value(each, "groupId")).lower(): each for each in self.resources.of(GROUP)}
        found = [group]
        while (held := known.get(found[0].rsplit("/", 1)[-1].lower())) is not None:
            above = value(held, "details.parent.id")
            if not isinstance(above, str) or above in found:
                break
            found.insert(0, above)
        return found

    def hierarchy(self, subscription: str, at: str | None = None) -> Hierarchy:
        """The same as the evaluator takes it."""
        return read_hierarchy(self.groups(subscription, at), "management groups")

    def exemptions(self) -> list[str]:
        """The URNs of the exemptions."""
        return [each.urn for each in self.resources.of(EXEMPTION)]

    def origins_of(self, subscription: str) -> tuple[str, ...]:
        """What says where a subscription is placed, its provider among it."""
        chain = self.placed.get(subscription)
        found = chain.origins if isinstance(chain, Chain) else ()
        placing = (self.resources.by_urn[urn] for urn in found)
        return (*found, *((each.provider or "").rpartition("::")[0] for each in placing if each.type == PLACED))


def standing(rows: Sequence[Any], subscription: str, hierarchy: Hierarchy) -> dict[str, Any]:
    """The rows that stand above a subscription or in it, by what they say there."""
    place, found = read_scope(f"/subscriptions/{subscription}", "place"), dict[str, Any]()
    for each in rows:
        if hierarchy.holds(each.read.scope, place):
            found[each.says("above")] = each
        elif place.starts(each.read.scope):
            found[each.says(None)] = each
    return found
