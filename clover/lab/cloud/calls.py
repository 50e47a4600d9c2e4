"""The call log: one JSON line for each call, in the order in which calls took effect."""

import json
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from clover.lab.cloud.call import Call
from clover.lab.cloud.models import Shape
from clover.lab.cloud.resources import resource_of

_LONGEST = 65_536
"""Characters of one logged string; longer than any policy, shorter than an object."""


class CallLog:
    """The log in `file`; a new one begins empty."""

    def __init__(self, file: Path) -> None:
        """Open `file`, dropping what an earlier cloud wrote."""
        self.file = file
        self._lock = threading.Lock()
        self._out = file.open("w", encoding="utf-8", buffering=1)
        self.count = 0

    def write(self, call: Call, shape: Shape, status: int) -> None:
        """Append `call`, whose parameters have `shape`, answered with the HTTP `status`."""
        record = {
            "account": call.account,
            "principal": call.caller.principal,
            "region": call.region,
            "service": call.service,
            "operation": call.operation,
            "parameters": _loggable(call.parameters, shape),
            "status": status,
        }
        resource = resource_of(call)
        if resource:
            record["resource"] = resource
        self.append(record)

    def append(self, record: Mapping[str, Any]) -> None:
        """Append `record`, numbered and timed."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._lock:
            self.count += 1
            self._out.write(json.dumps({"n": self.count, "time": now, **record}, default=str) + "\n")

    def read(self, after: int = 0) -> Iterator[dict[str, Any]]:
        """The calls numbered above `after`."""
        with self._lock:
            text = self.file.read_text(encoding="utf-8")
        for line in text.splitlines()[after:]:
            yield json.loads(line)

    def close(self) -> None:
        """Close the file; it stays for whoever reads it."""
        self._out.close()


def _loggable(value: Any, shape: Shape) -> Any:
    """`value` without payloads and without what the service model marks as sensitive."""
    if shape is not None and shape.metadata.get("sensitive"):
        return "(sensitive)"
    if isinstance(value, bytes):
        return {"bytes": len(value)}
    if isinstance(value, Mapping):
        pairs = cast(Mapping[str, Any], value).items()
        return {name: _loggable(part, _member(shape, name)) for name, part in pairs}
    if isinstance(value, list):
        return [_loggable(part, getattr(shape, "member", None)) for part in cast(list[Any], value)]
    return value[:_LONGEST] if isinstance(value, str) else value


def _member(shape: Shape, name: str) -> Shape:
    if shape is not None and shape.type_name == "structure":
        return shape.members.get(name)
    return getattr(shape, "value", None)
