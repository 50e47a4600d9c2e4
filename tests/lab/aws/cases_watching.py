"""Alarms, events and messages."""

import json
from typing import Any

from clover.lab.provider.wire import Props
from tests.lab.aws.case import Case
from tests.lab.aws.world import World, policy
from tests.lab.provider.engine import Resource

NOTICED = json.dumps({"source": ["aws.kms"]})
SITE = "111122223333"


def see_bus(world: World, it: Resource) -> Props:
    found = world.aws("events").describe_event_bus(Name=it.id)
    return {"name": found["Name"], "description": found["Description"]}


def bus_policy(arn: str, action: str) -> str:
    return policy("Allow", action, arn, {"AWS": f"arn:aws:iam::{SITE}:root"})
