"""Throttling, late consistency and a failure of each operation that writes: `up` converges, and no store lies open."""

import json
from collections.abc import Iterator, Mapping
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
    pytest.mark.skipif(not IS_SOAK, reason="some twenty `up` of each site: make soak PART=tests/e2e/test_faults.py"),
]

ROUNDS = 80
"""How many `up` there may be: each operation that writes fails once, and a round ends with its first failures."""

SECONDS = 120
"""For how long, by the lab's clock, a fresh thing is not found."""

LATE = {
    "dublin": sorted(name for name in table("consistency") if not name.startswith("organizations.")),
    "hamar": [
        "Microsoft.KeyVault/vaults/write",
        "Microsoft.ManagedIdentity/userAssignedIdentities/write",
        "Microsoft.Network/virtualNetworks/write",
        "Microsoft.Storage/storageAccounts/write",
    ],
}


@pytest.fixture(params=[pytest.param(site, marks=pytest.mark.xdist_group(f"faults-{site}")) for site in LATE])
def checkout(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Checkout]:
    """A site that is not deployed yet."""
    made = Checkout(tmp_path, request.param)
    try:
        yield made
    finally:
        made.clover("lab", "stop")


def _faults(site: str) -> list[Mapping[str, Any]]:
    late = [{"kind": "delay-consistency", "operation": name, "seconds": SECONDS} for name in LATE[site]]
    return [
        {"kind": "throttle", "operation": "*", "share": 0.2},
        {"kind": "fail-each", "operation": "*", "code": "InvalidInput", "status": 400},
        *late,
    ]


def test_up_converges_and_no_store_lies_open_meanwhile(checkout: Checkout) -> None:
    words = [word for fault in _faults(checkout.stack) for word in ("--fault", json.dumps(fault))]
    assert checkout.clover("lab", "up", checkout.stack, *words, check=False).returncode == 1
    again = ("up", "-s", checkout.stack, "--yes", "--skip-preview", "--continue-on-error")
    rounds = 1
    while (said := checkout.pulumi(*again, check=False)).returncode:
        rounds += 1
        assert rounds < ROUNDS, said.stdout[-2000:]
    assert rounds > 5, "hardly anything failed"
    checkout.clover(
        "lab", "up", checkout.stack, "--fault", json.dumps({"kind": "throttle", "operation": "*", "share": 0})
    )
    assert_agreement(checkout)
    resources = checkout.state()["resources"]
    assert list(open_stores(resources, checkout.calls())) == []
