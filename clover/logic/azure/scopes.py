"""Scopes: where an assignment applies, and what lies below it.

Source: https://learn.microsoft.com/azure/role-based-access-control/scope-overview (root, management group,
subscription, resource group, resource; a child inherits). ARM ids ignore case.
"""

from typing import NamedTuple

from clover.logic.aws.reading import Malformed, quoted, read_list, read_text

MANAGEMENT_GROUP = ("providers", "microsoft.management", "managementgroups")
MANAGEMENT_GROUP_DEPTH = len(MANAGEMENT_GROUP) + 1
RESOURCE_GROUP_DEPTH = 4


class Scope(NamedTuple):
    """An ARM id: the root `/`, a management group, a subscription, or something below; `segments` are lower case."""

    text: str
    segments: tuple[str, ...]

    def __str__(self) -> str:
        """The id as it was given."""
        return self.text

    @property
    def management_group(self) -> tuple[str, ...] | None:
        """The segments of the management group that this is, or that this lies at as an extension."""
        group = self.segments[:MANAGEMENT_GROUP_DEPTH]
        return group if len(group) == MANAGEMENT_GROUP_DEPTH and group[:-1] == MANAGEMENT_GROUP else None

    @property
    def is_management_group(self) -> bool:
        """Whether this is a management group itself."""
        return self.segments == self.management_group

    @property
    def in_subscription(self) -> bool:
        """Whether this is a subscription or lies in one."""
        return self.segments[:1] == ("subscriptions",)

    @property
    def is_resource_group_or_above(self) -> bool:
        """Whether this is a subscription or a resource group, the two kinds that Lighthouse delegates."""
        named = self.segments[2:3] in ((), ("resourcegroups",))
        return self.in_subscription and named and len(self.segments) in (2, RESOURCE_GROUP_DEPTH)

    def starts(self, other: "Scope") -> bool:
        """Whether `other` is this or lies below it by its id alone."""
        return other.segments[: len(self.segments)] == self.segments


class Hierarchy(NamedTuple):
    """The management groups above the request's subscription, from the tenant's root group down; None = not said."""

    groups: tuple[tuple[str, ...], ...] | None

    def holds(self, outer: Scope, inner: Scope) -> bool:
        """Whether `inner` is `outer` or lies below it. Raises Malformed where that hangs on groups nobody named."""
        if outer.starts(inner):
            return True
        group = outer.management_group
        if group is None or not outer.is_management_group:
            return False
        return self._above(group, inner)

    def _above(self, group: tuple[str, ...], inner: Scope) -> bool:
        """Whether the management group stands above the place of `inner`."""
        own = inner.management_group
        if own is None and not inner.in_subscription:
            return False
        if self.groups is None:
            raise Malformed("policies: management_groups is missing, and an assignment's scope is a management group")
        if own is None:
            return group in self.groups
        if own not in self.groups:
            raise Malformed(f"policies.management_groups: {quoted(inner.text)} is not among them")
        return group in self.groups[: self.groups.index(own)]


def read_scope(value: object, where: str) -> Scope:
    """An ARM id; raises Malformed for what cannot be one."""
    text = read_text(value, where)
    segments = () if text == "/" else tuple(text.lower().split("/")[1:])
    known = not segments or segments[0] in ("subscriptions", "providers")
    if not text.startswith("/") or not known or not all(segments) or len(segments) == 1:
        raise Malformed(f"{where}: {quoted(text)} is no scope such as /subscriptions/… or /")
    return Scope(text, segments)


def read_hierarchy(value: object, where: str) -> Hierarchy:
    """The chain of management groups, outermost first; null = not said."""
    if value is None:
        return Hierarchy(None)
    groups: list[tuple[str, ...]] = []
    for index, member in enumerate(read_list(value, where)):
        scope = read_scope(member, f"{where}[{index}]")
        if not scope.is_management_group:
            raise Malformed(f"{where}[{index}]: {quoted(scope.text)} is no management group")
        groups.append(scope.segments)
    return Hierarchy(tuple(groups))
