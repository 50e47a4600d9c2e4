"""Who makes a request: the caller's kind and names, read from the one string that a request gives."""

import re
from dataclasses import dataclass
from enum import Enum

from clover.logic.aws.reading import Malformed, quoted

ANONYMOUS = "anonymous"
SERVICE_SUFFIXES = (".amazonaws.com", ".amazonaws.com.cn", ".aws.internal")
HOST_NAME = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)
PRINCIPAL_ARN = re.compile(
    r"arn:(?P<partition>[a-z-]+):(?P<service>iam|sts)::(?P<account>[0-9]{12}):(?P<type>[a-z-]+)(?:/(?P<name>.+))?",
    re.DOTALL,
)
SERVICE_LINKED_PATH = ":role/aws-service-role/"


class CallerKind(Enum):
    """The kinds of principal that AWS evaluates differently."""

    ANONYMOUS = "anonymous"
    SERVICE = "service"
    IDENTITY_PROVIDER = "identity provider"
    ROOT = "root"
    USER = "user"
    ROLE = "role"
    FEDERATED_USER = "federated user"


IN_AN_ACCOUNT = frozenset({CallerKind.ROOT, CallerKind.USER, CallerKind.ROLE, CallerKind.FEDERATED_USER})
KINDS_BY_ARN = {
    ("iam", "root"): CallerKind.ROOT,
    ("iam", "user"): CallerKind.USER,
    ("iam", "role"): CallerKind.ROLE,
    ("sts", "assumed-role"): CallerKind.ROLE,
    ("sts", "federated-user"): CallerKind.FEDERATED_USER,
    ("iam", "saml-provider"): CallerKind.IDENTITY_PROVIDER,
    ("iam", "oidc-provider"): CallerKind.IDENTITY_PROVIDER,
}


@dataclass(frozen=True, slots=True)
class Caller:
    """A principal.

    `arn` is the value of aws:PrincipalArn: for a role session the role's ARN, which lacks the role's path
    unless `path_known`. `account` is None for anonymous callers, services and web identity providers.
    """

    kind: CallerKind
    identifier: str
    partition: str = ""
    account: str | None = None
    name: str = ""
    arn: str | None = None
    path_known: bool = True

    @property
    def in_an_account(self) -> bool:
        """Whether identity policies and service control policies can bind this caller."""
        return self.kind in IN_AN_ACCOUNT

    @property
    def service_linked(self) -> bool:
        """Whether this is a service-linked role, which organisation policies do not bind."""
        return self.kind is CallerKind.ROLE and SERVICE_LINKED_PATH in (self.arn or "")


def read_caller(text: str, where: str, given_arn: str | None = None) -> Caller:
    """The caller named by an ARN, `anonymous`, a service principal or a web identity provider.

    `given_arn` is the request's own aws:PrincipalArn: a session ARN does not show its role's path, that key does.
    Raises Malformed for anything else.
    """
    if text == ANONYMOUS:
        return Caller(CallerKind.ANONYMOUS, text)
    if HOST_NAME.fullmatch(text):
        is_service = text.lower().endswith(SERVICE_SUFFIXES)
        return Caller(CallerKind.SERVICE if is_service else CallerKind.IDENTITY_PROVIDER, text)
    parsed = PRINCIPAL_ARN.fullmatch(text)
    kind = KINDS_BY_ARN.get((parsed["service"], parsed["type"])) if parsed else None
    if parsed is None or kind is None or (parsed["name"] is None) != (kind is CallerKind.ROOT):
        raise Malformed(f"{where}: {quoted(text)} is no principal ARN, service principal or {quoted(ANONYMOUS)}")
    partition, account, name = parsed["partition"], parsed["account"], parsed["name"] or ""
    if parsed["type"] == "assumed-role":
        return _role_session(Caller(kind, text, partition, account, name), where, given_arn)
    return Caller(kind, text, partition, account, name.rsplit("/", 1)[-1], text)


def _role_session(session: Caller, where: str, given_arn: str | None) -> Caller:
    """The caller of a session ARN, whose name is still `role-name/session-name`."""
    role_name, separator, session_name = session.name.partition("/")
    if not (role_name and separator and session_name):
        raise Malformed(f"{where}: {quoted(session.identifier)} names no role session")
    role = f"arn:{session.partition}:iam::{session.account}:role/"
    path_known = given_arn is not None and given_arn.startswith(role) and given_arn.endswith(f"/{role_name}")
    arn = given_arn if path_known else role + role_name
    return Caller(CallerKind.ROLE, session.identifier, session.partition, session.account, role_name, arn, path_known)
