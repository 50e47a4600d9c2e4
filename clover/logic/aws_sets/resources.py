"""Actions and resources: every word there can be, and the patterns of policies as languages.

Source: IAM User Guide, "IAM JSON policy elements: Action", "IAM JSON policy elements: Resource" and "IAM identifiers".
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from clover.logic.aws_sets import operators
from clover.logic.aws_sets.variables import Nothing, Part, Values, Written, fill_in, read_parts, variables
from clover.logic.sets.patterns import (
    ANY_TEXT,
    CHARACTER,
    EVERY_TEXT,
    Element,
    Language,
    Pattern,
    SymbolClass,
    glob,
    pattern,
    text,
)

COLONS = 5
IN_FIELD = operators.IN_ARN_FIELD
NO_WILDCARD = SymbolClass(frozenset("*?"), negated=True)
IN_SERVICE = SymbolClass(frozenset("*?:"), negated=True)
ACTIONS: Language = (
    pattern(
        [
            *(Element(IN_SERVICE), Element(IN_SERVICE, repeated=True), *text(":")),
            *(Element(NO_WILDCARD), Element(NO_WILDCARD, repeated=True)),
        ]
    ),
)
RESOURCES: Language = (
    pattern(text("*")),
    pattern([*text("arn:"), *[Element(IN_FIELD, repeated=True), *text(":")] * 4, ANY_TEXT]),
)


class ResourcePattern(NamedTuple):
    """A pattern in parts: `header` are an ARN's fields before the resource, in which nothing is filled in."""

    header: str
    rest: tuple[Part, ...]

    @property
    def has_variables(self) -> bool:
        """Whether what it covers depends on the request's context."""
        return bool(variables(self.rest))

    def filled_in(self, values: Values) -> "ResourcePattern":
        """The pattern with its variables replaced."""
        return self._replace(rest=fill_in(self.rest, values))

    def language(self) -> Language:
        """What it covers; with variables everything that it could cover."""
        return _language(self)


def read_resource(name: str, with_variables: bool) -> ResourcePattern:
    """A pattern; an ARN with fewer than six fields is completed with `*` in every missing one."""
    if name == "*":
        return ResourcePattern("", (Written("*"),))
    missing = COLONS - name.count(":") if name.startswith("arn:") else 0
    fields = (name + ":*" * missing).split(":", COLONS)
    if len(fields) <= COLONS:
        return ResourcePattern(":".join(fields), ())
    return ResourcePattern(":".join(fields[:-1]) + ":", read_parts(fields[-1], with_variables))


def resources(patterns: Iterable[ResourcePattern]) -> Language:
    """What one of the patterns covers."""
    return tuple(dict.fromkeys(each for found in patterns for each in found.language()))


@lru_cache(maxsize=2048)
def _language(covering: ResourcePattern) -> Language:
    """What one pattern covers."""
    if any(isinstance(part, Nothing) for part in covering.rest):
        return ()
    if covering == ResourcePattern("", (Written("*"),)):
        return EVERY_TEXT
    return (pattern([*header(covering.header), *elements(operators.like(covering.rest)[0])]),)


@lru_cache(maxsize=2048)
def actions(names: tuple[str, ...]) -> Language:
    """The actions that one of the patterns covers, in lower case."""
    return tuple(dict.fromkeys(pattern(glob(name.lower())) for name in names))


def elements(found: Pattern) -> list[Element]:
    """The elements of a pattern."""
    listed: list[Element] = []
    for loop, step in zip(found.loops, [*found.steps, None], strict=True):
        listed += [Element(loop, repeated=True)] if loop else []
        listed += [Element(step)] if step else []
    return listed


def header(written: str) -> list[Element]:
    """The fields before the resource: wildcards stay within theirs, but a `*` that ends one may go beyond it."""
    found: list[Element] = []
    for place, character in enumerate(written):
        ends = written[place + 1 : place + 2] in (":", "")
        found += glob(character, CHARACTER if character == "*" and ends else IN_FIELD)
    return found
