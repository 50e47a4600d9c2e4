"""Receive the engine's events as it streams them."""

import json
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import Queue
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import events_pb2_grpc

from clover.lab.plugin_process import CHANNEL_OPTIONS


class _Events(events_pb2_grpc.EventsServicer):
    """Queues every event; `up` opens one stream for its preview and one for its update."""

    def __init__(self, queue: "Queue[dict[str, Any]]") -> None:
        self._queue = queue

    def StreamEvents(self, request_iterator: Iterator[Any], context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802
        """Take one stream of events, each a line of JSON."""
        for request in request_iterator:
            self._queue.put(json.loads(request.event))
        return empty_pb2.Empty()


@contextmanager
def listen() -> "Generator[tuple[str, Queue[dict[str, Any]]], None, None]":
    """Listen on a free loopback port; yields the address for the engine's `--event-log`, and the events."""
    queue: Queue[dict[str, Any]] = Queue()
    server: grpc.Server = grpc.server(ThreadPoolExecutor(max_workers=4), options=CHANNEL_OPTIONS)
    events_pb2_grpc.add_EventsServicer_to_server(_Events(queue), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"tcp://127.0.0.1:{port}", queue
    finally:
        server.stop(grace=1).wait()
