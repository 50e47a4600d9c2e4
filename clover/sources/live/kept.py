"""Answers that an audit keeps until it is done, so that one that was cut off need not ask again.

A line for each answer, in a file that only its owner reads, removed at the end. Answers are taken up again by the same
caller about the same site within an hour; refusals are not kept, but asked again.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO, cast

from clover.errors import BadInput
from clover.sources.live.observation import now
from clover.sources.live.reading import Cloud

FILE = "unfinished.jsonl"
LONGEST = timedelta(hours=1)
"""After that, what was read counts as old news."""

_TIME = "$time"


class Kept:
    """The folder that answers are kept in."""

    def __init__(self, folder: Path) -> None:
        """Hold where; nothing is read or written yet."""
        self._path = folder / FILE

    def over(self, cloud: Cloud, caller: str) -> "KeptCloud":
        """The cloud, with what this caller was told before; BadInput where the folder cannot be written."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            begun, known = self._known(caller)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            out = os.fdopen(descriptor, "w", encoding="utf-8")
        except OSError as error:
            raise BadInput(f"--out {self._path.parent}: cannot be written: {error.strerror}") from None
        rows = ({"call": call, "answer": answer} for call, answer in known.items())
        out.writelines(f"{json.dumps(row)}\n" for row in ({"caller": caller, "begun": begun}, *rows))
        out.flush()
        return KeptCloud(cloud, known, out, begun)

    def done(self) -> None:
        """Forget the answers: they are in the audit's own files now."""
        self._path.unlink(missing_ok=True)

    def _known(self, caller: str) -> tuple[str, dict[str, Any]]:
        """Since when, and what the file holds of the same caller's audit; a line that was cut off does not count."""
        found: dict[str, Any] = {}
        begun = now()
        with suppress(OSError, ValueError, KeyError, TypeError), self._path.open(encoding="utf-8") as lines:
            head = json.loads(next(lines, ""))
            age = datetime.now(UTC) - datetime.fromisoformat(head["begun"])
            if head["caller"] != caller or not timedelta() <= age < LONGEST:
                return begun, found
            begun = head["begun"]
            for line in lines:
                row = json.loads(line)
                found[row["call"]] = row["answer"]
        return (begun, found) if found else (now(), found)


class KeptCloud:
    """A cloud whose answers are kept since it was `begun`; `resumed` counts those that were there already."""

    def __init__(self, cloud: Cloud, known: Mapping[str, Any], out: TextIO, begun: str) -> None:
        """Hold the cloud, what it said before, and where to write what it says."""
        self._cloud, self._known, self._out = cloud, known, out
        self.begun = begun
        self.resumed = 0

    def call(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer, kept or new; RefusedCallError where the cloud gives none."""
        key = json.dumps([operation, parameters], sort_keys=True)
        if key in self._known:
            self.resumed += 1
            return _read(self._known[key])
        answer = self._cloud.call(operation, parameters)
        self._out.write(json.dumps({"call": key, "answer": answer}, default=_written) + "\n")
        self._out.flush()
        return answer

    def close(self) -> None:
        """Close the file."""
        self._out.close()


def _written(value: object) -> Any:
    """What JSON has no form for: a time."""
    if isinstance(value, datetime):
        return {_TIME: value.astimezone(UTC).isoformat()}
    return str(value)


def _read(value: Any) -> Any:
    """The answer as the cloud gave it."""
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        if list(members) == [_TIME]:
            return datetime.fromisoformat(members[_TIME])
        return {name: _read(inner) for name, inner in members.items()}
    return [_read(inner) for inner in cast("list[Any]", value)] if isinstance(value, list) else value
