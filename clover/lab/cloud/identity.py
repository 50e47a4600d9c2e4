"""Who calls: the account and principal behind an access key.

Keys come from the cloud itself (AssumeRole, CreateAccessKey); a key that is a bare account id is that account's
root user, which is how the first role of an account is assumed.
"""

import re
from dataclasses import dataclass

from moto.iam.models import AccessKey, iam_backends
from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition

_ACCOUNT = re.compile(r"\d{12}")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls. `principal` is the ARN of the role, user or root; `session` the ARN that STS answers."""

    account: str
    principal: str
    session: str
    user_id: str

    @property
    def is_root(self) -> bool:
        """Whether an account's root user calls: the lab itself does, to assume the first role."""
        return self.principal.endswith(":root")


ANONYMOUS = Caller("123456789012", "anonymous", "anonymous", "anonymous")
"""An unsigned caller; moto wants some account, its default one stays empty."""


def caller_of(access_key: str | None, region: str) -> Caller | None:
    """The caller that holds `access_key` (None: anonymous), or None where nobody does."""
    if access_key is None:
        return ANONYMOUS
    partition = get_partition(region)
    if _ACCOUNT.fullmatch(access_key):
        root = f"arn:{partition}:iam::{access_key}:root"
        return Caller(access_key, root, root, access_key)
    for account in list(iam_backends):
        key = iam_backends[account][partition].access_keys.get(access_key)
        if key and key.status == "Active":
            return _role(key, account, partition) if key.role_arn else _user(key, account, partition)
    return None


def _role(key: AccessKey, account: str, partition: str) -> Caller | None:
    role = sts_backends[account][partition].get_assumed_role_from_access_key(key.access_key_id)
    return Caller(account, role.role_arn, role.arn, role.user_id) if role else None


def _user(key: AccessKey, account: str, partition: str) -> Caller | None:
    user = iam_backends[account][partition].users.get(str(key.user_name))
    return Caller(account, user.arn, user.arn, user.id) if user else None
