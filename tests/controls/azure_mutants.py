"""Single changes of Hamar: what the controls say of them, and whether the counterexamples replay."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

from clover.controls.case import Case
from clover.controls.questions import questions
from clover.controls.verdict import Answer, Outcome
from clover.logic.azure import evaluate, evaluate_network
from clover.model.azure import stores
from clover.model.azure.roles_in_force import attested, roles_in_force
from clover.model.resources import value
from clover.sources import Unknown
from tests.mutants.collection import Harmless, Mutant
from tests.mutants.site import case, last, refutations, unknown

NEEDED = ("AUD-1", "KEY-6")
"""Controls whose counterexample is a request that is denied."""
GIVEN_BACK = "privateEndpointConnections"
"""What the cloud says, and no declaration: every update leaves it open."""
FAMILIES = ("RES-", "KEY-", "AUD-")


class Page(msgspec.Struct, forbid_unknown_fields=True):
    """The changes of one family."""

    site: str
    family: str
    mutants: list[Mutant]
    harmless: list[Harmless] = []


def page(file: Path) -> Page:
    """The changes in a file."""
    return msgspec.convert(yaml.safe_load(file.read_text(encoding="utf-8")), Page)


def hamar(changes: Any = (), *, foundation: bool = True) -> Case:
    """Hamar after changes."""
    return case(changes, "hamar", foundation=foundation)


def asked(about: Case, control: str) -> list[Answer]:
    """What one control answers."""
    return list(questions(about.site.cloud)[control](about))


def controls(about: Case) -> list[str]:
    """The controls of the three families."""
    return [control for control in questions(about.site.cloud) if control.startswith(FAMILIES)]


def check_mutant(mutant: Mutant) -> None:
    """The mutant is found by its control, about the right resource, and its counterexample replays."""
    changed = hamar(mutant.changes)
    found = [each for each in asked(changed, mutant.control) if last(each.resource) == (mutant.about or "")]
    if mutant.unknown:
        assert Outcome.UNKNOWN in {answer.outcome for answer in found}, found
        assert not refutations(found)
        return
    refuted = refutations(found)
    assert refuted, found
    for answer in refuted:
        assert answer.counterexample
        assert answer.counterexample["kind"] == mutant.example
        replay(mutant.control, answer.counterexample, changed)


def single_settings(mutants: list[Mutant]) -> list[Mutant]:
    """The mutants that set one declared property, and that are refuted for it."""
    chosen = [each for each in mutants if len(each.changes) == 1 and "set" in each.changes[0] and not each.unknown]
    return [each for each in chosen if each.changes[0]["path"] != GIVEN_BACK]


def check_unknown(mutant: Mutant) -> None:
    """While what the mutant changes is not known, its control does not prove it, and refutes nothing."""
    found = asked(hamar([unknown(mutant.changes[0])]), mutant.control)
    assert Outcome.UNKNOWN in {answer.outcome for answer in found}, found
    assert not refutations(found)


def check_harmless(change: Harmless) -> None:
    """Nothing is refuted or unknown after the change."""
    changed = hamar(change.changes)
    for control in controls(changed):
        bad = [each for each in asked(changed, control) if each.outcome in (Outcome.REFUTED, Outcome.UNKNOWN)]
        assert not bad, (control, bad)


def replay(control: str, example: Mapping[str, Any], about: Case) -> None:
    """Confirm a counterexample with the evaluators, or with the property itself."""
    if example["kind"] == "property":
        _property(example, about)
        return
    request = example["request"]
    let = _permitted(request, about) and _let_in(request, about)
    assert let is (control not in NEEDED), request


def _permitted(request: Mapping[str, Any], about: Case) -> bool:
    """Whether somebody's roles permit the request; whoever has a role is permitted by it."""
    if request["principal"] == "whoever has a role":
        return True
    context = request["context"]
    roles = roles_in_force(about.resources, attested(about.givens, about.zone.documents))
    plain = {"principal": request["principal"], "action": request["action"], "scope": request["resource"]}
    more = {"is_data_action": context["is_data_action"], "attributes": context.get("attributes", {})}
    return evaluate({**plain, **more}, roles.policies()).decision == "allow"


def _let_in(request: Mapping[str, Any], about: Case) -> bool:
    """Whether the network of the store or vault lets the request's origin in; without an origin nothing is asked."""
    origin = request["context"].get("origin")
    if origin is None:
        return True
    held = [*stores.stores(about.resources, about.site.account), *stores.vaults(about.resources, about.site.account)]
    target = next(each for each in held if each.id and request["resource"].lower().startswith(each.id.lower()))
    assert not isinstance(target.settings, Unknown)
    return evaluate_network(origin, target.settings).decision == "allow"


def _property(example: Mapping[str, Any], about: Case) -> None:
    """The resource has the value, or says nothing and the value is Azure's default."""
    holder = next((each for each in about.resources.all if each.urn == example["urn"]), None)
    if holder is None:
        assert example["value"] is None
        return
    name = example["property"]
    found = holder.type if name == "type" else value(holder, name)
    if name == "type" or found is not None:
        assert str(found).lower().endswith(str(example["value"]).lower())
    assert str(example["value"]) not in str(example["allowed"]).split(":")[0].split(" ")
