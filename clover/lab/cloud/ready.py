"""The ready file `cloud.json` of a lab folder: which daemon serves the folder, and how it is reached."""

import fcntl
import json
from dataclasses import asdict, dataclass
from pathlib import Path

READY_FILE = "cloud.json"
LOG_FILE = "cloud.log"
CALLS_FILE = "calls.jsonl"
FAULTS_FILE = "faults.json"


@dataclass(frozen=True, slots=True)
class Ready:
    """A running cloud: process, port on 127.0.0.1, the random id of its memory, start (UTC), control token."""

    pid: int
    port: int
    generation: str
    started: str
    token: str

    def write(self, folder: Path) -> None:
        """Put the ready file into `folder`, whole or not at all, readable to its owner only."""
        draft = folder / f".{READY_FILE}.{self.pid}"
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(asdict(self)) + "\n")
        draft.replace(folder / READY_FILE)

    def is_current(self, folder: Path) -> bool:
        """Whether `folder` still holds this very ready file."""
        try:
            return read_ready(folder) == self
        except ValueError:
            return False

    def remove(self, folder: Path) -> None:
        """Take the ready file away, unless it is another daemon's by now."""
        if self.is_current(folder):
            (folder / READY_FILE).unlink(missing_ok=True)


def read_ready(folder: Path) -> Ready | None:
    """The ready file of `folder`; None where there is none, ValueError where it is not one."""
    try:
        text = (folder / READY_FILE).read_text()
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        return Ready(**json.loads(text))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{folder / READY_FILE} is not a ready file: {error}") from None


def is_claimed(folder: Path) -> bool:
    """Whether a daemon, starting or running, holds the lock on the folder's log."""
    try:
        log = (folder / LOG_FILE).open()
    except FileNotFoundError:
        return False
    with log:
        try:
            fcntl.flock(log, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
