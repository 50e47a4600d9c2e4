"""How a plugin lives beside the engine that started it: one port, no stray process, no noise."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any

import grpc

#: The engine's own message limit (sdk/go/common/util/rpcutil): state of any size fits one message.
MESSAGE_LIMIT_BYTES = 400 * 1024 * 1024
CHANNEL_OPTIONS: list[tuple[str, Any]] = [
    ("grpc.max_receive_message_length", MESSAGE_LIMIT_BYTES),
    ("grpc.max_send_message_length", MESSAGE_LIMIT_BYTES),
]
PARENT_POLL_SECONDS = 1.0
#: How long a call under way may take to come to its end, such as writing down what it has made.
GRACE_SECONDS = 2.0


def serve(register: Callable[[grpc.Server], None], threads: int) -> None:
    """Serve what `register` adds on a free loopback port, print the port, stay until the engine is gone."""
    executor = ThreadPoolExecutor(max_workers=threads)
    server: grpc.Server = grpc.server(executor, options=[*CHANNEL_OPTIONS, ("grpc.so_reuseport", 0)])
    register(server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    # The engine reads the first line of standard output as the port (sdk/go/common/resource/plugin).
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    _wait_for_end_of_parent()
    server.stop(grace=GRACE_SECONDS).wait()
    # What is still running waits for an engine that is gone, and would keep the process with it.
    os._exit(0)


def _wait_for_end_of_parent() -> None:
    """Return on SIGINT (the engine's way to end a plugin), on SIGTERM, or when the engine died without either."""
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, end)
    parent = os.getppid()
    while not ended.wait(PARENT_POLL_SECONDS) and os.getppid() == parent:
        pass
