"""The family GRD on Azure: what policies and denials at management groups stop, whatever role anybody holds below."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from clover.controls.azure_organisation import Above, Denying
from clover.controls.azure_requests import request_of
from clover.controls.case import Case, Question
from clover.controls.guardrails import azure_standing
from clover.controls.guardrails.azure_writes import Write, asked, named_in, others, stopped, writes_of
from clover.controls.organisation import organisation_of
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.logic.azure.denials import DenyAssignment
from clover.logic.azure.permissions import Action
from clover.logic.azure.policy_partial import ANY_OTHER
from clover.logic.azure.values import EVERYBODY
from clover.zones.vocabulary import GivenKind

STRANGER = "99999999-9999-9999-9999-999999999999"
"""A principal that nobody names: what a denial of everybody says of it, it says of all that it does not exclude."""
_TYPE = re.compile(r"[A-Za-z]+(?:\.\w+)+(?:/\w+)+")
_GIVEN_ROLES = "Microsoft.Authorization/roleAssignments"
_ELIGIBLE = "Microsoft.Authorization/roleEligibilityScheduleRequests"
_ACTIVE = "Microsoft.Authorization/roleAssignmentScheduleRequests"


def only_its_region(case: Case) -> Iterator[Answer]:
    """GRD-2: nothing is declared in another location, of whatever type; as global only what has no region."""
    above, table = Above(case), asked()
    kinds = (*sorted(filter(_TYPE.fullmatch, set(named_in(above)))), *table["everywhere"], ANY_OTHER)
    places = (*others(above, [case.site.region, "global"]), "global")
    free = {(kind, "global") for kind in table["regionless"]}
    writes = (Write(kind, "location", place) for kind in kinds for place in places if (kind, place) not in free)
    yield stopped(case, above, writes, f"nobody declares anything of {case.site.title} outside {case.site.region}")


def no_hole_in_the_region(case: Case) -> Iterator[Answer]:
    """GRD-3: what a denial of locations does not see is stopped by its property; one answer for each way."""
    above = Above(case)
    for hole in asked()["holes"]:
        yield stopped(case, above, writes_of(case, above, hole), f"nobody {hole['how']} at {case.site.title}")


def no_relay_is_worked(case: Case) -> Iterator[Answer]:
    """GRD-4: nothing that runs programs is declared; nobody but the trusted base runs one on what is there."""
    above = Above(case)
    told = f"nobody declares what runs programs for a caller elsewhere at {case.site.title}"
    yield stopped(case, above, (Write(kind) for kind in asked()["relays"]), told)
    told = f"nobody outside the trusted base runs a program or takes a key of {case.site.title}"
    yield withheld(case, above, asked()["running"], told)


def nobody_leaves(case: Case) -> Iterator[Answer]:
    """GRD-5: the subscription stays in its group and its tenant, and is not cancelled."""
    told = f"nobody outside the trusted base takes {case.site.account} from its group, or ends it"
    yield withheld(case, Above(case), asked()["leaving"], told)
    for given in case.givens.values():
        if given.kind is GivenKind.SUBSCRIPTION_MOVEMENT:
            yield _stays(case, given.id)
            return
    yield refuted("no given says that the tenant lets no subscription go", _moving(case, {}))


def _stays(case: Case, given: str) -> Answer:
    """Whether the tenant lets no subscription go.

    https://learn.microsoft.com/azure/cost-management-billing/manage/manage-azure-subscription-policy
    """
    stated: Mapping[str, Any] = case.zone.documents[given].get("subscription_policy") or {}
    closed, exempt = stated.get("blockSubscriptionsLeavingTenant"), stated.get("exemptedPrincipals")
    organisation = organisation_of(case)
    spared = {organisation.controller} if organisation else set[str]()
    if closed is not True or not set(exempt if exempt is not None else [STRANGER]) <= spared:
        return refuted(f"the tenant of {case.site.title} lets subscriptions go", _moving(case, stated), given=(given,))
    grounds = (Ground(given, "blockSubscriptionsLeavingTenant=true"), Ground(given, f"exemptedPrincipals={exempt}"))
    return proved(f"the tenant of {case.site.title} lets no subscription go", rests_on=grounds, given=(given,))


def _moving(case: Case, stated: Any) -> dict[str, Any]:
    return {"kind": "absent", "account": case.site.account, "missing": f"a subscription policy: {dict(stated)}"}


def trusted_roles_stay(case: Case) -> Iterator[Answer]:
    """GRD-6: nobody outside the trusted base gives roles, and nobody at all those that open everything."""
    above = Above(case)
    yield withheld(case, above, asked()["roles"], f"nobody outside the trusted base gives roles at {case.site.title}")
    prefix = f"/subscriptions/{case.site.account}/providers/Microsoft.Authorization/roleDefinitions"
    roles = (Write(_GIVEN_ROLES, "properties.roleDefinitionId", f"{prefix}/{role}") for role in asked()["never_given"])
    yield stopped(case, above, roles, f"nobody is given a role over all of {case.site.title}")
    groups = Write(_GIVEN_ROLES, "properties.principalType", "Group")
    yield stopped(case, above, iter([groups]), f"no group is given a role at {case.site.title}")
    told = f"nobody but who is approved may activate a role of {case.site.title}, and none over all of it"
    yield stopped(case, above, _activated(prefix), told)


def _activated(prefix: str) -> Iterator[Write]:
    """Requests by which a role is activated, or may be: for a role over everything, or for anybody, or given.

    https://learn.microsoft.com/rest/api/authorization/privileged-role-eligibility-rest-sample
    """
    role = "properties.roleDefinitionId"
    for request in asked()["requests"]:
        also = (("properties.requestType", request),)
        yield Write(_ELIGIBLE, "properties.principalId", STRANGER, also=also)
        for given in asked()["never_given"]:
            yield Write(_ELIGIBLE, role, f"{prefix}/{given}", also=also)
            yield Write(_ACTIVE, role, f"{prefix}/{given}", also=also)
    for request in asked()["giving"]:
        yield Write(_ACTIVE, "properties.requestType", request)


def perimeter_holds(case: Case) -> Iterator[Answer]:
    """GRD-7: no store and no vault is opened to networks, keys of accounts or plain transport."""
    above = Above(case)
    for row in asked()["perimeter"]:
        yield stopped(case, above, writes_of(case, above, row), f"nobody {row['how']} at {case.site.title}")


def withheld(case: Case, above: Above, actions: Sequence[str], told: str) -> Answer:
    """The answer to "denials stop everybody's calls of these actions but those of the trusted base"."""
    grounds: dict[Ground, None] = dict.fromkeys(above.placing())
    for action in actions:
        covering = [each for each in above.denials if _covers(each, action, above)]
        found = next((each for each in covering if _excluded(each) <= spared(case)), None)
        if found is None and above.open:
            return unknown(f"{told}: {', '.join(above.open)} is not known")
        if found is None:
            return _permitted(case, action, covering)
        grounds |= dict.fromkeys(found.grounds)
    return proved(told, rests_on=tuple(grounds), given=above.leaning(grounds))


def spared(case: Case) -> frozenset[str]:
    """Who a denial may leave alone: the trusted base, the organisation's controller among it."""
    organisation = organisation_of(case)
    return frozenset(each.lower() for each in (*case.trusted, *([organisation.controller] if organisation else ())))


def _excluded(denial: Denying) -> frozenset[str]:
    return denial.read.excluded if isinstance(denial.read, DenyAssignment) else frozenset()


def _covers(denial: Denying, action: str, above: Above) -> bool:
    """Whether a denial is everybody's, about the action, and reaches the subscription and all in it."""
    found = denial.read
    if not isinstance(found, DenyAssignment) or found.condition or found.only_here:
        return False
    about = Action(action.lower(), is_data=False)
    named = EVERYBODY in found.principals and any(each.cover(about) for each in found.permissions)
    return named and above.hierarchy.holds(found.scope, above.subscription)


def _permitted(case: Case, action: str, covering: Iterable[Denying]) -> Answer:
    """Refuted by the call of somebody whom no denial stops, whatever role it takes."""
    beyond = sorted({who for each in covering for who in _excluded(each)} - spared(case))
    principal = beyond[0] if beyond else STRANGER
    request = request_of(case, principal, action, f"/subscriptions/{case.site.account}", is_data=False)
    example = {"kind": "request", "request": request, "assuming": {"role": "Owner"}}
    return refuted(f"no denial stops {principal} from calling {action}, with a role that permits it", example)


QUESTIONS: Mapping[str, Question] = {
    "GRD-1": azure_standing.every_account_is_bound,
    "GRD-2": only_its_region,
    "GRD-3": no_hole_in_the_region,
    "GRD-4": no_relay_is_worked,
    "GRD-5": nobody_leaves,
    "GRD-6": trusted_roles_stay,
    "GRD-7": perimeter_holds,
    "GRD-8": azure_standing.only_the_controller_writes,
    "GRD-9": azure_standing.what_is_attested_is_declared,
}
"""Each control's question on whether it holds."""
