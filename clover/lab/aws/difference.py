"""What a change of inputs asks for: nothing, an update or a replacement, property by property."""

from collections.abc import Iterator, Sequence
from typing import Any

from clover.lab.aws.documents import is_zero, same
from clover.lab.aws.model import Change, Compare, Property, ResourceType
from clover.lab.aws.state import DEFAULTS
from clover.lab.provider.difference import Difference, how, inside, is_ignored
from clover.lab.provider.wire import UNKNOWN, Props

#: `tagsAll` is no input of the SDK, but changes with the provider's default tags.
TAGS_ALL = Property("tagsAll", "{string}", Change.UPDATE, "the provider's defaultTags")


def compare(kind: ResourceType, old: Props, new: Props, ignored: Sequence[str] = ()) -> Difference:
    """Compare old and new inputs, leaving out the paths that the program ignores."""
    paths: dict[str, str] = {}
    replaces: list[str] = []
    changed: set[str] = set()
    for known in (*kind.properties.values(), TAGS_ALL):
        found = {path: how for path, how in _changes(known, old, new) if not is_ignored(path, ignored)}
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
        yield from inside(known.name, before, after, _equal)
    else:
        yield known.name, how(before, after)


def _equal(before: Any, after: Any) -> bool:
    """Whether two values are taken for the same: equal and known, or both as good as absent."""
    return (before == after and after is not UNKNOWN) or (is_zero(before) and is_zero(after))


def _clashes(kind: ResourceType, old: Props, new: Props) -> bool:
    """Whether old and new thing cannot exist side by side: equal in everything that AWS keeps unique."""
    chosen_by_provider = set(new.get(DEFAULTS, ()))
    names = [name for name in kind.unique if name in old or name in new]
    return bool(names) and all(old.get(name) == new.get(name) and name not in chosen_by_provider for name in names)
