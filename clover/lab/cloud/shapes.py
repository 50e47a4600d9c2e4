"""What botocore's service models say of parameters, and clients do not check: enums, patterns, lengths, ranges."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, cast

from clover.lab.cloud.answers import Refusal
from clover.lab.cloud.call import Call
from clover.lab.cloud.models import OperationModel, Shape
from clover.lab.cloud.tables import table


def refuse_misshapen(call: Call, model: OperationModel) -> None:
    """Refuse `call` where its parameters are not as the service model says, for services that check them so."""
    code = table("services")["misshapen"].get(call.service)
    shape: Shape = model.input_shape
    wrong = list(violations(shape, call.parameters)) if code and shape else []
    if wrong:
        plural = "s" if len(wrong) > 1 else ""
        raise Refusal(code, f"{len(wrong)} validation error{plural} detected: {'; '.join(wrong)}", 400)


def violations(shape: Shape, value: Any, path: str = "") -> Iterator[str]:
    """What is wrong with `value` by `shape`, in the words of the AWS services; nothing where it fits."""
    if shape.type_name == "structure" and isinstance(value, Mapping):
        yield from _of_structure(shape, cast(Mapping[str, Any], value), path)
    elif shape.type_name == "list" and isinstance(value, list):
        items = cast(list[Any], value)
        yield from _of_length(shape, len(items), items, path)
        for index, item in enumerate(items, 1):
            yield from violations(shape.member, item, f"{path}.{index}.member")
    elif shape.type_name == "map" and isinstance(value, Mapping):
        for key, item in cast(Mapping[str, Any], value).items():
            yield from violations(shape.key, key, f"{path}.key")
            yield from violations(shape.value, item, f"{path}.{key}.member")
    elif isinstance(value, str):
        yield from _of_text(shape, value, path)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield from _of_number(shape, value, path)


def _of_structure(shape: Shape, value: Mapping[str, Any], path: str) -> Iterator[str]:
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"Value at '{_joined(path, name)}' failed to satisfy constraint: Member must not be null"
    for name, part in value.items():
        if name in shape.members:
            yield from violations(shape.members[name], part, _joined(path, name))


def _joined(path: str, name: str) -> str:
    named = name[:1].lower() + name[1:]
    return f"{path}.{named}" if path else named


def _of_text(shape: Shape, value: str, path: str) -> Iterator[str]:
    allowed: list[str] | None = shape.metadata.get("enum")
    if allowed and value not in allowed:
        yield _wrong(value, path, f"Member must satisfy enum value set: [{', '.join(allowed)}]")
    pattern: str | None = shape.metadata.get("pattern")
    if pattern and not _fits(pattern, value):
        yield _wrong(value, path, f"Member must satisfy regular expression pattern: {pattern}")
    yield from _of_length(shape, len(value), value, path)


def _of_length(shape: Shape, length: int, value: Any, path: str) -> Iterator[str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and length < low:
        yield _wrong(value, path, f"Member must have length greater than or equal to {low}")
    if high is not None and length > high:
        yield _wrong(value, path, f"Member must have length less than or equal to {high}")


def _of_number(shape: Shape, value: int, path: str) -> Iterator[str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and value < low:
        yield _wrong(value, path, f"Member must have value greater than or equal to {low}")
    if high is not None and value > high:
        yield _wrong(value, path, f"Member must have value less than or equal to {high}")


def _wrong(value: Any, path: str, constraint: str) -> str:
    return f"Value '{str(value)[:200]}' at '{path}' failed to satisfy constraint: {constraint}"


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except re.error:
        return None  # the models' dialect is Java's; what Python cannot read is not checked


def _fits(pattern: str, value: str) -> bool:
    compiled = _compiled(pattern)
    return compiled is None or compiled.fullmatch(value) is not None
