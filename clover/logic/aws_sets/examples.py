"""Names as people would write them (examples.json), shown in counterexamples where they fit; no decision rests on them.

The one exception is `lists`: the condition keys that AWS documents as multivalued.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from clover.logic.aws_sets.resources import COLONS, ResourcePattern
from clover.logic.aws_sets.variables import Itself, Written

FIELDS = ("partition", "service", "region", "account")


@cache
def _data() -> Mapping[str, Any]:
    """The file."""
    return json.loads((Path(__file__).parent / "examples.json").read_text(encoding="utf-8"))


@cache
def lists() -> frozenset[str]:
    """The keys that AWS documents as multivalued, in lower case.

    Source: IAM User Guide, "AWS global condition context keys" (value type: multivalued), and the service
    authorization reference of DynamoDB.
    """
    return frozenset(key.lower() for key in _data()["lists"])


@cache
def spelling(key: str) -> str:
    """The key in AWS's own capitals, where it is a known one."""
    return {each.lower(): each for each in _data()["keys"]}.get(key, key)


def values(key: str) -> Sequence[str]:
    """Values of a key, given in lower case."""
    return _data()["keys"].get(spelling(key), ("some-value",))


def accounts() -> Sequence[str]:
    """Account ids."""
    return _data()["accounts"]


@cache
def actions() -> tuple[str, ...]:
    """Actions, in lower case."""
    return tuple(action.lower() for action in _data()["actions"])


@cache
def action_spelling(action: str) -> str:
    """The action in AWS's own capitals, where it is a known one."""
    return {each.lower(): each for each in _data()["actions"]}.get(action, action)


def service_of_resources(service: str) -> str:
    """The service whose ARNs an action of the service is about."""
    return _data()["services_of_actions"].get(service, service)


def resources(services: Iterable[str], patterns: Iterable[ResourcePattern]) -> tuple[str, ...]:
    """Resources of the services, and what the patterns cover with plain words for their wildcards."""
    known: Mapping[str, Sequence[str]] = _data()["resources"]
    found = [resource for service in services for resource in known.get(service, _invented(service))]
    return tuple(dict.fromkeys([*found, *(each for pattern in patterns for each in _covered(pattern)), "*"]))


def _invented(service: str) -> Iterator[str]:
    """A resource of a service without an example."""
    fields = _data()["fields"]
    yield f"arn:{fields['partition']}:{service}:{fields['region']}:{fields['account']}:{fields['resource']}"


def _covered(pattern: ResourcePattern) -> Iterator[str]:
    """What a pattern covers."""
    rest = "".join(part.text if isinstance(part, Written | Itself) else "x" for part in pattern.rest)
    header = pattern.header.split(":")
    if len(header) <= COLONS:
        return
    filled = [header[0]]
    for name, field in zip(FIELDS, header[1:], strict=False):
        filled.append(_data()["fields"][name] if field == "*" else field.replace("*", "").replace("?", "x"))
    for star in ("something", ""):
        yield ":".join([*filled, rest.replace("*", star).replace("?", "x")])
