"""Kills and faults: the next `clover lab up` converges, with nothing made twice."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clover.lab.aws.strays import remove
from tests.e2e.agreement import assert_agreement, disagreement
from tests.e2e.checkout import Checkout
from tests.soak import IS_SOAK

Record = Callable[[str, object], None]

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("recovery")]
on_azure = pytest.mark.xdist_group("azure")


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    yield from _stopped(Checkout(tmp_path))


@pytest.fixture
def northern(tmp_path: Path) -> Iterator[Checkout]:
    """A checkout with Hamar, on the other cloud."""
    yield from _stopped(Checkout(tmp_path, "hamar"))


def _stopped(made: Checkout) -> Iterator[Checkout]:
    try:
        yield made
    finally:
        made.clover("lab", "stop")


def _kill_up_after(checkout: Checkout, created: int) -> None:
    """Start a raw `up` and kill the engine, without any warning, once so many resources are created."""
    words = ["up", "-s", checkout.stack, "--yes", "--skip-preview", "--non-interactive", "--color", "never"]
    engine = [str(checkout.root / ".lab" / "bin" / "pulumi"), *words]
    environment = checkout.lab_environment()
    with subprocess.Popen(engine, cwd=checkout.root, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        seen = 0
        for line in process.stdout:
            seen += " created (" in line
            if seen >= created:
                break
        assert seen >= created, "the engine ended before it could be killed"
        process.send_signal(signal.SIGKILL)


def _plugins_of(checkout: Checkout) -> list[int]:
    """Processes of this checkout's engine that are still there; the cloud itself is not one of them."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            folder = (entry / "cwd").resolve()
        except OSError:
            continue
        ours = folder == checkout.root or checkout.root in folder.parents
        if ours and any(f"clover.lab.{part}" in command for part in ("aws", "azure", "host")):
            found.append(int(entry.name))
    return found


def _assert_alone(checkout: Checkout) -> None:
    """A killed engine takes its plugins with it, if not at once."""
    until = time.monotonic() + 30
    while _plugins_of(checkout) and time.monotonic() < until:
        time.sleep(0.1)
    assert _plugins_of(checkout) == [], "plugins outlived their engine"


def _is_picked_up(checkout: Checkout, created: int, record: Record) -> str:
    """Kill an `up`, run `clover lab up`, compare state and cloud, record the kill; what was said."""
    _kill_up_after(checkout, created)
    told = {"site": checkout.stack, "created": created, "converged": False, "strays": 0, "seconds": 0.0}
    try:
        _assert_alone(checkout)
        started = time.monotonic()
        answer = checkout.clover("lab", "up", checkout.stack)
        told["seconds"] = round(time.monotonic() - started, 1)
        assert "is dead; releasing it" in answer.stderr
        told["strays"] = sum(map(len, disagreement(checkout)[0].values()))
        assert_agreement(checkout)
        told["converged"] = True
    finally:
        record("kill", json.dumps(told))
    return answer.stdout


@pytest.mark.parametrize("created", [1, 5, 12, 20, 33, 47, 60, 75, 86, 94, 102] if IS_SOAK else [15, 60])
def test_a_killed_up_is_picked_up(checkout: Checkout, created: int, record_property: Record) -> None:
    _is_picked_up(checkout, created, record_property)


def test_a_killed_up_of_what_a_site_waits_for_is_picked_up_with_the_site(checkout: Checkout) -> None:
    _kill_up_after(checkout.beside("backups"), 15)
    _assert_alone(checkout)
    answer = checkout.clover("lab", "up", "dublin")
    assert "backups: the engine that held the lock" in answer.stderr
    assert [line.split(":")[0] for line in answer.stdout.splitlines() if ": up done" in line] == ["backups", "dublin"]
    assert_agreement(checkout)


@pytest.mark.skipif(not IS_SOAK, reason="what README says for a real cloud, in the lab: make soak")
def test_the_recovery_that_readme_describes_converges_by_hand(checkout: Checkout) -> None:
    _kill_up_after(checkout, 20)
    _assert_alone(checkout)
    checkout.pulumi("cancel", "-s", "dublin", "--yes")
    checkout.pulumi("refresh", "-s", "dublin", "--clear-pending-creates", "--yes", "--skip-preview")
    strays = sum(map(len, disagreement(checkout)[0].values()))
    assert strays, "nothing was under way when the engine was killed"
    deleted = list(remove("dublin", checkout.state()["resources"], checkout.lab_environment()))
    assert [reason for _, reason in deleted if reason] == []
    assert len(deleted) == strays
    checkout.pulumi("up", "-s", "dublin", "--yes", "--skip-preview")
    assert_agreement(checkout)


def test_a_dead_cloud_is_named_and_state_and_cloud_start_afresh(checkout: Checkout) -> None:
    checkout.clover("lab", "env")
    status = checkout.clover("lab", "status").stdout
    pid = int(status.split('"pid": ')[1].split(",")[0].rstrip("}\n"))
    os.kill(pid, signal.SIGKILL)
    assert f"pid {pid}" in checkout.clover("lab", "status").stdout
    answer = checkout.clover("lab", "up", "dublin")
    assert f"pid {pid}" in answer.stderr
    assert "both start afresh" in answer.stderr
    assert_agreement(checkout)


def test_up_converges_through_throttling_late_consistency_and_one_failing_call(checkout: Checkout) -> None:
    faults = (
        '{"kind": "throttle", "operation": "*", "share": 0.1}',
        '{"kind": "delay-consistency", "operation": "iam.CreateRole", "seconds": 10}',
        '{"kind": "hang", "operation": "s3.PutBucketPolicy", "times": 1, "seconds": 2}',
        '{"kind": "fail", "operation": "cloudtrail.CreateTrail", "times": 1, "code": "InvalidInput", "status": 400}',
    )
    words = [word for fault in faults for word in ("--fault", fault)]
    first = checkout.clover("lab", "up", "dublin", *words, check=False)
    assert first.returncode == 1
    assert "CreateTrail" in first.stderr
    checkout.clover("lab", "up", "dublin")
    assert_agreement(checkout)


def test_stop_leaves_nothing_running(checkout: Checkout) -> None:
    checkout.clover("lab", "env")
    checkout.clover("lab", "stop")
    assert not (checkout.root / ".lab" / "cloud.json").exists()
    assert "no cloud is running" in checkout.clover("lab", "status").stdout


@on_azure
@pytest.mark.parametrize("created", [1, 5, 12, 20, 30, 40, 52, 64, 72, 78, 84] if IS_SOAK else [15, 60])
def test_a_killed_up_is_picked_up_on_azure(northern: Checkout, created: int, record_property: Record) -> None:
    said = _is_picked_up(northern, created, record_property)
    counts = next(line for line in said.splitlines() if line.startswith("hamar: up done"))
    assert "create" in counts
    assert "update" not in counts


@on_azure
def test_up_converges_on_azure_through_throttling_late_consistency_and_one_failing_call(northern: Checkout) -> None:
    faults = (
        '{"kind": "throttle", "operation": "*", "share": 0.1}',
        '{"kind": "delay-consistency", "operation": "Microsoft.KeyVault/vaults/write", "seconds": 10}',
        '{"kind": "hang", "operation": "Microsoft.Storage/storageAccounts/write", "times": 1, "seconds": 2}',
        '{"kind": "fail", "operation": "Microsoft.Network/azureFirewalls/write", "times": 1, "code": "BadInput", '
        '"status": 400}',
    )
    words = [word for fault in faults for word in ("--fault", fault)]
    first = northern.clover("lab", "up", "hamar", *words, check=False)
    assert first.returncode == 1
    assert "BadInput" in first.stderr
    assert "egress-firewall" in first.stderr or "azureFirewalls" in first.stderr
    northern.clover("lab", "up", "hamar")
    assert_agreement(northern)
