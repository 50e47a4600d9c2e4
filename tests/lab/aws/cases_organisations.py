"""Policies of an organisation, and what they are attached to."""

import json
from typing import Any

from clover.lab.provider.wire import Props
from tests.lab.aws.case import Case
from tests.lab.aws.cases_storage import tags
from tests.lab.aws.world import UNIT, World, policy
from tests.lab.provider.engine import Resource

STAY = policy({"Effect": "Deny", "Action": ["organizations:LeaveOrganization"], "Resource": "*"})
CLOSE = policy({"Effect": "Deny", "Action": "account:CloseAccount", "Resource": "*"})


def see_policy(world: World, guard: Resource) -> Props:
    organizations = world.aws("organizations")
    found = organizations.describe_policy(PolicyId=guard.id)["Policy"]
    about = found["PolicySummary"]
    return {
        "name": about["Name"],
        "type": about["Type"],
        "description": about["Description"],
        "content": json.loads(found["Content"]),
        "tags": tags(organizations.list_tags_for_resource(ResourceId=guard.id)["Tags"]),
    }


def see_attachment(world: World, it: Resource) -> Props:
    targets = world.aws("organizations").list_targets_for_policy(PolicyId=it["policyId"])["Targets"]
    return {"targetId": targets[0]["TargetId"], "policyId": it["policyId"]}


def detach(world: World, it: Resource) -> Any:
    return world.aws("organizations").detach_policy(PolicyId=it["policyId"], TargetId=it["targetId"])


CASES = [
    Case(
        token="aws:organizations/policy:Policy",
        inputs=lambda world: {
            "name": world.name("guard"),
            "description": "stay",
            "content": STAY,
            "tags": {"hand": "organisation"},
        },
        changed=lambda world: {
            "name": world.name("renamed"),
            "description": "stay open",
            "content": CLOSE,
            "tags": {"hand": "controller"},
        },
        replaced=lambda world: {"type": "RESOURCE_CONTROL_POLICY"},
        seen=see_policy,
        drift=lambda world, it: world.aws("organizations").update_policy(PolicyId=it.id, Content=CLOSE),
        drifts=frozenset({"content"}),
    ),
    Case(
        token="aws:organizations/policyAttachment:PolicyAttachment",
        inputs=lambda world: {"policyId": world.guard.id, "targetId": UNIT},
        replaced=lambda world: {"targetId": world.account},
        seen=see_attachment,
        drift=detach,
    ),
]
