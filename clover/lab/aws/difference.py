"""What a change of inputs asks for: nothing, an update or a replacement, property by property."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from clover.lab.aws.documents import is_nothing, is_zero, same
from clover.lab.aws.model import Change, Compare, Property, ResourceType
from clover.lab.aws.state import DEFAULTS
from clover.lab.aws.wire import UNKNOWN, Props, as_list, as_map

#: `tagsAll` is no input of the SDK, but changes with the provider's default tags.
TAGS_ALL = Property("tagsAll", "{string}", Change.UPDATE, "the provider's defaultTags")


@dataclass(frozen=True)
class Difference:
    """The answer to Diff: each path with `add`, `delete` or `update`, and the properties that force a replacement."""

    paths: dict[str, str]
    changed: frozenset[str]
    replaces: tuple[str, ...]
    deletes_first: bool


def compare(kind: ResourceType, old: Props, new: Props, ignored: Sequence[str] = ()) -> Difference:
    """Compare old and new inputs, leaving out the paths that the program ignores."""
    paths: dict[str, str] = {}
    replaces: list[str] = []
    changed: set[str] = set()
    for known in (*kind.properties.values(), TAGS_ALL):
        found = {path: how for path, how in _changes(known, old, new) if not _is_ignored(path, ignored)}
        paths |= found
        if found:
            changed.add(known.name)
        if found and known.change is Change.REPLACE:
            replaces.append(known.name)
    return Difference(paths, frozenset(changed), tuple(replaces), bool(replaces) and _clashes(kind, old, new))


def changed_names(kind: ResourceType, state: Props, old: Props, new: Props) -> frozenset[str]:
    """Return what an update has to bring about: new against old inputs, and against what the cloud said last.

    The second half repeats what an earlier, half-failed operation left undone.
    """
    undone = {
        known.name
        for known in (*kind.properties.values(), TAGS_ALL)
        if known.name in new and not known.unread and not same(known, state.get(known.name), new[known.name])
    }
    return compare(kind, old, new).changed | undone


def _changes(known: Property, old: Props, new: Props) -> Iterator[tuple[str, str]]:
    """Yield path and kind of every change inside one property."""
    before = old.get(known.name, known.default)
    after = new.get(known.name, known.default)
    left_to_aws = known.computed and known.name not in new
    if left_to_aws or same(known, before, after):
        return
    if known.compare is Compare.EXACT:
        yield from _inside(known.name, before, after)
    else:
        yield known.name, _how(before, after)


def _inside(path: str, before: Any, after: Any) -> Iterator[tuple[str, str]]:
    """Yield the innermost paths that differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        old, new = as_map(before), as_map(after)
        for key in [*old, *(key for key in new if key not in old)]:
            yield from _inside(
                f"{path}.{key}" if key.isidentifier() else f'{path}["{key}"]', old.get(key), new.get(key)
            )
    elif isinstance(before, list) and isinstance(after, list) and len(as_list(before)) == len(as_list(after)):
        for at, (one, other) in enumerate(zip(as_list(before), as_list(after), strict=True)):
            yield from _inside(f"{path}[{at}]", one, other)
    elif (before != after or after is UNKNOWN) and not (is_zero(before) and is_zero(after)):
        yield path, _how(before, after)


def _how(before: Any, after: Any) -> str:
    if is_nothing(before):
        return "add"
    return "delete" if is_nothing(after) else "update"


def _is_ignored(path: str, ignored: Sequence[str]) -> bool:
    return any(path == entry or path.startswith((f"{entry}.", f"{entry}[")) for entry in ignored)


def _clashes(kind: ResourceType, old: Props, new: Props) -> bool:
    """Whether old and new thing cannot exist side by side: equal in everything that AWS keeps unique."""
    chosen_by_provider = set(new.get(DEFAULTS, ()))
    names = [name for name in kind.unique if name in old or name in new]
    return bool(names) and all(old.get(name) == new.get(name) and name not in chosen_by_provider for name in names)
