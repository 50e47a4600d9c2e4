"""OPS-3: what components and stacks say they hold is there; what that is, is data (clover/model/held.yaml)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from clover.controls.case import Case
from clover.controls.network.counterexample import wrong
from clover.controls.verdict import Answer, Ground, Outcome, assumed, proved, refuted, unknown
from clover.model.held import OF_OURS, Made, held
from clover.model.resources import value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_list, as_object
from clover.zones.vocabulary import WORKSPACE

STACK = "pulumi:pulumi:Stack"
UNDECLARED = "nothing says what the stack holds, as in what is read live: who runs it attests that nothing is missing"
SAID = "what it says it holds"
LATER = "told only once the plan has been carried out"
PLANNED = (
    f"say they hold is {LATER}; for each output of a component a thing of its kind is planned, and the state then tells"
)


def what_is_said_is_there(case: Case) -> Iterator[Answer]:
    """OPS-3: one answer for each component, and for the stack, that says more than is there; one for all the others.

    Assumed where nothing says anything, or nothing yet: a plan names no output that waits for the cloud. It rests on
    what is declared alone: who may take a thing away is asked by the tamper claims of other controls.
    """
    components = [each for each in case.resources.all if not each.custom and each.type.startswith(OF_OURS)]
    parts = _parts(case, components)
    handing = [root for root in case.resources.of(STACK) if _is_ours(root) or (components and not root.settled)]
    found = {each.urn: _of_component(each, parts[each.urn]) for each in components}
    found |= {root.urn: _of_stack(case, root, components) for root in handing}
    lacking = {urn: answer for urn, answer in found.items() if answer is not None}
    yield from (answer for answer in lacking.values() if answer.outcome is not Outcome.ASSUMED)
    later = [urn for urn, answer in lacking.items() if answer.outcome is Outcome.ASSUMED]
    if later:
        yield assumed(f"what {len(later)} components and stacks {PLANNED}")
    whole = [urn for urn in found if urn not in lacking]
    if whole:
        stack = [root.urn for root in handing if root.urn in whole]
        rests = tuple(Ground(urn, SAID) for urn in stack or whole)
        yield proved(f"what {len(whole)} components and stacks say they hold is there", rests_on=rests)
    elif not found:
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


class Lack(NamedTuple):
    """What is said and is not there: with a counterexample; without one it is not known whether it is.

    `planned` says that a plan holds something of the kind, of which it cannot tell yet what it will be called.
    """

    told: str
    example: Mapping[str, Any] | None = None
    planned: bool = False


def _of_component(component: Resource, parts: Parts) -> Answer | None:
    row = held().components.get(component.type)
    if row is None:
        return unknown(f"what a {component.type} holds is not known", resource=component.urn)
    told = (_named(component, parts, name, kinds) for name, kinds in row.told.items())
    asked = (part for part in row.parts if _is_asked(component, part))
    made = (_made(component, _directly(component, parts, part.type), part) for part in asked)
    return _answer(component, [*told, *made])


def _directly(component: Resource, parts: Parts, kind: str) -> Sequence[Resource]:
    return [each for each in parts.get(kind, ()) if each.parent == component.urn]


def _answer(about: Resource, found: Sequence[Lack | None]) -> Answer | None:
    """Refuted with the first thing that is missing, else unknown, or assumed of what is planned; None for no lack."""
    lacking = [each for each in found if each is not None]
    for lack in lacking:
        if lack.example is not None:
            return refuted(lack.told, lack.example, resource=about.urn)
    for lack in lacking:
        if not lack.planned:
            return unknown(lack.told, resource=about.urn)
    return assumed(lacking[0].told, resource=about.urn) if lacking else None


def _named(component: Resource, parts: Parts, name: str, kinds: Sequence[str]) -> Lack | None:
    """Whether every text of an output is the property of something that lies in the component."""
    texts = list(_texts(component.outputs.get(name)))
    known = [(each, path) for kind, path in map(str.split, kinds) for each in parts.get(kind, ())]
    if name not in component.outputs or not all(isinstance(text, str) for text in texts):
        return Lack(f"the {name} of {component.name} is {LATER}", planned=bool(known) and not component.settled)
    shown = {_same(_told(each, path)) for each, path in known}
    lost = next((text for text in texts if _same(text) not in shown), None)
    if lost is None:
        return None
    what = " or ".join(kind.partition(" ")[0] for kind in kinds)
    return _lost(component, name, lost, f"a {what} of that name", open_yet=None in shown)


def _lost(about: Resource, name: str, text: str, allowed: str, *, open_yet: bool) -> Lack:
    """What is named and not there; not known while something that is there has no name yet."""
    if open_yet or not about.settled:
        return Lack(f"whether the {name} of {about.name} is there is {LATER}", planned=open_yet and not about.settled)
    told = f"{about.name} says that its {name} is {text}, and nothing of the stack is"
    return Lack(told, wrong(about.urn, name, text, allowed))


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
    if part.given is not None and component.inputs.get(part.given) is None:
        return False
    given = {name: component.inputs.get(name) for name in part.when}
    return all(isinstance(given[name], Unknown) or given[name] in wanted for name, wanted in part.when.items())


def _made(component: Resource, there: Sequence[Resource], part: Made) -> Lack | None:
    """Whether the things of one type are there, as often as the component's inputs say."""
    members = [None] if part.each is None else as_list(component.inputs.get(part.each, []))
    if members is None or any(isinstance(member, Unknown) for member in members):
        return Lack(f"the {part.each} of {component.name} is {LATER}")
    if part.at is None:
        wanted = len(members) * part.times
        return None if len(there) >= wanted else _short(component, (), part, f"{wanted} {part.type}")
    for member in members:
        if sum(value(each, part.at) == member for each in there) < part.times:
            return _short(component, there, part, f"{part.times} {part.type} with {part.at} {member}")
    return None


def _short(component: Resource, there: Sequence[Resource], part: Made, allowed: str) -> Lack:
    """Fewer than there should be; not known while one of them may be what is missing."""
    asked = [component.inputs.get(name) for name in part.when]
    if any(isinstance(each, Unknown) for each in (*asked, *(value(each, part.at or "") for each in there))):
        return Lack(f"whether {component.name} holds {allowed} is {LATER}")
    example = wrong(component.urn, part.each or "parts", component.inputs.get(part.each or ""), allowed)
    return Lack(f"{component.name} should hold {allowed}, and holds fewer", example)


def _is_ours(root: Resource) -> bool:
    """Whether a stack says whose it is, as those of the project do (infra/exports.py, infra/hands.py)."""
    return any(as_object(root.outputs.get(name)) is not None for name in ("site", "hand"))


def _of_stack(case: Case, root: Resource, components: Sequence[Resource]) -> Answer | None:
    """Whether what a stack hands out is what one of its components made."""
    if not _is_ours(root):
        return assumed(f"what {root.name} hands out is {LATER}", resource=root.urn)
    names = {"site": case.site.name, "cloud": case.site.cloud.value}
    rows = held().exports[WORKSPACE if case.is_workspace else case.hand.value]
    every = (
        _handed_out(root, components, path.format(**names).split("."), *source.split()) for path, source in rows.items()
    )
    return _answer(root, [lack for found in every for lack in found])


def _handed_out(
    root: Resource, components: Sequence[Resource], path: Sequence[str], kind: str, output: str
) -> Iterator[Lack]:
    """What stands at a place among the exports and is no such output of a component."""
    makers = [each for each in components if each.type.endswith(f":{kind}")]
    shown = {_same(leaf) for each in makers for leaf in _texts(each.outputs.get(output))}
    for place, text in _at(root.outputs, path):
        if not isinstance(text, str):
            yield Lack(f"the {place} of {root.name} is {LATER}", planned=None in shown and not root.settled)
        elif _same(text) not in shown:
            yield _lost(root, place, text, f"the {output} of a {kind}", open_yet=None in shown)


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
