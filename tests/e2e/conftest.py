"""One checkout with Dublin up and one with Hamar, each shared by the tests that look at it."""

from collections.abc import Iterator

import pytest

from tests.e2e.checkout import Checkout
from tests.zones import own_evidence


@pytest.fixture(scope="session")
def dublin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    yield from _up(Checkout(tmp_path_factory.mktemp("checkout"), "dublin"))


@pytest.fixture(scope="session")
def keeping(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """Dublin in a zone that gives it no vault, so that it keeps its records itself."""
    made = Checkout(tmp_path_factory.mktemp("checkout"), "dublin")
    own_evidence.project(made.root)
    yield from _up(made)


@pytest.fixture(scope="session")
def hamar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    yield from _up(Checkout(tmp_path_factory.mktemp("checkout"), "hamar"))


@pytest.fixture(scope="session")
def keeping_on_azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """Hamar in a zone that gives it no vault, so that it keeps its records itself."""
    made = Checkout(tmp_path_factory.mktemp("checkout"), "hamar")
    own_evidence.project(made.root)
    yield from _up(made)


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


@pytest.fixture(scope="session")
def dublin2(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """The second Irish site, whose records lie in the auditor's vault, with the auditor's own stack."""
    yield from _both_up(Checkout(tmp_path_factory.mktemp("checkout"), "dublin2", "auditor"))


@pytest.fixture(scope="session")
def texas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """The American twin, by data alone, with its auditor's own stack."""
    yield from _both_up(Checkout(tmp_path_factory.mktemp("checkout"), "texas", "texas-auditor"))


def _both_up(checkout: Checkout) -> Iterator[Checkout]:
    """The checkout with the auditor's stack up, and the site; why the site did not come up first is kept with it."""
    try:
        checkout.refused = _alone(checkout)
        for stack in (*checkout.others, checkout.stack):
            checkout.clover("lab", "up", stack)
        yield checkout
    finally:
        checkout.clover("lab", "stop")


def _alone(checkout: Checkout) -> tuple[int, str]:
    """The exit code of an `up` of the site where nobody has the auditor's stack, and what is said."""
    file = checkout.root / f"Pulumi.{checkout.others[0]}.yaml"
    away = file.rename(checkout.root / "auditor.away")
    answer = checkout.clover("lab", "up", checkout.stack, check=False)
    away.rename(file)
    return answer.returncode, answer.stderr
