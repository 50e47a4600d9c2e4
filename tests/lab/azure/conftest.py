"""One emulator for all tests of the provider, and one configured provider that most of them share."""

import itertools
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2_grpc

from clover.lab.azure.servicer import AzureProvider
from clover.lab.cloud import client
from clover.lab.provider.servicer import ProviderService
from tests.lab.azure.witness import DEPLOYER, SUBSCRIPTION, TENANT, Witness
from tests.lab.azure.world import REGION, World
from tests.lab.provider.engine import Engine

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[client.Cloud]:
    """The embedded cloud, with the emulator in it."""
    running = client.start(Path(tmp_path_factory.mktemp("lab")))
    yield running
    running.stop()


@contextmanager
def served() -> Generator[provider_pb2_grpc.ResourceProviderStub]:
    """A provider over gRPC."""
    server: Any = grpc.server(ThreadPoolExecutor(max_workers=16))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(ProviderService(AzureProvider()), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)
    server.stop(None)


def deployer(cloud: client.Cloud) -> dict[str, str]:
    """The environment of the subscription's deployer in the lab."""
    return cloud.arm_credentials(TENANT, SUBSCRIPTION, DEPLOYER)


@pytest.fixture(scope="session")
def engine(cloud: client.Cloud) -> Iterator[Engine]:
    """A configured provider; what it makes stays, under names that differ from test to test."""
    with served() as stub, pytest.MonkeyPatch.context() as patch:
        patch.delenv("PULUMI_HOME", raising=False)
        for name, value in deployer(cloud).items():
            patch.setenv(name, value)
        ready = Engine(stub)
        ready.configure(location=REGION)
        yield ready


@pytest.fixture
def unconfigured(cloud: client.Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A provider of the test's own, not yet configured, in the deployer's environment."""
    monkeypatch.delenv("PULUMI_HOME", raising=False)
    for name, value in deployer(cloud).items():
        monkeypatch.setenv(name, value)
    with served() as stub:
        yield Engine(stub)


@pytest.fixture(scope="session")
def witness(cloud: client.Cloud) -> Witness:
    """Who asks the emulator itself."""
    return Witness(cloud.port)


@pytest.fixture
def world(engine: Engine, witness: Witness) -> World:
    """What resources stand on, under names of this test's own."""
    return World(engine, witness, next(_numbers))


@pytest.fixture
def no_faults(cloud: client.Cloud) -> Iterator[client.Cloud]:
    """The cloud, whose faults end with the test."""
    yield cloud
    cloud.set_faults([])
