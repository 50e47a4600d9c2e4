"""One embedded cloud for all tests of the provider; each test has an account of its own, so that they do not meet."""

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import grpc
import pytest
from botocore.config import Config
from pulumi.runtime.proto import provider_pb2_grpc

from clover.lab.aws.servicer import AwsProvider
from clover.lab.cloud import client
from tests.lab.aws.engine import Engine

REGION = "eu-west-1"
_accounts = itertools.count(200000000001)


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[client.Cloud]:
    """The embedded cloud."""
    running = client.start(Path(tmp_path_factory.mktemp("lab")))
    yield running
    running.stop()


@pytest.fixture
def account(cloud: client.Cloud, monkeypatch: pytest.MonkeyPatch) -> str:
    """A fresh account, whose deployer's credentials are in the environment."""
    number = str(next(_accounts))
    for name, value in cloud.credentials(number, f"arn:aws:iam::{number}:role/clover/deployer").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", cloud.url)
    return number


@pytest.fixture
def stub() -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    """The provider over gRPC."""
    server: Any = grpc.server(ThreadPoolExecutor(max_workers=16))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(AwsProvider(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)
    server.stop(None)


@pytest.fixture
def engine(account: str, stub: provider_pb2_grpc.ResourceProviderStub) -> Engine:
    """A configured provider in the test's own account."""
    ready = Engine(stub)
    ready.configure(region=REGION, allowedAccountIds=f'["{account}"]')
    return ready


@pytest.fixture
def aws(account: str, cloud: client.Cloud) -> Callable[[str], Any]:
    """Boto3 clients in the test's account: the witness that asks the cloud itself."""

    def make(service: str) -> Any:
        config = Config(s3={"addressing_style": "path"})
        return boto3.Session().client(service, region_name=REGION, endpoint_url=cloud.url, config=config)  # pyright: ignore

    return make
