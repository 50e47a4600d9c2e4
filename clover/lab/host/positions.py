"""Keep source positions that a reader of the project can open; drop those of the interpreter and of this machine.

The SDK reports the whole stack, and the engine writes frames outside the project into plan and state as paths
relative to it (`project:///../../usr/lib/…`), which names the machine and makes two machines' plans differ.
"""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import grpc
from pulumi.runtime.proto import resource_pb2_grpc

from clover.lab.plugin_process import CHANNEL_OPTIONS


class ProjectPositions(grpc.UnaryUnaryClientInterceptor):
    """Leaves of every request's `sourcePosition` and `stackTrace` one position: the innermost in the project."""

    def __init__(self, root: Path) -> None:
        """`root`: the folder of `Pulumi.yaml`."""
        self._root = root.resolve()
        self._foreign = (Path(sys.prefix), Path(sys.prefix).resolve(), Path(__file__).resolve().parent)
        self._known: dict[str, bool] = {}

    def intercept_unary_unary(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        """Trim, then go on."""
        if hasattr(request, "stackTrace"):
            self.trim(request)
        return continuation(client_call_details, request)

    def trim(self, request: Any) -> None:
        """Set the position, or take it away; the trace goes: the engine writes it anew with every step it saves."""
        own = next((frame.pc for frame in request.stackTrace.frames if self._in_project(frame.pc.uri)), None)
        if own is None:
            request.ClearField("sourcePosition")
        else:
            request.sourcePosition.CopyFrom(own)
        request.ClearField("stackTrace")

    def _in_project(self, uri: str) -> bool:
        """Whether the URI is a file of the project, not of the environment that lies in its folder."""
        if uri not in self._known:
            path = Path(unquote(urlparse(uri).path))
            ours = path.is_relative_to(self._root)
            self._known[uri] = ours and not any(path.is_relative_to(folder) for folder in self._foreign)
        return self._known[uri]


def monitor(address: str, root: Path) -> resource_pb2_grpc.ResourceMonitorStub:
    """Return the engine's resource monitor at `address`, positions trimmed to the project at `root`."""
    channel = grpc.insecure_channel(address, options=CHANNEL_OPTIONS)
    return resource_pb2_grpc.ResourceMonitorStub(grpc.intercept_channel(channel, ProjectPositions(root)))
