"""IAM: the sum of a role's inline policies, and the JSON of trust policies."""

from moto.iam.models import iam_backends

from clover.lab.cloud.call import Call
from clover.lab.cloud.documents import size_of, too_large
from clover.lab.cloud.tables import table


def check_inline_sum(call: Call) -> None:
    """PutRolePolicy: all inline policies of a role together have one limit."""
    row, asked = table("documents")[call.name], call.parameters
    role = next(
        (one for one in iam_backends[call.account][call.partition].roles.values() if one.name == asked["RoleName"]),
        None,
    )
    kept = {**(role.policies if role else {}), asked["PolicyName"]: asked["PolicyDocument"]}
    if sum(size_of(text, row["count"]) for text in kept.values()) > row["most"]:
        raise too_large(call)


OPERATIONS: dict[str, object] = {}
CHECKS = {"iam.PutRolePolicy": [check_inline_sum]}
