"""One daemon for the tests of a worker; every test has an account of its own in it."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from clover.lab.cloud import client
from clover.lab.cloud.client import Cloud

REGION = "eu-west-1"
Aws = Callable[..., Any]

_accounts = itertools.count(300000000001)


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    running = client.start(Path(tmp_path_factory.mktemp("cloud")))
    yield running
    running.stop()


@pytest.fixture
def account() -> str:
    return str(next(_accounts))


def connect(cloud: Cloud, keys: dict[str, str], service: str, region: str = REGION, retries: int = 0) -> Any:
    """A boto3 client of `service` with the credentials `keys`, which does not repeat failed calls."""
    make: Any = boto3.client  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return make(
        service,
        region_name=region,
        endpoint_url=cloud.url,
        aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=keys.get("AWS_SESSION_TOKEN"),
        config=Config(retries={"total_max_attempts": retries + 1, "mode": "standard"}, read_timeout=30),
    )


@pytest.fixture
def aws(cloud: Cloud, account: str) -> Aws:
    keys = cloud.credentials(account, f"arn:aws:iam::{account}:role/clover/deployer")

    def make(service: str, region: str = REGION, retries: int = 0) -> Any:
        return connect(cloud, keys, service, region, retries)

    return make
