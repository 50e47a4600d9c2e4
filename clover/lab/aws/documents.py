"""When two values say the same: policy documents by meaning, sets without order, keys by id."""

import json
from typing import Any

from clover.lab.aws.model import Compare, Property
from clover.lab.aws.security_rules import atoms
from clover.lab.provider.wire import Props, as_list, as_map, has_unknown


def same(known: Property, one: Any, other: Any) -> bool:
    """Whether two values of a property say the same; an unknown value is the same as nothing."""
    if has_unknown(one) or has_unknown(other):
        return False
    if is_zero(one) and is_zero(other):
        return True
    return canonical(known.compare, one) == canonical(known.compare, other)


def canonical(compare: Compare, value: Any) -> Any:
    """Return a form that is equal exactly when two values say the same."""
    if compare is Compare.DOCUMENT:
        return _policy(value)
    if compare is Compare.DOCUMENTS:
        return {entry.get("name"): _policy(entry.get("policy")) for entry in value or ()}
    if compare is Compare.RULES:
        return atoms(value or [])
    if compare is Compare.UNORDERED:
        return unordered(value)
    if compare is Compare.KEY and isinstance(value, str):
        return value.rpartition(":key/")[2]
    return plain(value)


def unordered(value: Any) -> Any:
    """Sort every list inside the value, and drop what says nothing."""
    if isinstance(value, dict):
        return {name: unordered(entry) for name, entry in as_map(value).items() if not is_zero(entry)}
    if isinstance(value, list):
        return sorted((unordered(item) for item in as_list(value)), key=_sort_key)
    return value


def plain(value: Any) -> Any:
    """Drop what says nothing, and sort lists of entries that are told apart by a `key`: AWS has maps in their place."""
    if isinstance(value, dict):
        return {name: plain(entry) for name, entry in as_map(value).items() if not is_zero(entry)}
    if isinstance(value, list):
        entries = [plain(item) for item in as_list(value)]
        return sorted(entries, key=_sort_key) if entries and all(_has_key(entry) for entry in entries) else entries
    return value


def is_zero(value: Any) -> bool:
    """Whether the provider takes a value for the same as none: absent, empty, false or 0."""
    return not value


def parse_policy(text: str) -> Props:
    """Return the JSON object of a policy; ValueError when the text is none."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"is no JSON: {error.msg} at line {error.lineno} column {error.colno}"
        raise ValueError(message) from None
    except RecursionError:
        message = "is nested too deeply for JSON"
        raise ValueError(message) from None
    if not isinstance(document, dict):
        message = "must be a JSON object"
        raise ValueError(message)
    return as_map(document)


def _policy(value: Any) -> Any:
    if not isinstance(value, str):
        return plain(value)
    try:
        return _meaning(parse_policy(value))
    except ValueError:
        return value


def _meaning(value: Any) -> Any:
    """Return a policy value in which one item and a list of one mean the same, lists are sets and `true` is text.

    IAM User Guide, «Grammar of the IAM JSON policy language»: brackets around a single item may be left out, order
    does not count, and condition values are compared as text.
    """
    if isinstance(value, dict):
        return {name: _meaning(entry) for name, entry in as_map(value).items()}
    if isinstance(value, list):
        items = sorted((_meaning(item) for item in as_list(value)), key=_sort_key)
        return items[0] if len(items) == 1 else items
    return value if isinstance(value, str) else json.dumps(value)


def _has_key(entry: Any) -> bool:
    return isinstance(entry, dict) and "key" in entry


def _sort_key(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=repr)
