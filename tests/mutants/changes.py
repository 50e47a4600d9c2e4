"""Changes of a stack export that are written as data.

A change names what it is about by the name in the URN (a component by `Type::name`, one of several stacks' as
`stack/name`), and is one of:
  {set: NAME, path: a.0.b, to: VALUE}            put a value into the inputs and outputs of a resource
  {drop: NAME, path: a}                          take a property out
  {replace: NAME, path: a, old: TEXT, new: TEXT} put another text in the place of a part of a text
  {remove: NAME}                                 take the resource out
  {delete: URN}                                  take the resource out with all that lies in it, or with
                                                 `item: [a, "0", b]` one item of a list of it; texts on the way
                                                 are JSON, or lines; with `cascade: true` whatever names it goes too
  {add: NAME, type: TYPE, with: PROPERTIES}      declare one more resource, with `id: ID` if that matters,
                                                 with `custom: false` where it only groups others, and with
                                                 `at: auditor`, `organisation`, `backend` or `backups` for one of that
                                                 hand's stack, `by: NAME` for one by the provider of that resource
  {undeclare: HOST}                              take a host out of the gateway's declared list
  {policy: NAME, ...}                            edit a policy; NAME is a given of the zone, or a resource with
                                                 `in: PROPERTY` (`policy` where it is left out):
      without: SID                                 take a statement out
      with: STATEMENT                              add a statement
      statement: SID, set: a.b, to: VALUE          put a value into a statement
      statement: SID, drop: a.b                    take a part of a statement out
      statement: SID, less: {Action: ITEM}         take one item out of a list of a statement
  {withdraw: ID}                                 a given of the zone does not stand any more
  {given: ID, path: a.0.b, to: VALUE}            put a value into the document of a given; null takes it out
In values, ${NAME} is the id of a resource, ${NAME:a.b} one of its properties; ${unknown} is what is not known yet.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any, NamedTuple, cast

from tests.mutants.cascade import below, without

Change = Mapping[str, Any]
State = dict[str, Any]
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What stands for an unknown text in an export: the engine's own mark."""
SUBSCRIPTION = "00000000-0000-0000-0000-000000000111"
"""Hamar's."""

_REFERENCE = re.compile(r"\$\{([\w/-]+)(?::([\w.-]+))?\}")


class Declared(NamedTuple):
    """The resources of an export, and the zone's documents by the ids of their givens."""

    resources: list[State]
    documents: Mapping[str, Any]


def changed(before: Declared, changes: Iterable[Change]) -> Declared:
    """What is declared after the changes; resources that no change touches stay the same objects."""
    after = Declared(list(before.resources), dict(before.documents))
    for change in changes:
        how = next(word for word in _HOW if word in change)
        after = _HOW[how](after, _filled(change, after.resources))
    return after


def name_of(state: State) -> str:
    """The name in a resource's URN."""
    return str(state["urn"]).rpartition("::")[2]


def named(resources: Iterable[State], name: str) -> State:
    """The resource of a name that is no component; a component by its type as well, as `EgressGateway::egress`."""
    if "::" in name:
        return next(state for state in resources if state["urn"].endswith(f":{name}"))
    stack, _, own = name.rpartition("/")
    within = f"urn:pulumi:{stack}::" if stack else "urn:"
    known = (state for state in resources if state["urn"].startswith(within) and state.get("custom"))
    return next(state for state in known if name_of(state) == own)


def _set(held: Declared, change: Change) -> Declared:
    return _rewritten(held, change["set"], lambda found: _put(found, change["path"].split("."), change.get("to")))


def _drop(held: Declared, change: Change) -> Declared:
    return _rewritten(held, change["drop"], lambda found: found.pop(change["path"], None))


def _replace(held: Declared, change: Change) -> Declared:
    def text(found: Any) -> Any:
        assert change["old"] in found
        return found.replace(change["old"], change["new"])

    return _rewritten(held, change["replace"], lambda found: _put(found, change["path"].split("."), text))


def _remove(held: Declared, change: Change) -> Declared:
    gone = named(held.resources, change["remove"])
    return held._replace(resources=[state for state in held.resources if state is not gone])


def _delete(held: Declared, change: Change) -> Declared:
    urn, item = change["delete"], change.get("item")
    if change.get("cascade"):
        return held._replace(resources=without(held.resources, urn))
    if not item:
        gone = below(held.resources, urn)
        return held._replace(resources=[state for state in held.resources if state["urn"] not in gone])
    before = next(state for state in held.resources if state["urn"] == urn)
    after = {**before, **{kind: _without(before[kind], item) for kind in ("inputs", "outputs") if kind in before}}
    return held._replace(resources=[after if state is before else state for state in held.resources])


def _without(content: Any, path: list[str]) -> Any:
    """The content without the item of a list that is at the path; the same where there is none."""
    first, *rest = path
    if isinstance(content, str):
        lines = content.startswith(("{", "["))
        return json.dumps(_without(json.loads(content), path)) if lines else _without_line(content, int(first))
    if isinstance(content, list):
        items = cast("list[Any]", content)
        return [
            _without(each, rest) if rest and index == int(first) else each
            for index, each in enumerate(items)
            if rest or index != int(first)
        ]
    members = cast("dict[str, Any]", content)
    return {**members, first: _without(members[first], rest)} if members.get(first) is not None else members


def _without_line(text: str, number: int) -> str:
    return "\n".join(line for index, line in enumerate(text.splitlines()) if index != number) + "\n"


def _add(held: Declared, change: Change) -> Declared:
    name, kind = change["add"], change["type"]
    like, with_ = _of_hand(held.resources, change.get("at", "site")), dict(change.get("with") or {})
    stack = like["urn"].partition("::")[0]
    more = {
        "urn": f"{stack}::{like['urn'].split('::')[1]}::{kind}::{name}",
        "custom": change.get("custom", True),
        "id": change.get("id") or _invented_id(kind, name, with_),
        "type": kind,
        "inputs": with_,
        "outputs": with_,
        "parent": like["urn"],
    }
    if "by" in change:
        more["provider"] = named(held.resources, change["by"])["provider"]
    return held._replace(resources=[*held.resources, more])


def _of_hand(resources: list[State], hand: str) -> State:
    """The first resource, of whichever hand's stack: those of the site's come first."""
    stacks = {each["urn"].partition("::")[0]: each for each in reversed(resources)}
    beside = [each for each in stacks.values() if each is not resources[0]]
    named = {
        name: [each for each in beside if each["urn"].partition("::")[0].endswith(f":{name}")]
        for name in ("organisation", "backend", "backups")
    }
    auditors = [each for each in beside if not any(each in known for known in named.values())]
    return {"site": resources, **named, "auditor": auditors}[hand][0]


NAMESPACES = {"monitor": "Microsoft.Insights", "keyvault": "Microsoft.KeyVault", "dnsresolver": "Microsoft.Network"}


def _invented_id(kind: str, name: str, properties: Mapping[str, Any]) -> str:
    """An id such as the cloud would give: on Azure below the scope, or in the site's group."""
    cloud, module, last = [*kind.split(":"), "", ""][:3]
    if cloud != "azure-native":
        return f"id-{name}"
    place = properties.get("scope") or f"/subscriptions/{SUBSCRIPTION}/resourceGroups/clover-hamar"
    return f"{place}/providers/{NAMESPACES.get(module, f'Microsoft.{module.capitalize()}')}/{last.lower()}s/{name}"


def _undeclare(held: Declared, change: Change) -> Declared:
    intent = next(state for state in held.resources if state["type"].endswith(":index:EgressGateway"))
    after = deepcopy(intent)
    listed = after["inputs"]["allowed_domains"]
    after["inputs"]["allowed_domains"] = [entry for entry in listed if entry["name"] != change["undeclare"]]
    return held._replace(resources=[after if state is intent else state for state in held.resources])


def _policy(held: Declared, change: Change) -> Declared:
    where = change["policy"]
    if where in held.documents:
        return held._replace(documents={**held.documents, where: _edited(held.documents[where], change)})

    def edit(found: State) -> None:
        if (text := found.get(change.get("in", "policy"))) is not None:
            found[change.get("in", "policy")] = json.dumps(_edited(json.loads(text), change))

    return _rewritten(held, where, edit)


def _edited(document: Mapping[str, Any], change: Change) -> Any:
    """The policy after the change of one statement."""
    after = deepcopy(dict(document))
    statements = cast("list[dict[str, Any]]", after["Statement"])
    if "with" in change:
        statements.append(change["with"])
        return after
    sid = change.get("without") or change["statement"]
    found = next(each for each in statements if each.get("Sid") == sid)
    if "without" in change:
        statements.remove(found)
    elif "less" in change:
        for path, item in change["less"].items():
            found[path] = [each for each in found[path] if each != item]
    elif "drop" in change:
        _cut(found, change["drop"].split("."))
    else:
        _put(found, change["set"].split("."), change["to"])
    return after


def _given(held: Declared, change: Change) -> Declared:
    after = deepcopy(dict(held.documents[change["given"]]))
    _put(after, change["path"].split("."), change["to"])
    return held._replace(documents={**held.documents, change["given"]: after})


def _withdraw(held: Declared, change: Change) -> Declared:
    assert change["withdraw"] in held.documents
    kept = {given: document for given, document in held.documents.items() if given != change["withdraw"]}
    return held._replace(documents=kept)


def _rewritten(held: Declared, name: str, rewrite: Callable[[State], object]) -> Declared:
    """The same with the inputs and outputs of one resource rewritten."""
    before = named(held.resources, name)
    after = {**before, "inputs": deepcopy(before.get("inputs", {})), "outputs": deepcopy(before.get("outputs", {}))}
    for properties in (after["inputs"], after["outputs"]):
        rewrite(properties)
    return held._replace(resources=[after if state is before else state for state in held.resources])


def _put(properties: Any, path: list[str], to: Any) -> None:
    *way, last = path
    held = properties
    for step, item in zip(way, path[1:], strict=True):
        if item.isdigit() and not step.isdigit() and step not in held:
            return  # outputs that do not hold the list, of which an item is meant
        held = held[int(step)] if step.isdigit() else held.setdefault(step, {})
    key: Any = int(last) if last.isdigit() else last
    held[key] = to(held[key]) if callable(to) else deepcopy(to)


def _cut(properties: Any, path: list[str]) -> None:
    """Take out what is at the path, and what it leaves empty."""
    *way, last = path
    held = properties
    for step in way:
        held = held[step]
    del held[last]
    if way and not held:
        _cut(properties, way)


def _filled(content: Any, resources: list[State]) -> Any:
    if isinstance(content, str):
        return _REFERENCE.sub(lambda found: _referred(found[1], found[2], resources), content)
    if isinstance(content, dict):
        members = cast("dict[str, Any]", content)
        return {name: _filled(inner, resources) for name, inner in members.items()}
    return [_filled(each, resources) for each in cast("list[Any]", content)] if isinstance(content, list) else content


def _referred(name: str, path: str | None, resources: list[State]) -> str:
    if name == "unknown":
        return UNKNOWN
    try:
        state = named(resources, name)
    except StopIteration:
        return f"${{{name}}}"
    found: Any = state["id"] if path is None else state["outputs"]
    for step in path.split(".") if path else ():
        found = found[int(step)] if step.isdigit() else found[step]
    return str(found)


_HOW: Mapping[str, Callable[[Declared, Change], Declared]] = {
    "policy": _policy,
    "add": _add,
    "remove": _remove,
    "delete": _delete,
    "replace": _replace,
    "undeclare": _undeclare,
    "withdraw": _withdraw,
    "given": _given,
    "set": _set,
    "drop": _drop,
}
