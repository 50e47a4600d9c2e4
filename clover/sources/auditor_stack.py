"""What the auditor hands over of its own stack: made of an export of it, and read again as a world of one stack."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from clover.errors import BadInput, Place
from clover.sources.export import VERSION, is_export, is_local, read_export
from clover.sources.values import without_secrets
from clover.sources.world import World, stack_world
from clover.zones.attestation import AuditorStack
from clover.zones.vocabulary import StackKind

KEPT = ("urn", "type", "custom", "id", "inputs", "outputs", "parent", "provider")
"""What of a resource's state proofs need."""


def handed_over(export: Mapping[str, Any], place: Place, attested_on: date, valid_until: date) -> AuditorStack:
    """What is to be signed of the auditor's stack; BadInput for what is no export of one."""
    if not is_export(export):
        raise BadInput("is no stack export; make one with: pulumi stack export", place)
    world = stack_world(read_export(export, place), place)
    found = AuditorStack(
        zone=world.subjects[0].zone or "",
        lab=is_local(export),
        attested_on=attested_on,
        valid_until=valid_until,
        resources=tuple(
            {name: without_secrets(state[name]) for name in KEPT if name in state}
            for state in export["deployment"]["resources"]
        ),
    )
    read_handed_over(found, place)
    return found


def read_handed_over(stack: AuditorStack, place: Place) -> World:
    """The world of the stack that was signed; BadInput where that is no auditor's of its zone."""
    export = {"version": VERSION, "deployment": {"resources": list(stack.resources)}}
    world = stack_world(read_export(export, place), place)
    subject = world.subjects[0]
    if subject.hand != StackKind.AUDITOR.value:
        raise BadInput(f"holds stack {subject.stack}, which is no auditor's", place)
    if subject.zone != stack.zone:
        raise BadInput(f"holds stack {subject.stack}, which is of another zone than it says", place)
    return world
