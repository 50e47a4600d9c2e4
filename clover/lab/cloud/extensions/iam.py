"""IAM: the sum of a role's inline policies, and the audiences of a provider, which moto keeps as they began."""

from collections.abc import Callable

from moto.iam.models import OpenIDConnectProvider, iam_backends

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


def add_audience(call: Call) -> None:
    """AddClientIDToOpenIDConnectProvider: an audience that is there already stays."""
    provider, audience = _provider(call), call.parameters["ClientID"]
    if audience not in provider.client_id_list:
        provider.client_id_list.append(audience)


def remove_audience(call: Call) -> None:
    """RemoveClientIDFromOpenIDConnectProvider: one that is not there is no error."""
    provider, audience = _provider(call), call.parameters["ClientID"]
    provider.client_id_list = [each for each in provider.client_id_list if each != audience]


def _provider(call: Call) -> OpenIDConnectProvider:
    backend = iam_backends[call.account][call.partition]
    return backend.get_open_id_connect_provider(call.parameters["OpenIDConnectProviderArn"])


OPERATIONS: dict[str, Callable[[Call], None]] = {
    "iam.AddClientIDToOpenIDConnectProvider": add_audience,
    "iam.RemoveClientIDFromOpenIDConnectProvider": remove_audience,
}
CHECKS = {"iam.PutRolePolicy": [check_inline_sum]}
