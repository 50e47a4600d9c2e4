"""Whether a large file has the form of a plan or state: seen in one pass that builds nothing of what it holds."""

import codecs
import re

import msgspec
from msgspec import Struct

from clover.errors import BadInput, Place

LARGE = 8 * 1024 * 1024
"""Bytes: reading less than this costs little, whatever it is."""

_AT_BYTE = re.compile(r"(?:JSON is malformed: )?(.*) \(byte (\d+)\)", re.DOTALL)


class _Resource(Struct):
    """An entry that is about a resource."""

    urn: str


class _Deployment(Struct):
    resources: list[_Resource]


class _Plan(Struct, rename="camel"):
    """What tells a stack export and a preview from every other JSON object."""

    deployment: _Deployment | None = None
    steps: list[_Resource] | None = None
    change_summary: dict[str, int] | None = None


def refuse_shapeless(raw: bytes, place: Place) -> None:
    """Refuse a large file that is not JSON, or in which no plan or state can be; small ones are read to tell."""
    if len(raw) < LARGE:
        return
    text = raw.removeprefix(codecs.BOM_UTF8)
    try:
        found = msgspec.json.decode(text, type=_Plan)
    except msgspec.ValidationError as error:
        raise BadInput(f"has not the form of a stack export or a preview: {error}", place) from None
    except msgspec.DecodeError as error:
        raise _not_json(text, str(error), place) from None
    except RecursionError:
        raise BadInput("is nested too deeply", place) from None
    if found.deployment is None and found.steps is None and found.change_summary is None:
        raise BadInput("is neither a stack export nor a preview", place)


def _not_json(text: bytes, told: str, place: Place) -> BadInput:
    """What is wrong, at its line and column where the byte is known."""
    found = _AT_BYTE.fullmatch(told)
    if found is None:
        return BadInput(f"is not JSON: {told}", place)
    before = text[: int(found[2])]
    line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
    return BadInput(f"is not JSON: {found[1]}", Place(place.file, line, column))
