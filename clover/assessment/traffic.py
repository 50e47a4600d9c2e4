"""The hosts in a capture of an app's traffic: lines of text, JSON, or an HTTP archive (HAR).

HAR 1.2: http://www.softwareishard.com/blog/har-12-spec/, `log.entries[].request.url`.
"""

import json
import re
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from clover.errors import BadInput, Place
from clover.sources.files import read_json
from clover.sources.plain import as_list, as_object

LARGEST = 256 * 1024 * 1024
"""Bytes of a capture that is read at all."""
_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*")


def captured(path: Path) -> tuple[str, ...]:
    """The hosts of a capture, each once, sorted; BadInput for a file that holds none, or what is no host."""
    raw = _read(path)
    is_json = raw[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
    texts = list(_of_json(path, raw) if is_json else _of_lines(path, raw))
    hosts = {_host(text, Place(str(path), line)) for text, line in texts}
    if not hosts:
        raise BadInput("holds no host: an empty capture shows nothing", Place(str(path)))
    return tuple(sorted(hosts))


def _read(path: Path) -> bytes:
    """What a file or a pipe holds; BadInput where that cannot be read, or is too much."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", Place(str(path))) from None
    if len(raw) > LARGEST:
        raise BadInput(f"is larger than {LARGEST // 1024 // 1024} MiB", Place(str(path)))
    return raw


def _of_json(path: Path, raw: bytes) -> Iterator[tuple[str, int | None]]:
    """The URLs of an archive, or the texts of a list, in which an object has its host under `host` or `url`."""
    data = read_json(path, raw)
    log = as_object((as_object(data) or {}).get("log"))
    entries = as_list(log.get("entries") if log else data)
    if entries is None:
        raise BadInput("is neither a list of hosts nor an HTTP archive", Place(str(path)))
    for number, entry in enumerate(entries):
        request = (as_object(entry) or {}).get("request") if log else entry
        yield _text_of(request, number, path), None


def _text_of(entry: Any, number: int, path: Path) -> str:
    held = as_object(entry)
    text = next((held[name] for name in ("url", "host") if name in held), None) if held else entry
    if not isinstance(text, str):
        raise BadInput(f"entry {number} names no host: {json.dumps(entry, default=str)[:80]}", Place(str(path)))
    return text


def _of_lines(path: Path, raw: bytes) -> Iterator[tuple[str, int | None]]:
    """A host or URL on each line; what follows a `#` is a remark."""
    try:
        lines = raw.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise BadInput("is not UTF-8", Place(str(path))) from None
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].strip()
        if text:
            yield text, number


def _host(text: str, place: Place) -> str:
    """The host of a URL, or of a name or address with or without a port, in lower case and without its last dot."""
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        name = (parts.hostname or "").rstrip(".").encode("idna").decode().lower()
    except (ValueError, UnicodeError):
        name = ""
    if not (_is_address(name) or _NAME.fullmatch(name)):
        raise BadInput(f"{text[:80]!r} is neither a host nor a URL", place)
    return name


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
