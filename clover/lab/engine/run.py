"""Run the engine and follow what it does through its event log."""

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clover.lab.progress import Progress, Step

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


def run(engine: Path, arguments: list[str], root: Path, environment: dict[str, str], progress: Progress) -> Outcome:
    """Run `pulumi ARGUMENTS` with a live account of its steps; what it prints itself is kept for failures alone."""
    with tempfile.TemporaryDirectory() as scratch:
        log, printed = Path(scratch) / "events", Path(scratch) / "printed"
        command = [str(engine), *arguments, "--event-log", str(log), "--non-interactive", "--color", "never"]
        # The event log is behind this switch in the engine (pkg/cmd/pulumi/operations).
        settings = {**os.environ, **environment, "PULUMI_DEBUG_COMMANDS": "true"}
        with printed.open("w") as output:
            process = subprocess.Popen(
                command, cwd=root, env=settings, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )
        outcome = _account(_follow(process, log), arguments[0], progress)
        outcome.exit_code = process.wait()
        if outcome.exit_code and not outcome.errors:
            outcome.errors = printed.read_text().strip().splitlines()[-5:]
    return outcome


def _follow(process: subprocess.Popen[bytes], log: Path) -> Iterator[dict[str, Any]]:
    """Yield the events as they are written, until the engine has ended and its log is read to the end."""
    rest, position = "", 0
    running = True
    while running:
        try:
            process.wait(POLL_SECONDS)
            running = False
        except subprocess.TimeoutExpired:
            pass
        if log.exists():
            with log.open() as file:
                file.seek(position)
                rest += file.read()
                position = file.tell()
        *lines, rest = rest.split("\n")
        yield from (json.loads(line) for line in lines if line)


def _account(events: Iterator[dict[str, Any]], verb: str, progress: Progress) -> Outcome:
    """Count planned steps, then done ones, and collect what went wrong."""
    outcome, planned = Outcome(0), 0
    with progress.step(verb) as step:
        for event in events:
            planned += _planned(event)
            if planned:
                step.expect(planned)
            _show(event, step)
            _collect(event, outcome)
    return outcome


def _planned(event: dict[str, Any]) -> int:
    """1 for a step that the preview says will change something."""
    before = event.get("resourcePreEvent", {})
    return int(bool(before.get("planning")) and before["metadata"]["op"] not in QUIET_OPERATIONS)


def _show(event: dict[str, Any], step: Step) -> None:
    """Move the progress by what the event says."""
    before, after = event.get("resourcePreEvent"), event.get("resOutputsEvent")
    if before:
        step.note(_name(before["metadata"]["urn"]))
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
