"""Whom a stack on AWS declares: roles and users, what they hold, and what acts with a role."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from clover.model.aws.policies import Held, held, statements
from clover.model.resources import Resources, every, value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_list
from clover.tables import read_table

_INLINE = (
    ("role", "aws:iam/rolePolicy:RolePolicy"),
    ("user", "aws:iam/userPolicy:UserPolicy"),
    ("group", "aws:iam/groupPolicy:GroupPolicy"),
)
_ATTACHED = (
    ("role", "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "role"),
    ("user", "aws:iam/userPolicyAttachment:UserPolicyAttachment", "user"),
    ("group", "aws:iam/groupPolicyAttachment:GroupPolicyAttachment", "group"),
    ("role", "aws:iam/policyAttachment:PolicyAttachment", "roles[]"),
    ("user", "aws:iam/policyAttachment:PolicyAttachment", "users[]"),
    ("group", "aws:iam/policyAttachment:PolicyAttachment", "groups[]"),
)
_KINDS = {"role": "aws:iam/role:Role", "user": "aws:iam/user:User", "group": "aws:iam/group:Group"}


class Principal(NamedTuple):
    """A role, a user, or a group, which acts through its users.

    `attached` are the ARNs of the managed policies that it holds, `identity` all its policies, those of its groups too.
    """

    kind: str
    resource: Resource
    arn: Any
    identity: tuple[Held, ...]
    boundary: tuple[Held, ...]
    trust: Held | None
    groups: tuple[str, ...]
    attached: tuple[str, ...]

    @property
    def services(self) -> frozenset[str]:
        """The services that its trust policy lets act with it."""
        return frozenset(name for statement in self._trusting() for name in _services(statement))

    def names(self, caller: Any) -> bool:
        """Whether its trust policy names the caller itself, and nobody beside it by a wider name."""
        return any(caller in _listed(each.get("Principal"), "AWS") for each in self._trusting())

    def _trusting(self) -> list[Mapping[str, Any]]:
        """The statements of the trust policy, as far as it is known."""
        known = self.trust is not None and not isinstance(self.trust.document, Unknown)
        return statements(self.trust.document) if known and self.trust else []


class Holder(NamedTuple):
    """A thing of a service that acts with a role."""

    service: str
    resource: Resource
    role: Principal


def principals(resources: Resources) -> list[Principal]:
    """Every role, user and group of the stack."""
    found = {kind: list(resources.of(token)) for kind, token in _KINDS.items()}
    groups = {str(value(each, "name")): _principal(resources, "group", each, []) for each in found["group"]}
    roles = [_principal(resources, "role", each, []) for each in found["role"]]
    users = [_principal(resources, "user", each, _groups_of(resources, each, groups)) for each in found["user"]]
    return [*roles, *users, *groups.values()]


def roles(resources: Resources) -> list[Principal]:
    """Every role of the stack."""
    return [_principal(resources, "role", each, []) for each in resources.of(_KINDS["role"])]


def holders(resources: Resources, known: Sequence[Principal]) -> Iterator[Holder]:
    """Every declared thing that acts with a role of the stack."""
    profiles = {value(each, name): value(each, "role") for each in _profiles(resources) for name in ("name", "arn")}
    roles = {name: each for each in known if each.kind == "role" for name in (each.arn, value(each.resource, "name"))}
    for service, rows in _holders().items():
        for row in rows:
            for resource in resources.of(row["type"]):
                named = value(resource, row["role"])
                role = None if isinstance(named, Unknown) else roles.get(profiles.get(named, named))
                if role:
                    yield Holder(service, resource, role)


def _profiles(resources: Resources) -> tuple[Resource, ...]:
    return resources.of("aws:iam/instanceProfile:InstanceProfile")


@cache
def _holders() -> dict[str, Any]:
    return read_table(Path(__file__).with_name("role_holders.yaml"))


def _principal(resources: Resources, kind: str, resource: Resource, groups: Sequence[Principal]) -> Principal:
    name = value(resource, "name")
    attached = list(dict.fromkeys((*_attached(resources, kind, name), *every(resource, "managedPolicyArns[]"))))
    own = [*_inline(resources, kind, resource, name), *(_managed(resources, each) for each in attached)]
    limit = value(resource, "permissionsBoundary")
    return Principal(
        kind=kind,
        resource=resource,
        arn=value(resource, "arn"),
        identity=(*own, *(policy for group in groups for policy in group.identity)),
        boundary=() if limit in (None, "") else (_managed(resources, limit),),
        trust=held(resource, "assumeRolePolicy"),
        groups=tuple(str(group.arn) for group in groups),
        attached=(*map(str, attached), *(arn for group in groups for arn in group.attached)),
    )


def _groups_of(resources: Resources, user: Resource, groups: dict[str, Principal]) -> list[Principal]:
    name = value(user, "name")
    own = resources.of("aws:iam/userGroupMembership:UserGroupMembership")
    listed = [group for each in own if value(each, "user") == name for group in every(each, "groups[]")]
    lists = resources.of("aws:iam/groupMembership:GroupMembership")
    listed += [value(each, "group") for each in lists if name in every(each, "users[]")]
    return [groups[each] for each in dict.fromkeys(map(str, listed)) if each in groups]


def _inline(resources: Resources, kind: str, resource: Resource, name: Any) -> Iterator[Held]:
    """The policies that lie in the principal itself."""
    for owner, token in _INLINE:
        for policy in resources.of(token) if owner == kind else ():
            if value(policy, owner) == name and (found := held(policy, "policy")):
                yield found
    for index, _ in enumerate(every(resource, "inlinePolicies[]")):
        if found := held(resource, f"inlinePolicies[{index}].policy"):
            yield found


def _attached(resources: Resources, kind: str, name: Any) -> Iterator[Any]:
    """The ARNs of the managed policies that are attached to the principal."""
    for owner, token, path in _ATTACHED:
        for attachment in resources.of(token) if owner == kind else ():
            if name in every(attachment, path):
                yield value(attachment, "policyArn")


def _managed(resources: Resources, arn: Any) -> Held:
    """A managed policy; its document is Unknown where no stack declares it, as for AWS's own."""
    for policy in resources.of("aws:iam/policy:Policy"):
        if value(policy, "arn") == arn and (found := held(policy, "policy")):
            return found
    return Held(str(arn), Unknown(f"the document of {arn}"))


def _services(statement: Any) -> Iterator[str]:
    if statement.get("Effect") == "Allow":
        yield from _listed(statement.get("Principal"), "Service")


def _listed(principal: Any, kind: str) -> list[Any]:
    """The principals of a kind that a statement lists."""
    found = principal.get(kind) if isinstance(principal, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return as_list(found) or ([found] if found else [])  # pyright: ignore[reportUnknownArgumentType]
