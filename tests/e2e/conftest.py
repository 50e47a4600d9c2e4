"""One checkout with Dublin up and one with Hamar, each shared by the tests that look at it."""

from collections.abc import Iterator

import pytest

from tests.e2e.checkout import Checkout


@pytest.fixture(scope="session")
def dublin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    yield from _up(Checkout(tmp_path_factory.mktemp("checkout"), "dublin"))


@pytest.fixture(scope="session")
def hamar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    yield from _up(Checkout(tmp_path_factory.mktemp("checkout"), "hamar"))


def _up(checkout: Checkout) -> Iterator[Checkout]:
    """The checkout with its site up; what was promised, done and called by then is kept with it."""
    try:
        plan = checkout.preview()
        checkout.promised = {(step["urn"], step["op"]) for step in plan["steps"]}
        checkout.done = checkout.up_events()
        checkout.deployment = checkout.calls()
        yield checkout
    finally:
        checkout.clover("lab", "stop")
