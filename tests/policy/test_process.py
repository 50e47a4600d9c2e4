"""The pack as a process of its own: it answers on its port, and ends with whoever started it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2_grpc

from clover.controls.catalogue import controls
from tests.policy.engine import PACK

STARTER = f"""
import subprocess, sys
words = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", {str(PACK)!r}]
pack = subprocess.Popen(words, stdout=subprocess.PIPE)
print(pack.pid, pack.stdout.readline().decode().strip(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def starter() -> Iterator[subprocess.Popen[str]]:
    """A process that starts the pack, says where it is, and lives until its standard input ends."""
    command = [sys.executable, "-c", STARTER]
    process = subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    yield process
    process.kill()
    process.wait()


def test_it_answers_and_ends_with_its_starter(starter: subprocess.Popen[str]) -> None:
    assert starter.stdin is not None
    assert starter.stdout is not None
    pid, port = map(int, starter.stdout.readline().split())
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub: Any = analyzer_pb2_grpc.AnalyzerStub(channel)
        told = stub.GetAnalyzerInfo(empty_pb2.Empty())
    assert {policy.name for policy in told.policies} > set(controls())
    starter.stdin.close()
    starter.wait()
    until = time.monotonic() + 30
    while _is_there(pid) and time.monotonic() < until:
        time.sleep(0.1)
    assert not _is_there(pid)


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
