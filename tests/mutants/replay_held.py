"""Counterexamples of OPS-3, looked for in everything that was read: what is said to be there is not."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from clover.model.resources import Resources
from clover.sources import Resource
from clover.sources.plain import as_list, as_object


def replay(found: Mapping[str, Any], resources: Resources) -> None:
    """The holder says so; and nothing in it is called that, or there are fewer of the type than it asks for."""
    holder, content = resources.by_urn[found["urn"]], found["value"]
    if not isinstance(content, str):
        assert content == holder.inputs.get(found["property"])
        _counted(str(found["allowed"]).split(), [each for each in resources.all if each.parent == holder.urn])
        return
    assert content in set(_texts(holder.outputs))
    within = [each for each in resources.all if _lies_in(each, holder, resources) and each.custom]
    components = [each for each in resources.all if _lies_in(each, holder, resources) and not each.custom]
    named, kind = str(found["allowed"]).split()[1], str(found["allowed"]).split()[-1]
    if holder.type == "pulumi:pulumi:Stack":
        assert not [each for each in components if each.type.endswith(f":{kind}") and content in _texts(each.outputs)]
    else:
        assert not [each for each in within if each.type == named and content in (each.id, *_texts(each.outputs))]


def _counted(wanted: list[str], within: list[Resource]) -> None:
    """Such as `2 TYPE`, or `3 TYPE with PROPERTY VALUE`."""
    number, kind, *rest = wanted
    there = [each for each in within if each.type == kind]
    if rest:
        assert Counter(str(each.outputs.get(rest[1])) for each in there)[rest[2]] < int(number)
    else:
        assert len(there) < int(number)


def _lies_in(resource: Resource, holder: Resource, resources: Resources) -> bool:
    above = resources.by_urn.get(resource.parent or "")
    while above is not None and above.urn != holder.urn:
        above = resources.by_urn.get(above.parent or "")
    return above is not None


def _texts(content: Any) -> Iterator[Any]:
    """Every leaf."""
    inner = as_list(content) or list((as_object(content) or {}).values())
    if not inner:
        yield content
    for each in inner:
        yield from _texts(each)
