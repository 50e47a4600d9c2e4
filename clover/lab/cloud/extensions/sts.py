"""STS: whose identity a caller has (moto knows no root user and answers a made-up user instead)."""

from collections.abc import Mapping
from typing import Any

from clover.lab.cloud.call import Call


def get_caller_identity(call: Call) -> Mapping[str, Any]:
    """The caller's account, ARN and id."""
    caller = call.caller
    return {"Account": caller.account, "Arn": caller.session, "UserId": caller.user_id}


OPERATIONS = {"sts.GetCallerIdentity": get_caller_identity}
