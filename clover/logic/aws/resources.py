"""Matching the Resource element against one ARN.

Source: IAM User Guide, "IAM JSON policy elements: Resource" and "IAM identifiers" (incomplete ARNs).
"""

from clover.logic.aws.globs import ANY_IN_SEGMENT, ANY_NUMBER, ANY_NUMBER_IN_SEGMENT, Token, literal, matches, wildcard
from clover.logic.aws.variables import COLONS_BEFORE_RESOURCE, Variables, split_header


def resource_matches(pattern: str, resource: str, variables: Variables) -> bool:
    """Whether the pattern covers the ARN, case-sensitively; one with a placeholder that has no value covers none."""
    if pattern == "*":
        return True
    header, rest = split_header(_completed(pattern))
    pieces = variables.fill_in(rest)
    if pieces is None:
        return False
    tokens = _header(header)
    for piece in pieces:
        tokens += (literal if piece.filled_in else wildcard)(piece.text)
    return matches(tokens, resource)


def _completed(pattern: str) -> str:
    """An ARN with fewer than six fields is completed with `*` in every missing one."""
    missing = COLONS_BEFORE_RESOURCE - pattern.count(":")
    return pattern + ":*" * missing if pattern.startswith("arn:") else pattern


def _header(text: str) -> list[Token]:
    """The fields before the resource: wildcards stay within their field, but a `*` that ends one may go beyond it."""
    tokens: list[Token] = []
    for place, character in enumerate(text):
        if character == "*":
            ends_field = text[place + 1 : place + 2] in ("", ":")
            tokens.append(ANY_NUMBER if ends_field else ANY_NUMBER_IN_SEGMENT)
        else:
            tokens.append(ANY_IN_SEGMENT if character == "?" else Token(character))
    return tokens
