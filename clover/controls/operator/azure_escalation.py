"""OPR-1 on Azure: nobody outside the trusted base comes to hold what they were not given."""

from collections.abc import Iterator

from clover.controls.azure_requests import Asked, Permissions, who, worst
from clover.controls.case import Case
from clover.controls.operator.azure_changes import OWNER, escalations
from clover.controls.verdict import Answer, proved, refuted, unknown
from clover.model.azure.declared_roles import ANYBODY

TOLD = "nobody outside the trusted base comes to hold a role that was not given to them"


def nobody_becomes_more(case: Case) -> Iterator[Answer]:
    """OPR-1: no role of anybody else makes roles, grants them, or lends them an identity, anywhere in the subscription.

    A first step is all that a chain needs, and without one there is no second.
    """
    permissions = Permissions(case)
    subscription = f"/subscriptions/{case.site.account}"
    trusted = frozenset(each.lower() for each in case.trusted)
    found = worst(permissions.permitted([Asked(escalations(), subscription, is_data=False)], None, trusted))
    if found is not None:
        caller, request = who(found.request["principal"]), found.request
        reason = f"{caller} may call {request['action']} on {request['resource']}, and so make themselves more"
        if not found.certain or found.by.principal == ANYBODY:
            yield unknown(f"{reason}, unless something that is not known stops it")
            return
        then = {
            "assuming": {"principalId": request["principal"], "scope": request["resource"], "roleDefinitionId": OWNER}
        }
        yield refuted(reason, {"kind": "chain", "requests": [request], **then})
        return
    grounds = permissions.grounds(subscription)
    yield permissions.undecided(TOLD, None) or proved(TOLD, rests_on=grounds, given=permissions.given)
