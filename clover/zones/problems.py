"""How problems are worded, collected and said in one line."""

from collections.abc import Iterable

from clover.errors import BadInput, Place

SHOWN_LENGTH = 60


def shown(value: object) -> str:
    """Return `value` quoted, in ASCII (so that a look-alike letter shows), cut at SHOWN_LENGTH characters."""
    text = ascii(value)
    return text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}..."


def nearest(word: object, known: Iterable[str]) -> str:
    """Return a half-sentence that offers the nearest of the `known` words, or lists them."""
    from difflib import get_close_matches

    words = sorted(known)
    close = get_close_matches(str(word)[:SHOWN_LENGTH].lower(), words, n=1)
    if close:
        return f"did you mean {shown(close[0])}?"
    return f"known here: {', '.join(words)}" if words else "there is none yet"


class Problems:
    """Problems in the order in which they were found; the first one leads the line."""

    def __init__(self) -> None:
        self._found: list[tuple[str, Place | None]] = []

    def add(self, message: str, place: Place | None) -> None:
        """Remember one problem, its message without the place."""
        self._found.append((message, place))

    def refuse_if_any(self) -> None:
        """Raise BadInput with the first problem and the number of the others, if there is one."""
        if self._found:
            message, place = self._found[0]
            more = len(self._found) - 1
            raise BadInput(f"{message} (and {more} more)" if more else message, place)
