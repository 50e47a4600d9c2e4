"""Read a JSON file strictly: no double keys, no NaN, bounded in size and depth, and one line for what is wrong."""

import json
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from clover.errors import BadInput, Place
from clover.sources.shape import refuse_shapeless

SIZE_LIMIT = 256 * 1024 * 1024
"""Bytes: a state of 10,000 resources takes about 50 MiB."""


LONGEST_TOKEN = 16
"""Characters: no token but a text is cut off further from the end than this."""

HEAD = 64 * 1024
"""Bytes that are looked at before the rest of a file is read."""


class _RefusedError(ValueError):
    """Something that JSON allows, or Python reads, and no plan or state holds."""


def read_json(path: Path, content: bytes | None = None) -> Any:
    """Return what the file holds; BadInput names the file and, where it can, the line.

    `content` is what it holds where it has been read elsewhere.
    """
    name = str(path)
    text = _text(_bytes(path, Place(name)) if content is None else content, Place(name))
    try:
        found = json.loads(text, object_pairs_hook=_without_doubles, parse_constant=_not_a_number)
        return found if "\\ud" not in text.lower() else _unicode(found)
    except json.JSONDecodeError as error:
        raise BadInput(f"is not JSON: {error.msg}", Place(name, error.lineno, error.colno)) from None
    except _RefusedError as error:
        raise BadInput(str(error), Place(name)) from None
    except RecursionError:
        raise BadInput("is nested too deeply", Place(name)) from None
    except ValueError as error:
        raise BadInput(f"is not JSON: {error}", Place(name)) from None


def _bytes(path: Path, place: Place) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(HEAD)
            if len(raw) == HEAD:
                _refuse_garbage(raw, place)
                raw = _whole(file, raw)
            return raw
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", place) from None
    except ValueError as error:
        raise BadInput(f"cannot be read: {error}", place) from None


def _whole(file: BinaryIO, head: bytes) -> bytes:
    """The head with the rest, or what is too much of it; read anew where that can be, so that it is held once."""
    if file.seekable():
        file.seek(0)
        return file.read(SIZE_LIMIT + 1)
    return head + file.read(SIZE_LIMIT + 1 - HEAD)


def _text(raw: bytes, place: Place) -> str:
    if len(raw) > SIZE_LIMIT:
        raise BadInput(f"is larger than {SIZE_LIMIT // 2**20} MiB", place)
    refuse_shapeless(raw, place)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"is not UTF-8 at byte {error.start + 1}", place) from None


def _refuse_garbage(head: bytes, place: Place) -> None:
    """Refuse a large file by its beginning, where that shows already that the whole is no JSON object."""
    text = head.decode("utf-8-sig", errors="ignore")
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        cut_off = error.msg.startswith("Unterminated string") or error.pos > len(text) - LONGEST_TOKEN
        if not cut_off:
            raise BadInput(f"is not JSON: {error.msg}", Place(place.file, error.lineno, error.colno)) from None
    except RecursionError:
        raise BadInput("is nested too deeply", place) from None


def _unicode(found: Any) -> Any:
    """The data, where all its texts can be written down again: half of a pair of surrogates is no character."""
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise _RefusedError("holds half a character (a lone surrogate)") from None
    return found


def _without_doubles(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        names = [name for name, _ in members]
        twice = next(name for name in names if names.count(name) > 1)
        raise _RefusedError(f"has the key {twice[:80]!r} twice in one object")
    return found


def _not_a_number(name: str) -> NoReturn:
    raise _RefusedError(f"holds {name}, which is not JSON")
