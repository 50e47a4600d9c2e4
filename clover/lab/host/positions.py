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
    """Trims `sourcePosition` and `stackTrace` of every request that carries them to frames of the project."""

    def __init__(self, root: Path) -> None:
        """`root`: the folder of `Pulumi.yaml`."""
        self._root = root.resolve()
        self._foreign = (Path(sys.prefix).resolve(), Path(__file__).resolve().parent)

    def intercept_unary_unary(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        """Trim, then go on."""
        if hasattr(request, "stackTrace"):
            self.trim(request)
        return continuation(client_call_details, request)

    def trim(self, request: Any) -> None:
        """Leave the project's own frames, innermost first; the position is the first of them."""
        own = [frame for frame in request.stackTrace.frames if self._in_project(frame.pc.uri)]
        del request.stackTrace.frames[:]
        request.stackTrace.frames.extend(own)
        if own:
            request.sourcePosition.CopyFrom(own[0].pc)
        else:
            request.ClearField("sourcePosition")

    def _in_project(self, uri: str) -> bool:
        """Whether the URI is a file of the project, not of the environment that lies in its folder."""
        path = Path(unquote(urlparse(uri).path))
        return path.is_relative_to(self._root) and not any(path.is_relative_to(folder) for folder in self._foreign)


def monitor(address: str, root: Path) -> resource_pb2_grpc.ResourceMonitorStub:
    """Return the engine's resource monitor at `address`, positions trimmed to the project at `root`."""
    channel = grpc.insecure_channel(address, options=CHANNEL_OPTIONS)
    return resource_pb2_grpc.ResourceMonitorStub(grpc.intercept_channel(channel, ProjectPositions(root)))
