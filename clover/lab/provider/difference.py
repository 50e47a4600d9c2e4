"""The answer to Diff, and the walk that finds the innermost places in which two values differ."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from clover.lab.provider.shapes import join
from clover.lab.provider.wire import as_list, as_map


@dataclass(frozen=True)
class Difference:
    """Each path with `add`, `delete` or `update`, and the properties that force a replacement."""

    paths: dict[str, str]
    changed: frozenset[str]
    replaces: tuple[str, ...]
    deletes_first: bool


def inside(path: str, before: Any, after: Any, same: Callable[[Any, Any], bool]) -> Iterator[tuple[str, str]]:
    """Yield the innermost paths that differ, with how; `same` compares what is neither two maps nor two long lists."""
    if isinstance(before, dict) and isinstance(after, dict):
        old, new = as_map(before), as_map(after)
        for key in [*old, *(key for key in new if key not in old)]:
            yield from inside(join(path, key), old.get(key), new.get(key), same)
    elif isinstance(before, list) and isinstance(after, list) and len(as_list(before)) == len(as_list(after)):
        for at, (one, other) in enumerate(zip(as_list(before), as_list(after), strict=True)):
            yield from inside(f"{path}[{at}]", one, other, same)
    elif not same(before, after):
        yield path, how(before, after)


def how(before: Any, after: Any) -> str:
    """Return the kind of a change."""
    if before is None or (is_nothing(before) and not is_nothing(after)):
        return "add"
    return "delete" if is_nothing(after) else "update"


def is_nothing(value: Any) -> bool:
    """Whether a value is absent or empty."""
    return value is None or value in ("", [], {})


def is_ignored(path: str, ignored: Sequence[str]) -> bool:
    """Whether the program ignores changes of the path, or of something around it."""
    return any(path == entry or path.startswith((f"{entry}.", f"{entry}[")) for entry in ignored)
