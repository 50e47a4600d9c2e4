"""Policy variables: `${key}`, `${key, 'default'}` and the escapes `${*}`, `${?}`, `${$}`.

Source: IAM User Guide, "IAM policy elements: Variables and tags".
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from clover.logic.aws.context import Context, is_null
from clover.logic.aws.globs import Part, wildcard

PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
BODY = re.compile(r"(?P<key>[^',]+?)(?:,\s*'(?P<default>[^']*)')?")
ESCAPES = frozenset("*?$")
COLONS_BEFORE_RESOURCE = 5


class Piece(NamedTuple):
    """A stretch of policy text: as written, where wildcards count, or filled in, where every character is itself."""

    text: str
    filled_in: bool


class Variables(NamedTuple):
    """What placeholders of one document stand for in one request.

    Only the language version 2012-10-17 knows placeholders; in an earlier document they are plain text
    (IAM User Guide, "IAM JSON policy elements: Version").
    """

    context: Context
    enabled: bool

    def fill_in(self, text: str) -> list[Piece] | None:
        """The text with every placeholder filled in; None when one has no value, for then nothing equals the text."""
        if not self.enabled:
            return [Piece(text, filled_in=False)]
        pieces: list[Piece] = []
        end = 0
        for placeholder in PLACEHOLDER.finditer(text):
            value = _value(placeholder[1], self.context)
            if value is None:
                return None
            pieces += [Piece(text[end : placeholder.start()], filled_in=False), Piece(value, filled_in=True)]
            end = placeholder.end()
        return [*pieces, Piece(text[end:], filled_in=False)]

    def pattern(self, text: str) -> list[Part] | None:
        """The text as a pattern: wildcards count as written, not in what is filled in."""
        pieces = self.fill_in(text)
        if pieces is None:
            return None
        return [part for piece in pieces for part in ([piece.text] if piece.filled_in else wildcard(piece.text))]


def split_header(arn: str) -> tuple[str, str]:
    """An ARN up to and with its fifth colon, and the rest; all of a shorter text is header."""
    parts = arn.split(":", COLONS_BEFORE_RESOURCE)
    if len(parts) <= COLONS_BEFORE_RESOURCE:
        return arn, ""
    return ":".join(parts[:-1]) + ":", parts[-1]


def _value(body: str, context: Mapping[str, tuple[str, ...]]) -> str | None:
    """What one placeholder stands for: the key's only value, else its default, else nothing.

    A key with several values cannot be a variable, and an empty value counts as no value.
    """
    if body in ESCAPES:
        return body
    parsed = BODY.fullmatch(body)
    if parsed is None:
        return None
    values = context.get(parsed["key"].strip().lower(), ())
    return values[0] if len(values) == 1 and not is_null(values) else parsed["default"]
