"""Plans and states whose texts are hostile: they run, hide, reorder, end what they stand in, or are far too long."""

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

from clover.sources.plain import as_list, as_object
from clover.sources.values import SENTINELS
from tests.data import preview_of, state

HOSTILE = {
    "script": "<script>alert('script')</script>",
    "handler": '"><img src=x onerror=alert(1)>',
    "attribute": "' onmouseover='alert(2)' x='",
    "closing": "</style></script></svg></title>",
    "link": "javascript:alert(3)",
    "right to left": "abc\u202edefgh\u2066",
    "zero width": "pay\u200bload\ufeff",
    "nothing": "a\u0000b",
    "formula": "=cmd|' /C calc'!A0",
    "plus": "+1+1",
    "at": "@SUM(1+1)*cmd|'/C calc'!A0",
    "minus": "-2+3+cmd|'/C calc'!A0",
    "tab": "\t=1+1",
    "escape": "\u001b[31mred\u001b[0m\u001b]0;title\u0007",
    "control": "\u009b31mred",
    "template": "{{ 7 * 7 }}{% raw %}",
    "comment": "<!-- --><![CDATA[",
    "lines": "one\r\ntwo\u2028three",
}
LONG = "x" * 1_000_000

STRUCTURE = frozenset({*SENTINELS, "site", "zone", "hand", "urn", "type", "id", "parent", "provider", "dependencies"})
"""Members of a state that hold it together; without them it is no state, and refused as such."""

Change = Callable[[str, str], str]


def texts() -> Iterator[str]:
    """Every hostile text in turn, without end; the tenth and every 400th after it are a megabyte long."""
    for number, text in enumerate(itertools.cycle(HOSTILE.values())):
        yield LONG if number % 400 == 9 else text


def in_tags_and_reasons(site: str) -> Any:
    """The state with hostile texts in every tag, name, description and reason, in its policies' ids and names."""
    spoiled, hostile = state(site), texts()
    for resource in spoiled["deployment"]["resources"]:
        for part in ("inputs", "outputs"):
            resource[part] = _described(resource.get(part), hostile)
    return spoiled


DESCRIBING = frozenset(
    {"tags", "tagsAll", "description", "reason", "declared_at", "displayName", "comment", "Sid", "Id"}
)
POLICIES = frozenset({"policy", "assumeRolePolicy", "policyRule", "permissions", "content"})
FORM = frozenset({"Version", "Effect", "if", "then", "effect"})
"""Members of a policy without whose own words it is none."""


def _described(value: Any, hostile: Iterator[str], name: str = "") -> Any:
    held, listed = as_object(value), as_list(value)
    if held is not None:
        found = {key: _described(item, hostile, name if name in DESCRIBING else key) for key, item in held.items()}
        return {**found, "hostile": next(hostile), next(hostile): "hostile"} if name in ("tags", "tagsAll") else found
    if listed is not None:
        return [_described(item, hostile, name) for item in listed]
    if isinstance(value, str) and name in POLICIES and value.startswith("{"):
        return json.dumps(_described(json.loads(value), hostile))
    keeps = isinstance(value, str) and value.startswith(("clover", "user-data", "evidence", "restricted"))
    return next(hostile) if isinstance(value, str) and name in DESCRIBING and not keeps else value


def everywhere(site: str) -> Any:
    """The state with a hostile text in place of every text that does not hold it together."""
    spoiled, hostile = state(site), texts()
    for resource in spoiled["deployment"]["resources"]:
        for part in ("inputs", "outputs"):
            resource[part] = _replaced(resource.get(part), hostile)
    return spoiled


def _replaced(value: Any, hostile: Iterator[str]) -> Any:
    held, listed = as_object(value), as_list(value)
    if held is not None:
        return {key: item if key in STRUCTURE else _replaced(item, hostile) for key, item in held.items()}
    if listed is not None:
        return [_replaced(item, hostile) for item in listed]
    return next(hostile) if isinstance(value, str) else value


def in_policies(site: str) -> Any:
    """The state with a hostile text in place of every text in a policy, a rule or a role: it still has their form."""
    spoiled, hostile = state(site), texts()
    for resource in spoiled["deployment"]["resources"]:
        for part in ("inputs", "outputs"):
            resource[part] = _in_policies(resource.get(part), hostile)
    return spoiled


def _in_policies(value: Any, hostile: Iterator[str], name: str = "", inside: bool = False) -> Any:
    held, listed = as_object(value), as_list(value)
    within = inside or name in POLICIES
    if held is not None:
        return {key: _in_policies(item, hostile, key, within) for key, item in held.items()}
    if listed is not None:
        return [_in_policies(item, hostile, name, within) for item in listed]
    if not isinstance(value, str) or not within or name in FORM:
        return value
    if name in POLICIES and value.startswith("{"):
        return json.dumps(_in_policies(json.loads(value), hostile, "", inside=True))
    return next(hostile)


def long_somewhere(site: str) -> Any:
    """The state with a megabyte as the name of a thing that nothing hangs on, and as the first text of each kind."""
    spoiled = state(site)
    resources: list[Any] = spoiled["deployment"]["resources"]
    named = json.dumps([[each.get(name) for name in ("parent", "provider", "dependencies")] for each in resources])
    leaf = next(each for each in resources if each.get("custom") and each["urn"] not in named)
    leaf["urn"] = f"{leaf['urn']}-{LONG}"
    left = set(DESCRIBING)
    for resource in resources:
        for part in ("inputs", "outputs"):
            resource[part] = _long(resource.get(part), left)
    return spoiled


def _long(value: Any, left: set[str]) -> Any:
    held = as_object(value)
    if held is None:
        return value
    found = {key: _long(item, left) for key, item in held.items()}
    for key in sorted(left & found.keys()):
        members = as_object(found[key])
        if isinstance(found[key], str) or members is not None:
            left.discard(key)
            found[key] = LONG if members is None else {**members, "hostile": LONG, LONG: "hostile"}
    return found


def named(site: str, text: str) -> Any:
    """The state in which the store of profiles, and all that belongs to it, is called by a hostile name."""
    return json.loads(json.dumps(state(site)), object_hook=lambda one: {k: _renamed(v, text) for k, v in one.items()})


def _renamed(value: Any, text: str) -> Any:
    listed = as_list(value)
    if listed is not None:
        return [_renamed(item, text) for item in listed]
    if not isinstance(value, str) or not value.startswith("urn:pulumi:"):
        return text if value == "profiles" else value
    head, _, name = value.rpartition("::")
    return f"{head}::{text}{name.removeprefix('profiles')}" if name.startswith("profiles") else value


SPOILED: dict[str, Callable[[str], Any]] = {
    "tags and reasons": in_tags_and_reasons,
    "every text": everywhere,
    "policies": in_policies,
    "a megabyte": long_somewhere,
    "a plan": lambda site: preview_of(everywhere(site)),
    **{f"a name: {kind}": (lambda site, text=text: named(site, text)) for kind, text in HOSTILE.items()},
}
