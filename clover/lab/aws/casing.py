"""Names of members: the SDK writes `camelCase`, AWS `PascalCase` with exceptions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clover.lab.provider.wire import as_list, as_map

Names = Mapping[str, str]


def to_aws(value: Any, exceptions: Names) -> Any:
    """Return a value of the SDK with AWS's member names; `exceptions` maps the SDK's name to AWS's."""
    if isinstance(value, dict):
        return {exceptions.get(name) or _pascal(name): to_aws(entry, exceptions) for name, entry in _said(value)}
    if isinstance(value, list):
        return [to_aws(item, exceptions) for item in as_list(value)]
    return value


def from_aws(value: Any, exceptions: Names) -> Any:
    """Return AWS's answer with the SDK's member names: the inverse of `to_aws`."""
    inverse = {theirs: ours for ours, theirs in exceptions.items()}
    return _from_aws(value, inverse)


def _from_aws(value: Any, inverse: Names) -> Any:
    if isinstance(value, dict):
        return {inverse.get(name) or _camel(name): _from_aws(entry, inverse) for name, entry in _said(value)}
    if isinstance(value, list):
        return [_from_aws(item, inverse) for item in as_list(value)]
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value


def _said(value: Any) -> list[tuple[str, Any]]:
    """Return the members that say something; an empty map says something, as `{}` in a filter does."""
    return [(name, entry) for name, entry in as_map(value).items() if entry is not None and not name.startswith("__")]


def _pascal(name: str) -> str:
    return name[:1].upper() + name[1:]


def _camel(name: str) -> str:
    return name[:1].lower() + name[1:]
