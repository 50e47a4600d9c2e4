"""Text from a plan as a reader can trust it: nothing in it moves, hides or runs."""

import re
import unicodedata

LONGEST = 400
"""Characters of one value that a page shows; the whole of it stands in verdicts.json."""

_HIDING = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ud800-\udfff\ufff9-\ufffb]"
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def shown(text: str) -> str:
    """The text with what hides or reorders written out, and cut where it is too long for a page."""
    visible = _HIDING.sub(lambda match: f"\\u{ord(match[0]):04x}", unicodedata.normalize("NFC", text[: 2 * LONGEST]))
    if len(text) <= LONGEST:
        return visible
    return f"{visible[:LONGEST]}… ({len(text)} characters)"


def cut(text: str, longest: int) -> str:
    """The text as it is shown, cut where a drawing has no more room."""
    visible = shown(text)
    return visible if len(visible) <= longest else f"{visible[: longest - 1]}…"


def cell(text: str) -> str:
    """The text as a spreadsheet's cell that is no formula (OWASP: CSV injection)."""
    visible = shown(text)
    return f"'{visible}" if visible.startswith(_FORMULA) else visible
