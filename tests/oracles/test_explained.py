"""What is explained of other scanners' failures is whole, and a site that gave in to them would be refuted."""

import json
from collections import Counter
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from clover.cli import main
from clover.lint.known import Rule, known
from tests.data import state
from tests.mutants.changes import Change
from tests.mutants.site import DAY
from tests.oracles.asked import SETTINGS
from tests.oracles.explained import Entry, beyond, blind, entries, stale, unexplained
from tests.oracles.satisfying import with_changes
from tests.oracles.scan import Finding, Scan

ALL = tuple(each for oracle in SETTINGS for each in entries(oracle))
CONFLICTS = tuple(each for each in ALL if each.register)


WANTED = {
    **{each.register: (each.satisfied.site, each.satisfied.changes) for each in CONFLICTS if each.satisfied},
    **{each.register: (each.site, each.changes) for each in beyond()},
}
"""By the rule of the register, a site and the changes that its scanner would have."""


def _rule(name: str) -> Rule:
    """A rule of the register."""
    return next(each for each in known().rules if name in each.names)


def _id(entry: Entry) -> str:
    return entry.check


def test_every_entry_has_one_reason_and_stands_once():
    assert ALL
    for entry in ALL:
        assert entry.resources, entry.check
        assert (len(entry.why) > 80) != bool(entry.register), entry.check
        assert bool(entry.satisfied) == bool(entry.register), entry.check
    places = Counter((entry.oracle, entry.check, pattern) for entry in ALL for pattern in entry.resources)
    assert [place for place, times in places.items() if times > 1] == []


def test_what_is_not_evaluated_is_explained_nowhere():
    for oracle in SETTINGS:
        assert all(len(each.why) > 40 for each in blind(oracle))
        assert [each.error for each in blind(oracle) if not each.checks and ".py" in each.error] == []
        both = [
            (each.error, entry.check) for each in blind(oracle) for entry in entries(oracle) if each.silences(entry)
        ]
        assert both == []


@pytest.mark.parametrize("entry", CONFLICTS, ids=_id)
def test_what_is_changed_until_the_scanner_passes_is_what_it_fails(entry: Entry):
    assert entry.satisfied
    subject = f"{entry.satisfied.site}/{entry.satisfied.resource}"
    assert any(fnmatchcase(subject, pattern) for pattern in entry.resources)


@pytest.mark.parametrize("entry", CONFLICTS, ids=_id)
def test_a_conflict_stands_in_the_register(entry: Entry):
    assert (_rule(entry.register).tool, _rule(entry.register).id) == (entry.oracle, entry.check)


def test_every_rule_of_the_register_that_these_scanners_have_is_tried():
    asked = [each.id for oracle in SETTINGS for each in known().of(oracle)]
    assert sorted(asked) == sorted([*(each.register for each in CONFLICTS), *(each.register for each in beyond())])


@pytest.mark.parametrize("rule", WANTED)
def test_a_site_as_the_scanner_wants_it_is_refuted(
    rule: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CLOVER_LAB_ATTESTATIONS", "/dev/null")
    control = known().reasons[_rule(rule).reason].control
    site, changes = WANTED[rule]
    assert _refuted(control, site, (), tmp_path, capsys) == []
    found = _refuted(control, site, changes, tmp_path, capsys)
    assert found
    assert all(each["counterexample"] for each in found)


def _refuted(
    control: str, site: str, changes: Iterable[Change], folder: Path, capsys: pytest.CaptureFixture[str]
) -> list[dict[str, Any]]:
    """What `clover prove` refutes of a control at a site after the changes."""
    file = folder / "site.json"
    file.write_text(json.dumps(with_changes(state(site), changes)), encoding="utf-8")
    main(["prove", str(file), "--format", "json", "--as-of", DAY.isoformat()])
    verdicts = json.loads(capsys.readouterr().out)["verdicts"]
    return [each for each in verdicts if each["control"] == control and each["verdict"] == "refuted"]


SCAN = Scan("checkov", "1", "here", "arm", (Finding("A", "here/one", False), Finding("A", "here/two", True)), {})


@pytest.mark.parametrize(
    ("resources", "failures", "outdated"),
    [
        (("here/one",), 0, []),
        (("there/*",), 1, ["A of there/*: was not asked"]),
        (("here/one", "here/two"), 0, ["A of here/two: passes"]),
        (("here/*",), 0, ["A of here/*: passes"]),
    ],
)
def test_an_explanation_is_of_what_fails_and_of_nothing_else(
    resources: tuple[str, ...], failures: int, outdated: list[str]
):
    entry = Entry("checkov", "A", resources, why="because")
    assert len(unexplained([SCAN], [entry])) == failures
    assert list(stale([SCAN], [entry])) == outdated
