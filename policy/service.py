"""The pack's service: the SDK's own, but that a stack is unpacked once, and not once for every policy.

All policies tell of one judgement, so that the SDK need not hand them the stack.
"""

import gc
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from judgement import JUDGED, Judgement
from pulumi.runtime import proto
from pulumi.runtime.proto import analyzer_pb2_grpc
from pulumi_policy import EnforcementLevel, Policy
from pulumi_policy.policy import _PolicyAnalyzerServicer  # pyright: ignore[reportPrivateUsage]

NAME = "clover"
TITLE = "Clover: residency, proved"
VERSION = "0.0.1"
"""What a pack without a version in its PulumiPolicy.yaml would have."""
MESSAGE_LIMIT_BYTES = 400 * 1024 * 1024
POLL_SECONDS = 1.0

_PB: Any = proto


class Service(_PolicyAnalyzerServicer):
    """What the engine calls."""

    def __init__(self, judgement: Judgement, policies: Sequence[Policy]) -> None:
        """Serve policies that tell of one judgement."""
        super().__init__(NAME, VERSION, list(policies), EnforcementLevel.MANDATORY, display_name=TITLE)
        self._judgement = judgement
        self._stack: Any = None

    def ConfigureStack(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Note which stack it is, with its configuration."""
        self._stack = request
        sdk: Any = super()
        return sdk.ConfigureStack(request, _context)

    def Configure(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Take the pack's configuration; the prover is made ready while the program runs."""
        sdk: Any = super()
        answer = sdk.Configure(request, _context)
        if self._stack:
            self._judgement.prepare(self._stack.stack, dict(self._stack.config), self._told())
        return answer

    def Analyze(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Note a resource's inputs, where that has not been done already."""
        sdk: Any = super()
        return _PB.AnalyzeResponse() if self._judgement.saw(request.urn) else sdk.Analyze(request, _context)

    def AnalyzeStack(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Have the stack judged, and each policy tell its part."""
        self._judgement.judge(request.resources, self._told())
        sdk: Any = super()
        return sdk.AnalyzeStack(_PB.AnalyzeStackRequest(), _context)

    def _told(self) -> dict[str, Any]:
        """The pack's settings, which are those of one of its policies."""
        return self._get_policy_config(JUDGED) or {}


def serve(service: Service) -> None:
    """Serve on a free port, which is printed for the engine, until whoever started this is gone.

    Garbage is left alone: looking for it takes a tenth of a proof, and a run is soon over.
    """
    gc.disable()
    parent = os.getppid()
    limit = [("grpc.max_receive_message_length", MESSAGE_LIMIT_BYTES)]
    server: Any = grpc.server(ThreadPoolExecutor(max_workers=4), options=limit)
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(service, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    try:
        while os.getppid() == parent:
            time.sleep(POLL_SECONDS)
    except KeyboardInterrupt:  # the engine's way to end a plugin
        pass
    os._exit(0)
