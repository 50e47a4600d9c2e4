"""The Principal and NotPrincipal elements, and how closely they name a caller.

Source: IAM User Guide, "AWS JSON policy elements: Principal" and "AWS JSON policy elements: NotPrincipal".
"""

import re
from enum import IntEnum
from typing import NamedTuple

from clover.logic.aws.callers import Caller, CallerKind
from clover.logic.aws.reading import Malformed, quoted, read_bare_or_list, read_object, read_text

EVERYBODY = "*"
TYPES = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})
ACCOUNT = re.compile(r"(?:arn:(?P<partition>[^:]+):iam::)?(?P<account>[0-9]{12})(?(partition):root)")


class Naming(IntEnum):
    """How closely a statement names the caller; what else has to allow the request depends on it.

    ACCOUNT: its account, which only hands the decision over to that account's identity policies.
    ENTITY: the role of a role session or the user of a federated session, so that the entity's boundary and the
    session's policies still limit what is granted.
    DIRECT: the user, the session itself, the service, or everybody.
    """

    NOT = 0
    ACCOUNT = 1
    ENTITY = 2
    DIRECT = 3


class Principals(NamedTuple):
    """A Principal element, or with `negated` a NotPrincipal element: pairs of type and name."""

    names: tuple[tuple[str, str], ...]
    negated: bool

    def naming(self, caller: Caller) -> Naming:
        """How closely the element names the caller; NotPrincipal names everybody whom its list does not."""
        closest = max((_naming(kind, name, caller) for kind, name in self.names), default=Naming.NOT)
        if not self.negated:
            return closest
        return Naming.NOT if closest or not self.names else Naming.DIRECT


def read_principals(value: object, where: str, *, negated: bool) -> Principals:
    """The element `"*"` or an object of principal types; raises Malformed for another form."""
    if value == EVERYBODY:
        return Principals((("AWS", EVERYBODY),), negated)
    if isinstance(value, str):
        raise Malformed(f'{where}: expected "*" or an object such as {{"AWS": …}}, got {quoted(value)}')
    return Principals(
        tuple(
            (kind, read_text(name, f"{where}.{kind}"))
            for kind, names in read_object(value, where, TYPES).items()
            for name in read_bare_or_list(names)
        ),
        negated,
    )


def _naming(kind: str, name: str, caller: Caller) -> Naming:
    """How closely one listed principal names the caller.

    A canonical user ID stands for an account that only S3 can tell, so it names no caller here.
    """
    if kind == "AWS":
        return _naming_by_arn(name, caller)
    if kind == "Service":
        named = caller.kind is CallerKind.SERVICE and name in (caller.identifier, EVERYBODY)
    else:
        callers = (CallerKind.IDENTITY_PROVIDER, CallerKind.SERVICE)
        named = kind == "Federated" and caller.kind in callers and name == caller.identifier
    return Naming.DIRECT if named else Naming.NOT


def _naming_by_arn(name: str, caller: Caller) -> Naming:
    """How closely an entry under AWS names the caller: everybody, an account, or one ARN without wildcards."""
    if name == EVERYBODY:
        return Naming.DIRECT
    if not caller.in_an_account:
        return Naming.NOT
    account = ACCOUNT.fullmatch(name)
    if account:
        named = account["account"] == caller.account and account["partition"] in (None, caller.partition)
        return Naming.ACCOUNT if named else Naming.NOT
    if _names_entity(name, caller):
        return Naming.ENTITY
    return Naming.DIRECT if name == caller.identifier else Naming.NOT


def _names_entity(name: str, caller: Caller) -> bool:
    """Whether the ARN is the caller's role, or the user whose credentials made its federated session.

    A session ARN shows no path: unless the request gives aws:PrincipalArn, the role is told by its name alone,
    which is unique in its account.
    """
    header = f"arn:{caller.partition}:iam::{caller.account}:"
    if caller.kind is CallerKind.ROLE:
        by_name = name.startswith(f"{header}role/") and name.rsplit("/", 1)[-1] == caller.name
        return name == caller.arn if caller.path_known else by_name
    by_name = name.startswith(f"{header}user/") and name.rsplit("/", 1)[-1] == caller.name
    return caller.kind is CallerKind.FEDERATED_USER and by_name
