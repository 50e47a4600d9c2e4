"""Every wrong input is refused by one line that names the place and the offending name."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from clover.errors import BadInput
from tests.zones.conftest import Project

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("bad_inputs.yaml").read_text(encoding="utf-8"))


def place_of(text: str, file: str, needle: str) -> str:
    assert text.count(needle) == 1, f"{needle!r} stands {text.count(needle)} times"
    before = text[: text.index(needle)]
    return f"{file}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_bad_input_is_refused_at_its_place(project: Project, case: dict[str, Any]) -> None:
    project.replace(case["file"], case["old"], case["new"])
    named = case.get("in", case["file"])
    with pytest.raises(BadInput) as refused:
        project.admitted()
    text = (project.folder / named).read_text(encoding="utf-8")
    assert str(refused.value) == f"{place_of(text, named, case['at'])}: {case['says']}"


def test_a_file_of_another_form_is_refused_as_a_whole(project: Project) -> None:
    (project.folder / "zones/europe.yaml").write_text("[]", encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        project.admitted()
    assert str(refused.value) == "zones/europe.yaml:1:1: expected keys with values, got a list"


def test_the_names_of_the_cases_differ() -> None:
    assert len({case["name"] for case in CASES}) == len(CASES)
