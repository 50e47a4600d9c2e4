"""Sites that kept their own evidence get a vault by one line of the zone file: what was kept stays, records move."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.checkout import Checkout
from tests.e2e.plans import QUIET, name_of

pytestmark = pytest.mark.e2e
SITES = [pytest.param("dublin", marks=pytest.mark.xdist_group("switched-dublin")),
         pytest.param("hamar", marks=pytest.mark.xdist_group("switched-hamar"))]  # fmt: skip
LINE = "    - {site: dublin2, retention_days: 400}\n"
MOVED = {
    "dublin": {"trail-trail", "egress-flows", "egress-dns-log", "egress-dns-logged", "egress-firewall-logs"},
    "hamar": {"trail-activity", "egress-flows", "egress-dns-log", "egress-firewall-logs", "user-data-use", "trail-key"},
}
"""What has to deliver somewhere else; on Azure the record of each store besides."""


@pytest.fixture(params=SITES, scope="module")
def switched(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A site that is up, and then gets a vault: `promised` is what the plan of that says."""
    checkout = Checkout(tmp_path_factory.mktemp("checkout"), request.param, "auditor")
    try:
        checkout.clover("lab", "up", checkout.stack)
        checkout.replace("zones/europe.yaml", LINE, f"{LINE}    - {{site: {checkout.stack}, retention_days: 400}}\n")
        checkout.clover("lab", "up", "auditor")
        checkout.promised = {(step["urn"], step["op"]) for step in checkout.preview()["steps"]}
        checkout.clover("lab", "up", checkout.stack)
        yield checkout
    finally:
        checkout.clover("lab", "stop")


def test_nothing_is_lost_and_records_move(switched: Checkout) -> None:
    changed = {(name_of(urn), operation) for urn, operation in switched.promised if operation not in QUIET}
    assert {name for name, _ in changed} >= MOVED[switched.stack]
    kept = ("-bucket", "-account", "-key", "-vault", "-lock", "-container")
    assert not [
        each for each in changed if each[1] in ("delete", "replace", "delete-replaced") and each[0].endswith(kept)
    ]


def test_a_second_up_and_a_refresh_change_nothing(switched: Checkout) -> None:
    for each in (switched, switched.beside("auditor")):
        assert " same" in each.clover("lab", "up", each.stack).stdout
        each.pulumi("refresh", "-s", each.stack, "--yes", "--expect-no-changes")


def test_both_stacks_are_proved_and_what_the_site_has_left_is_locked(switched: Checkout, tmp_path: Path) -> None:
    files = {each: tmp_path / f"{each}.json" for each in (switched.stack, "auditor")}
    for stack, file in files.items():
        file.write_text(switched.beside(stack).pulumi("stack", "export", "-s", stack).stdout)
    said = switched.clover("prove", *map(str, files.values()), "--format", "json", check=False)
    verdicts = json.loads(said.stdout)["verdicts"]
    bad = [each for each in verdicts if each["verdict"] in ("refuted", "unknown")]
    # The vault of dublin2 is there, and dublin2 itself is not: nothing of it is asked.
    assert bad == []
    locked = {name_of(each["resource"] or "") for each in verdicts if each["control"] == "EVD-2" and each["resource"]}
    assert {name.partition("-")[0] for name in locked} >= {"logs", switched.stack}
