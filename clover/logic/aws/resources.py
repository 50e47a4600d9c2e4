"""Matching the Resource element against one ARN.

Source: IAM User Guide, "IAM JSON policy elements: Resource" and "IAM identifiers" (incomplete ARNs).
"""

from clover.logic.aws.globs import WILDCARDS, Part, Wildcard, matches
from clover.logic.aws.variables import COLONS_BEFORE_RESOURCE, Variables, split_header


def resource_matches(pattern: str, resource: str, variables: Variables) -> bool:
    """Whether the pattern covers the ARN, case-sensitively; one with a placeholder that has no value covers none."""
    if pattern == "*":
        return True
    header, rest = split_header(_completed(pattern))
    behind = variables.pattern(rest)
    return behind is not None and matches([*_header(header), *behind], resource)


def _completed(pattern: str) -> str:
    """An ARN with fewer than six fields is completed with `*` in every missing one."""
    missing = COLONS_BEFORE_RESOURCE - pattern.count(":")
    return pattern + ":*" * missing if pattern.startswith("arn:") else pattern


def _header(text: str) -> list[Part]:
    """The fields before the resource: wildcards stay within their field, but a `*` that ends one may go beyond it."""
    written = [part for part in WILDCARDS.split(text) if part]
    return [_header_part(part, [*written, ":"][place + 1]) for place, part in enumerate(written)]


def _header_part(part: str, following: str) -> Part:
    """One wildcard, or text as written."""
    if part == "*":
        return Wildcard.ANY if following.startswith(":") else Wildcard.ANY_IN_FIELD
    return Wildcard.ONE_IN_FIELD if part == "?" else part
