"""One embedded cloud for all tests of the provider, and one configured provider that most of them share."""

import itertools
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, cast

import boto3
import grpc
import pytest
from botocore.config import Config
from pulumi.runtime.proto import provider_pb2_grpc

from clover.lab.aws.servicer import AwsProvider
from clover.lab.cloud import client
from clover.lab.provider.servicer import ProviderService
from tests.lab.aws.world import UNIT, World
from tests.lab.provider.engine import Engine

REGION = "eu-west-1"
ACCOUNT = "111122223333"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[client.Cloud]:
    """The embedded cloud."""
    running = client.start(Path(tmp_path_factory.mktemp("lab")))
    ids = {"partition": "aws", "account": ACCOUNT, "root": "r-exam", "unit": UNIT}
    running.found_organisation({**ids, "accounts": {}})
    yield running
    running.stop()


@contextmanager
def served() -> Generator[provider_pb2_grpc.ResourceProviderStub]:
    """A provider over gRPC."""
    server: Any = grpc.server(ThreadPoolExecutor(max_workers=16))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(ProviderService(AwsProvider()), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)
    server.stop(None)


def deployer(cloud: client.Cloud) -> dict[str, str]:
    """The environment of the account's deployer in the lab."""
    credentials = cloud.credentials(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role/clover/deployer")
    return {**credentials, "AWS_ENDPOINT_URL": cloud.url}


@pytest.fixture(scope="session")
def engine(cloud: client.Cloud) -> Iterator[Engine]:
    """A configured provider; what it makes stays in the account, under names that differ from test to test."""
    with served() as stub, pytest.MonkeyPatch.context() as patch:
        patch.delenv("PULUMI_HOME", raising=False)
        for name, value in deployer(cloud).items():
            patch.setenv(name, value)
        ready = Engine(stub)
        ready.configure(region=REGION, allowedAccountIds=f'["{ACCOUNT}"]')
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
def aws(cloud: client.Cloud) -> Callable[[str], Any]:
    """Boto3 clients: the witness that asks the cloud itself."""
    keys = deployer(cloud)
    session: Any = cast(Any, boto3).Session(
        aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=keys["AWS_SESSION_TOKEN"],
    )

    @cache
    def make(service: str) -> Any:
        config = Config(s3={"addressing_style": "path"}, proxies={})
        return session.client(service, region_name=REGION, endpoint_url=cloud.url, config=config)

    return make


@pytest.fixture
def world(engine: Engine, aws: Callable[[str], Any]) -> World:
    """What resources stand on, under names of this test's own."""
    return World(engine, aws, ACCOUNT, next(_numbers))


@pytest.fixture
def no_faults(cloud: client.Cloud) -> Iterator[client.Cloud]:
    """The cloud, whose faults end with the test."""
    yield cloud
    cloud.set_faults([])
