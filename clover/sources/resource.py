"""One resource as the engine knows it."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from clover.errors import Place
from clover.sources.plain import as_list, as_object
from clover.sources.values import UnreadableValueError, decode

_URN = re.compile(r"urn:pulumi:([^:]+)::([^:]*)::(.+?)::(.+)", re.DOTALL)


class Urn(NamedTuple):
    """The parts of a URN; `type` is the resource's own, the last of the qualified chain."""

    stack: str
    project: str
    type: str
    name: str


def parse_urn(text: object) -> Urn:
    """The parts of a URN; ValueError where it is none."""
    found = _URN.fullmatch(text) if isinstance(text, str) else None
    if not found:
        raise ValueError(f"{str(text)[:120]!r} is not a URN")
    stack, project, chain, name = found.groups()
    return Urn(stack, project, chain.rpartition("$")[2], name)


class Resource(NamedTuple):
    """A resource of a plan or state.

    `inputs` is what was declared, `outputs` what the cloud gave back; `settled` says that the outputs are complete. In
    the plan of a creation they are not: what is absent may still come. Nor are those of a component or of the stack in
    a plan that changes anything: the program says them anew.
    """

    urn: str
    type: str
    name: str
    stack: str
    project: str
    custom: bool
    id: Any
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    parent: str | None
    provider: str | None
    dependencies: tuple[str, ...]
    protect: bool
    settled: bool
    position: Place | None


def read_resource(state: Mapping[str, Any], outputs: Any, settled: bool, path: str) -> Resource:
    """The resource that `state` describes with `outputs`; ValueError says what about it cannot be read."""
    urn = parse_urn(state.get("urn"))
    if state.get("type") != urn.type:
        raise ValueError(f"{path}: type {str(state.get('type'))[:80]!r} is not that of its URN")
    inputs = _mapping(state.get("inputs"), f"{path}.inputs")
    try:
        return Resource(
            urn=state["urn"],
            type=urn.type,
            name=urn.name,
            stack=urn.stack,
            project=urn.project,
            custom=state.get("custom") is True,
            id=decode(state.get("id") or None, f"{urn.name}.id"),
            inputs=decode(inputs, urn.name),
            outputs=decode(_without_id(_mapping(outputs, f"{path}.outputs")), urn.name),
            parent=_link(state.get("parent"), f"{path}.parent"),
            provider=_link(state.get("provider"), f"{path}.provider"),
            dependencies=tuple(_links(state.get("dependencies"), f"{path}.dependencies")),
            protect=state.get("protect") is True,
            settled=settled,
            position=_position(state.get("sourcePosition")),
        )
    except UnreadableValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _without_id(outputs: dict[str, Any]) -> dict[str, Any]:
    """The outputs without the id, which providers repeat among them: it is no property of the thing."""
    return {name: value for name, value in outputs.items() if name != "id"}


def _mapping(value: object, path: str) -> dict[str, Any]:
    found = {} if value is None else as_object(value)
    if found is None:
        raise ValueError(f"{path} is not an object")
    return found


def _link(value: object, path: str) -> str | None:
    if value in (None, ""):
        return None
    if not isinstance(value, str):
        raise ValueError(f"{path} is not a text")
    return value


def _links(value: object, path: str) -> list[str]:
    found = [] if value is None else as_list(value)
    if found is None or not all(isinstance(item, str) for item in found):
        raise ValueError(f"{path} is not a list of URNs")
    return found


def _position(text: object) -> Place | None:
    """The place in `project:///infra/site.py#12`."""
    if not isinstance(text, str) or not text.startswith("project:///"):
        return None
    file, _, line = text.removeprefix("project:///").partition("#")
    number = line.partition(",")[0]
    return Place(file, int(number) if number.isdecimal() else None)
