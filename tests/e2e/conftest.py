"""One checkout with Dublin up, shared by the tests that look at it."""

from collections.abc import Iterator

import pytest

from tests.e2e.checkout import Checkout


@pytest.fixture(scope="session")
def dublin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout in which Dublin is up; what its first preview promised and what `up` did is kept with it."""
    checkout = Checkout(tmp_path_factory.mktemp("checkout"))
    try:
        plan = checkout.preview()
        checkout.promised = {(step["urn"], step["op"]) for step in plan["steps"]}
        checkout.done = checkout.up_events()
        yield checkout
    finally:
        checkout.clover("lab", "stop")
