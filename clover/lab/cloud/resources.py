"""Which resource a call is about, as an ARN, where its parameters say it."""

from typing import Any

from moto.iam.models import iam_backends

from clover.lab.cloud.call import Call
from clover.lab.cloud.tables import table


def resource_of(call: Call) -> str | None:
    """The ARN of what `call` is about, or None where the call does not name it."""
    for row in table("resources").get(call.service, ()):
        if all(isinstance(call.parameters.get(name), str) for name in row["with"]):
            return _arn(call, row)
    return None


def _arn(call: Call, row: dict[str, Any]) -> str:
    values = {name: call.parameters[name] for name in row["with"]}
    named = values[row["with"][0]]
    if named.startswith("arn:"):
        return named
    if "RoleName" in values:
        role = iam_backends[call.account][call.partition].roles
        return next((one.arn for one in role.values() if one.name == named), _filled(call, row, values))
    return _filled(call, row, values)


def _filled(call: Call, row: dict[str, Any], values: dict[str, str]) -> str:
    places = {"partition": call.partition, "region": call.region, "account": call.account}
    return row["arn"].format(**places, **values)
