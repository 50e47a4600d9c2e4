"""What becomes of the proofs without one component, one resource, or one statement of one policy.

A statement is what a policy is made of on either cloud: a statement of an IAM document, a rule of a firewall or of a
security group, a route, a permission of a role or of a deny assignment, one of the alternatives that an Azure policy
denies.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, cast

from clover.controls import tamper
from clover.controls.case import Case
from clover.controls.questions import questions
from clover.controls.verdict import Answer, Ground, Outcome
from tests.data import state
from tests.mutants.changes import Change, State
from tests.mutants.site import case

DOCUMENTS = ("policy", "assumeRolePolicy", "content")
"""The properties that hold an IAM document as text."""
LISTS = ("ingress", "egress", "routes", "securityRules", "permissions")
"""The properties that are lists of rules."""
Read = tuple[tuple[str, str], ...]
"""The sites that are asked, and of which hand each time."""
ASKED: Mapping[str, Read] = {
    "dublin": (("dublin", "site"),),
    "hamar": (("hamar", "site"),),
    "dublin2": (("dublin2", "site"),),
    "auditor": (
        *((site, hand) for site in ("dublin", "hamar", "dublin2") for hand in ("site", "auditor")),
        *((site, "assessment") for site in ("dublin", "dublin2")),
        *((site, "backups") for site in ("dublin", "hamar", "dublin2")),
    ),
    "organisation": (
        ("dublin", "site"),
        ("dublin", "organisation"),
        ("hamar", "site"),
        ("dublin2", "site"),
        ("hamar", "organisation"),
    ),
    "backend": (("dublin", "backend"), ("hamar", "backend"), ("dublin2", "backend")),
    "backups": (
        ("dublin", "site"),
        ("dublin", "backups"),
        ("hamar", "site"),
        ("hamar", "backups"),
        ("dublin2", "site"),
        ("dublin2", "backups"),
    ),
}
Key = tuple[str, str, str, str | None]
"""A claim: whose part, control, claim, resource."""
Proofs = Mapping[Key, tuple[frozenset[Outcome], frozenset[Ground]]]
WORST = (Outcome.REFUTED, Outcome.UNKNOWN)


class Deletion(NamedTuple):
    """A component with all that lies in it, a resource, or with `item` one statement of it."""

    stack: str
    kind: str
    urn: str
    item: tuple[str, ...] = ()
    label: str = ""
    cascade: bool = False
    """Whether what names it goes too."""

    @property
    def change(self) -> Change:
        """The change that takes it out."""
        if self.cascade:
            return {"delete": self.urn, "cascade": True}
        return {"delete": self.urn, "item": list(self.item)} if self.item else {"delete": self.urn}

    @property
    def name(self) -> str:
        """What it is called in a report."""
        name = self.urn.rpartition("::")[2]
        return f"{name}: {self.label}" if self.item else name


class Effect(NamedTuple):
    """What a deletion did: claims that are worse, claims that nobody makes any more, and the proofs that lost a ground.

    Each of the last with the grounds that it stands on without it.
    """

    worse: tuple[str, ...]
    gone: tuple[Key, ...]
    covered: Mapping[str, tuple[Ground, ...]]

    @property
    def kind(self) -> str:
        """The strongest of the three; `unseen` where there is none."""
        return "flips" if self.worse else "gone" if self.gone else "redundant" if self.covered else "unseen"


def deletions(stack: str) -> list[Deletion]:
    """Everything of a stack that can be taken out: its components, its resources, and the statements of those."""
    return [found for each in resources_of(stack) for found in _of(stack, each)]


@cache
def resources_of(stack: str) -> tuple[State, ...]:
    """Every resource of a stack as its export has it."""
    return tuple(state(stack)["deployment"]["resources"])


def _of(stack: str, each: State) -> Iterator[Deletion]:
    if not each.get("custom"):
        if not each["type"].startswith("pulumi:pulumi:"):
            yield Deletion(stack, "component", each["urn"])
        return
    yield Deletion(stack, "resource", each["urn"])
    for item, label in statements(each.get("inputs", {})):
        yield Deletion(stack, "statement", each["urn"], item, label)


def statements(inputs: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The place of each statement in the inputs of a resource, and what it is called."""
    for held in DOCUMENTS:
        if isinstance(inputs.get(held), str):
            for index, each in enumerate(json.loads(inputs[held]).get("Statement", ())):
                yield (held, "Statement", str(index)), str(each.get("Sid", index))
    for held in LISTS:
        for index, each in enumerate(inputs.get(held) or ()):
            yield (held, str(index)), f"{held} {each.get('name', index)}"
    source = ("ruleGroup", "rulesSource", "rulesString")
    for index, line in enumerate(str(_at(inputs, source) or "").splitlines()):
        yield (*source, str(index)), line[:60]
    collections: Sequence[Mapping[str, Any]] = inputs.get("ruleCollections") or ()
    for number, collection in enumerate(collections):
        for index, each in enumerate(collection["rules"]):
            yield ("ruleCollections", str(number), "rules", str(index)), f"{collection['name']} {each['name']}"
    yield from _alternatives(_at(inputs, ("policyRule", "if")), ("policyRule", "if"))


def _at(content: Any, path: Sequence[str]) -> Any:
    for step in path:
        content = cast("dict[str, Any]", content).get(step) if isinstance(content, dict) else None
    return content


def _alternatives(condition: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The members of each `anyOf`, at any depth; what is denied when one of them fits."""
    for name, inner in cast("dict[str, Any]", condition).items() if isinstance(condition, dict) else ():
        members = cast("list[Any]", inner) if isinstance(inner, list) and name in ("anyOf", "allOf") else []
        for index, each in enumerate(members):
            place = (*path, name, str(index))
            if name == "anyOf":
                yield place, " ".join(sorted(_fields(each)))[:80] or "/".join(place)
            yield from _alternatives(each, place)
        if isinstance(inner, dict):
            yield from _alternatives(inner, (*path, name))


def _fields(condition: Any) -> Iterator[str]:
    """The last parts of the fields that a condition looks at."""
    if isinstance(condition, dict):
        for name, inner in cast("dict[str, Any]", condition).items():
            if name in ("field", "equals") and isinstance(inner, str):
                yield inner.rpartition("/")[2]
            yield from _fields(inner)
    for each in cast("list[Any]", condition) if isinstance(condition, list) else ():
        yield from _fields(each)


def asked(deletion: Deletion) -> Read:
    """The sites and hands whose proofs a deletion may bear on."""
    known = ASKED[deletion.stack]
    if deletion.stack not in ("organisation", "auditor", "backend", "backups"):
        return known
    on_aws = re.search(r"[:$](aws|clover-aws):|:aws::", deletion.urn) is not None
    return tuple(each for each in known if (each[0] == "dublin") == on_aws)


def proofs(read: Read, changes: Sequence[Change] = (), *, organisation: bool = False) -> Proofs:
    """The outcomes and grounds of every claim of the parts that are asked."""
    found: dict[Key, tuple[frozenset[Outcome], frozenset[Ground]]] = {}
    for site, hand in read:
        about = case(changes, site, hand=hand, organisation=organisation)
        for control, claim, answer in _answers(about):
            key = (about.stack, control, claim, answer.resource)
            outcomes, grounds = found.get(key, (frozenset(), frozenset()))
            found[key] = (outcomes | {answer.outcome}, grounds | frozenset(answer.rests_on))
    return found


def _answers(about: Case) -> Iterator[tuple[str, str, Answer]]:
    tampering = tamper.tampering(about)
    for control, question in questions(about.site.cloud, about.hand).items():
        holding = list(question(about))
        yield from ((control, "holds", answer) for answer in holding)
        yield from ((control, "tamper", answer) for answer in tampering.answers(control, holding))


@cache
def _before(read: Read, organisation: bool) -> Proofs:
    return proofs(read, organisation=organisation)


def effect(deletion: Deletion, *beside: Change) -> Effect:
    """What taking it out does to the proofs, alone or with other changes."""
    read, organisation = asked(deletion), deletion.stack == "organisation"
    before = _before(read, organisation)
    after = proofs(read, [*beside, deletion.change], organisation=organisation)
    return Effect(tuple(_worse(before, after)), tuple(_gone(before, after)), dict(_covered(deletion, before, after)))


def _worse(before: Proofs, after: Proofs) -> Iterator[str]:
    """Claims that are refuted or unknown now and were not."""
    for key, (outcomes, _) in after.items():
        known = before.get(key, (frozenset[Outcome](), frozenset[Ground]()))[0]
        if any(each in outcomes and each not in known for each in WORST):
            yield told(key)


def _gone(before: Proofs, after: Proofs) -> Iterator[Key]:
    """Claims that were made, and are not any more."""
    return (key for key in before if key not in after)


def told(key: Key) -> str:
    """A claim for people."""
    stack, control, claim, resource = key
    about = f" of {resource.rpartition('::')[2]}" if resource else ""
    return f"{control}.{claim}@{stack}{about}"


def _covered(deletion: Deletion, before: Proofs, after: Proofs) -> Iterator[tuple[str, tuple[Ground, ...]]]:
    """Proofs that rested on it and stand without it, each with the grounds that are left."""
    for key, (outcomes, grounds) in before.items():
        lost = [each for each in grounds if _is_about(deletion, each)]
        if lost and key in after and after[key][0] == outcomes:
            yield told(key), tuple(sorted(each for each in after[key][1] if not _is_about(deletion, each)))


def _is_about(deletion: Deletion, ground: Ground) -> bool:
    """Whether a ground is what was taken out; grounds name the statements of IAM documents, and no other rules."""
    named = not deletion.item or deletion.label == ground.statement or deletion.item[1:2] != ("Statement",)
    return ground.urn == deletion.urn and named
