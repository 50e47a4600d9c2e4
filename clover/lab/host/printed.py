"""What a plugin's process prints, line by line as it comes, with the stream that it came on.

The two streams stay apart: the first line of standard output is the plugin's port, whatever is warned about before.
"""

import subprocess
from collections.abc import Iterator
from queue import SimpleQueue
from threading import Thread
from typing import IO

STREAMS = ("stdout", "stderr")


def printed(process: subprocess.Popen[bytes]) -> Iterator[tuple[str, bytes]]:
    """Each line with the name of its stream, until the process has closed both; both have to be pipes."""
    lines: SimpleQueue[tuple[str, bytes]] = SimpleQueue()
    for name in STREAMS:
        Thread(target=_read, args=(name, getattr(process, name), lines), daemon=True).start()
    still_open = set(STREAMS)
    while still_open:
        name, line = lines.get()
        if line:
            yield name, line
        else:
            still_open.remove(name)


def _read(name: str, stream: IO[bytes], lines: "SimpleQueue[tuple[str, bytes]]") -> None:
    """Hand on every line, then an empty one."""
    for line in stream:
        lines.put((name, line))
    lines.put((name, b""))
