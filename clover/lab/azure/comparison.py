"""What a change of inputs asks for, and what a refresh has found to have changed."""

from collections.abc import Sequence
from typing import Any, cast

from clover.lab.azure.ids import is_id, normal_location, same_id
from clover.lab.azure.model import Change, ResourceType
from clover.lab.provider.difference import Difference, inside, is_ignored
from clover.lab.provider.wire import UNKNOWN, Props, as_list, as_map, has_unknown

#: The provider's note that a name was made up, so that old and new can stand side by side.
MADE_UP = "__createBeforeDelete"
VERSION = "azureApiVersion"


def compare(kind: ResourceType, before: Props, after: Props, ignored: Sequence[str] = ()) -> Difference:
    """Compare old and new inputs, leaving out the paths that the program ignores.

    The old thing goes before the new one is made, unless its name was made up (pulumi-azure-native, Diff).
    """
    paths: dict[str, str] = {}
    for name in _names(kind, before, after):
        paths |= inside(name, before.get(name), after.get(name), _same_location if name == "location" else same)
    kept = {path: how for path, how in paths.items() if not is_ignored(path, ignored)}
    changed = frozenset(path.replace("[", ".").split(".")[0] for path in kept)
    replaces = tuple(name for name in kind.properties if name in changed and _replaces(kind, name))
    return Difference(kept, changed, replaces, bool(replaces) and not before.get(MADE_UP))


def same(one: Any, other: Any) -> bool:
    """Whether two values say the same; an unknown one is the same as nothing."""
    if has_unknown(one) or has_unknown(other):
        return False
    if isinstance(one, str) and isinstance(other, str) and is_id(one) and is_id(other):
        return same_id(one, other)
    return one == other


def drifted(inputs: Props, before: Props, after: Props) -> Props:
    """Return inputs under the changes between two projections of outputs (pulumi-azure-native, Read: applyDiff).

    What Azure filled in by itself is in both projections and stays out of the inputs.
    """
    result = {name: value for name, value in inputs.items() if name in after or name not in before}
    for name, now in after.items():
        if name not in before:
            result[name] = now
        elif not same(before[name], now):
            result[name] = _drifted(inputs[name], before[name], now) if name in inputs else now
    return result


def spoken_of(said: Any, now: Any) -> Any:
    """Return of what is there now the part that inputs speak of: the rest Azure filled in by itself."""
    if isinstance(said, dict) and isinstance(now, dict):
        known = as_map(said)
        return {name: spoken_of(known[name], entry) for name, entry in as_map(now).items() if name in known}
    if isinstance(said, list) and isinstance(now, list) and len(as_list(said)) == len(as_list(now)):
        return [spoken_of(one, entry) for one, entry in zip(as_list(said), as_list(now), strict=True)]
    return cast(Any, now)


def _drifted(said: Any, before: Any, now: Any) -> Any:
    if isinstance(said, dict) and isinstance(before, dict) and isinstance(now, dict):
        return drifted(as_map(said), as_map(before), as_map(now))
    if isinstance(said, list) and isinstance(before, list) and isinstance(now, list):
        shared = min(len(as_list(said)), len(as_list(before)))
        entries = as_list(now)
        return [_entry(said[at], before[at], entry) if at < shared else entry for at, entry in enumerate(entries)]
    return now


def _entry(said: Any, before: Any, now: Any) -> Any:
    return said if same(before, now) else _drifted(said, before, now)


def _names(kind: ResourceType, before: Props, after: Props) -> list[str]:
    """Return what is compared: the inputs, and the API version where the old state knows one."""
    version = [VERSION] if VERSION in before and VERSION in after else []
    return [*(name for name in kind.properties if name in before or name in after), *version]


def _replaces(kind: ResourceType, name: str) -> bool:
    return kind.properties[name].change is Change.REPLACE


def _same_location(one: Any, other: Any) -> bool:
    texts = isinstance(one, str) and isinstance(other, str)
    return normal_location(one) == normal_location(other) if texts else one == other and one is not UNKNOWN
