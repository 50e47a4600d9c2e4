"""The daemon: one process, one port on 127.0.0.1, everything in memory."""

import argparse
import fcntl
import json
import logging
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clover.errors import BadInput, Place
from clover.lab.cloud.ready import FAULTS_FILE, LOG_FILE, read_ready

if TYPE_CHECKING:
    from clover.lab.cloud.server import Server

IDLE_HOURS = 12.0
"""Hours without a call after which the daemon ends itself."""

_WATCH_SECONDS = 2.0
_CLAIM_SECONDS = 1.0


def main(argv: Sequence[str]) -> int:
    """Run until stopped. Exit status: 0 stopped, 64 the folder cannot be served (one line on stderr)."""
    parser = argparse.ArgumentParser(prog="python -m clover.lab.cloud", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="the lab folder to serve")
    parser.add_argument("--idle-hours", type=float, default=IDLE_HOURS, help="end after so long without a call")
    options = parser.parse_args(argv)
    try:
        _serve(options.folder.resolve(), options.idle_hours * 3600)
    except BadInput as error:
        print(error, file=sys.stderr)  # noqa: T201 (the line for whoever started it)
        return 64
    return 0


def _serve(folder: Path, idle_seconds: float) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{folder} cannot be a lab folder: {error.strerror}") from None
    with _claimed_log(folder) as log:
        faults = _faults(folder)
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
        warnings.filterwarnings("ignore", "Exception.*does not match an error shape", UserWarning)
        _forget_surroundings()
        from clover.lab.cloud.server import Server  # moto reads the environment when it is imported

        with Server(folder, faults) as server:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, server.stop)
            server.ready.write(folder)
            threading.Thread(target=server.front.warm, daemon=True).start()
            _watch(server, folder, idle_seconds)
            server.ready.remove(folder)


def _claimed_log(folder: Path) -> TextIOWrapper:
    """The folder's log, emptied and locked: holding the lock is what makes one process the folder's daemon."""
    log = (folder / LOG_FILE).open("a+", encoding="utf-8")
    until = time.monotonic() + _CLAIM_SECONDS
    while True:
        try:
            fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise BadInput(f"{folder} is served already, by {_holder(folder)}") from None
            time.sleep(0.02)
        else:
            log.truncate(0)
            return log


def _holder(folder: Path) -> str:
    ready = read_ready(folder)
    return f"the daemon with pid {ready.pid}" if ready else "a daemon that is just starting"


def _faults(folder: Path) -> list[dict[str, Any]]:
    """The faults that the folder is set to."""
    from clover.lab.cloud.faults import checked

    file = folder / FAULTS_FILE
    if not file.exists():
        return []
    try:
        return checked(json.loads(file.read_text()))
    except ValueError as error:
        raise BadInput(f"not JSON: {error}", Place(FAULTS_FILE)) from None
    except BadInput as error:
        raise BadInput(error.message, Place(FAULTS_FILE)) from None


def _forget_surroundings() -> None:
    """Keep the user's AWS and moto settings out: they would change what the cloud answers."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "MOTO_", "TEST_", "S3_")):
            del os.environ[name]
    os.environ["MOTO_DISABLE_GLOBAL_CORS"] = "1"


def _watch(server: "Server", folder: Path, idle_seconds: float) -> None:
    """Wait for the end: asked to stop, idle for too long, or the folder is gone or another daemon's."""
    control = server.control
    while not control.stopping.wait(_WATCH_SECONDS):
        if time.monotonic() - control.touched > idle_seconds or not server.ready.is_current(folder):
            control.stopping.set()
