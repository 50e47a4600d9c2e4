"""How the kinds of policy combine into one decision.

Source: IAM User Guide, "Policy evaluation logic", "Cross-account policy evaluation logic", "Permissions boundaries for
IAM entities" and "Policies and permissions in IAM" (session policies).
"""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Weighed:
    """One policy set and what of it applies to the request."""

    name: str
    hits: list[Hit]

    @property
    def denies(self) -> list[str]:
        """The deny statements that apply."""
        return [str(hit) for hit in self.hits if not hit.statement.allows]

    def allows(self, *namings: Naming) -> list[str]:
        """The allow statements that apply and name the caller in one of these ways; in any way when none is given."""
        return [str(hit) for hit in self.hits if hit.statement.allows and (not namings or hit.naming in namings)]

    @property
    def silence(self) -> str:
        """The reason when nothing here allows."""
        return f"{self.name}: no statement allows"


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything weighed for one request. `guards` must each allow; a boundary or session of None does not limit."""

    request: Request
    identity: Weighed
    resource: Weighed
    boundary: Weighed | None
    session: Weighed | None
    guards: list[Weighed]

    @property
    def denies(self) -> list[str]:
        """Every deny statement that binds this caller."""
        own = [self.identity, *(limit for limit in (self.boundary, self.session) if limit)]
        resource = [] if special_cases.bucket_owner_keeps_policy(self.request) else [self.resource]
        return [reason for weighed in (*self.guards, *resource, *own) for reason in weighed.denies]


def evaluate(request: object, policies: object) -> Decision:
    """Decide one request, both arguments as decoded JSON in the form that `clover simulate` takes.

    Raises Malformed, a ValueError, for a request or a policy that AWS could not have accepted.
    """
    return decide(read_request(request), read_policies(policies))


def decide(request: Request, policies: Policies) -> Decision:
    """An explicit deny wins; then every guard has to allow; then somebody has to grant."""
    bench = _weigh(request, policies)
    if special_cases.needs_no_permission(request):
        return _decide_without_permission(request, policies)
    if bench.denies:
        return Decision("explicit_deny", tuple(bench.denies))
    shut = [guard.silence for guard in bench.guards if not guard.allows()]
    granted, reasons = _grant(bench)
    if shut or not granted:
        return Decision("implicit_deny", tuple(shut + ([] if granted else reasons)))
    return Decision("allow", tuple(reasons))


def _decide_without_permission(request: Request, policies: Policies) -> Decision:
    """Only the endpoint that the call goes through can stop it."""
    endpoint = _weigh_set(policies.vpc_endpoint, "vpc_endpoint", request)
    if endpoint.denies:
        return Decision("explicit_deny", tuple(endpoint.denies))
    if policies.vpc_endpoint and not endpoint.allows():
        return Decision("implicit_deny", (endpoint.silence,))
    return Decision("allow", (f"{request.action} needs no permission",))


def _weigh(request: Request, policies: Policies) -> Bench:
    """Find what applies in every set that can bind this caller.

    Anonymous callers, services and identity providers bear no policies. A NotPrincipal with Deny hits whoever has a
    permissions boundary (IAM User Guide, "AWS JSON policy elements: NotPrincipal").
    """
    bears = request.caller.in_an_account
    boundary = policies.boundary if bears else None
    session = policies.session if bears else None
    resource = policies.resource.hits(request, deny_unnamed=boundary is not None) if policies.resource else []
    return Bench(
        request,
        identity=_weigh_set(policies.identity if bears else None, "identity", request),
        resource=Weighed("resource", resource),
        boundary=_weigh_set(boundary, "boundary", request) if boundary else None,
        session=_weigh_set(session, "session", request) if session or _needs_session_policy(request) else None,
        guards=[Weighed(guard.name, guard.hits(request)) for guard in _guards(request, policies)],
    )


def _weigh_set(policies: PolicySet | None, name: str, request: Request) -> Weighed:
    """What applies of a set that may be missing."""
    return Weighed(name, policies.hits(request) if policies else [])


def _guards(request: Request, policies: Policies) -> list[PolicySet]:
    """The sets that grant nothing and must each allow: every organisation level that binds, and the endpoint."""
    guards: list[PolicySet] = []
    if not special_cases.beyond_service_control(request):
        guards += policies.scp
    if not special_cases.beyond_resource_control(request):
        guards += policies.rcp
    return guards + ([policies.vpc_endpoint] if policies.vpc_endpoint else [])


def _needs_session_policy(request: Request) -> bool:
    """A federated user session without session policies has no permissions of its user.

    Source: AWS STS API Reference, GetFederationToken.
    """
    return request.caller.kind is CallerKind.FEDERATED_USER


def _grant(bench: Bench) -> tuple[bool, list[str]]:
    """Whether somebody grants the request, and the statements that do or what is missing."""
    if not bench.request.caller.in_an_account:
        allows = bench.resource.allows(Naming.DIRECT)
        return bool(allows), allows or [bench.resource.silence]
    if bench.request.same_account:
        return _grant_within_account(bench)
    return _grant_across_accounts(bench)


def _grant_across_accounts(bench: Bench) -> tuple[bool, list[str]]:
    """The resource's policy and everything on the caller's side must allow: either account may refuse."""
    own, own_reasons = _own_side(bench)
    allows = bench.resource.allows()
    if own and allows:
        return True, allows + own_reasons
    return False, ([] if allows else [bench.resource.silence]) + ([] if own else own_reasons)


def _grant_within_account(bench: Bench) -> tuple[bool, list[str]]:
    """One grant is enough, and who is named decides what limits it.

    Named directly, or with everybody: nothing that is only silent limits it. Named as the role of a session or the
    user of a federated one: the boundary and the session's policies do.
    Source: IAM User Guide, "Policy evaluation logic" (resource-based policies and implicit denies, same account).
    """
    direct = bench.resource.allows(Naming.DIRECT)
    if direct:
        return True, direct
    limits = _silent_limits(bench)
    entity = bench.resource.allows(Naming.ENTITY)
    if entity and not limits:
        return True, entity
    own, reasons = _own_side(bench)
    delegated = bench.resource.allows(Naming.ACCOUNT)
    if not special_cases.resource_policy_decides(bench.request):
        return own, reasons
    if own and (delegated or entity):
        return True, (delegated or entity) + reasons
    return False, ([] if delegated or entity else [bench.resource.silence]) + ([] if own else reasons)


def _own_side(bench: Bench) -> tuple[bool, list[str]]:
    """Identity policies, boundary and session policies together; the root user of an account needs no identity policy."""
    limits = _silent_limits(bench)
    is_root = bench.request.caller.kind is CallerKind.ROOT
    allows = bench.identity.allows() or (["identity: root of the account"] if is_root else [])
    if allows and not limits:
        return True, allows
    return False, ([] if allows else [bench.identity.silence]) + limits


def _silent_limits(bench: Bench) -> list[str]:
    """The boundary and the session's policies where they are present and do not allow."""
    return [limit.silence for limit in (bench.boundary, bench.session) if limit and not limit.allows()]
