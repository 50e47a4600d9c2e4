"""Actions and the permissions that cover them.

Source: https://learn.microsoft.com/azure/role-based-access-control/role-definitions: `*` matches any characters,
Actions - NotActions are the management permissions and DataActions - NotDataActions the data permissions of one role;
management access is not inherited to data. Names ignore case (the page writes `microsoft.web/sites/restart/Action`).
`/*/` stands for one slash too: Managed Identity Operator, whose pattern is `userAssignedIdentities/*/assign/action`, is
what `userAssignedIdentities/assign/action` takes (https://github.com/MicrosoftDocs/azure-docs/issues/58316 beside
https://github.com/Azure/aad-pod-identity/issues/443), and Key Vault Reader reads vaults by `vaults/*/read` alone.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from clover.logic.aws.globs import Part, Wildcard, matches
from clover.logic.aws.reading import Malformed, quoted, read_text
from clover.logic.azure.values import read_optional_list

AWAY_FROM_WILDCARDS = re.compile(r"(?<!\*)/(?!\*)")
PERMISSION_MEMBERS = frozenset({"actions", "notActions", "dataActions", "notDataActions"})


class Action(NamedTuple):
    """One operation by its full name, in lower case; a data action is authorised apart from management."""

    name: str
    is_data: bool

    def fits(self, pattern: str) -> bool:
        """Whether a pattern of a role, in lower case, covers the name; only `*` is a wildcard.

        Slashes of the name are doubled, so that the two beside a `*` in the middle can share one of them.
        """
        parts: list[Part] = []
        for literal in AWAY_FROM_WILDCARDS.sub("//", pattern).split("*"):
            parts += [literal, Wildcard.ANY]
        return matches(parts[:-1], self.name.replace("/", "//"))

    @property
    def verb(self) -> str:
        """The last word: read, write, delete or action."""
        return self.name.rsplit("/", 1)[-1]

    @property
    def type(self) -> str:
        """What it is done to: everything before the verb, in lower case."""
        return self.name.rsplit("/", 1)[0]


class Permissions(NamedTuple):
    """The four lists of a role or of a deny assignment; patterns in lower case."""

    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    data_actions: tuple[str, ...]
    not_data_actions: tuple[str, ...]

    def names(self, action: Action) -> bool:
        """Whether the actions, or for a data action the data actions, cover it at all."""
        return any(action.fits(pattern) for pattern in (self.data_actions if action.is_data else self.actions))

    def excludes(self, action: Action) -> bool:
        """Whether the not-lists take it out again."""
        excluded = self.not_data_actions if action.is_data else self.not_actions
        return any(action.fits(pattern) for pattern in excluded)

    def cover(self, action: Action) -> bool:
        """Whether the permissions cover the action: one list minus the other."""
        return self.names(action) and not self.excludes(action)


def read_action(name: object, where: str, *, is_data: bool) -> Action:
    """One action by its full name, such as Microsoft.Storage/storageAccounts/write."""
    text = read_text(name, where)
    if "*" in text or not all(text.split("/")) or "/" not in text:
        raise Malformed(f"{where}: {quoted(text)} is not one action such as Microsoft.Storage/storageAccounts/write")
    return Action(text.lower(), is_data)


def read_permissions(members: Mapping[str, object], where: str) -> Permissions:
    """The four lists; one left out is empty."""
    return Permissions(
        _read_patterns(members, "actions", where),
        _read_patterns(members, "notActions", where),
        _read_patterns(members, "dataActions", where),
        _read_patterns(members, "notDataActions", where),
    )


def _read_patterns(members: Mapping[str, object], name: str, where: str) -> tuple[str, ...]:
    """Patterns: `*`, or a provider's name and what follows."""
    patterns: list[str] = []
    for index, member in enumerate(read_optional_list(members, name, where)):
        text = read_text(member, f"{where}.{name}[{index}]")
        if not text or (text.strip("*") and "/" not in text):
            raise Malformed(f"{where}.{name}[{index}]: {quoted(text)} names no operation, as */read does")
        patterns.append(text.lower())
    return tuple(patterns)
