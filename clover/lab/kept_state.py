"""Keep the last whole state of a stack while the engine works.

On a full disk the engine's file backend replaces both the state and its backup by what of them still fitted. A second
name for the file that was whole takes no space, and outlives the file's replacement.
"""

import json
import os
import threading
from pathlib import Path
from types import TracebackType

POLL_SECONDS = 0.05


class KeptState:
    """While entered, every whole state that the engine writes is kept under a second name."""

    def __init__(self, state: Path) -> None:
        """`state`: the stack's file in the engine's file backend; it need not exist yet."""
        self._state, self._kept = state, kept(state)
        self._inode = 0
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="kept-state", daemon=True)

    def __enter__(self) -> None:
        """Begin to watch."""
        self._kept.parent.mkdir(parents=True, exist_ok=True)
        self._watcher.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Keep the last state and end."""
        self._ended.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._ended.wait(POLL_SECONDS):
            self._keep()
        self._keep()

    def _keep(self) -> None:
        """Give the file its second name if it is a new one and whole; the engine may replace it at any moment."""
        fresh = self._kept.with_suffix(".fresh")
        try:
            fresh.unlink(missing_ok=True)
            fresh.hardlink_to(self._state)
            if fresh.stat().st_ino != self._inode and _ends(fresh):
                self._inode = fresh.stat().st_ino
                fresh.replace(self._kept)
        except OSError:
            return


def kept(state: Path) -> Path:
    """The second name of a stack's state: beside all stacks, on the same disk."""
    return state.parents[3] / "kept" / state.parent.name / state.name


def reads(state: Path) -> bool:
    """Whether there is such a file, and it is whole."""
    try:
        return isinstance(json.loads(state.read_bytes()), dict)
    except (OSError, ValueError):
        return False


def _ends(state: Path) -> bool:
    """Whether the file ends as the engine's JSON does: what was cut off does not, but for a rare place."""
    with state.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(file.tell() - 2, 0))
        return file.read().rstrip().endswith(b"}")
