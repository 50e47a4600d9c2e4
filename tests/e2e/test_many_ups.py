"""Eight `up` at once: one at most changes the site, the others name who holds the lock."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.checkout import Checkout
from tests.soak import soaked

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("recovery")]

AT_ONCE = soaked(3, 8)


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    made = Checkout(tmp_path)
    try:
        yield made
    finally:
        made.clover("lab", "stop")


def test_of_many_ups_at_once_one_at_most_wins(checkout: Checkout) -> None:
    environment = checkout.lab_environment()
    before = len(checkout.calls())
    engine = str(checkout.root / ".lab" / "bin" / "pulumi")
    command = [engine, "up", "-s", "dublin", "--yes", "--skip-preview", "--non-interactive", "--color", "never"]
    running = [
        subprocess.Popen(
            command, cwd=checkout.root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for _ in range(AT_ONCE)
    ]
    ended = [(process.communicate(timeout=280)[0], process.returncode) for process in running]
    lost = [said for said, code in ended if code]
    assert len(lost) >= AT_ONCE - 1
    for said in lost:
        assert "the stack is currently locked by" in said
        assert "pid" in said
    checkout.clover("lab", "up", "dublin")
    made = [call["operation"] for call in checkout.calls()[before:] if call["operation"] == "CreateBucket"]
    assert len(made) == len(checkout.client("s3").list_buckets()["Buckets"])
    checkout.pulumi("preview", "-s", "dublin", "--refresh", "--expect-no-changes")
