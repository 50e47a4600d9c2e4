"""The resources of one stack, looked up by type and by value."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from clover.model.older_names import as_known
from clover.sources import Resource, Unknown
from clover.sources.plain import as_list, as_object
from clover.sources.preview import STABLE

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


class Resources:
    """Resources of one stack; looking one up never guesses: an Unknown stays Unknown, what is absent is None."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        """Hold `resources` in their own order."""
        self.all = tuple(map(as_known, resources))
        self._by_type: dict[str, list[Resource]] = {}
        self._having: dict[tuple[str, str], dict[str, Resource]] = {}
        for resource in self.all:
            self._by_type.setdefault(resource.type, []).append(resource)

    def of(self, *types: str) -> tuple[Resource, ...]:
        """The resources of any of `types`."""
        return tuple(resource for kind in types for resource in self._by_type.get(kind, ()))

    @cached_property
    def by_urn(self) -> Mapping[str, Resource]:
        """The resources by their URNs."""
        return {resource.urn: resource for resource in self.all}

    def having(self, kind: str, path: str, wanted: str) -> Resource | None:
        """The first resource of a type that has the text at `path`."""
        if (kind, path) not in self._having:
            found = ((value(resource, path), resource) for resource in reversed(self.of(kind)))
            self._having[kind, path] = {text: resource for text, resource in found if isinstance(text, str)}
        return self._having[kind, path].get(wanted)

    def accounts(self) -> frozenset[str]:
        """The accounts that the stack's providers are pinned to."""
        aws = (value(provider, "allowedAccountIds") for provider in self.of("pulumi:providers:aws"))
        azure = (value(provider, "subscriptionId") for provider in self.of("pulumi:providers:azure-native"))
        listed = (_as_list(accounts) for accounts in aws if isinstance(accounts, str))
        single = (account for account in azure if isinstance(account, str))
        return frozenset((*(account for accounts in listed for account in accounts), *single))

    @property
    def types(self) -> tuple[str, ...]:
        """Every type that occurs, in order of first appearance."""
        return tuple(self._by_type)


def _as_list(text: str) -> list[str]:
    """The texts in a list that a provider's configuration holds as JSON; none where it holds something else."""
    try:
        return [str(item) for item in as_list(json.loads(text)) or []]
    except ValueError:
        return []


def value(resource: Resource, path: str) -> Any:
    """What the resource has at `path`, such as `rules[0].status`: what the cloud gave back, else what was declared."""
    name, _, _ = path.partition(".")
    top = re.sub(r"\[\d+\]$", "", name)
    if not resource.settled and top in STABLE and top not in resource.inputs:
        return Unknown(f"{resource.name}.{top}")
    found: Any = resource.outputs if top in resource.outputs else resource.inputs
    for key, index in _STEP.findall(path):
        if isinstance(found, Unknown):
            return found
        found = _step(found, key or int(index))
    return found


def declared(resource: Resource, path: str, default: Any) -> Any:
    """What the resource has at `path`, or the provider's documented `default` where nobody says anything."""
    found = value(resource, path)
    return default if found is None else found


def _step(found: Any, key: str | int) -> Any:
    """The member of a mapping or list; None where there is none."""
    if isinstance(key, int):
        items = as_list(found) or []
        return items[key] if key < len(items) else None
    return (as_object(found) or {}).get(key)


def every(resource: Resource, path: str) -> list[Any]:
    """Everything at `path`, in which `[]` stands for every item of a list; what is absent is left out."""
    name, *rest = path.split(".")
    found = [value(resource, name.removesuffix("[]"))]
    for index, step in enumerate((name, *rest)):
        if index:
            found = [item if isinstance(item, Unknown) else _step(item, step.removesuffix("[]")) for item in found]
        if step.endswith("[]"):
            found = [inner for item in found for inner in _items(item)]
    return [item for item in found if item is not None]


def _items(found: Any) -> Sequence[Any]:
    """The items of a list; an Unknown is one unknown item, and nothing has none."""
    return [found] if isinstance(found, Unknown) else as_list(found) or []
