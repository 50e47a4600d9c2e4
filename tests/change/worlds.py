"""The deployed sites, as they are and with changes that are written as data."""

import copy
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from clover.change.difference import declared
from clover.change.finding import Finding
from clover.change.pairing import Sides, sides
from clover.sources import Resource
from clover.sources.resource import read_resource
from tests.data import state

HERE = Path(__file__).parent
Change = Mapping[str, Any]


def cases(name: str) -> list[dict[str, Any]]:
    """The changes of a file of this folder."""
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


@cache
def _site(site: str) -> Any:
    return state(site)


def export(site: str, changes: Iterable[Change] = ()) -> Any:
    """The stack export of a site after the changes."""
    found = copy.deepcopy(_site(site))
    for change in changes:
        how = next(word for word in _HOW if word in change)
        _HOW[how](found["deployment"]["resources"], _filled(change, site))
    return found


def _filled(change: Change, site: str) -> Change:
    """The change with the ids of the site's resources in place of their names."""
    ids = {
        each["urn"].rpartition("::")[2]: each["id"] for each in _site(site)["deployment"]["resources"] if "id" in each
    }
    return json.loads(re.sub(r"\$\{([a-z0-9-]+)\}", lambda found: ids[found[1]], json.dumps(change)))


def resources(found: Any) -> list[Resource]:
    """The resources of an export."""
    listed = found["deployment"]["resources"]
    return [read_resource(each, each.get("outputs"), True, "resource") for each in listed]


@cache
def unchanged(site: str) -> tuple[Resource, ...]:
    """The resources of a site as it is."""
    return tuple(resources(_site(site)))


def compared(case: Mapping[str, Any]) -> tuple[Sides, list[Finding]]:
    """Both sides of a case, and what the declarations say of it."""
    both = sides(unchanged(case["site"]), resources(export(case["site"], case["changes"])))
    return both, list(declared(both))


def mirrored(case: Mapping[str, Any]) -> list[Finding]:
    """What the declarations say of the change back."""
    return list(declared(sides(resources(export(case["site"], case["changes"])), unchanged(case["site"]))))


def _named(listed: list[Any], name: str) -> Any:
    return next(each for each in listed if each["urn"].endswith(f"::{name}") and each.get("custom"))


def _holders(resource: Any, path: str) -> Iterable[tuple[Any, str]]:
    """The innermost object or list of a path in inputs and outputs, and its last step."""
    *steps, last = path.split("/")
    for side in ("inputs", "outputs"):
        held: Any = resource[side]
        for step in steps:
            if isinstance(held, str):
                break
            held = _inner(held, step)
        if not isinstance(held, str):
            yield held, last


def _inner(held: Any, step: str) -> Any:
    return held[int(step)] if step.isdecimal() else held.get(step, {})


def _set(listed: list[Any], change: Change) -> None:
    for held, last in _holders(_named(listed, change["set"]), change["path"]):
        held[int(last) if isinstance(held, list) else last] = copy.deepcopy(change["to"])


def _drop(listed: list[Any], change: Change) -> None:
    for held, last in _holders(_named(listed, change["drop"]), change["path"]):
        if isinstance(held, list):
            del held[int(last)]
        else:
            held.pop(last, None)


def _append(listed: list[Any], change: Change) -> None:
    for held, last in _holders(_named(listed, change["append"]), change["path"]):
        held.setdefault(last, []).append(copy.deepcopy(change["item"]))


def _reverse(listed: list[Any], change: Change) -> None:
    for held, last in _holders(_named(listed, change["reverse"]), change["path"]):
        held[last].reverse()


def _replace(listed: list[Any], change: Change) -> None:
    """Exchange a text within a text."""
    for held, last in _holders(_named(listed, change["replace"]), change["path"]):
        assert change["text"] in held[last]
        held[last] = held[last].replace(change["text"], change["by"])


def _policy(listed: list[Any], change: Change) -> None:
    """Change statements of a policy that is held as text: drop some, add some, edit one, or reverse all."""
    resource, name = _named(listed, change["policy"]), change.get("path", "policy")
    for side in ("inputs", "outputs"):
        document = json.loads(resource[side][name])
        document["Statement"] = _statements(document["Statement"], change)
        resource[side][name] = json.dumps(document, indent=change.get("indent"))


def _statements(found: list[Any], change: Change) -> list[Any]:
    gone = change.get("without", [])
    assert {each["Sid"] for each in found} >= set(gone)
    kept = [each for each in found if each["Sid"] not in gone]
    for sid, members in change.get("edit", {}).items():
        one = next(each for each in kept if each["Sid"] == sid)
        one |= copy.deepcopy(members)
        for member in [member for member, held in members.items() if held is None]:
            del one[member]
    kept += copy.deepcopy(change.get("add", []))
    return kept[::-1] if change.get("reversed") else kept


def _remove(listed: list[Any], change: Change) -> None:
    names = [change["remove"]] if isinstance(change["remove"], str) else change["remove"]
    listed[:] = [each for each in listed if not (each.get("custom") and each["urn"].rpartition("::")[2] in names)]


def _new(listed: list[Any], change: Change) -> None:
    """A new resource; it hangs on the stack."""
    stack = next(each["urn"] for each in listed if each["type"] == "pulumi:pulumi:Stack")
    project = stack.partition("::")[0] + "::" + stack.split("::")[1]
    inputs = copy.deepcopy(change["with"])
    urn = f"{project}::{change['type']}::{change['new']}"
    made = {"urn": urn, "type": change["type"], "custom": True, "id": change.get("id", change["new"]), "parent": stack}
    listed.append({**made, "inputs": inputs, "outputs": copy.deepcopy(inputs)})


def _rename(listed: list[Any], change: Change) -> None:
    """Another name for the same thing, wherever the engine refers to it."""
    old = _named(listed, change["rename"])["urn"]
    text = json.dumps(listed).replace(f'"{old}"', f'"{old.rpartition("::")[0]}::{change["by"]}"')
    listed[:] = json.loads(text)


def _anew(listed: list[Any], change: Change) -> None:
    """Another thing behind the same name."""
    _named(listed, change["anew"])["id"] = change["id"]


def _unprotect(listed: list[Any], change: Change) -> None:
    _named(listed, change["unprotect"])["protect"] = False


_HOW = {
    "set": _set,
    "drop": _drop,
    "append": _append,
    "reverse": _reverse,
    "replace": _replace,
    "policy": _policy,
    "remove": _remove,
    "new": _new,
    "rename": _rename,
    "anew": _anew,
    "unprotect": _unprotect,
}
