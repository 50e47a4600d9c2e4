"""Every counterexample is checked without the sets and graphs that found it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from clover.controls.case import Case
from clover.controls.verdict import Answer
from clover.logic.aws import evaluate
from clover.model.aws import policies
from clover.model.aws.principals import principals, roles
from clover.model.resources import Resources, value
from clover.sources.plain import as_list, as_object
from clover.zones.vocabulary import Cloud
from tests.mutants import replay_azure, replay_guardrails, replay_held, replay_incidents, replay_network, replay_records

ANYTHING: dict[str, Any] = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
PREVIOUS = "the caller before"
"""Whoever made the call before in a chain."""


def replay(control: str, answer: Answer, case: Case) -> None:
    """Confirm a refutation; AssertionError where its counterexample does not show what it says."""
    found = answer.counterexample or {}
    kind = found["kind"]
    if control.startswith("GRD") and kind != "chain":
        replay_guardrails.replay(found, case)
    elif control == "OPS-3" and kind != "chain":
        replay_held.replay(found, everything(case))
    elif control == "ASM-2" and kind != "chain":
        _property(found, everything(case))
    elif case.site.cloud is Cloud.AZURE:
        replay_azure.replay(control, answer, case)
    elif kind == "request":
        _request(control, answer, found["request"], case)
    elif kind == "chain":
        _chain(found["requests"], case)
    elif control.startswith("NET"):
        replay_network.replay(control, answer, case.resources)
    elif control.startswith("INC"):
        replay_incidents.replay(found, everything(case))
    elif control.startswith("EVD"):
        replay_records.replay(found, everything(case))
    else:
        _property(found, case.resources)


def everything(case: Case) -> Resources:
    """All that was read: the stack that is asked about, and those of other hands."""
    return Resources(resource for each in (case, *case.others) for resource in each.resources.all)


def standing(request: Mapping[str, Any], case: Case) -> Case:
    """The case in whose account a request's resource lies: the one that is asked about, or another hand's."""
    beside = [each for each in case.others if each.site.name == case.site.name]
    return next((each for each in (case, *beside) if each.site.account == request["resource_account"]), case)


def _request(control: str, answer: Answer, request: Mapping[str, Any], case: Case) -> None:
    """The plain evaluator allows the request; one that has to be allowed is denied."""
    where = standing(request, case)
    through = _through(answer, case) if control == "NET-4" else met(request, where)
    if control == "ACC-1" and request["action"].startswith("s3:") and " may not " not in answer.reason:
        through.pop("resource", None)  # what a gate's own policy lets through, whatever the store still stops
    if control == "OPS-1":
        through |= _by_its_door(request, case)
    if control in ("KEY-5", "STA-1"):  # whatever a runner or a deployer may hold: what they hold is asked elsewhere
        through |= {"identity": [ANYTHING]}
    rivals = [{**through, "resource": each} for each in _rivals(str(request["resource"]), where)]
    decisions = {evaluate(request, each).decision == "allow" for each in (rivals or [through])}
    assert (not _has_to_be_allowed(control, answer, request)) in decisions, (request, decisions)


def _has_to_be_allowed(control: str, answer: Answer, request: Mapping[str, Any]) -> bool:
    """Whether the control is that the request is allowed: what alarms and the site's rules call, who is let in."""
    own = request["context"].get("aws:SourceAccount") == request["resource_account"]
    by_alarm = own and str(request["principal"]) == "cloudwatch.amazonaws.com"
    if control.startswith("INC"):
        return by_alarm or request["action"] == "events:PutEvents"
    return control in ("AUD-1", "KEY-6", "OPS-1") or (control.startswith("ACC") and " may not " in answer.reason)


def _rivals(about: str, case: Case) -> list[Any]:
    """The policies of a thing that has several, each of which may be the one that counts."""
    guarded = (*policies.buckets(case.resources, "aws"), *policies.keys(case.resources))
    found = [each.policy for each in guarded if each.policy and each.policy.rivals and about.startswith(str(each.arn))]
    return [one.document for each in found for one in (each, *each.rivals)]


def _chain(requests: Sequence[Mapping[str, Any]], case: Case) -> None:
    """The first call is allowed as things are; a later one follows from it, or is allowed too."""
    assert requests
    for request in requests:
        if request["principal"] != PREVIOUS and request.get("after") is None:
            assert evaluate(request, met(request, standing(request, case))).decision == "allow", request
    assert requests[0]["principal"] != PREVIOUS


def _through(answer: Answer, case: Case) -> dict[str, Any]:
    """An endpoint's policy alone, on the way to something that is open to all."""
    known = next(each for each in policies.endpoints(case.resources) if each.resource.urn == answer.resource)
    anybody = {"Version": "2012-10-17", "Statement": [{**ANYTHING["Statement"][0], "Principal": "*"}]}
    return {
        "identity": [ANYTHING],
        "resource": anybody,
        "vpc_endpoint": [known.policy.document if known.policy else ANYTHING],
    }


def met(request: Mapping[str, Any], case: Case) -> dict[str, Any]:
    """Every policy that a request meets: of its principal where that is declared, of what it is about, and above.

    Service control policies are met by principals of the account that they stand above.
    """
    known = {each.arn: each for each in principals(case.resources) if isinstance(each.arn, str)}
    held = known.get(request["principal"])
    about = dict(_guards(case)).get(str(request["resource"]).partition("/*")[0])
    about = about or next((each for arn, each in _guards(case) if str(request["resource"]).startswith(f"{arn}/")), None)
    found: dict[str, Any] = {"identity": [each.document for each in held.identity] if held else _unbound(request, case)}
    if held and held.boundary:
        found["boundary"] = [each.document for each in held.boundary]
    if about is not None:
        found["resource"] = about
    own = str(request["principal"]).split(":")[4:5] == [case.site.account]
    for name, kind in (("scp", "service-control-policy"), ("rcp", "resource-control-policy")):
        levels = replay_guardrails.levels(case, kind)
        if levels and (own or name == "rcp"):
            found[name] = levels
    return found


def _unbound(request: Mapping[str, Any], case: Case) -> list[Any]:
    """What somebody holds whose role the stack does not declare: anything; the deployer what a given says."""
    told = [case.zone.documents[each.id] for each in case.givens.values() if each.kind.value == "identity-policy"]
    return told if told and request["principal"] == case.deployer else [ANYTHING]


def _by_its_door(request: Mapping[str, Any], case: Case) -> dict[str, Any]:
    """The policy of the endpoint that a request came by; only what has to be allowed has to pass it."""
    door = request["context"].get("aws:SourceVpce", "")
    ends = (end.policy for end in policies.endpoints(case.resources) if end.resource.id == door)
    return {"vpc_endpoint": [end.document for end in ends if end]} if door else {}


def _guards(case: Case) -> Iterator[tuple[str, Any]]:
    """The policy of each store, key, vault of backups, topic, bus and role, with its ARN."""
    vaults = policies.backup_vaults(case.resources, "")
    guarded = (*policies.buckets(case.resources, "aws"), *policies.keys(case.resources), *vaults)
    for each in (*guarded, *policies.topics(case.resources)):
        if each.policy:
            yield str(each.arn), each.policy.document
    for bus in case.resources.of("aws:cloudwatch/eventBusPolicy:EventBusPolicy"):
        own = next(each for each in case.resources.of("aws:cloudwatch/eventBus:EventBus"))
        yield str(value(own, "arn")), policies.document_of(value(bus, "policy"))
    repairers = [each for each in case.zone.file.trusted_base if each.site == case.site.name and each.until]
    told = [case.zone.documents[each.id] for each in case.givens.values() if each.kind.value == "break-glass-trust"]
    for repairer, trust in zip(repairers, told, strict=False):
        yield f"arn:aws:iam::{case.site.account}:{repairer.principal}", trust
    for role in roles(case.resources):
        if role.trust:
            yield str(role.arn), role.trust.document


def _property(found: Mapping[str, Any], resources: Resources) -> None:
    """The resource has the value, and it is not what is allowed."""
    holder = next((each for each in resources.all if each.urn == found["urn"]), None)
    name, content = found["property"], found["value"]
    if name == "type":
        assert holder is not None
        assert holder.type == content
    elif holder is not None and content is not None:
        assert content in _within(value(holder, _plain(name)))
    assert str(content) != found["allowed"]


def _plain(path: str) -> str:
    """The first part of a path; what is behind it is looked for anywhere below."""
    return path.partition(".")[0].partition("[")[0]


def _within(content: Any) -> Iterator[Any]:
    """Everything in a value, itself included."""
    yield content
    for each in as_list(content) or (as_object(content) or {}).values():
        yield from _within(each)
