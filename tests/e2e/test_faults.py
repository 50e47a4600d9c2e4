"""Throttling, late consistency and a failure of each operation that writes: `up` converges, and no store lies open."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from clover.lab.cloud.tables import table
from tests.e2e.agreement import assert_agreement
from tests.e2e.checkout import Checkout
from tests.e2e.stores_in_calls import open_stores
from tests.soak import IS_SOAK

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not IS_SOAK, reason="some twenty `up` of each site: make soak PART=tests/e2e/test_faults.py"),
]

ROUNDS = 80
"""How many `up` there may be: each operation that writes fails once, and a round ends with its first failures."""

SECONDS = 120
"""For how long, by the lab's clock, a fresh thing is not found."""

LATE = [
    *sorted(table("consistency")),
    "Microsoft.KeyVault/vaults/write",
    "Microsoft.ManagedIdentity/userAssignedIdentities/write",
    "Microsoft.Network/virtualNetworks/write",
    "Microsoft.Storage/storageAccounts/write",
]
FAULTS: list[Mapping[str, Any]] = [
    {"kind": "throttle", "operation": "*", "share": 0.2},
    {"kind": "fail-each", "operation": "*", "code": "InvalidInput", "status": 400},
    *({"kind": "delay-consistency", "operation": name, "seconds": SECONDS} for name in LATE),
]
NONE = {"kind": "throttle", "operation": "*", "share": 0}
STACKS = (("organisation",), ("backups",), ("dublin",), ("hamar",), ("auditor", "dublin2"))
"""What is brought up in one lab, in this order: the vault comes before the site whose records it takes."""


@pytest.fixture(params=[pytest.param(each, marks=pytest.mark.xdist_group(f"faults-{each[0]}")) for each in STACKS])
def checkouts(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[list[Checkout]]:
    """Stacks of one lab that are not deployed yet."""
    made = Checkout(tmp_path, *request.param)
    try:
        yield [made.beside(stack) for stack in request.param]
    finally:
        made.clover("lab", "stop")


def test_up_converges_and_no_store_lies_open_meanwhile(
    checkouts: list[Checkout], record_property: Callable[[str, object], None]
) -> None:
    for checkout in checkouts:
        rounds = _brought_up(checkout)
        record_property("faults", json.dumps({"site": checkout.stack, "rounds": rounds}))
        assert rounds > 3, "hardly anything failed"
        _agrees(checkout)
        resources = checkout.state()["resources"]
        if checkout.stack != "organisation":
            assert list(open_stores(resources, checkout.calls())) == []


def _agrees(checkout: Checkout) -> None:
    """The cloud holds what the state says; of a site it is known as well that it holds nothing else."""
    if checkout.stack in ("dublin", "hamar"):
        assert_agreement(checkout)
    else:
        checkout.pulumi("preview", "-s", checkout.stack, "--refresh", "--expect-no-changes")


def _brought_up(checkout: Checkout) -> int:
    """How many `up` it took while things went wrong; the last one is made without faults."""
    words = [word for fault in FAULTS for word in ("--fault", json.dumps(fault))]
    assert checkout.clover("lab", "up", checkout.stack, *words, check=False).returncode == 1
    again = ("up", "-s", checkout.stack, "--yes", "--skip-preview", "--continue-on-error")
    rounds = 2
    while (said := checkout.pulumi(*again, check=False)).returncode:
        rounds += 1
        assert rounds < ROUNDS, said.stdout[-2000:]
    checkout.clover("lab", "up", checkout.stack, "--fault", json.dumps(NONE))
    return rounds
