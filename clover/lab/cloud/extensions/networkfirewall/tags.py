"""Tags of rule groups, policies and firewalls."""

from collections.abc import Mapping
from typing import Any

from clover.lab.cloud.answers import Refusal
from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.networkfirewall.state import STATE, Thing
from clover.lab.cloud.extensions.pages import page


def _tagged(call: Call) -> Thing:
    state, arn = STATE.of(call), call.parameters["ResourceArn"]
    thing = state.rule_groups.get(arn) or state.policies.get(arn) or state.firewalls.get(arn)
    if thing is None:
        raise Refusal("ResourceNotFoundException", f"Unable to find {arn}")
    return thing


def listed(call: Call) -> Mapping[str, Any]:
    """ListTagsForResource."""
    return page(_tagged(call).tag_list(), call.parameters, "Tags", "InvalidRequestException")


def tag(call: Call) -> None:
    """TagResource: tags are added or replaced."""
    _tagged(call).tags.update({row["Key"]: row["Value"] for row in call.parameters["Tags"]})


def untag(call: Call) -> None:
    """UntagResource."""
    thing = _tagged(call)
    for key in call.parameters["TagKeys"]:
        thing.tags.pop(key, None)


OPERATIONS = {"ListTagsForResource": listed, "TagResource": tag, "UntagResource": untag}
