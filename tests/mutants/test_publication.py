"""The collection as others read it: the page is fresh, and a changed site is an export that the command reads."""

import json
from pathlib import Path

import pytest

from clover.controls.run import prove
from clover.controls.verdict import Outcome
from clover.sources import read_world
from tests.mutants.collection import Mutant, mutants
from tests.mutants.export import export
from tests.mutants.page import PAGE, page
from tests.mutants.site import DAY, ROOT, last


def test_the_page_is_fresh():
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("mutant", mutants()[::25], ids=lambda mutant: mutant.id)
def test_a_changed_site_is_a_whole_export(mutant: Mutant, tmp_path: Path):
    file = tmp_path / "changed.json"
    file.write_text(json.dumps(export(mutant)), encoding="utf-8")
    world = read_world([file])
    assert world.subjects[0].site == mutant.site


@pytest.mark.parametrize("name", ["res-2-lists-of-objects-leave", "opr-1-a-role-writes-its-own-policy"])
def test_the_command_s_own_way_finds_a_changed_site(name: str, tmp_path: Path):
    mutant = next(each for each in mutants() if each.id == name)
    file = tmp_path / "changed.json"
    file.write_text(json.dumps(export(mutant)), encoding="utf-8")
    (site,) = prove(read_world([file]), str(ROOT / "zones" / "europe.yaml"), DAY).sites
    refuted = [each for each in site.verdicts if each.verdict is Outcome.REFUTED]
    assert mutant.control in {each.control for each in refuted}
    assert mutant.about in {last(each.resource) for each in refuted}
