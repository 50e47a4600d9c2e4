"""A full disk and a state cut off while it was written: the state or its backup loads, and the next `up` converges."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.checkout import Checkout
from tests.soak import IS_SOAK

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("recovery")]

FULL_AFTER = "400k"
"""A disk on which half of Dublin's state fits."""

ON_A_SMALL_DISK = """
mkdir whole && cp -a .lab/state/. whole/
mount -t tmpfs -o size={size} clover .lab/state && cp -a whole/. .lab/state/
{command} lab up dublin
code=$?
rm -rf whole && mkdir whole && cp -a .lab/state/. whole/
exit $code
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    made = Checkout(tmp_path)
    try:
        yield made
    finally:
        made.clover("lab", "stop")


def _may_mount() -> bool:
    """Whether this machine lets a test have a disk of its own."""
    trial = ["unshare", "-rm", "mount", "-t", "tmpfs", "-o", "size=4k", "clover", "/mnt"]
    return (
        shutil.which("unshare") is not None and subprocess.run(trial, capture_output=True, check=False).returncode == 0
    )


def _state(checkout: Checkout) -> Path:
    return checkout.root / ".lab" / "state" / ".pulumi" / "stacks" / "clover" / "dublin.json"


@pytest.mark.skipif(not IS_SOAK, reason="the engine retries for two minutes: make soak")
@pytest.mark.skipif(not _may_mount(), reason="needs a small disk of its own: unshare and mount are not allowed here")
def test_a_full_disk_loses_no_state(checkout: Checkout) -> None:
    checkout.lab_environment()
    environment = checkout.environment
    clover = f"{sys.executable} -c 'import sys; from clover.cli import main; sys.exit(main())'"
    script = ON_A_SMALL_DISK.format(size=FULL_AFTER, command=clover)
    command = ["unshare", "-rm", "sh", "-c", script]
    filled = subprocess.run(command, cwd=checkout.root, env=environment, capture_output=True, text=True, check=False)
    assert filled.returncode, "everything fitted: the disk was too large for the test"
    assert "no space left" in filled.stdout + filled.stderr
    shutil.rmtree(checkout.root / ".lab" / "state")
    (checkout.root / "whole").rename(checkout.root / ".lab" / "state")
    answer = checkout.clover("lab", "up", "dublin")
    assert "the last whole one takes its place" in answer.stderr
    checkout.pulumi("preview", "-s", "dublin", "--refresh", "--expect-no-changes")


@pytest.mark.parametrize("kept", [0.0, 0.5, 0.999] if IS_SOAK else [0.5])
def test_a_state_cut_off_while_it_was_written_gives_way_to_the_step_before(checkout: Checkout, kept: float) -> None:
    checkout.clover("lab", "up", "dublin")
    state = _state(checkout)
    content = state.read_bytes()
    state.write_bytes(content[: int(len(content) * kept)])
    answer = checkout.clover("lab", "up", "dublin")
    assert "the last whole one takes its place" in answer.stderr
    checkout.pulumi("preview", "-s", "dublin", "--refresh", "--expect-no-changes")
