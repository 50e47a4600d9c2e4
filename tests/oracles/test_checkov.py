"""Checkov on what the lab holds after `up`: every failure is explained, and a conflict is one both ways."""

from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from tests.e2e.checkout import Checkout
from tests.oracles import checkov
from tests.oracles.asked import command
from tests.oracles.explained import Entry, Satisfied, entries, stale, unexplained
from tests.oracles.satisfying import with_changes
from tests.oracles.scan import Scan

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("oracles"), pytest.mark.timeout(3600)]
SUBJECTS = (
    ("dublin", "terraform_plan"),
    ("auditor", "terraform_plan"),
    ("hamar", "arm"),
    ("dublin2", "arm"),
    ("auditor", "arm"),
    ("backups", "terraform_plan"),
    ("backups", "arm"),
)
"""Stacks, and how Checkov is told of each of their clouds. It has no check of a policy of the organisation's."""
FRAMEWORKS = {"dublin": "terraform_plan", "hamar": "arm"}
CONFLICTS = tuple(each for each in entries("checkov") if each.register)


@pytest.fixture(scope="module")
def scans(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Scan]:
    """What it says of each stack."""
    command("checkov")
    held: Checkout = request.getfixturevalue("held")
    folder = tmp_path_factory.mktemp("checkov")
    exports = {stack: {"deployment": held.beside(stack).state()} for stack, _ in SUBJECTS}
    return [checkov.scan(stack, framework, exports[stack], folder) for stack, framework in SUBJECTS]


def test_every_failure_is_explained_and_every_explanation_is_of_one(
    scans: list[Scan], left: Callable[[Scan], None]
) -> None:
    for scan in scans:
        left(scan)
    assert unexplained(scans, entries("checkov")) == []
    assert list(stale(scans, entries("checkov"))) == []


def test_something_was_asked_about_many_resources(scans: list[Scan]) -> None:
    assert [(scan.stack, scan.form) for scan in scans if not scan.has(checks=15, resources=10)] == []


@pytest.mark.parametrize("entry", CONFLICTS, ids=lambda entry: str(entry.check))
def test_a_site_as_the_scanner_wants_it_passes(entry: Entry, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    command("checkov")
    assert isinstance(entry.satisfied, Satisfied)
    site = entry.satisfied.site
    held: Checkout = request.getfixturevalue("held")
    export = with_changes({"deployment": held.beside(site).state()}, entry.satisfied.changes)
    scan = checkov.scan(site, FRAMEWORKS[site], export, tmp_path)
    wanted = f"{site}/{entry.satisfied.resource}"
    found = [each for each in scan.findings if each.check == entry.check and fnmatchcase(each.resource, wanted)]
    assert [each.passed for each in found] == [True]
