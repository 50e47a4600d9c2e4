"""Large files that are something else: refused in one pass, before anything of them is built."""

import json
from pathlib import Path

import pytest

from clover.errors import BadInput
from clover.sources import read_world
from tests.data import STATE, preview_of, state
from tests.sources.test_bad_files import BAD


@pytest.fixture(autouse=True)
def every_file_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clover.sources.shape.LARGE", 0)


OTHER = {
    "empty": ("", "is not JSON: Input data was truncated"),
    "an object of many": ('{"x": {"a": {}, "b": {}}}', "is neither a stack export nor a preview"),
    "a list": ("[0, 0]", "has not the form of a stack export or a preview: Expected `object`, got `array`"),
    "state of Terraform": ('{"version": 4, "resources": [{}]}', "is neither a stack export nor a preview"),
    "resources are numbers": (
        '{"version": 3, "deployment": {"resources": [0, 0]}}',
        r"Expected `object`, got `int` - at `\$.deployment.resources\[0\]`",
    ),
    "a deployment of many": ('{"version": 3, "deployment": {"a": {}}}', "missing required field `resources`"),
    "steps without a name": ('{"steps": [{"op": "create"}]}', r"missing required field `urn` - at `\$.steps\[0\]`"),
    "deep": ('{"deployment": ' + '{"a": ' * 100_000, "is nested too deeply"),
    "a comma too many": ('{"version": 3,\n "deployment": null,}', "plan.json:2:21: is not JSON: "),
    "behind a mark": ('\ufeff{"x":\n7', "is not JSON: Input data was truncated"),
}


@pytest.mark.parametrize("name", OTHER)
def test_a_large_file_of_another_form_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    text, expected = OTHER[name]
    path = tmp_path / "plan.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=expected) as refused:
        read_world([path])
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", BAD)
def test_what_is_refused_when_small_is_refused_when_large(name: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(BAD[name][0](), encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        read_world([path])
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("beginning", ["", "\ufeff"])
def test_plans_and_states_are_read_however_large(beginning: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    for text in (STATE.read_text(encoding="utf-8"), json.dumps(preview_of(state()))):
        path.write_text(beginning + text, encoding="utf-8")
        assert read_world([path]).subjects[0].stack == "dublin"
