"""Tags of DNS Firewall's things and of query log configurations; the other Resolver things' tags are moto's."""

from collections.abc import Mapping
from typing import Any

from moto.route53resolver.models import route53resolver_backends

from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.pages import page
from clover.lab.cloud.extensions.resolver.state import STATE


def listed(call: Call) -> Mapping[str, Any]:
    """ListTagsForResource."""
    kept = _tags(call)
    if kept is None:
        backend = route53resolver_backends[call.account][call.region]
        tags, _ = backend.list_tags_for_resource(resource_arn=call.parameters["ResourceArn"])
        return {"Tags": tags}
    rows = [{"Key": key, "Value": value} for key, value in kept.items()]
    return page(rows, call.parameters, "Tags", "InvalidNextTokenException")


def tag(call: Call) -> None:
    """TagResource: tags are added or replaced."""
    kept = _tags(call)
    if kept is None:
        backend = route53resolver_backends[call.account][call.region]
        backend.tag_resource(call.parameters["ResourceArn"], call.parameters["Tags"])
    else:
        kept.update({row["Key"]: row["Value"] for row in call.parameters["Tags"]})


def untag(call: Call) -> None:
    """UntagResource."""
    kept = _tags(call)
    if kept is None:
        backend = route53resolver_backends[call.account][call.region]
        backend.untag_resource(call.parameters["ResourceArn"], call.parameters["TagKeys"])
    else:
        for key in call.parameters["TagKeys"]:
            kept.pop(key, None)


def _tags(call: Call) -> dict[str, str] | None:
    return STATE.of(call).tags.get(call.parameters["ResourceArn"])


OPERATIONS = {"ListTagsForResource": listed, "TagResource": tag, "UntagResource": untag}
