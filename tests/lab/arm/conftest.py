"""One daemon for the tests of a worker; every test has a tenant and a subscription of its own in it."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from clover.lab.cloud import client
from clover.lab.cloud.client import Cloud
from tests.lab.arm.asking import Azure


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    running = client.start(Path(tmp_path_factory.mktemp("arm")))
    yield running
    running.stop()


@pytest.fixture
def azure(cloud: Cloud) -> Azure:
    """A deployer in a fresh tenant and subscription."""
    return Azure(cloud.url, str(uuid.uuid4()), str(uuid.uuid4()), str(uuid.uuid4()))
