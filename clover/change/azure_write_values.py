"""The properties of resources that policies look at, and the values of each that they tell apart."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from clover.controls.guardrails.azure_writes import ELSEWHERE, asked
from clover.logic.azure.policy_partial import ANY_OTHER, Told
from clover.change.azure_standing import Policy
from clover.sources.plain import as_list, as_object

TYPE = re.compile(r"[A-Za-z]+(?:\.\w+)+(?:/\w+)+")
GROUPED = ("microsoft.resources/subscriptions/resourcegroups",)
_FIELD = re.compile(r"field\('([^']+)'\)")
_PARAMETER = re.compile(r"\[parameters\('([^']+)'\)\]")
_LAST = re.compile(r"\[last\(split\(field\('([^']+)'\), ?'/'\)\)\]")
_IN_GROUP = re.compile(r"/resourcegroups/", re.IGNORECASE)
_GROUP = re.compile(r"[\w.()-]{1,90}")
_WORDS = {"true": True, "false": False}
_LISTED = 40
"""Values of one property that are looked at by name."""


class Values(NamedTuple):
    """The types that are told apart, and the values of each field, by its name as a policy writes it."""

    types: Sequence[str]
    known: Mapping[str, Sequence[Any]]
    used: Mapping[str, frozenset[str]]
    """The fields that each policy looks at, by its label and parameters."""
    names: Sequence[str]
    scopes: Sequence[str]
    exact_ids: bool

    def of(self, name: str) -> Sequence[Any]:
        """The values of a field, none at all (None) and any other among them."""
        return self.known[name]

    def following(self, policies: Iterable[Policy], told: Told) -> Iterator[str]:
        """The fields that are not told yet and that decide one of the policies, the first policy's first."""
        kind = str(told.body["type"]).lower()
        for policy in policies:
            for name in sorted(self.used[policy.key], key=str.lower):
                path = name.lower().removeprefix(f"{kind}/")
                if "/" not in path and path not in told.paths:
                    yield name

    def groups(self, subscription: str) -> list[str]:
        """Any resource group, and those that policies speak of."""
        prefix = f"/subscriptions/{subscription}/resourcegroups/".lower()
        scoped = [each[len(prefix) :].split("/")[0] for each in self.scopes if each.lower().startswith(prefix)]
        return list(dict.fromkeys(["anything", *scoped, *self.names]))


def values_of(first: Sequence[Policy], second: Sequence[Policy]) -> Values:
    """What the policies tell apart; what the first ones speak of comes first."""
    policies = [*first, *second]
    texts = [json.dumps([each.row["definition"], each.row["parameters"]]) for each in policies]
    types = dict.fromkeys(kind for text in texts for kind in TYPE.findall(text) if _is_type(kind, texts))
    fields: dict[str, dict[str, None]] = {}
    used: dict[str, frozenset[str]] = {}
    for policy in policies:
        found = list(_compared(policy.row["definition"].get("policyRule", {}).get("if"), policy.parameters))
        used[policy.key] = frozenset(_whole(name) for name, _ in found)
        for name, contents in found:
            fields.setdefault(_whole(name), {}).update(dict.fromkeys(_texts(name, contents)))
    ends = {each for text in texts for each in _LAST.findall(text)}
    known = {name: _domain(name, list(contents), name in ends, fields) for name, contents in fields.items()}
    named = [text for policy in first for text in _scalars(policy.row["parameters"]) if _names_group(text, texts)]
    scopes = [scope for policy in policies for scope in policy.scopes]
    by_parts = any(_asks_id(policy.row["definition"]) for policy in policies)
    told_first = [kind for kind in asked()["harmless"] if kind in types]
    everywhere = dict.fromkeys([*told_first, *types, *asked()["everywhere"], ANY_OTHER])
    return Values(list(everywhere), known, used, named, scopes, not by_parts)


def _is_type(kind: str, texts: Sequence[str]) -> bool:
    """Whether a name is a type's, and no field's."""
    return any(f'"{kind}"' in text for text in texts)


def _names_group(text: str, texts: Sequence[str]) -> bool:
    """Whether a text may be the name of a resource group that rules look for in ids."""
    return bool(_GROUP.fullmatch(text)) and any(_IN_GROUP.search(each) for each in texts)


def _asks_id(definition: Mapping[str, Any]) -> bool:
    """Whether a rule looks at more of an id than the group that it lies in."""
    for name, contents in _compared(definition.get("policyRule", {}).get("if"), {}):
        if name.lower() in ("id", "name", "fullname") and not all(_IN_GROUP.search(str(each)) for each in contents):
            return True
    return bool(re.search(r"field\('(?:id|name|fullName)'\)", json.dumps(definition), re.IGNORECASE))


def _compared(rule: Any, parameters: Mapping[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """Each field of a rule, with what it is compared with."""
    members = as_object(rule)
    for inner in as_list(rule) or (members or {}).values():
        yield from _compared(inner, parameters)
    if members is None:
        return
    about = members.get("field") if "field" in members else members.get("value")
    against = [held for key, held in members.items() if key.lower() not in ("field", "value", "count", "where", "name")]
    contents = [one for held in against for one in _resolved(held, parameters)]
    if isinstance(members.get("field"), str):
        yield str(members["field"]), contents
    elif isinstance(about, str):
        yield from ((name, contents) for name in _FIELD.findall(about))


def _resolved(held: Any, parameters: Mapping[str, Any]) -> list[Any]:
    """A literal, a parameter's values, or for any other expression every parameter's."""
    if (listed := as_list(held)) is not None:
        return [one for each in listed for one in _resolved(each, parameters)]
    if not isinstance(held, str) or not held.startswith("["):
        return [held]
    found = _PARAMETER.fullmatch(held)
    if found:
        content = parameters.get(found[1].lower())
        return content if isinstance(content, list) else [content]
    return [held] if _IN_GROUP.search(held) else [*_scalars(list(parameters.values()))]


def _scalars(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    for inner in as_list(content) or (as_object(content) or {}).values():
        yield from _scalars(inner)


def _whole(name: str) -> str:
    """The field itself, or the whole array of which a rule looks at members."""
    return name.partition("[*]")[0] if not name.lower().startswith("tags") else name


def _texts(name: str, contents: Iterable[Any]) -> Iterator[str]:
    """Values in the form in which they can be listed: with the path in the array's members where there is one."""
    inner = name.partition("[*]")[2].replace("[*]", "").strip(".") if "[*]" in name else None
    for content in [*contents][:_LISTED] or [""]:
        yield json.dumps([inner, content])


def _domain(name: str, listed: Sequence[str], only_its_end: bool, fields: Mapping[str, Any]) -> list[Any]:
    """The values of one field."""
    pairs: list[tuple[str | None, Any]] = [tuple(json.loads(each)) for each in listed]
    if any(inner is not None for inner, _ in pairs):
        return [[], *_arrays(pairs), None]
    texts = dict.fromkeys(str(content).lower() if isinstance(content, bool) else content for _, content in pairs)
    found = [_WORDS.get(str(each), each) for each in texts if each not in (None, "")]
    if any(isinstance(each, bool) for each in found):
        found = [*dict.fromkeys([*found, True, False])]
    written = [_written(name, each) for each in found]
    if any(str(each).startswith("/subscriptions/") for each in found):
        written.append(f"{ELSEWHERE}/Microsoft.Storage/storageAccounts/s")
    other = f"/{ANY_OTHER}" if only_its_end else ANY_OTHER
    return [*written, *_never_given(name), None, other]


def _arrays(pairs: Iterable[tuple[str | None, Any]]) -> Iterator[list[Any]]:
    """Arrays of one member, with a value at each of the paths that a rule looks at."""
    for inner, content in pairs:
        values = [_written("", content), f"{ELSEWHERE}/Microsoft.Storage/storageAccounts/s", ANY_OTHER]
        for each in values:
            member: Any = each
            for step in reversed((inner or "").split(".") if inner else []):
                member = {step: member}
            yield [member if inner else {"name": "x"}]


def _written(name: str, content: Any) -> Any:
    """A value as a resource would say it: something in the place of a wildcard, a role by its id."""
    if name.lower().endswith("roledefinitionid"):
        return f"/providers/Microsoft.Authorization/roleDefinitions/{content}"
    return content.replace("*", "x") if isinstance(content, str) else content


def _never_given(name: str) -> list[str]:
    """Roles that open everything, where a field says a role."""
    return [_written(name, role) for role in asked()["never_given"]] if name.lower().endswith("roledefinitionid") else []
