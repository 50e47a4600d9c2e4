"""The words of a condition on a role assignment.

Source: https://learn.microsoft.com/azure/role-based-access-control/conditions-format. Strings stand in apostrophes,
GUIDs and numbers stand bare (delegate-role-assignments-examples writes GUIDs so).
"""

import re
from enum import Enum
from typing import NamedTuple

from clover.logic.aws.reading import Malformed, quoted

LARGEST = 8192  # "A condition can be up to 8 KB long": /azure/role-based-access-control/conditions-faq


class Kind(Enum):
    """What a word is."""

    ATTRIBUTE = r"@(?P<source>[A-Za-z]+)\[(?P<name>[^\]]+)\]"
    STRING = r"'(?P<text>[^']*)'"
    GUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\b"
    NUMBER = r"-?\d+\b"
    WORD = r"[A-Za-z]+(?::[A-Za-z]+)?"
    SIGN = r"&&|\|\||[(){},!]"
    END = r"\Z"


WORDS = re.compile("|".join(f"(?P<{kind.name}>{kind.value})" for kind in Kind), re.ASCII)
BLANK = re.compile(r"\s*")


class Word(NamedTuple):
    """One word of a condition and its place, counted from 1; `source` is an attribute's."""

    kind: Kind
    text: str
    place: int
    source: str = ""


def read_words(condition: str, where: str) -> list[Word]:
    """The words, an END last; raises Malformed at the first character that begins none."""
    if len(condition.encode()) > LARGEST:
        raise Malformed(f"{where}: a condition is at most {LARGEST} bytes long")
    words: list[Word] = []
    place = _after_blanks(condition, 0)
    while not words or words[-1].kind is not Kind.END:
        found = WORDS.match(condition, place)
        if found is None:
            raise Malformed(f"{where}: character {place + 1}: {quoted(condition[place])} begins no word of a condition")
        words.append(_word(found))
        place = _after_blanks(condition, found.end())
    return words


def _after_blanks(condition: str, place: int) -> int:
    """The place of the next word."""
    found = BLANK.match(condition, place)
    return found.end() if found else place


def _word(found: re.Match[str]) -> Word:
    """The word of a match."""
    kind = Kind[found.lastgroup or Kind.END.name]
    place = found.start() + 1
    if kind is Kind.ATTRIBUTE:
        return Word(kind, found["name"], place, found["source"])
    return Word(kind, found["text"] if kind is Kind.STRING else found[0], place)
