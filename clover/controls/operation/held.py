"""OPS-3: what components and stacks say they hold is there; what that is, is data (clover/model/held.yaml)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from clover.controls.case import Case
from clover.controls.network.counterexample import wrong
from clover.controls.verdict import Answer, Ground, assumed, proved, refuted, unknown
from clover.model.held import OF_OURS, Made, held
from clover.model.resources import value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_list, as_object
from clover.zones.vocabulary import WORKSPACE

STACK = "pulumi:pulumi:Stack"
UNDECLARED = "nothing says what the stack holds, as in what is read live: who runs it attests that nothing is missing"
LATER = "told only once the plan has been carried out"


def what_is_said_is_there(case: Case) -> Iterator[Answer]:
    """OPS-3: one answer for each component, and one for what the stack hands out; or that nothing says anything."""
    components = [each for each in case.resources.all if not each.custom and each.type.startswith(OF_OURS)]
    parts = _parts(case, components)
    yield from (_of_component(each, parts[each.urn]) for each in components)
    handing = [root for root in case.resources.of(STACK) if _is_ours(root) or (components and not root.settled)]
    yield from (_of_stack(case, root, components) for root in handing)
    if not components and not handing:
        yield assumed(UNDECLARED)


Parts = Mapping[str, Sequence[Resource]]
"""What lies in a component, at any depth, by type."""


def _parts(case: Case, components: Sequence[Resource]) -> Mapping[str, Parts]:
    """What lies in each component."""
    found: dict[str, dict[str, list[Resource]]] = {each.urn: defaultdict(list) for each in components}
    for each in case.resources.all:
        above = case.resources.by_urn.get(each.parent or "")
        while above is not None:
            if above.urn in found:
                found[above.urn][each.type].append(each)
            above = case.resources.by_urn.get(above.parent or "")
    return found


class Found(NamedTuple):
    """What is there of what is said: grounds; or the first that is missing, or not known."""

    grounds: tuple[Ground, ...] = ()
    missing: tuple[str, Mapping[str, Any]] | None = None
    doubt: str | None = None


def _of_component(component: Resource, parts: Parts) -> Answer:
    row = held().components.get(component.type)
    if row is None:
        return unknown(f"what a {component.type} holds is not known", resource=component.urn)
    told = (_named(component, parts, name, kinds) for name, kinds in row.told.items())
    made = (
        _made(component, _directly(component, parts, part.type), part)
        for part in row.parts
        if _is_asked(component, part)
    )
    return _answer(component, [*told, *made], f"what {component.name} says it holds is there")


def _directly(component: Resource, parts: Parts, kind: str) -> Sequence[Resource]:
    return [each for each in parts.get(kind, ()) if each.parent == component.urn]


def _answer(about: Resource, found: Sequence[Found], told: str) -> Answer:
    """Refuted with the first thing that is missing, unknown with the first doubt, else proved."""
    missing = next((each.missing for each in found if each.missing), None)
    if missing is not None:
        return refuted(missing[0], missing[1], resource=about.urn)
    doubt = next((each.doubt for each in found if each.doubt), None)
    if doubt is not None:
        return unknown(doubt, resource=about.urn)
    grounds = dict.fromkeys(ground for each in found for ground in each.grounds)
    return proved(told, resource=about.urn, rests_on=tuple(grounds))


def _named(component: Resource, parts: Parts, name: str, kinds: Sequence[str]) -> Found:
    """Whether every text of an output is the property of something that lies in the component."""
    texts = list(_texts(component.outputs.get(name)))
    if name not in component.outputs or not all(isinstance(text, str) for text in texts):
        return Found(doubt=f"the {name} of {component.name} is {LATER}")
    known = [(each, path) for kind, path in map(str.split, kinds) for each in parts.get(kind, ())]
    shown = {_same(_told(each, path)): Ground(each.urn, path) for each, path in known}
    lost = next((text for text in texts if _same(text) not in shown), None)
    if lost is None:
        return Found(tuple(shown[_same(text)] for text in texts))
    what = " or ".join(kind.partition(" ")[0] for kind in kinds)
    return _lost(component, name, lost, f"a {what} of that name", open_yet=None in shown)


def _lost(about: Resource, name: str, text: str, allowed: str, *, open_yet: bool) -> Found:
    """What is named and not there; not known while something that is there has no name yet."""
    if open_yet or not about.settled:
        return Found(doubt=f"whether the {name} of {about.name} is there is {LATER}")
    told = f"{about.name} says that its {name} is {text}, and nothing of the stack is"
    return Found(missing=(told, wrong(about.urn, name, text, allowed)))


def _told(resource: Resource, path: str) -> Any:
    return resource.id if path == "id" else value(resource, path)


def _same(text: Any) -> str | None:
    """A name as others are compared with it: ids of Azure are the same in any case; None for what is not known."""
    if not isinstance(text, str):
        return None
    return text.lower() if text.startswith("/") else text


def _texts(content: Any) -> Iterator[Any]:
    """Every leaf of an output."""
    if as_object(content) is None and as_list(content) is None:
        yield content
    for each in as_list(content) or (as_object(content) or {}).values():
        yield from _texts(each)


def _is_asked(component: Resource, part: Made) -> bool:
    """Whether the component's inputs ask for the part; while they are not known they may."""
    if part.without is not None and component.inputs.get(part.without) is not None:
        return False
    given = {name: component.inputs.get(name) for name in part.when}
    return all(isinstance(given[name], Unknown) or given[name] in wanted for name, wanted in part.when.items())


def _made(component: Resource, there: Sequence[Resource], part: Made) -> Found:
    """Whether the things of one type are there, as often as the component's inputs say."""
    members = [None] if part.each is None else as_list(component.inputs.get(part.each, []))
    if members is None:
        return Found(doubt=f"the {part.each} of {component.name} is {LATER}")
    if part.at is None:
        return _counted(component, there, part, len(members) * part.times)
    for member in members:
        fitting = [each for each in there if value(each, part.at) == member]
        if len(fitting) < part.times:
            return _short(component, there, part, f"{part.times} {part.type} with {part.at} {member}")
    return Found(tuple(Ground(each.urn, part.at) for each in there))


def _counted(component: Resource, there: Sequence[Resource], part: Made, wanted: int) -> Found:
    if len(there) >= wanted:
        return Found(tuple(Ground(each.urn, "is there") for each in there))
    return _short(component, (), part, f"{wanted} {part.type}")


def _short(component: Resource, there: Sequence[Resource], part: Made, allowed: str) -> Found:
    """Fewer than there should be; not known while one of them may be what is missing."""
    asked = [component.inputs.get(name) for name in part.when]
    if any(isinstance(each, Unknown) for each in (*asked, *(value(each, part.at or "") for each in there))):
        return Found(doubt=f"whether {component.name} holds {allowed} is {LATER}")
    names = [each.name for each in there]
    example = wrong(component.urn, part.each or "parts", component.inputs.get(part.each or ""), allowed)
    return Found(missing=(f"{component.name} should hold {allowed}, and holds {names or 'fewer'}", example))


def _is_ours(root: Resource) -> bool:
    """Whether a stack says whose it is, as those of the project do (infra/exports.py, infra/hands.py)."""
    return any(as_object(root.outputs.get(name)) is not None for name in ("site", "hand"))


def _of_stack(case: Case, root: Resource, components: Sequence[Resource]) -> Answer:
    """Whether what a stack hands out is what one of its components made."""
    rows = held().exports[WORKSPACE if case.is_workspace else case.hand.value]
    names = {"site": case.site.name, "cloud": case.site.cloud.value}
    found = [
        _handed_out(root, components, place, text, source)
        for path, source in rows.items()
        for place, text in _at(root.outputs, path.format(**names).split("."))
    ]
    if not _is_ours(root):
        found = [Found(doubt=f"what {root.name} hands out is {LATER}")]
    return _answer(root, found, f"what {case.stack} hands out is there")


def _handed_out(root: Resource, components: Sequence[Resource], place: str, text: Any, source: str) -> Found:
    kind, output = source.split()
    if not isinstance(text, str):
        return Found(doubt=f"the {place} of {root.name} is {LATER}")
    makers = [each for each in components if each.type.endswith(f":{kind}")]
    shown = {_same(leaf): each.urn for each in makers for leaf in _texts(each.outputs.get(output))}
    if _same(text) in shown:
        return Found((Ground(shown[_same(text)], output),))
    return _lost(root, place, text, f"the {output} of a {kind}", open_yet=None in shown)


def _at(content: Any, path: Sequence[str], place: str = "") -> Iterator[tuple[str, Any]]:
    """Everything at a path, with the place of each."""
    if not path:
        yield place, content
        return
    if isinstance(content, Unknown):
        yield place, content
    inner = as_object(content) or {}
    for name in inner if path[0] == "*" else [each for each in path[:1] if each in inner]:
        yield from _at(inner[name], path[1:], f"{place}.{name}".lstrip("."))
