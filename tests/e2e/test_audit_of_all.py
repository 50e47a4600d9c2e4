"""After `make up`: every site is observed as its state is proved, beside the stacks of the other hands too.

Sites are observed, and nothing else: what the other hands deploy lies in accounts of their own. A site's stack on Azure
reaches into one of them, that of its second copies, where the auditor's tool of the site may read nothing.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.data import STACKS
from tests.e2e.audited import DENIED, Audited, counted, tried, tried_of_copies
from tests.e2e.checkout import Checkout

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("audit-of-all")]
HANDS = ("organisation", "auditor", "backups")
SITES = tuple(stack for stack in STACKS if stack not in HANDS)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout with every hand's stack up."""
    checkout = Checkout(tmp_path_factory.mktemp("everything"), *STACKS)
    try:
        checkout.clover("lab", "up", *STACKS)
        for hand in HANDS:
            export = checkout.beside(hand).pulumi("stack", "export", "-s", hand).stdout
            (checkout.root / f"{hand}.json").write_text(export)
        yield checkout
    finally:
        checkout.clover("lab", "stop")


@pytest.fixture(scope="module", params=SITES)
def audited(everything: Checkout, request: pytest.FixtureRequest) -> Audited:
    """One of its sites, read live against what is declared of it, into a folder of its name."""
    site = Audited(everything.beside(request.param))
    site.verdicts(site.site, "--declared", str(site.declared))
    return site


def _proved(audited: Audited, *files: str) -> list[dict[str, Any]]:
    said = audited.checkout.clover("prove", *files, "--format", "json", check=False)
    assert said.returncode in (0, 2), said.stderr
    return json.loads(said.stdout)["verdicts"]


def test_only_sites_on_azure_declare_anything_beyond_their_account(audited: Audited) -> None:
    halves = len(audited.copies["copies"]) if audited.outputs["site"]["cloud"] == "azure" else 0
    assert len(audited.beyond) == halves
    assert len(audited.copies["copies"]) == 3
    kept = f"/subscriptions/{audited.copies['account']}/"
    assert all(place.startswith(kept) for place in audited.beyond.values())


@pytest.mark.parametrize("beside", [(), ("auditor",), ("organisation", "auditor"), ("backups",), HANDS], ids="-".join)
def test_what_is_observed_is_proved_as_the_state_is(audited: Audited, beside: tuple[str, ...]) -> None:
    """But for what becomes of copies where nothing was read: only the two stacks as declared prove that."""
    others = [f"{hand}.json" for hand in beside]
    seen = _proved(audited, f"{audited.site}/observed.json", *others)
    declared = _proved(audited, f"{audited.site}.json", *others)
    halves = len(audited.beyond) if "backups" in beside else 0
    proved = {("RES-2", "holds", "proved"): halves, ("RES-2", "tamper", "proved"): halves}
    assert counted(declared) - counted(seen) == +Counter(proved)
    assert counted(seen) - counted(declared) == +Counter({("RES-2", "holds", "assumed"): halves})
    assert len(seen) > 100
    assert {verdict["verdict"] for verdict in seen} <= {"proved", "assumed", "disclosed", "unknown"}
    if "auditor" in beside:
        assert "unknown" not in {verdict["verdict"] for verdict in seen}


def test_nothing_has_drifted(audited: Audited) -> None:
    """What lies beyond the site's account is not read, and said to be so by name; of nothing else is there a word."""
    drift = audited.file(audited.site, "drift.json")
    assert {thing["urn"]: thing["id"] for thing in drift["things"]} == audited.beyond
    assert {thing["kind"] for thing in drift["things"]} <= {"unread"}
    assert [means for thing in drift["things"] for means in thing["means"]] == drift["beside"] == []


def test_the_auditors_credentials_fail_on_every_read_of_user_data(audited: Audited) -> None:
    found = tried(audited)
    assert len(found) >= 20
    assert {what: code for what, code in found.items() if code not in DENIED} == {}


def test_the_auditors_credentials_fail_on_all_of_a_second_copy(audited: Audited) -> None:
    """Controls as well as data: nothing of a copy can be observed as the auditor's tool of a site."""
    found = tried_of_copies(audited)
    assert len(found) >= 20
    assert {what: code for what, code in found.items() if code not in DENIED} == {}
