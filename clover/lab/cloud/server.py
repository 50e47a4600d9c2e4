"""The threaded HTTP server around the front end."""

import logging
import os
import secrets
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.exceptions import NotFound
from werkzeug.serving import make_server

from clover.lab.clock import Clock
from clover.lab.cloud.calls import CallLog
from clover.lab.cloud.control import Control
from clover.lab.cloud.enforcement import lift
from clover.lab.cloud.extensions.ec2.default_networks import leave_out
from clover.lab.cloud.faults import Faults
from clover.lab.cloud.frontend import FrontEnd
from clover.lab.cloud.ready import CALLS_FILE, FAULTS_FILE, Ready

_log = logging.getLogger(__name__)


class _Handler(MotoRequestHandler):
    """Reads one request; gives up on a client that sends nothing for a minute."""

    timeout = 60

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: calls.jsonl is the log of calls."""


class Server:
    """A cloud that answers on a port of its own from construction until `__exit__`."""

    def __init__(self, folder: Path, faults: Sequence[Mapping[str, Any]]) -> None:
        """Begin with an empty cloud whose call log lies in `folder`."""
        lift()
        leave_out()
        self._server = make_server("127.0.0.1", 0, NotFound(), threaded=True, request_handler=_Handler)
        self.ready = Ready(
            pid=os.getpid(),
            port=self._server.server_port,
            generation=secrets.token_hex(8),
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            token=secrets.token_urlsafe(24),
        )
        self._calls = CallLog(folder / CALLS_FILE)
        clock = Clock()
        acting = Faults(clock, faults)
        self.control = Control(self.ready, self._calls, acting, folder / FAULTS_FILE)
        self.front = FrontEnd(self.control, self._calls, acting, clock)
        self._server.app = self.front
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        self._thread.start()

    def stop(self, number: int, frame: FrameType | None) -> None:
        """End, as a signal's handler."""
        _log.warning("ends on signal %s in %s", number, frame and frame.f_code.co_name)
        self.control.stopping.set()

    def __enter__(self) -> Self:
        """The running server."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop answering."""
        self.control.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._calls.close()
