"""ARM ids of declared resources: what the cloud gave back, else what the declared names make."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from clover.model.resources import value
from clover.sources import Resource
from clover.tables import read_table

_NAME = re.compile(r"\{(\w+)\}")


@cache
def _templates() -> Mapping[str, str]:
    """The ids by type; see arm_ids.yaml."""
    return read_table(Path(__file__).with_name("arm_ids.yaml"))


def arm_id(resource: Resource, subscription: str) -> str | None:
    """The resource's id; None where it is not known, and its names do not make it."""
    if isinstance(resource.id, str):
        return resource.id
    template = _templates().get(resource.type)
    names = {name: value(resource, name) for name in _NAME.findall(template or "")}
    if template is None or not all(isinstance(text, str) for text in names.values()):
        return None
    return f"/subscriptions/{subscription}/{template.format(**names)}"


def same(one: object, other: object) -> bool:
    """Whether two ids are texts of the same resource: ARM ids ignore capitals."""
    return isinstance(one, str) and isinstance(other, str) and one.lower() == other.lower()


def stands_above(identifier: str) -> bool:
    """Whether a resource stands above every subscription: at a management group, or at the tenant."""
    return identifier.lower().startswith("/providers/")


def below(identifier: str, place: str) -> bool:
    """Whether `identifier` is `place`, or lies below it."""
    return f"{identifier.lower()}/".startswith(f"{place.lower().rstrip('/')}/")
