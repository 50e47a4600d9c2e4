"""Counterexamples of the controls on Azure, checked in the plain evaluators, or against the property itself."""

from collections.abc import Mapping
from typing import Any

from clover.controls.case import Case
from clover.controls.operator.azure_changes import OWNER
from clover.controls.verdict import Answer
from clover.logic.azure import evaluate, evaluate_network
from clover.model.azure import stores
from clover.model.azure.roles_in_force import attested, roles_in_force
from clover.model.resources import value
from clover.sources import Unknown
from tests.mutants import replay_azure_incidents, replay_azure_network

NEEDED = ("AUD-1", "KEY-6", "OPS-1")
"""Controls whose counterexample is a request that is denied."""
EVERYTHING = {"actions": ["*"], "notActions": [], "dataActions": [], "notDataActions": []}


def replay(control: str, answer: Answer, about: Case) -> None:
    """Confirm a refutation; AssertionError where its counterexample does not show what it says."""
    example = answer.counterexample or {}
    about = _standing(example, about)
    if example["kind"] == "request":
        request = example["request"]
        let = _permitted(request, about) and _let_in(request, about)
        kept_out = control in NEEDED or (control.startswith("ACC") and " may not " in answer.reason)
        assert let is not kept_out, request
    elif example["kind"] == "chain":
        _chain(example, about)
    elif control.startswith("INC"):
        replay_azure_incidents.replay(example, about.resources)
    elif control.startswith("NET") or example["kind"] == "path":
        replay_azure_network.replay(control, answer, about)
    elif control.startswith("EVD") and ":" not in example["property"]:
        replay_azure_network.replay_property(example, about)
    else:
        _property(example, about)


def _standing(example: Mapping[str, Any], about: Case) -> Case:
    """The case that holds what a counterexample is about: the one that is asked, or another hand's."""
    beside = [each for each in about.others if each.site.name == about.site.name]
    if "urn" in example:
        return next((each for each in beside if example["urn"] in each.resources.by_urn), about)
    request = example.get("request") or example.get("requests", [{}])[-1]
    place = str(request.get("resource"))
    return next((each for each in beside if place.startswith(f"/subscriptions/{each.site.account}")), about)


def _chain(example: Mapping[str, Any], about: Case) -> None:
    """Every call is permitted, once the assignment that nothing rules out, or that the caller made, is there."""
    first, *others = example["requests"]
    owner = {"principalId": first["principal"], "scope": "/", "role": EVERYTHING}
    if "assuming" in example:
        last = example["requests"][-1]
        assert example["assuming"]["roleDefinitionId"] == OWNER
        assert _permitted(last, about, [owner])
        assert others or last == first
        return
    assert _permitted(first, about)
    unlocked = first["action"].endswith("locks/delete")
    for request in others:
        assert _permitted(request, about, [] if unlocked else [owner], locks=not unlocked)


def _permitted(
    request: Mapping[str, Any], about: Case, more: list[dict[str, Any]] | None = None, *, locks: bool = True
) -> bool:
    """Whether somebody's roles, and some more, permit the request; whoever has a role is permitted by it."""
    if request["principal"] == "whoever has a role":
        return True
    policies = roles_in_force(about.resources, attested(about.givens, about.zone.documents)).policies()
    policies["role_assignments"] = [*policies["role_assignments"], *(more or ())]
    policies |= {} if locks else {"locks": []}
    context = request["context"]
    plain = {"principal": request["principal"], "action": request["action"], "scope": request["resource"]}
    told = {"is_data_action": context.get("is_data_action", False), "attributes": context.get("attributes", {})}
    return evaluate({**plain, **told}, policies).decision == "allow"


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
    held = (each for part in (about, *about.others) for each in part.resources.all)
    holder = next((each for each in held if each.urn == example["urn"]), None)
    if holder is None or ":" in example["property"]:
        assert example["value"] is None
        return
    name = example["property"]
    found = holder.type if name == "type" else value(holder, name)
    if name == "type" or found is not None:
        assert str(found).lower().endswith(str(example["value"]).lower())
    assert str(example["value"]) not in str(example["allowed"]).split(":")[0].split(" ")
