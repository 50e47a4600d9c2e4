"""Counterexamples of the family GRD, and what the organisation's own stack says stands above a site on AWS."""

import json
from collections.abc import Mapping
from typing import Any

from clover.controls.azure_organisation import Above
from clover.controls.case import Case
from clover.logic.aws import evaluate
from clover.logic.azure import evaluate as evaluate_on_azure
from clover.model.aws import policies
from clover.model.azure.declared_roles import Held
from clover.model.azure.roles_in_force import attested, roles_in_force
from clover.model.resources import Resources, value
from clover.sources import Unknown
from clover.zones.vocabulary import Cloud, GivenKind, StackKind

ANYTHING: dict[str, Any] = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
ANYBODY: dict[str, Any] = {**ANYTHING, "Statement": [{**ANYTHING["Statement"][0], "Principal": "*"}]}
OWNER = {"actions": ["*"], "notActions": [], "dataActions": [], "notDataActions": []}
_TYPES = {"service-control-policy": "SERVICE_CONTROL_POLICY", "resource-control-policy": "RESOURCE_CONTROL_POLICY"}


def replay(example: Mapping[str, Any], case: Case) -> None:
    """Confirm a counterexample; AssertionError where it does not show what it says."""
    kind = example["kind"]
    if kind == "request":
        request = example["request"]
        decision = _on_aws(request, case) if case.site.cloud is Cloud.AWS else _on_azure(request, example, case)
        assert decision == "allow", (request, decision)
    elif kind == "absent":
        assert example["missing"]
        assert example["account"] == case.site.account
    else:
        _property(example, case)


def levels(case: Case, kind: str) -> list[list[Any]]:
    """The documents of a kind above a site by level: as the organisation's stack attaches them, else as given."""
    stack = next((part for part in case.others if _is_above(part, case)), None)
    if stack is None:
        given = policies.levels(case.givens, case.zone.documents, kind)
        return [[each.document for each in level] for level in given]
    known = {each.id: each for each in stack.resources.of("aws:organizations/policy:Policy")}
    attached = stack.resources.of("aws:organizations/policyAttachment:PolicyAttachment")
    organisation = next(each for each in case.zone.file.organisations if each.cloud is Cloud.AWS)
    found: list[list[Any]] = []
    for place in (organisation.root, organisation.unit, case.site.account):
        here = [known[value(each, "policyId")] for each in attached if value(each, "targetId") == place]
        texts = [value(each, "content") for each in here if value(each, "type") == _TYPES[kind]]
        found.append([ANYBODY if kind.startswith("resource") else ANYTHING, *map(json.loads, texts)])
    return found


def _is_above(part: Case, case: Case) -> bool:
    return part.hand is StackKind.ORGANISATION and part.site.cloud is case.site.cloud


def _on_aws(request: Mapping[str, Any], case: Case) -> str:
    """The decision where everything but the organisation's policies allows whatever is asked."""
    met: dict[str, Any] = {"identity": [ANYTHING], "resource": ANYBODY}
    if str(request["principal"]).split(":")[4:5] == [case.site.account]:
        met["scp"] = levels(case, "service-control-policy")
    if request["resource_account"] == case.site.account:
        met["rcp"] = levels(case, "resource-control-policy")
    return evaluate(request, {name: content for name, content in met.items() if content}).decision


def _on_azure(request: Mapping[str, Any], example: Mapping[str, Any], case: Case) -> str:
    """The decision where the caller holds every role that is not ruled out, or as its role at the groups says."""
    above, resource = Above(case), request["context"].get("resource")
    stack = above.stack.resources if above.stack else Resources(())
    roles = roles_in_force(stack, attested(case.givens, case.zone.documents)).policies()
    anything = [{"principalId": request["principal"], "scope": "/", "role": OWNER}]
    held = {kind: _rows(above, kind) for kind in (GivenKind.MANAGEMENT_GROUP_POLICY, GivenKind.DENY_ASSIGNMENTS)}
    groups = [*above.groups]
    if resource is None and "assuming" not in example:
        groups = groups or roles["management_groups"]
        return _decided(request, None, {"role_assignments": roles["role_assignments"], "management_groups": groups})
    kept = {"management_groups": groups, "deny_assignments": held[GivenKind.DENY_ASSIGNMENTS]}
    met = {"role_assignments": anything, "policy_assignments": held[GivenKind.MANAGEMENT_GROUP_POLICY], **kept}
    return _decided(request, resource, met if resource else {**met, "policy_assignments": []})


def _rows(above: Above, kind: GivenKind) -> list[Any]:
    return [dict(each.row) for each in above.rows(kind) if isinstance(each, Held)]


def _decided(request: Mapping[str, Any], resource: Any, met: Mapping[str, Any]) -> str:
    told = {"principal": request["principal"], "action": request["action"], "scope": request["resource"]}
    body = {"resource": resource} if resource else {}
    return evaluate_on_azure({**told, **body, "is_data_action": False}, met).decision


def _property(example: Mapping[str, Any], case: Case) -> None:
    """The given, the zone or a resource of the organisation's says so, and it is not what is allowed."""
    name, content = str(example["property"]), example["value"]
    assert content != example["allowed"]
    document = case.zone.documents.get(example["urn"])
    if document is not None:
        assert content in _listed(document, name)
        return
    parts = (case, *case.others)
    holder = next(
        (part.resources.by_urn[example["urn"]] for part in parts if example["urn"] in part.resources.by_urn), None
    )
    if holder is None:
        assert content in (None, *(each.controller for each in case.zone.file.organisations))
    elif name == "type":
        assert holder.type == content
    elif name.startswith("content."):
        assert _said(value(holder, "content"), name) == content
    elif not isinstance(content, dict):
        assert value(holder, name) == content or isinstance(value(holder, name), Unknown)


def _said(text: Any, path: str) -> Any:
    """What a JSON text says at a path that begins with the text's own name."""
    found: Any = json.loads(text)
    for name in path.split(".")[1:]:
        found = found.get(name, {})
    return found or None


def _listed(document: Mapping[str, Any], name: str) -> list[Any]:
    """What a given's document says under a name, wherever that stands; its rows by their names."""
    inner = document.get("organisation") or document
    if name in inner:
        found: Any = inner[name]
        return [*found] if isinstance(found, list) else [found]
    rows = (*document.get("policy_assignments", ()), *document.get("deny_assignments", ()))
    return [row for row in rows if row.get("name") == name]
