"""After `make up`: every site is observed as its state is proved, beside the stacks of the other hands too."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.data import STACKS
from tests.e2e.audited import DENIED, Audited, counted, tried
from tests.e2e.checkout import Checkout

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("audit-of-all")]
HANDS = ("organisation", "auditor")
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


@pytest.mark.parametrize("beside", [(), ("auditor",), HANDS], ids="-".join)
def test_what_is_observed_is_proved_as_the_state_is(audited: Audited, beside: tuple[str, ...]) -> None:
    others = [f"{hand}.json" for hand in beside]
    seen = _proved(audited, f"{audited.site}/observed.json", *others)
    declared = _proved(audited, f"{audited.site}.json", *others)
    assert counted(seen) == counted(declared)
    assert len(seen) > 100
    assert {verdict["verdict"] for verdict in seen} <= {"proved", "assumed", "disclosed", "unknown"}
    if beside:
        assert "unknown" not in {verdict["verdict"] for verdict in seen}


def test_nothing_has_drifted(audited: Audited) -> None:
    assert audited.file(audited.site, "drift.json")["things"] == []


def test_the_auditors_credentials_fail_on_every_read_of_user_data(audited: Audited) -> None:
    found = tried(audited)
    assert len(found) >= 20
    assert {what: code for what, code in found.items() if code not in DENIED} == {}
