"""A gateway's rules in the lab: signed when a site first comes up, refuted when changed, proved once signed again."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from clover.zones.attestation import OVERLAY, OVERLAY_SETTING
from tests.e2e.checkout import Checkout

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("attestation")]


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    made = Checkout(tmp_path)
    made.environment[OVERLAY_SETTING] = str(OVERLAY)
    try:
        yield made
    finally:
        made.clover("lab", "stop")


def judged(checkout: Checkout) -> tuple[str, str]:
    """What becomes of NET-7 with the state as it is, and why."""
    file = checkout.root / "state.json"
    file.write_text(checkout.pulumi("stack", "export", "-s", "dublin").stdout)
    answer = checkout.clover("prove", file.name, "--format", "json", check=False)
    verdicts = json.loads(answer.stdout)["verdicts"]
    (found,) = (one for one in verdicts if one["control"] == "NET-7" and one["claim"] == "holds")
    return found["verdict"], found["reason"]


def test_a_change_of_the_rules_needs_a_new_signature(checkout: Checkout) -> None:
    assert "rules signed by the lab's own auditor" in checkout.clover("lab", "up", "dublin").stdout
    assert judged(checkout)[0] == "proved"

    checkout.replace("Pulumi.dublin.yaml", "ocsp.certificates.example.org", "ocsp.certificates.example.net")
    said = checkout.clover("lab", "up", "dublin").stdout
    assert "clover lab attest dublin" in said
    verdict, reason = judged(checkout)
    assert (verdict, "signed other rules" in reason) == ("refuted", True)

    checkout.clover("lab", "attest", "dublin")
    assert judged(checkout)[0] == "proved"
    assert not [path for path in (checkout.root / "zones").rglob("*") if "key" in path.name]
    assert (checkout.root / ".lab" / "auditor.key").stat().st_mode & 0o077 == 0


def test_nobody_signs_for_a_site_that_is_not_up(checkout: Checkout) -> None:
    answer = checkout.clover("lab", "attest", "dublin", check=False)
    assert answer.returncode == 64
    assert "no site that is up" in answer.stderr
