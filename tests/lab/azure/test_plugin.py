"""The plugin as the engine finds and starts it."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2_grpc

from clover.lab.azure import plugin
from clover.lab.azure.model import schema


def test_it_is_installed_where_the_engine_looks(tmp_path: Path) -> None:
    folder = plugin.install(tmp_path, sys.executable)
    assert folder == tmp_path / "plugins" / f"resource-azure-native-v{schema()['sdk']}"
    assert os.access(folder / "pulumi-resource-azure-native", os.X_OK)


def test_it_prints_a_port_takes_the_engines_flags_and_ends_when_told(tmp_path: Path) -> None:
    program = plugin.install(tmp_path / "a folder", sys.executable) / "pulumi-resource-azure-native"
    process = subprocess.Popen(
        [program, "-logtostderr", "-v=9", "127.0.0.1:1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    port = int(process.stdout.readline())
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub: Any = provider_pb2_grpc.ResourceProviderStub(channel)
        assert stub.GetPluginInfo(empty_pb2.Empty()).version == schema()["sdk"]
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, b"")


@pytest.mark.parametrize("module", ["pulumi_azure_native", "azure.mgmt", "boto3", "moto"])
def test_it_starts_without_what_takes_long_to_load(module: str) -> None:
    program = f"import clover.lab.azure.servicer, sys; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
