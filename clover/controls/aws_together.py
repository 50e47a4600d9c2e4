"""A request with the keys that AWS sets together: whoever comes by an endpoint has the endpoint's id as well."""

from collections.abc import Mapping
from typing import Any

from clover.logic.aws import evaluate
from clover.model.aws.policies import statements

ENDPOINT = "aws:SourceVpce"
OF_ENDPOINTS = frozenset({"aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths", "aws:vpcsourceip"})
"""Keys of a request that came by a VPC endpoint, and of no other (IAM User Guide, global condition context keys)."""
ANOTHER = "vpce-0a1b2c3d"
"""The id of an endpoint that no site has."""


def whole(request: dict[str, Any], plain: Mapping[str, Any], question: Mapping[str, Any]) -> dict[str, Any]:
    """The request with an endpoint's id, where it has other keys of an endpoint and stays allowed and asked about."""
    context: Mapping[str, Any] = request["context"]
    named = {key.lower() for key, value in context.items() if value is not None}
    if not named & OF_ENDPOINTS or ENDPOINT.lower() in named:
        return request
    kept = {key: value for key, value in context.items() if key.lower() != ENDPOINT.lower()}
    made = {**request, "context": {**kept, ENDPOINT: ANOTHER}}
    asked = {"resource": {**question, "Statement": [{**each, "Effect": "Deny"} for each in statements(question)]}}
    is_asked = evaluate(made, asked).decision == "explicit_deny"
    return made if is_asked and evaluate(made, plain).decision == "allow" else request
