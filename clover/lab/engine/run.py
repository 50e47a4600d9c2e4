"""Run the engine and follow what it does through the events that it streams."""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from clover.lab.engine import events
from clover.lab.progress import Step

POLL_SECONDS = 0.1
COLOUR = re.compile(r"<\{%[^%]*%\}>")
#: Operations that change nothing in the cloud.
QUIET_OPERATIONS = frozenset({"same", "read", "refresh"})


@dataclass
class Outcome:
    """What one run of the engine came to."""

    exit_code: int
    changes: dict[str, int] = field(default_factory=dict[str, int])
    errors: list[str] = field(default_factory=list[str])
    seconds: int = 0


def run(
    engine: Path, arguments: list[str], root: Path, environment: dict[str, str], shown: AbstractContextManager[Step]
) -> Outcome:
    """Run `pulumi ARGUMENTS` with a live account of its steps; what it prints itself is kept for failures alone."""
    with tempfile.TemporaryFile("w+") as printed, events.listen() as (address, stream):
        command = [str(engine), *arguments, "--event-log", address, "--non-interactive", "--color", "never"]
        # The event log is behind this switch in the engine (pkg/cmd/pulumi/operations).
        settings = {**os.environ, **environment, "PULUMI_DEBUG_COMMANDS": "true"}
        process = subprocess.Popen(
            command, cwd=root, env=settings, stdin=subprocess.DEVNULL, stdout=printed, stderr=subprocess.STDOUT
        )
        outcome = _account(_until_end(process, stream), shown)
        outcome.exit_code = process.wait()
        if outcome.exit_code and not outcome.errors:
            printed.seek(0)
            outcome.errors = printed.read().strip().splitlines()[-5:]
    return outcome


def _until_end(process: subprocess.Popen[bytes], stream: "Queue[dict[str, Any]]") -> Iterator[dict[str, Any]]:
    """Yield events until the engine has ended and nothing is left of what it sent."""
    while True:
        ended = process.poll() is not None
        try:
            yield stream.get(timeout=0 if ended else POLL_SECONDS)
        except Empty:
            if ended:
                return


def _account(told: Iterator[dict[str, Any]], shown: AbstractContextManager[Step]) -> Outcome:
    """Count planned steps, then done ones, and collect what went wrong."""
    outcome, planned = Outcome(0), 0
    with shown as step:
        for event in told:
            if _is_planned(event):
                planned += 1
                step.expect(planned)
            _show(event, step)
            _collect(event, outcome)
    return outcome


def _is_planned(event: dict[str, Any]) -> bool:
    """Whether the preview says of a step that it will change something."""
    before = event.get("resourcePreEvent", {})
    return bool(before.get("planning")) and before["metadata"]["op"] not in QUIET_OPERATIONS


def _show(event: dict[str, Any], step: Step) -> None:
    """Move the progress by what the event says."""
    before, after = event.get("resourcePreEvent"), event.get("resOutputsEvent")
    if before:
        step.note(("preview of " if before.get("planning") else "") + _name(before["metadata"]["urn"]))
    if after and not after.get("planning") and after["metadata"]["op"] not in QUIET_OPERATIONS:
        step.advance(_name(after["metadata"]["urn"]))


def _name(urn: str) -> str:
    """A person's name for a resource: the last part of its type, and its own name."""
    *_, types, name = urn.split("::")
    return f"{types.split('$')[-1].split(':')[-1]} {name}"


def _collect(event: dict[str, Any], outcome: Outcome) -> None:
    """Keep errors and the last summary."""
    diagnostic, summary = event.get("diagnosticEvent", {}), event.get("summaryEvent")
    if diagnostic.get("severity") == "error":
        outcome.errors.append(COLOUR.sub("", diagnostic["message"]).strip())
    if summary:
        outcome.changes = summary["resourceChanges"]
        outcome.seconds += summary["durationSeconds"]
