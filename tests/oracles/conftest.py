"""Every stack as `make up` leaves it, shared by the scanners that look at it; and where each leaves what it found."""

import json
from collections.abc import Callable, Iterator

import pytest

from tests.data import STACKS
from tests.e2e.checkout import Checkout
from tests.oracles.explained import entries, figures
from tests.oracles.scan import Scan


@pytest.fixture(scope="session")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout with the stack of every hand up."""
    checkout = Checkout(tmp_path_factory.mktemp("held"), *STACKS)
    try:
        checkout.clover("lab", "up", *STACKS)
        yield checkout
    finally:
        checkout.clover("lab", "stop")


@pytest.fixture
def left(record_property: Callable[[str, object], None]) -> Callable[[Scan], None]:
    """Leaves the figures of a scan in the record of the run, for benchmarks/oracles.json."""

    def leave(scan: Scan) -> None:
        record_property("oracle", json.dumps(figures(scan, entries(scan.oracle))))

    return leave
