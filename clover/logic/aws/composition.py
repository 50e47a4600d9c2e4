"""How the kinds of policy combine into one decision.

Source: IAM User Guide, "Policy evaluation logic", "Cross-account policy evaluation logic", "Permissions boundaries for
IAM entities" and "Policies and permissions in IAM" (session policies).
"""

from typing import Literal, NamedTuple

from clover.logic.aws import special_cases
from clover.logic.aws.callers import CallerKind
from clover.logic.aws.policies import Hit, Policies, PolicySet, read_policies
from clover.logic.aws.principals import Naming
from clover.logic.aws.request import Request, read_request


class Decision(NamedTuple):
    """The decision on one request and the statements, or the lack of them, that it rests on."""

    decision: Literal["allow", "implicit_deny", "explicit_deny"]
    because: tuple[str, ...]


class Weighed(NamedTuple):
    """One policy set and what of it applies to the request."""

    name: str
    hits: list[Hit]

    @property
    def denies(self) -> list[str]:
        """The deny statements that apply."""
        return [str(hit) for hit in self.hits if not hit.statement.allows]

    def allows(self, naming: Naming | None = None) -> list[str]:
        """The allow statements that apply; with `naming` those that name the caller so."""
        return [str(hit) for hit in self.hits if hit.statement.allows and naming in (None, hit.naming)]

    @property
    def silence(self) -> str:
        """The reason when nothing here allows."""
        return f"{self.name}: no statement allows"


class Bench(NamedTuple):
    """Everything weighed for one request: guards and limits grant nothing.

    `guards` are the organisation's levels and the endpoint, which bind every grant; `limits` are the boundary and
    the session's policies, which bind what the caller's own policies grant.
    """

    request: Request
    identity: Weighed
    resource: Weighed
    limits: list[Weighed]
    guards: list[Weighed]

    @property
    def denies(self) -> list[str]:
        """Every deny statement that binds this caller."""
        resource = [] if special_cases.bucket_owner_keeps_policy(self.request) else [self.resource]
        return [
            reason for weighed in (*self.guards, *resource, self.identity, *self.limits) for reason in weighed.denies
        ]


def evaluate(request: object, policies: object) -> Decision:
    """Decide one request, both arguments as decoded JSON in the form that `clover simulate` takes.

    Raises Malformed, a ValueError, for a request or a policy that AWS could not have accepted.
    """
    return decide(read_request(request), read_policies(policies))


def decide(request: Request, policies: Policies) -> Decision:
    """An explicit deny wins; then every guard has to allow; then somebody has to grant."""
    if special_cases.needs_no_permission(request):
        policies = _only_endpoint(policies)
    bench = _weigh(request, policies)
    if bench.denies:
        return Decision("explicit_deny", tuple(bench.denies))
    shut = [guard.silence for guard in bench.guards if not guard.allows()]
    if special_cases.only_aws_may(request):
        shut.append(f"{request.action}: only AWS itself may")
    granted, reasons = _grant(bench)
    if shut or not granted:
        return Decision("implicit_deny", tuple(shut if granted else shut + reasons))
    return Decision("allow", tuple(reasons))


def _only_endpoint(policies: Policies) -> Policies:
    """The policies without those of caller, resource and organisation."""
    nothing = PolicySet("", ())
    return Policies(nothing, nothing, nothing, nothing, policies.vpc_endpoint, (), ())


def _weigh(request: Request, policies: Policies) -> Bench:
    """Find what applies in every set that can bind this caller.

    Anonymous callers, services and identity providers bear no policies of their own. A NotPrincipal with Deny hits
    whoever has a permissions boundary (IAM User Guide, "AWS JSON policy elements: NotPrincipal").
    """
    bears = request.caller.in_an_account
    boundary, session = policies.boundary, policies.session
    limits = [boundary] if bears and boundary.documents else []
    if bears and (session.documents or request.caller.kind is CallerKind.FEDERATED_USER):
        limits.append(session)
    return Bench(
        request,
        identity=Weighed("identity", policies.identity.hits(request) if bears else []),
        resource=Weighed("resource", policies.resource.hits(request, deny_unnamed=bears and bool(boundary.documents))),
        limits=[Weighed(limit.name, limit.hits(request)) for limit in limits],
        guards=[Weighed(guard.name, guard.hits(request)) for guard in _guards(request, policies)],
    )


def _guards(request: Request, policies: Policies) -> list[PolicySet]:
    """The sets that grant nothing and must each allow."""
    guards: list[PolicySet] = []
    if not special_cases.beyond_service_control(request):
        guards += policies.scp
    if not special_cases.beyond_resource_control(request):
        guards += policies.rcp
    return guards + ([policies.vpc_endpoint] if policies.vpc_endpoint.documents else [])


def _grant(bench: Bench) -> tuple[bool, list[str]]:
    """Whether somebody grants the request, and the statements that do or what is missing."""
    request = bench.request
    if special_cases.needs_no_permission(request):
        return True, [f"{request.action} needs no permission"]
    if not request.caller.in_an_account:
        return _require(bench.resource.allows(), bench.resource.silence)
    if request.same_account:
        return _grant_within_account(bench)
    return _both(_require(bench.resource.allows(), bench.resource.silence), _own_side(bench))


def _grant_within_account(bench: Bench) -> tuple[bool, list[str]]:
    """One grant is enough, and who is named decides what limits it.

    Named directly, or with everybody: nothing that is only silent limits it. Named as the role of a session or the
    user of a federated one: the boundary and the session's policies do. Named as the account: nothing is granted,
    but where the resource's policy decides, this lets identity policies count.
    Source: IAM User Guide, "Policy evaluation logic" (resource-based policies and implicit denies, same account).
    """
    direct = bench.resource.allows(Naming.DIRECT)
    if direct:
        return True, direct
    entity = bench.resource.allows(Naming.ENTITY)
    if entity:
        return _both((True, entity), _limits(bench))
    own = _own_side(bench)
    if special_cases.resource_policy_decides(bench.request):
        return _both(_require(bench.resource.allows(Naming.ACCOUNT), bench.resource.silence), own)
    return own


def _own_side(bench: Bench) -> tuple[bool, list[str]]:
    """Identity policies, boundary and session policies together; root needs no identity policy.

    A federated user's session without session policies has no permissions (AWS STS API Reference, GetFederationToken).
    """
    allows = bench.identity.allows()
    if not allows and bench.request.caller.kind is CallerKind.ROOT:
        allows = ["identity: root of the account"]
    return _both(_require(allows, bench.identity.silence), _limits(bench))


def _limits(bench: Bench) -> tuple[bool, list[str]]:
    """Boundary and session policies, where there are any, have to allow."""
    silent = [limit.silence for limit in bench.limits if not limit.allows()]
    return not silent, silent


def _require(allows: list[str], silence: str) -> tuple[bool, list[str]]:
    """One allow at least."""
    return bool(allows), allows or [silence]


def _both(one: tuple[bool, list[str]], other: tuple[bool, list[str]]) -> tuple[bool, list[str]]:
    """Both have to grant; the reasons are those of all that grant, or else of all that do not."""
    granted = one[0] and other[0]
    return granted, [reason for each in (one, other) if each[0] == granted for reason in each[1]]
