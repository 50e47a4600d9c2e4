"""NET-4 on AWS: whom the site's endpoints let through, and to whose resources."""

from collections.abc import Iterator

from clover.controls.aws_callers import another
from clover.controls.aws_policies import EVERYTHING, Policies
from clover.controls.aws_requests import Asked, allows, ask, failing, requests
from clover.controls.case import Case
from clover.controls.verdict import Answer, proved, refuted, unknown
from clover.model.aws import policies
from clover.model.aws.policies import Guarded, Held
from clover.sources import Unknown

ANYBODY = {"Version": "2012-10-17", "Statement": [{**EVERYTHING["Statement"][0], "Principal": "*"}]}
OPEN_TO_ALL = Held("a resource open to all", ANYBODY)
"""The policy of a resource whose owner lets everybody in."""


def endpoints_pin_both_sides(case: Case) -> Iterator[Answer]:
    """NET-4: through an endpoint nobody of another account calls, and nothing of another account is called."""
    for endpoint in policies.endpoints(case.resources):
        yield _pinned(case, endpoint)


def _pinned(case: Case, endpoint: Guarded) -> Answer:
    urn, name = endpoint.resource.urn, endpoint.resource.name
    if endpoint.policy is None:
        if not endpoint.resource.settled:
            return unknown(f"the policy of {name} is not known", resource=urn)
        example = {
            "kind": "property",
            "urn": urn,
            "property": "policy",
            "value": None,
            "allowed": "a policy of its own",
        }
        return refuted(f"{name} has AWS's default policy, which lets everything through", example, resource=urn)
    if isinstance(endpoint.policy.document, Unknown):
        return unknown(f"the policy of {name} is not known", resource=urn)
    met = Policies(resource=OPEN_TO_ALL, vpc_endpoint=(endpoint.policy,))
    anything = [Asked(["*"], ["*"])]
    accounts = sorted(case.accounts)
    strangers = requests(anything, {"StringNotEquals": {"aws:PrincipalAccount": accounts}})
    found = ask(case, met, strangers)
    if found.empty:
        elsewhere = requests(anything, {"StringNotEquals": {"aws:ResourceAccount": accounts}})
        found = ask(case, met, elsewhere, another(case))
    if not found.empty:
        return failing(found, urn)
    grounds = tuple(allows(endpoint.policy))
    return proved(f"{name} lets the zone's principals reach the zone's resources only", resource=urn, rests_on=grounds)
