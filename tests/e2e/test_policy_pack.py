"""The policy pack with the real engine: a violating change is stopped with nothing changed, in the words of prove."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.checkout import Checkout

pytestmark = pytest.mark.e2e

MAIN = "infra/__main__.py"
PROGRAM = Path(__file__).with_name("violating_main.py")
PACK = ("--policy-pack", "policy")
FINDING = re.compile(r"^\s*([A-Z]+-\w+\.(?:holds|tamper)@\S+)$", re.MULTILINE)
READ = re.compile(r"^(Get|List|Describe|Head|AssumeRole)|/(read|list\w*)(/action)?$")

STOPPED: dict[str, dict[str, str]] = {
    "keeping": {
        "a-store-in-another-region": "RES-1.holds@dublin/archive",
        "reads-from-anywhere": "RES-P1.holds@dublin/profiles-bucket",
        "a-key-that-is-never-rotated": "KEY-2.holds@dublin/user-data-key",
        "evidence-kept-for-a-month": "EVD-2.holds@dublin/logs-bucket",
        "a-route-past-the-firewall": "NET-1.holds@dublin/egress-a-workload",
        "names-raise-an-alert-only": "NET-5.holds@dublin/egress-vpc",
        "a-policy-that-is-not-known": "RES-P1.holds@dublin/media-bucket",
    },
    "keeping_on_azure": {
        "keys-of-an-account-are-honoured": "RES-3.holds@hamar/usage-account",
        "copies-in-the-paired-region": "RES-2.holds@hamar/research-account",
        "a-vault-that-forgets": "KEY-2.holds@hamar/user-data-key",
        "a-stranger-reads": "RES-3.holds@hamar/profiles-account",
    },
}
"""Violations by site, each with the id of a verdict that finds it."""

CASES = [
    pytest.param(site, violation, finding, id=violation, marks=pytest.mark.xdist_group(site))
    for site, found in STOPPED.items()
    for violation, finding in found.items()
]
SITES = [pytest.param(site, marks=pytest.mark.xdist_group(site)) for site in STOPPED]


@pytest.fixture
def site(request: pytest.FixtureRequest) -> Iterator[Checkout]:
    """A deployed site whose program may be changed; afterwards it is the site's own again."""
    checkout: Checkout = request.getfixturevalue(request.param)
    before = (checkout.root / MAIN).read_bytes()
    try:
        yield checkout
    finally:
        (checkout.root / MAIN).write_bytes(before)


def violate(checkout: Checkout, violation: str) -> None:
    (checkout.root / MAIN).write_bytes(PROGRAM.read_bytes())
    (checkout.root / "violation").write_text(violation, encoding="utf-8")


@pytest.mark.parametrize("site", SITES, indirect=True)
def test_a_site_that_holds_passes(site: Checkout) -> None:
    answer = site.pulumi("preview", "-s", site.stack, *PACK, "--expect-no-changes")
    assert "clover@v0.1.0" in answer.stdout
    assert "Policy Violations" not in answer.stdout


@pytest.mark.xdist_group("dublin")
def test_a_site_with_a_vault_passes_beside_the_auditor_s_stack(dublin: Checkout, tmp_path: Path) -> None:
    auditors = tmp_path / "auditor.json"
    auditors.write_text(dublin.beside("auditor").pulumi("stack", "export", "-s", "auditor").stdout, encoding="utf-8")
    words = ("preview", "-s", dublin.stack, *PACK, "--expect-no-changes")
    assert "EVD-1.holds@dublin" in FINDING.findall(dublin.pulumi(*words, check=False).stdout)
    shell = dublin.beside(dublin.stack)
    shell.environment = {**dublin.environment, "CLOVER_BESIDE": str(auditors)}
    assert "Policy Violations" not in shell.pulumi(*words).stdout


@pytest.mark.parametrize(("site", "violation", "finding"), CASES, indirect=["site"])
def test_up_is_stopped_and_changes_nothing(site: Checkout, violation: str, finding: str) -> None:
    violate(site, violation)
    before, calls = site.state(), len(site.calls())
    answer = site.pulumi("up", "-s", site.stack, "--yes", *PACK, check=False)
    assert answer.returncode != 0
    assert "[mandatory]" in answer.stdout
    assert finding in FINDING.findall(answer.stdout), answer.stdout
    assert site.state() == before
    assert [call["operation"] for call in site.calls()[calls:] if not READ.search(call["operation"])] == []


@pytest.mark.parametrize("site", [SITES[0]], indirect=True)
def test_a_preview_is_stopped_by_the_findings_of_prove(site: Checkout, tmp_path: Path) -> None:
    violate(site, "reads-from-anywhere")
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(site.preview()), encoding="utf-8")
    proved = site.clover("prove", str(plan), check=False)
    answer = site.pulumi("preview", "-s", site.stack, *PACK, check=False)
    assert (proved.returncode, answer.returncode != 0) == (1, True)
    findings = set(FINDING.findall(proved.stdout))
    assert findings
    assert set(FINDING.findall(answer.stdout)) == findings
    told = [" ".join(line.split()) for line in answer.stdout.splitlines()]
    words = [" ".join(line.split()) for line in proved.stdout.splitlines()[:-1]]
    assert [line for line in words if line not in told] == []
