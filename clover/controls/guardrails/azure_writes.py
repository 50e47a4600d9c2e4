"""Writes that a guardrail on Azure has to stop: the part of a resource that is told, and one whole resource with it."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from clover.controls.azure_organisation import Above, Denying
from clover.controls.azure_requests import auditor
from clover.controls.case import Case
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.logic.azure.denials import DenyAssignment
from clover.logic.azure.policy_partial import ANY_OTHER, Told, weigh
from clover.logic.azure.request import read_request
from clover.model.azure import declared_roles
from clover.model.resources import value
from clover.sources.plain import as_list, as_object
from clover.tables import read_table

_STRANGE = {"location": "eastus", "properties.managedByTenantId": "99999999-9999-9999-9999-999999999999"}
"""What stands in a counterexample for a value that no policy names."""
ELSEWHERE = "/subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups/elsewhere/providers"
RESOURCE_GROUP = "Microsoft.Resources/subscriptions/resourceGroups"
_RECORDS = ("azure-native:monitor:DiagnosticSetting", "storageAccountId")


class Write(NamedTuple):
    """A resource of a type that has something at a path; in a group of no evidence where that is asked.

    `also` is what it has at other paths besides.
    """

    kind: str
    path: str | None = None
    content: Any = None
    grouped: bool = False
    also: tuple[tuple[str, Any], ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path that is told of it."""
        return (*([self.path] if self.path else []), *(path for path, _ in self.also))


@cache
def asked() -> Mapping[str, Any]:
    """What is asked of guardrails; see guardrails.yaml."""
    return read_table(Path(declared_roles.__file__).with_name("guardrails.yaml"))


def writes_of(case: Case, above: Above, row: Mapping[str, Any]) -> Iterator[Write]:
    """The writes of a row of guardrails.yaml."""
    yield from (Write(kind) for kind in row.get("types", ()))
    for path, contents in row.get("told", {}).items():
        for content in _filled(contents, case):
            members = as_object(content) or {}
            each = others(above, members["other_than"]) if "other_than" in members else [content]
            yield from (Write(row["of"], path, one, "group" in row) for one in each)


def others(above: Above, allowed: Iterable[str]) -> list[str]:
    """Every text but those allowed: each that a policy names, since it may be told apart, and any other."""
    known = {text.replace(" ", "").lower() for text in allowed}
    named = {text for text in named_in(above) if "/" not in text and "[" not in text}
    return [*sorted(text for text in named if text.replace(" ", "").lower() not in known), ANY_OTHER]


def named_in(above: Above) -> Iterator[str]:
    """Every text in the policies above the subscription."""
    for policy in above.policies:
        yield from _texts([policy.held.row["parameters"], policy.held.row["definition"]])


def _texts(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    for inner in as_list(content) or (as_object(content) or {}).values():
        yield from _texts(inner)


def stopped(case: Case, above: Above, writes: Iterator[Write], told: str) -> Answer:
    """The answer to "policies above the subscription stop all these writes, whoever makes them"."""
    grounds: dict[Ground, None] = dict.fromkeys(above.placing())
    policies = [_Stopping(each, case, above) for each in above.policies]
    for write in writes:
        found = next((each for each in policies if each.stops(write)), None)
        if found is None:
            return _passing(case, above, write, told)
        grounds |= dict.fromkeys(found.policy.grounds)
    return proved(told, rests_on=tuple(grounds), given=above.leaning(grounds))


class _Stopping:
    """What a policy says of writes: the same of those that differ only in what it did not look at."""

    def __init__(self, policy: Denying, case: Case, above: Above) -> None:
        """Hold the policy; nothing is decided yet."""
        self.policy, self._case, self._above = policy, case, above
        self._whatever: dict[tuple[str, tuple[str, ...], bool], bool] = {}

    def stops(self, write: Write) -> bool:
        """Whether the policy stops the write of every resource that has this in it."""
        if isinstance(self.policy.read, DenyAssignment):
            return False
        alike = write.kind, write.paths, write.grouped
        if alike in self._whatever:
            return self._whatever[alike]
        varying = frozenset(map(_plain, write.paths))
        told = Told(_placed({}, write, self._case, ANY_OTHER), varying | {"type", *(["id"] if write.grouped else [])})
        found = weigh(self.policy.read, told, self._above.subscription, self._above.hierarchy)
        if varying.isdisjoint(found.looked_at):
            self._whatever[alike] = found.stops
        return found.stops


def _plain(path: str) -> str:
    """A path as policies name it."""
    return path.removeprefix("properties.").lower()


def _passing(case: Case, above: Above, write: Write, told: str) -> Answer:
    """Refuted by a whole resource that nothing stops; unknown where none was found, or not all policies are known."""
    if above.open:
        return unknown(f"{told}: {', '.join(above.open)} is not known")
    harmless = _filled(asked()["harmless"].get(write.kind, {}), case)
    strange = _STRANGE.get(write.path or "", "something-else")
    body = _placed(harmless, write, case, strange)
    request = {
        "principal": case.deployer,
        "action": f"{body['type']}/write",
        "resource": body["id"],
        "resource_account": case.site.account,
        "context": {"is_data_action": False, "resource": body},
    }
    reasons = stopping(above, request)
    if reasons:
        return unknown(f"{told}: no resource was found that shows what passes; {reasons[0]} stops one, and not all")
    what = f" with {write.path} {_at(body, write.path)!r}" if write.path else ""
    reason = f"no policy above {case.site.account} stops {body['type']}{what}"
    return refuted(reason, {"kind": "request", "request": request})


def stopping(above: Above, request: Mapping[str, Any]) -> list[str]:
    """The policies that stop the write of a whole resource."""
    told = {"principal": request["principal"], "action": request["action"], "scope": request["resource"]}
    read = read_request({**told, "resource": request["context"]["resource"], "contents": []})
    policies = (each.read for each in above.policies if not isinstance(each.read, DenyAssignment))
    return [reason for policy in policies for reason in policy.stops(read, above.hierarchy)]


def _placed(harmless: Mapping[str, Any], write: Write, case: Case, strange: str) -> dict[str, Any]:
    """A resource with what is asked about in it, and `strange` for any other value."""
    kind = "Other.Provider/things" if write.kind == ANY_OTHER and strange != ANY_OTHER else write.kind
    body: dict[str, Any] = {**harmless, "type": kind, "id": _id_of(kind, case)}
    content = strange if write.content == ANY_OTHER else write.content
    if write.path:
        _put(body, write.path.split("."), content)
    for path, told in write.also:
        _put(body, path.split("."), told)
    return body


def _id_of(kind: str, case: Case) -> str:
    """An id of a resource of the type in the site's subscription, in a group of no evidence."""
    group = f"/subscriptions/{case.site.account}/resourceGroups/anything"
    if kind in (RESOURCE_GROUP, ANY_OTHER):
        return group
    provider, *segments = kind.split("/")
    return "/".join((group, "providers", provider, *(f"{segment}/x" for segment in segments)))


def _put(body: dict[str, Any], steps: list[str], content: Any) -> None:
    """Set what stands at a path, or take it away; objects on the way are copied."""
    for step in steps[:-1]:
        body[step] = dict(body.get(step) or {})
        body = body[step]
    body.pop(steps[-1], None)
    if content is not None:
        body[steps[-1]] = content


def _at(body: Mapping[str, Any], path: str) -> Any:
    found: Any = body
    for step in path.split("."):
        found = (as_object(found) or {}).get(step)
    return found


def _each(content: Any, change: Callable[[str], str]) -> Any:
    """A value with each text in it changed."""
    if (members := as_object(content)) is not None:
        return {name: _each(inner, change) for name, inner in members.items()}
    if (listed := as_list(content)) is not None:
        return [_each(inner, change) for inner in listed]
    return change(content) if isinstance(content, str) else content


def _filled(content: Any, case: Case) -> Any:
    """A value of guardrails.yaml with its places filled in."""
    kept = (value(each, _RECORDS[1]) for each in case.resources.of(_RECORDS[0]))
    records = next((each for each in kept if isinstance(each, str)), ELSEWHERE)
    open_ones = case.resources.of(declared_roles.ELIGIBILITY)
    gate = next((each for each in (value(one, "roleDefinitionId") for one in open_ones) if isinstance(each, str)), "")
    workforce = next((each.workforce for each in case.zone.file.approved(case.site.name)), "")
    tenants = {"{tenant}": str(case.site.tenant), "{auditor}": auditor(case).tenant}
    places = {"{region}": case.site.region, "{elsewhere}": ELSEWHERE, "{records}": records, **tenants}
    places |= {"{gate}": gate, "{workforce}": workforce}

    def filled(text: str) -> str:
        for name, place in places.items():
            text = text.replace(name, place)
        return text

    return _each(content, filled)


def control_of(request: Mapping[str, Any], rules: Iterable[Mapping[str, Any]] = ()) -> str:
    """The control that a write, a deletion or another call is of which guardrails stop on one side, by these rules."""
    action, body = str(request["action"]).lower(), as_object(request.get("resource"))
    if body is None:
        lists = {"GRD-4": "running", "GRD-5": "leaving", "GRD-6": "roles"}
        found = (control for control, name in lists.items() if action in map(str.lower, asked()[name]))
        return next(found, "GRD-1")
    kind = str(body["type"]).lower()
    if action.endswith("/delete"):
        return "EVD-2"
    if kind.startswith("microsoft.authorization/role"):
        return "GRD-6"
    if kind in map(str.lower, asked()["relays"]):
        return "GRD-4"
    for control, listed in (("GRD-3", "holes"), ("GRD-7", "perimeter")):
        if any(_is_opened(row, kind, body) for row in asked()[listed]):
            return control
    return "GRD-2" if any('"location"' in json.dumps(each) for each in rules) else "GRD-1"


def _is_opened(row: Mapping[str, Any], kind: str, body: Mapping[str, Any]) -> bool:
    """Whether a resource is one that a row of guardrails.yaml is about."""
    told = row.get("told", {}).items() if str(row.get("of")).lower() == kind else ()
    return kind in map(str.lower, row.get("types", ())) or any(
        _is_one(_at(body, path), one) for path, contents in told for one in contents
    )


def _is_one(found: Any, wanted: Any) -> bool:
    """Whether a value is one that is asked about: any but those allowed, anything elsewhere, or the very same."""
    members = as_object(wanted) or {}
    if "other_than" in members:
        return found not in (None, *members["other_than"])
    if found is None or wanted is None or as_list(wanted) is not None or "{" in str(wanted):
        return (found is None) == (wanted is None) and found != []
    return str(found).lower() == str(wanted).lower()
