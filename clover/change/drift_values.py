"""Whether what is there is what was declared, value by value, however a cloud writes it down."""

import json
import re
from collections.abc import Iterator
from typing import Any

from clover.sources import Unknown
from clover.sources.plain import as_list, as_object

NOTHING: tuple[Any, ...] = (None, "", [], {}, False)
"""Values that say as much as none."""

_ARM = re.compile(r"/(subscriptions|providers)/", re.IGNORECASE)

Difference = tuple[str, Any, Any]
"""A path, what is declared there, and what is there; None where it is nothing."""


def differences(path: str, declared: Any, live: Any, *, whole: bool = False) -> Iterator[Difference]:
    """Each place below `path` where something else is there.

    Members that nobody declared are what the cloud fills in, unless the `whole` is somebody's, as a document is.
    """
    if isinstance(declared, Unknown) or isinstance(live, Unknown) or same(declared, live):
        return
    wanted, there = as_object(declared), as_object(live)
    one, other = as_list(declared), as_list(live)
    if one is not None and there is not None:
        other = list(there)  # a list of texts that the cloud has as the keys of a map
    documents = _document(declared), _document(live)
    if wanted is not None and there is not None:
        for name in dict.fromkeys((*wanted, *there)) if whole else wanted:
            yield from differences(f"{path}.{name}", wanted.get(name), there.get(name), whole=whole)
    elif one is not None and other is not None:
        yield from _of_lists(path, one, other, whole)
    elif None not in documents:
        yield from differences(path, *documents, whole=True)
    else:
        yield path, declared, live


def _of_lists(path: str, one: list[Any], other: list[Any], whole: bool) -> Iterator[Difference]:
    """What only one of two lists has; entries of one name are compared with each other."""
    left = [each for each in one if not any(_means(each, there, whole) for there in other)]
    right = [there for there in other if not any(_means(each, there, whole) for each in one)]
    for each in left:
        name = _name(each)
        twin = next((there for there in right if name is not None and _name(there) == name), None)
        if twin is None:
            yield f"{path}[]", each, None
        else:
            right.remove(twin)
            yield from differences(f"{path}[{name}]", each, twin, whole=whole)
    yield from ((f"{path}[]", None, there) for there in right)


def _means(declared: Any, live: Any, whole: bool) -> bool:
    return next(differences("", declared, live, whole=whole), None) is None


def _name(entry: Any) -> str | None:
    members = as_object(entry) or {}
    return next((str(members[key]) for key in ("name", "Sid", "key") if members.get(key)), None)


def same(declared: Any, live: Any) -> bool:
    """Whether two values say the same: lists in any order, documents by their content, ids in any case."""
    if declared in NOTHING and live in NOTHING:
        return True
    return _canonical(declared) == _canonical(live)


def _canonical(value: Any) -> Any:
    """The value so that equal ones are equal: what says nothing is left out, a list of one is its member."""
    if isinstance(value, str):
        document = _document(value)
        return _text(value) if document is None else _canonical(document)
    if (members := as_object(value)) is not None:
        if members and all(inner == {} for inner in members.values()):
            return _canonical(list(members))
        told = {name: _canonical(inner) for name, inner in members.items() if inner not in NOTHING}
        return json.dumps(told, sort_keys=True, default=repr)
    if (items := as_list(value)) is not None:
        listed = sorted(json.dumps(_canonical(item), sort_keys=True, default=repr) for item in items)
        return _canonical(items[0]) if len(listed) == 1 else json.dumps(listed)
    return str(value).lower() if isinstance(value, bool | int | float) else value


def _document(text: Any) -> Any:
    """What a text holds that is a JSON object or list; None for every other value."""
    if not isinstance(text, str) or text[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def _text(text: str) -> str:
    """A text as it is compared: an ARM id in lower case, truth as one writes it."""
    return text.lower() if _ARM.match(text) or text in ("True", "False") else text
