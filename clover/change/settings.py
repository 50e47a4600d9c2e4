"""Settings with an order, compared one by one: which side is weaker, and what becomes possible there."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from clover.change.classes import Setting, Type, others, types
from clover.change.finding import Direction, Finding, shown, undecided
from clover.change.pairing import Sides
from clover.model.resources import every, value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_list, as_object


def setting_findings(sides: Sides) -> Iterator[Finding]:
    """Every setting of every resource that is there on both sides, and every changed property that has no class."""
    for pair in sides.pairs:
        if pair.before and pair.after and _is_cloud(pair.after):
            kind = types().get(pair.type)
            if kind is None:
                yield from _unclassified_type(pair.before, pair.after)
                continue
            for path, setting in kind.settings.items():
                yield from _compared(pair.before, pair.after, path, setting)
            yield from _protected(pair.before, pair.after)
            yield from _unclassified(pair.before, pair.after, kind)


def _is_cloud(resource: Resource) -> bool:
    """Whether a provider makes the thing; components only hold what they were told."""
    return resource.custom


def _compared(before: Resource, after: Resource, path: str, setting: Setting) -> Iterator[Finding]:
    old, new = _held(before, path, setting), _held(after, path, setting)
    unknown = next((each for each in (*old, *new) if isinstance(each, Unknown)), None)
    if unknown is not None:
        what = f"{path} of {after.name} is not known"
        yield undecided(setting.control, after.urn, what, None if _open(old) else _line(old))
        return
    if _same(old) == _same(new):
        return
    direction = _direction(old, new, setting)
    weaker = setting.then if direction is not Direction.NARROWS else ""
    witness: dict[str, Any] = {"kind": "property", "urn": after.urn, "property": path}
    witness |= {"before": _line(old), "after": _line(new)} | ({"possible": weaker} if weaker else {})
    why = f"{path} of {after.name}: {_line(old) or 'nothing'} → {_line(new) or 'nothing'}"
    told = f"{why}; {weaker}" if weaker else why
    yield Finding(setting.control, after.urn, _line(old), _line(new), direction, witness, told)


def _held(resource: Resource, path: str, setting: Setting) -> list[Any]:
    """Everything at the path; the provider's default where there is nothing."""
    if "[]" in path:
        return every(resource, path) or ([] if setting.absent is None else [setting.absent])
    found = value(resource, path)
    if as_object(found) is not None:  # what the cloud adds to an object is no change of anybody's
        found = value(resource._replace(outputs={}), path)
    if found is None or found == "":
        return [] if setting.absent is None else [setting.absent]
    return [found]


def _open(held: list[Any]) -> bool:
    return any(isinstance(each, Unknown) for each in held)


def _same(held: list[Any]) -> list[str]:
    """The values without their order, numbers and truth as one writes them."""
    return sorted({json.dumps(_scalar(each), sort_keys=True, default=str).lower() for each in held})


def _scalar(held: Any) -> Any:
    if held in ("true", "false"):
        return held == "true"
    return float(held) if isinstance(held, int) and not isinstance(held, bool) else held


def _direction(old: list[Any], new: list[Any], setting: Setting) -> Direction:
    if setting.strong:
        return _by_order(_rank(old, setting), _rank(new, setting))
    if setting.more:
        low, high = (_number(held, setting) for held in (old, new))
        if low is None or high is None:
            return Direction.MIXED
        return _by_order(low, high) if setting.more == "weak" else _by_order(high, low)
    if setting.members:
        added, gone = set(_same(new)) - set(_same(old)), set(_same(old)) - set(_same(new))
        if added and gone:
            return Direction.MIXED
        return Direction.WIDENS if bool(added) == (setting.members == "widen") else Direction.NARROWS
    return Direction.MIXED


def _by_order(old: float | None, new: float | None) -> Direction:
    """Higher is weaker."""
    if old is None or new is None or old == new:
        return Direction.MIXED
    return Direction.WIDENS if new > old else Direction.NARROWS


def _rank(held: list[Any], setting: Setting) -> float | None:
    """How weak the weakest of the values is; None for one that has no place in the order."""
    known = [str(each).lower() for each in setting.strong]
    found = [str(each).lower() for each in held]
    if not found or any(each not in known for each in found):
        return None
    return max(known.index(each) for each in found)


def _number(held: list[Any], setting: Setting) -> float | None:
    """The weakest of the numbers; nothing at all counts as without bound."""
    numbers = [float(each) for each in held if isinstance(each, int | float) and not isinstance(each, bool)]
    if len(numbers) < len(held):
        return None
    if not numbers:
        return float("inf")
    return max(numbers) if setting.more == "weak" else min(numbers)


def _line(held: list[Any]) -> str | None:
    """The values in one line."""
    return shown(", ".join(sorted(str(shown(each)) for each in held))) if held else None


def _protected(before: Resource, after: Resource) -> Iterator[Finding]:
    """The engine's own protection: without it the program's next run may delete the thing."""
    if before.protect != after.protect:
        direction = Direction.NARROWS if after.protect else Direction.WIDENS
        witness = {"kind": "property", "urn": after.urn, "property": "protect"}
        witness |= {"before": before.protect, "after": after.protect}
        why = f"{after.name} is {'now' if after.protect else 'no longer'} protected against deletion by the engine"
        yield Finding(
            "OPS-1", after.urn, str(shown(before.protect)), str(shown(after.protect)), direction, witness, why
        )


def _unclassified_type(before: Resource, after: Resource) -> Iterator[Finding]:
    """A changed resource of a type without a class of its own; one that is known as a way out may lead anywhere."""
    known = others().get(after.type)
    changed = sorted(_leaves(before, after))
    if not changed or (known and known.kind == "part"):
        return
    if known is None:
        yield undecided("RES-5", after.urn, f"{after.type} is not classified, and {after.name} changes")
        return
    witness = {"kind": "property", "urn": after.urn, "property": changed[0]}
    why = f"{after.name}, a way for data to leave or to come in, changes: {', '.join(changed)}"
    yield Finding(known.control, after.urn, "declared", "declared otherwise", Direction.MIXED, witness, why)


def _unclassified(before: Resource, after: Resource, kind: Type) -> Iterator[Finding]:
    """Changed properties that no table speaks of."""
    covered = (*kind.plain, *kind.judged, *kind.settings)
    for path in sorted(_leaves(before, after)):
        if not any(_below(path, known) for known in covered):
            yield undecided(kind.control, after.urn, f"{path} of {after.name} changes, and is not classified")


def _below(path: str, known: str) -> bool:
    """Whether a path is the known one, or part of what it holds."""
    return path == known or path.startswith((f"{known}.", f"{known}["))


def _leaves(before: Resource, after: Resource) -> set[str]:
    """The paths of declared values that differ, whatever the order of lists."""
    old, new = _flat(before.inputs), _flat(after.inputs)
    return {path for path in old.keys() | new.keys() if sorted(old.get(path, [])) != sorted(new.get(path, []))}


def _flat(inputs: Mapping[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, held in inputs.items():
        if not name.startswith("__"):
            _walk(name, held, found)
    return found


def _walk(path: str, held: Any, found: dict[str, list[str]]) -> None:
    """Note every value below a path; an unknown one counts as a value of its own."""
    members, items = as_object(held), as_list(held)
    if members is not None:
        for name, inner in members.items():
            _walk(f"{path}.{name}", inner, found)
    elif items is not None:
        for inner in items:
            _walk(f"{path}[]", inner, found)
    elif held is not None:
        text = "unknown" if isinstance(held, Unknown) else json.dumps(_scalar(held))
        found.setdefault(path, []).append(text)
