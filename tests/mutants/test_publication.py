"""The collection as others read it: the page is fresh, and a changed site is an export that the command reads."""

import json
from collections import Counter
from pathlib import Path

import pytest

from clover.controls.run import prove
from clover.controls.verdict import Outcome
from clover.sources import read_world
from clover.zones.vocabulary import WORKSPACE, StackKind
from tests.mutants.collection import Mutant, harmless, mutants
from tests.mutants.export import expected, export, foundation
from tests.mutants.page import PAGE, page
from tests.mutants.site import DAY, ROOT, last, site_of


def test_the_page_is_fresh():
    assert PAGE.read_text(encoding="utf-8") == page()


def test_the_sites_and_every_family_of_controls_are_in_the_collection():
    counted = Counter((each.site, each.control.partition("-")[0]) for each in mutants())
    families = {"RES", "KEY", "NET", "AUD", "EVD", "OPS", "OPR", "BAK"}
    for site in ("dublin", "hamar"):
        assert {family for name, family in counted if name == site} >= families
        assert sum(number for (name, _), number in counted.items() if name == site) >= 120
    assert len(harmless()) >= 30
    keeping = {"own-evidence", "own-evidence-azure"}
    assert {each.site for each in harmless()} == {"dublin", "hamar", "dublin2", "texas", *keeping}


def test_the_files_for_others_say_what_has_to_be_found():
    lost = next(each for each in mutants() if each.loses)
    assert expected(lost)["verdict"] == "proved"
    of_the_zone = next(
        each for each in mutants() if "policy" in each.changes[0] and each.changes[0]["policy"] == "F-A2.2"
    )
    assert foundation(of_the_zone) is not None
    assert foundation(next(each for each in mutants() if each.id == "res-5-a-table")) is None


@pytest.mark.parametrize("mutant", mutants()[::10], ids=lambda mutant: mutant.id)
def test_a_changed_site_is_a_whole_export(mutant: Mutant, tmp_path: Path):
    file = tmp_path / "changed.json"
    file.write_text(json.dumps(export(mutant)), encoding="utf-8")
    world = read_world([file])
    subject = world.subjects[0]
    hand = StackKind.AUDITOR.value if mutant.hand == WORKSPACE else mutant.hand
    assert (subject.hand, subject.site or site_of(mutant.site)) == (hand, site_of(mutant.site))


@pytest.mark.parametrize("name", ["res-2-lists-of-objects-leave", "opr-1-a-role-writes-its-own-policy"])
def test_the_command_s_own_way_finds_a_changed_site(name: str, tmp_path: Path):
    mutant = next(each for each in mutants() if each.id == name)
    file = tmp_path / "changed.json"
    file.write_text(json.dumps(export(mutant)), encoding="utf-8")
    (site,) = prove(read_world([file]), str(ROOT / "zones" / "europe.yaml"), DAY).sites
    refuted = [each for each in site.verdicts if each.verdict is Outcome.REFUTED]
    assert mutant.control in {each.control for each in refuted}
    assert mutant.about in {last(each.resource) for each in refuted}
