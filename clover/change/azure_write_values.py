"""The properties of resources that policies look at, and the values of each that they tell apart."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from clover.change.azure_standing import Policy
from clover.controls.guardrails.azure_writes import ELSEWHERE, asked
from clover.logic.azure.policy_comparisons import COMPARISONS
from clover.logic.azure.policy_partial import ANY_OTHER, Told
from clover.sources.plain import as_list, as_object

TYPE = re.compile(r"[A-Za-z]+(?:\.\w+)+(?:/\w+)+")
GROUPED = ("microsoft.resources/subscriptions/resourcegroups",)
_FIELD = re.compile(r"field\('([^']+)'\)")
_PARAMETER = re.compile(r"\[parameters\('([^']+)'\)\]")
_LAST = re.compile(r"\[last\(split\(field\('([^']+)'\), ?'/'\)\)\]")
_IN_GROUP = re.compile(r"/resourcegroups/", re.IGNORECASE)
_GROUP = re.compile(r"[\w.()-]{1,90}")
_WORDS = {"true": True, "false": False}
_PAIR = 2
"""Members of an array that are looked at together."""
_PLAIN = ("equals", "notequals", "in", "notin", "exists")
_STORE = f"{ELSEWHERE}/Microsoft.Storage/storageAccounts/s"


class Test(NamedTuple):
    """A field of a rule, how it is compared (empty for what is not said plainly), and what with."""

    field: str
    comparison: str
    contents: tuple[Any, ...]


class Values(NamedTuple):
    """The types that are told apart, and the values of each field, by its name as a policy writes it."""

    types: Sequence[str]
    known: Mapping[str, Sequence[Any]]
    used: Mapping[Policy, frozenset[str]]
    """The fields that each policy looks at."""
    names: Sequence[str]
    scopes: Sequence[str]
    exact: bool
    """Whether the values are all that there are, but for what a pattern says of any other."""
    whole: bool
    """Whether an array of one member shows whatever a longer one does."""

    def of(self, name: str, kind: str) -> Sequence[Any]:
        """The values of a field of a type, none at all (None) and any other among them."""
        usual = asked()["harmless"].get(kind, {})
        nowhere = name.lower() == "location" and usual and name not in usual
        return [None, *(each for each in self.known[name] if each is not None)] if nowhere else self.known[name]

    def following(self, policies: Iterable[Policy], told: Told) -> Iterator[str]:
        """The fields that are not told yet and that decide one of the policies, the first policy's first."""
        kind = str(told.body["type"]).lower()
        for policy in policies:
            for name in sorted(self.used[policy], key=str.lower):
                path = name.lower().removeprefix(f"{kind}/")
                if "/" not in path and path not in told.paths:
                    yield name

    def groups(self, subscription: str) -> list[str]:
        """Any resource group, and those that policies speak of."""
        prefix = f"/subscriptions/{subscription}/resourcegroups/".lower()
        scoped = [each[len(prefix) :].split("/")[0] for each in self.scopes if each.lower().startswith(prefix)]
        return list(dict.fromkeys(["anything", *scoped, *self.names]))


def values_of(stopping: Sequence[Policy], free_of: Sequence[Policy]) -> Values:
    """What the policies tell apart; what those speak of comes first that have to stop."""
    policies = [*stopping, *free_of]
    texts = [json.dumps([each.row["definition"], each.row["parameters"]]) for each in policies]
    used = {each: list(_tests(each)) for each in policies}
    asked_of = [_whole(test.field).rpartition("/")[0] for found in used.values() for test in found]
    named = [kind for text in texts for kind in TYPE.findall(text) if _is_type(kind, texts)]
    types = dict.fromkeys([*named, *(kind for kind in asked_of if kind and not kind.startswith("tags"))])
    tests: dict[str, list[Test]] = {}
    spelled: dict[str, str] = {}
    for test in (each for found in used.values() for each in found):
        tests.setdefault(spelled.setdefault(_whole(test.field).lower(), _whole(test.field)), []).append(test)
    ends = {each for text in texts for each in _LAST.findall(text)}
    told_first = [kind for kind in asked()["harmless"] if kind in types]
    return Values(
        list(dict.fromkeys([*told_first, *types, *asked()["everywhere"], ANY_OTHER])),
        {name: _domain(name, found, name in ends) for name, found in tests.items()},
        {each: frozenset(spelled[_whole(test.field).lower()] for test in found) for each, found in used.items()},
        [name for each in policies for name in _groups(each)],
        [scope for each in policies for scope in each.scopes],
        not _overlap([*spelled]) and not any(_asks_id(each.row["definition"]) for each in policies),
        all(_only_counts(each.row["definition"].get("policyRule", {}).get("if")) for each in policies)
        and all(_asked_of_arrays(used[each]) <= _PAIR for each in stopping),
    )


def _tests(policy: Policy) -> Iterator[Test]:
    """Everything that a policy asks of a resource; one of the mode Indexed asks whether it lies anywhere."""
    yield from _compared(policy.row["definition"].get("policyRule", {}).get("if"), policy.parameters)
    if policy.read.indexed:
        yield from (Test(name, "exists", ("true",)) for name in ("location", "tags"))


def _overlap(names: Sequence[str]) -> bool:
    """Whether a field is a part of another, so that the values of one hang on the other's."""
    return any(each.startswith((f"{name}.", f"{name}[")) for name in names for each in names)


def _asked_of_arrays(tests: Sequence[Test]) -> int:
    """The most things that are asked of one array: so many members may be needed to meet all of them."""
    asked_of = Counter(_whole(test.field).lower() for test in dict.fromkeys(tests) if "[*]" in test.field)
    return max(asked_of.values(), default=0)


def _groups(policy: Policy) -> Iterator[str]:
    """The texts of a policy's parameters that may be names of resource groups which it looks for in ids."""
    if _IN_GROUP.search(json.dumps(policy.row["definition"])):
        yield from filter(_GROUP.fullmatch, _scalars(policy.row["parameters"]))


def _is_type(kind: str, texts: Sequence[str]) -> bool:
    """Whether a name is a type's, and no field's."""
    return any(f'"{kind}"' in text for text in texts)


def _asks_id(definition: Mapping[str, Any]) -> bool:
    """Whether a rule looks at more of an id than the group that it lies in."""
    for test in _compared(definition.get("policyRule", {}).get("if"), {}):
        of_group = all(_IN_GROUP.search(str(each)) for each in test.contents)
        if test.field.lower() in ("id", "name", "fullname") and not of_group:
            return True
    return bool(re.search(r"field\('(?:id|name|fullName)'\)", json.dumps(definition), re.IGNORECASE))


def _only_counts(rule: Any, negated: bool = False) -> bool:
    """Whether a rule asks of arrays only whether some member is such: of what has one, one member alone shows it."""
    members = as_object(rule)
    if members is None:
        return all(_only_counts(each, negated) for each in as_list(rule) or [])
    counted = as_object(members.get("count"))
    if counted is None or "field" not in counted:
        inner = {name: held for name, held in members.items() if name != "count"}
        plain = "[*]" not in str(members.get("field", ""))
        return plain and all(_only_counts(held, negated or name.lower() == "not") for name, held in inner.items())
    inner_fields = {test.field for test in _compared(counted.get("where"), {})}
    some = members.get("greater") == 0 or members.get("greaterOrEquals") == 1
    return some and not negated and len(inner_fields) <= 1


def _compared(rule: Any, parameters: Mapping[str, Any]) -> Iterator[Test]:
    """Each field of a rule, with what it is compared with."""
    members = as_object(rule)
    for inner in as_list(rule) or (members or {}).values():
        yield from _compared(inner, parameters)
    if members is None:
        return
    compared = {key: held for key, held in members.items() if key.lower() in COMPARISONS}
    name, about = next(iter(compared), ""), members.get("value")
    listed = _resolved(compared.get(name, []), parameters)
    contents = tuple(json.dumps(each) if isinstance(each, dict) else each for each in listed)
    if isinstance(members.get("field"), str):
        yield Test(str(members["field"]), name.lower(), contents)
    elif isinstance(about, str):
        yield from (Test(field, "", contents) for field in _FIELD.findall(about))


def _resolved(held: Any, parameters: Mapping[str, Any]) -> list[Any]:
    """A literal, a parameter's values, or for any other expression every parameter's."""
    if (listed := as_list(held)) is not None:
        return [one for each in listed for one in _resolved(each, parameters)]
    if not isinstance(held, str) or not held.startswith("["):
        return [held]
    found = _PARAMETER.fullmatch(held)
    if found:
        content = parameters.get(found[1].lower())
        listed = as_list(content)
        return [content] if listed is None else listed
    return [held] if _IN_GROUP.search(held) else [*_scalars(list(parameters.values()))]


def _scalars(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    for inner in as_list(content) or (as_object(content) or {}).values():
        yield from _scalars(inner)


def _whole(name: str) -> str:
    """The field itself, or the whole array of which a rule looks at members."""
    return name.partition("[*]")[0] if not name.lower().startswith("tags") else name


def _domain(name: str, tests: Sequence[Test], only_its_end: bool) -> list[Any]:
    """The values of one field, one of each kind that no test tells apart."""
    if name.lower() == "tags":
        return [None, {"any": "thing"}]
    if any("[*]" in test.field for test in tests):
        return [[], *_arrays(tests)]
    texts = [content for test in tests if test.comparison != "exists" for content in test.contents]
    found = dict.fromkeys(_WORDS.get(str(each).lower(), each) for each in texts if each not in (None, ""))
    if any(isinstance(each, bool) for each in found):
        found |= {True: None, False: None}
    written = [_written(name, each) for each in found]
    if any(str(each).startswith("/subscriptions/") for each in found):
        written.append(_STORE)
    known = [*written, *_never_given(name), None]
    other = f"/{ANY_OTHER}" if only_its_end else ANY_OTHER
    return _told_apart([other, *known] if name.lower() == "location" else [*known, other], tests)


def _told_apart(values: Sequence[Any], tests: Sequence[Test]) -> list[Any]:
    """The first value of each kind: two are of one kind where every test says the same of both."""
    found: dict[tuple[Any, ...], Any] = {}
    for value in values:
        found.setdefault(tuple(_said(value, test) for test in tests), value)
    return list(found.values())


def _said(value: Any, test: Test) -> Any:
    """What a test says of a value; where that is not plain, the value itself, which is then a kind of its own."""
    if test.comparison not in _PLAIN or (ANY_OTHER in str(value) and value != ANY_OTHER):
        return str(value)
    against: Any = list(test.contents) if test.comparison in ("in", "notin") else next(iter(test.contents), None)
    if isinstance(against, str) and against.startswith("["):
        return str(value)
    return COMPARISONS[test.comparison].of(value, against)


def _arrays(tests: Sequence[Test]) -> Iterator[list[Any]]:
    """Arrays of one member and of two, with a value at each of the paths that a rule looks at."""
    members = [*_members(tests)]
    yield from ([each] for each in members)
    if len(set(tests)) > 1:
        yield from (list(each) for each in combinations(members, _PAIR))


def _members(tests: Iterable[Test]) -> Iterator[Any]:
    """One member for each value that is asked for, and one of which nothing is asked."""
    for test in tests:
        inner = test.field.partition("[*]")[2].strip(".")
        contents = [_written("", each) for each in test.contents] if test.comparison != "exists" else []
        for each in (*contents, _STORE, ANY_OTHER) if inner else ():
            yield _member(inner.split("."), each)
    yield {"name": "x"}


def _member(steps: Sequence[str], content: Any) -> Any:
    """An object with a value at a path, in arrays of one member where the path leads through some."""
    if not steps:
        return content
    inner = _member(steps[1:], content)
    name = steps[0].removesuffix("[*]")
    return {name: [inner] if name != steps[0] else inner}


def _written(name: str, content: Any) -> Any:
    """A value as a resource would say it: something in the place of a wildcard, a role by its id."""
    if name.lower().endswith("roledefinitionid"):
        return f"/providers/Microsoft.Authorization/roleDefinitions/{content}"
    return content.replace("*", "x") if isinstance(content, str) else content


def _never_given(name: str) -> list[str]:
    """Roles that open everything, where a field says a role."""
    return (
        [_written(name, role) for role in asked()["never_given"]] if name.lower().endswith("roledefinitionid") else []
    )
