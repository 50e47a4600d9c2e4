"""What goes wrong, as one line that a person can act on."""

from typing import Any


class Refusal(Exception):
    """The provider will not do it; the message is one line and says why."""


class NoAnswer(Refusal):
    """The cloud did not answer; whether the call took effect is open."""


class HalfDone(Exception):
    """The thing exists in the cloud, but is not yet what was asked for."""

    def __init__(self, resource_id: str, outputs: dict[str, Any], reason: str) -> None:
        """`outputs`: what the cloud says of the thing, so that the next run goes on from there."""
        super().__init__(reason)
        self.resource_id = resource_id
        self.outputs = outputs
        self.reason = reason
