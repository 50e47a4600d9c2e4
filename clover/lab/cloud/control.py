"""The lab's own endpoints under /_lab/: status, faults, calls, organisations, stop; they want the file's token."""

import hmac
import json
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

from moto.core.request import Request

from clover.errors import BadInput
from clover.lab.cloud.answers import Answer, as_json
from clover.lab.cloud.calls import CallLog
from clover.lab.cloud.faults import Faults, checked
from clover.lab.cloud.ready import Ready

_LOCAL_HOST = re.compile(r"(127\.0\.0\.1|\[::1\]|([a-z0-9.-]+\.)?localhost)(:\d+)?", re.IGNORECASE)


def is_local(request: Request) -> bool:
    """Whether `request` was made to this machine by name, and by no web page (DNS rebinding, cross-site posts)."""
    return bool(_LOCAL_HOST.fullmatch(request.host)) and "Origin" not in request.headers


class Control:
    """The endpoints, and what they share with the daemon: when the last call came, and whether to stop."""

    def __init__(self, ready: Ready, calls: CallLog, faults: Faults, faults_file: Path) -> None:
        """Answer for the cloud that `ready` describes."""
        self.touched = time.monotonic()
        self.stopping = threading.Event()
        self._ready = ready
        self._calls = calls
        self._faults = faults
        self._faults_file = faults_file
        self._endpoints: dict[tuple[str, str], Callable[[Request], Answer]] = {
            ("GET", "/_lab/status"): self._status,
            ("GET", "/_lab/calls"): self._read_calls,
            ("GET", "/_lab/faults"): self._get_faults,
            ("PUT", "/_lab/faults"): self._set_faults,
            ("POST", "/_lab/organisations"): self._found,
            ("POST", "/_lab/stop"): self._stop,
        }

    def answer(self, request: Request) -> Answer:
        """The answer of the endpoint, where the token is right."""
        if not hmac.compare_digest(request.headers.get("X-Lab-Token", "").encode(), self._ready.token.encode()):
            return as_json(403, {"error": "the token of cloud.json is missing or wrong"})
        endpoint = self._endpoints.get((request.method, request.path))
        if endpoint is None:
            return as_json(404, {"error": f"there is no {request.method} {request.path}"})
        try:
            return endpoint(request)
        except (BadInput, ValueError) as error:
            return as_json(400, {"error": str(error)})

    def _status(self, _: Request) -> Answer:
        ready = self._ready
        return as_json(
            200,
            {
                "pid": ready.pid,
                "port": ready.port,
                "generation": ready.generation,
                "started": ready.started,
                "calls": self._calls.count,
                "idle_seconds": round(time.monotonic() - self.touched, 1),
                "faults": self._faults.settings(),
            },
        )

    def _read_calls(self, request: Request) -> Answer:
        return as_json(200, list(self._calls.read(int(request.args.get("after", "0")))))

    def _get_faults(self, _: Request) -> Answer:
        return as_json(200, self._faults.settings())

    def _set_faults(self, request: Request) -> Answer:
        settings = checked(json.loads(request.get_data()))
        self._faults.replace(settings)
        if settings:
            self._faults_file.write_text(json.dumps(settings, indent=1) + "\n")
        else:
            self._faults_file.unlink(missing_ok=True)
        return self._get_faults(request)

    def _found(self, request: Request) -> Answer:
        from clover.lab.cloud.extensions.organizations.membership import found  # moto's organisations, when wanted

        found(json.loads(request.get_data()))
        return as_json(200, {})

    def _stop(self, _: Request) -> Answer:
        self.stopping.set()
        return as_json(200, {"stopping": self._ready.pid})
