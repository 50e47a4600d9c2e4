"""Text from a plan as a reader can trust it: nothing in it moves, hides or runs."""

import re
import unicodedata

LONGEST = 400
"""Characters of one value that a page shows; the whole of it stands in verdicts.json."""

_CONTROL = re.compile("[\u0000-\u001f\u007f]")
_HIDING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of characters that cannot be seen, reorder others, or mean nothing (Unicode, table 12)."""
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0") | {chr(code) for code in range(0xFE00, 0xFE10)}
"""Letters and marks that are drawn as nothing (Unicode, Default_Ignorable_Code_Point)."""
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def shown(text: str) -> str:
    """The text with what hides or reorders written out, and cut where it is too long for a page."""
    kept = text[: 2 * LONGEST]
    if kept.isascii():
        visible = _CONTROL.sub(lambda match: _written(match[0]), kept)
    else:
        visible = "".join(map(_seen, unicodedata.normalize("NFC", kept)))
    return visible if len(text) <= LONGEST else f"{visible[:LONGEST]}… ({len(text)} characters)"


def _seen(character: str) -> str:
    hides = character in _UNSEEN or unicodedata.category(character) in _HIDING
    return _written(character) if hides else character


def _written(character: str) -> str:
    """The character by its number, as JSON and Python write it."""
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def cut(text: str, longest: int) -> str:
    """The text as it is shown, cut where a drawing has no more room."""
    visible = shown(text)
    return visible if len(visible) <= longest else f"{visible[: longest - 1]}…"


def cell(text: str) -> str:
    """The text as a spreadsheet's cell that is no formula (OWASP: CSV injection)."""
    visible = shown(text)
    return f"'{visible}" if visible.lstrip().startswith(_FORMULA) else visible
