"""The collection as others read it: the page is fresh, and a changed site is an export that the command reads."""

import json
from pathlib import Path

import pytest

from clover.sources import read_world
from tests.mutants.collection import Mutant, mutants
from tests.mutants.export import export
from tests.mutants.page import PAGE, page


def test_the_page_is_fresh():
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("mutant", mutants()[::25], ids=lambda mutant: mutant.id)
def test_a_changed_site_is_a_whole_export(mutant: Mutant, tmp_path: Path):
    file = tmp_path / "changed.json"
    file.write_text(json.dumps(export(mutant)), encoding="utf-8")
    world = read_world([file])
    assert world.subjects[0].site == mutant.site
