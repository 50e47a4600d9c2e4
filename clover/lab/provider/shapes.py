"""Check values against the SDK's types: unknown names, missing and wrong values, each with its path.

Types are written as short text: `string`, `boolean`, `integer`, `number`, `any`, `[T]` for a list, `{T}` for a map,
`A|B` for a choice, or the name of an object: a table of properties, or of the values allowed.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from clover.lab.provider.wire import UNKNOWN, Props, as_list, as_map

EXPECTED = {"string": "text", "boolean": "true or false", "integer": "a whole number", "number": "a number"}


@dataclass
class Findings:
    """What is wrong with a resource's inputs: path and reason.

    `objects`: the named types, each `inputs` and `required`, or `values`. `exact`: text is no number and no truth.
    """

    objects: Mapping[str, Any] = field(default_factory=dict[str, Any])
    exact: bool = False
    problems: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def add(self, path: str, reason: str) -> None:
        """Note one problem."""
        self.problems.append((path, reason))


def nearest(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean …?` for the nearest known name, or nothing."""
    by_lower = {entry.lower(): entry for entry in known}
    found = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return f"; did you mean {by_lower[found[0]]}?" if found else ""


def shaped(value: Any, kind: str, path: str, findings: Findings) -> Any:
    """Return the value as its type has it, noting what does not fit; text that spells a number or truth becomes one."""
    if value is UNKNOWN or value is None or kind == "any":
        return value
    if len(kinds := choices(kind)) > 1:
        return _choice(value, kinds, path, findings)
    if kind.startswith("["):
        return _list(value, kind[1:-1], path, findings)
    if kind.startswith("{"):
        return _map(value, kind[1:-1], path, findings)
    if kind in EXPECTED:
        return _scalar(value, kind, path, findings)
    return _object(value, kind, path, findings)


def choices(kind: str) -> list[str]:
    """Return the types of a choice, one where it is none: the bars inside of lists and maps do not part it."""
    parts, depth = [""], 0
    for sign in kind:
        depth += (sign in "[{") - (sign in "]}")
        if sign == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def members(value: Props, known: dict[str, str], required: Iterable[str], path: str, findings: Findings) -> Props:
    """Return a map of named properties with each as its type has it."""
    for name in value.keys() - known.keys():
        findings.add(join(path, name), f"there is no property {name}{nearest(name, known)}")
    for name in required:
        if value.get(name) is None:
            findings.add(join(path, name), f"{name} is required and missing")
    return {
        name: shaped(entry, known[name], join(path, name), findings) for name, entry in value.items() if name in known
    }


def join(path: str, name: str) -> str:
    """Return the path of a member."""
    member = name if name.isidentifier() else f'["{name}"]'
    return f"{path}.{member}" if path and member == name else path + member


def at(value: Any, pattern: str) -> Iterator[tuple[str, Any]]:
    """Yield path and value of everything that a pattern such as `rules[].id` points to."""
    found = [("", value)]
    for step in pattern.split("."):
        found = [hit for path, inner in found for hit in _step(path, inner, step)]
    return iter(found)


def _step(path: str, value: Any, step: str) -> Iterator[tuple[str, Any]]:
    name = step.removesuffix("[]")
    inner = as_map(value).get(name) if isinstance(value, dict) else None
    if inner is None or inner is UNKNOWN:
        return
    if not step.endswith("[]"):
        yield join(path, name), inner
    elif isinstance(inner, list):
        for index, item in enumerate(as_list(inner)):
            if item is not UNKNOWN:
                yield f"{join(path, name)}[{index}]", item


def _choice(value: Any, kinds: list[str], path: str, findings: Findings) -> Any:
    """Take the first type of a choice that fits; otherwise say what is wrong with the likeliest."""
    tries: list[Findings] = []
    for kind in kinds:
        trial = Findings(findings.objects, findings.exact)
        result: Any = shaped(value, kind, path, trial)
        if not trial.problems:
            return result
        tries.append(trial)
    likeliest = (at for at, kind in enumerate(kinds) if isinstance(value, dict) and "." in kind)
    findings.problems += tries[next(likeliest, -1)].problems
    return cast(Any, value)


def _list(value: Any, item_kind: str, path: str, findings: Findings) -> Any:
    if not isinstance(value, list):
        findings.add(path, f"must be a list, is {_said(value)}")
        return value
    for index in (index for index, item in enumerate(as_list(value)) if item is None):
        findings.add(f"{path}[{index}]", "is null; leave it out")
    return [shaped(item, item_kind, f"{path}[{index}]", findings) for index, item in enumerate(as_list(value))]


def _map(value: Any, entry_kind: str, path: str, findings: Findings) -> Any:
    if not isinstance(value, dict):
        findings.add(path, f"must be a map, is {_said(value)}")
        return value
    return {name: shaped(entry, entry_kind, join(path, name), findings) for name, entry in as_map(value).items()}


def _object(value: Any, kind: str, path: str, findings: Findings) -> Any:
    known = findings.objects[kind]
    if "values" in known:
        return _named(value, known["values"], path, findings)
    if not isinstance(value, dict):
        findings.add(path, f"must be a map of properties, is {_said(value)}")
        return value
    public = {name: entry for name, entry in as_map(value).items() if not name.startswith("__")}
    return members(public, known["inputs"], known["required"], path, findings)


def _named(value: Any, allowed: list[str], path: str, findings: Findings) -> Any:
    """Check one of a list of named values, or several in one text, parted by commas."""
    if not isinstance(value, str):
        findings.add(path, f"must be text, is {_said(value)}")
    elif value not in allowed and any(part.strip() not in allowed for part in value.split(",")):
        findings.add(path, f"must be one of {', '.join(allowed)}{nearest(value, allowed)}")
    return value


def _scalar(value: Any, kind: str, path: str, findings: Findings) -> Any:
    try:
        return _exactly(value, kind) if findings.exact else _converted(value, kind)
    except (KeyError, OverflowError, TypeError, ValueError):
        findings.add(path, f"must be {EXPECTED[kind]}, is {_said(value)}")
        return value


def _converted(value: Any, kind: str) -> Any:
    """Return the value in its type, as the real provider does; an error of Python when it cannot be."""
    if not isinstance(value, str | bool | int | float):
        raise TypeError
    if kind == "string":
        return str(value).lower() if isinstance(value, bool) else str(value)
    if kind == "boolean":
        return value if isinstance(value, bool) else {"true": True, "false": False}[str(value).lower()]
    if isinstance(value, bool):
        raise TypeError
    number = float(value)
    if kind == "integer" and not number.is_integer():
        raise ValueError
    return int(number) if number.is_integer() else number


def _exactly(value: Any, kind: str) -> Any:
    """Return the value where it has its type already; an error of Python where it has not."""
    if isinstance(value, bool) != (kind == "boolean") or isinstance(value, str) != (kind == "string"):
        raise TypeError
    return value if isinstance(value, str | bool) else _converted(value, kind)


def _said(value: Any) -> str:
    """Say what a value is without repeating it: it may be a secret."""
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return "a truth value"
    return "text" if isinstance(value, str) else "a number"
