"""What a plugin's process prints, line by line as it comes, in the messages that tell the engine of it.

The two streams stay apart: the first line of standard output is the plugin's port, whatever is warned about before.
"""

import subprocess
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any

from pulumi.runtime.proto import language_pb2


def printed(process: "subprocess.Popen[bytes]") -> Iterator[Any]:
    """Each line as a message, until the process has closed both its streams; both have to be pipes."""
    lines: SimpleQueue[Any | None] = SimpleQueue()
    tell = language_pb2.RunPluginResponse
    readers: list[tuple[IO[bytes] | None, Callable[[bytes], Any]]] = [
        (process.stdout, lambda line: tell(stdout=line)),
        (process.stderr, lambda line: tell(stderr=line)),
    ]
    for stream, message in readers:
        Thread(target=_read, args=(stream, message, lines), daemon=True).start()
    for _ in readers:
        while (told := lines.get()) is not None:
            yield told


def _read(stream: IO[bytes], message: Callable[[bytes], Any], lines: "SimpleQueue[Any | None]") -> None:
    """Hand on every line, then None."""
    for line in stream:
        lines.put(message(line))
    lines.put(None)
