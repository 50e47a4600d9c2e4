"""Files that are no whole plan or state: one line that names the file, and never a verdict."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clover.errors import BadInput
from clover.sources import read_world
from tests.data import STATE, first_preview, preview_of, state


def of_state(change: Callable[[Any], object]) -> Callable[[], str]:
    def text() -> str:
        data = state()
        change(data)
        return json.dumps(data)

    return text


def of_preview(change: Callable[[Any], object]) -> Callable[[], str]:
    def text() -> str:
        data = preview_of(state())
        change(data)
        return json.dumps(data)

    return text


def resources(data: Any) -> list[Any]:
    return data["deployment"]["resources"]


def put(at: Any, key: Any, value: Any) -> None:
    at[key] = value


BAD: dict[str, tuple[Callable[[], str], str]] = {
    "empty": (lambda: "", "is not JSON"),
    "text": (lambda: "hello", "is not JSON"),
    "cut off": (lambda: STATE.read_text()[:40_000], "is not JSON"),
    "null": (lambda: "null", "neither a stack export nor a preview"),
    "list": (lambda: "[]", "neither a stack export nor a preview"),
    "number": (lambda: "7", "neither a stack export nor a preview"),
    "empty object": (lambda: "{}", "neither a stack export nor a preview"),
    "terraform plan": (lambda: '{"format_version":"1.2","planned_values":{}}', "neither a stack export nor a preview"),
    "cloudformation": (lambda: '{"Resources":{}}', "neither a stack export nor a preview"),
    "double key": (lambda: '{"version":3,"version":3}', "twice in one object"),
    "not a number": (lambda: '{"version":NaN}', "NaN"),
    "infinity": (lambda: '{"version":-Infinity}', "Infinity"),
    "deep": (lambda: "[" * 200_000, "nested too deeply"),
    "zero byte": (lambda: '{"version":\x003}', "is not JSON"),
    "lone surrogate": (lambda: '{"deployment":"\\ud800","version":3}', "half a character"),
    "another version": (of_state(lambda d: put(d, "version", 4)), "of version 4"),
    "no version": (of_state(lambda d: d.pop("version")), "of version None"),
    "deployment is a list": (of_state(lambda d: put(d, "deployment", [])), "without a deployment"),
    "no resources": (of_state(lambda d: d["deployment"].pop("resources")), "holds no resource"),
    "resources are a text": (of_state(lambda d: put(d["deployment"], "resources", "x")), "are no list"),
    "empty resources": (of_state(lambda d: resources(d).clear()), "holds no resource"),
    "pending": (
        of_state(lambda d: put(d["deployment"], "pending_operations", [{"type": "creating", "resource": {}}])),
        "1 operations that were cut off",
    ),
    "resource is a number": (of_state(lambda d: put(resources(d), 4, 7)), r"resources\[4\] is not an object"),
    "no urn": (of_state(lambda d: resources(d)[4].pop("urn")), "is not a URN"),
    "bad urn": (of_state(lambda d: put(resources(d)[4], "urn", "urn:pulumi:x")), "is not a URN"),
    "type is not the urn's": (of_state(lambda d: put(resources(d)[4], "type", "aws:x/y:Z")), "not that of its URN"),
    "inputs are a list": (of_state(lambda d: put(resources(d)[4], "inputs", [])), "inputs is not an object"),
    "outputs are a text": (of_state(lambda d: put(resources(d)[4], "outputs", "x")), "outputs is not an object"),
    "parent is a number": (of_state(lambda d: put(resources(d)[4], "parent", 7)), "parent is not a text"),
    "dependencies are a text": (of_state(lambda d: put(resources(d)[4], "dependencies", "x")), "not a list of URNs"),
    "urn twice": (of_state(lambda d: resources(d).append(resources(d)[4])), "a URN twice"),
    "dangling parent": (
        of_state(lambda d: put(resources(d)[4], "parent", "urn:pulumi:dublin::clover::a:b:C::d")),
        "refers to .* which is not there",
    ),
    "dangling provider": (
        of_state(lambda d: put(resources(d)[4], "provider", "urn:pulumi:dublin::clover::pulumi:providers:aws::x::y")),
        "refers to .* which is not there",
    ),
    "dangling dependency": (
        of_state(lambda d: put(resources(d)[4], "dependencies", ["urn:pulumi:dublin::clover::a:b:C::d"])),
        "refers to .* which is not there",
    ),
    "own parent": (of_state(lambda d: put(resources(d)[4], "parent", resources(d)[4]["urn"])), "its own ancestor"),
    "two stacks": (
        of_state(lambda d: put(resources(d)[0], "urn", resources(d)[0]["urn"].replace(":dublin:", ":hamar:"))),
        "of 2 stacks",
    ),
    "unknown signature": (
        of_state(lambda d: put(resources(d)[4]["inputs"], "x", {"4dabf18193072939515e22adb298388d": "f00"})),
        "unknown signature",
    ),
    "gaps of a reading by name": (
        of_state(lambda d: put(d, "observed", {"lab": False, "gaps": {"s3.GetBucketPolicy": "AccessDenied"}})),
        "does not say how it was observed",
    ),
    "no gaps of a reading": (
        of_state(lambda d: put(d, "observed", {"lab": False, "gaps": None})),
        "how it was observed",
    ),
    "failed preview": (
        of_preview(lambda d: put(d, "diagnostics", [{"severity": "error", "message": "it broke"}])),
        "failed: it broke",
    ),
    "diagnostics are a text": (of_preview(lambda d: put(d, "diagnostics", "x")), "diagnostics are no list"),
    "no summary": (of_preview(lambda d: d.pop("changeSummary")), "without its changeSummary"),
    "summary in words": (of_preview(lambda d: put(d["changeSummary"], "create", "many")), "its summary says many"),
    "summary is a list": (of_preview(lambda d: put(d, "changeSummary", [1])), "without its changeSummary"),
    "a step is missing": (of_preview(lambda d: d["steps"].pop()), "does not show every step"),
    "urn of a step is a list": (of_preview(lambda d: put(d["steps"][3], "urn", [])), "about another resource"),
    "only the stack": (of_preview(lambda d: put(d, "steps", d["steps"][:1])), "show-sames"),
    "a step too many": (of_preview(lambda d: d["steps"].append(d["steps"][3])), "does not show every step"),
    "unknown operation": (of_preview(lambda d: put(d["steps"][3], "op", "vanish")), "unknown operation 'vanish'"),
    "step is a text": (of_preview(lambda d: put(d["steps"], 3, "x")), "no list of objects"),
    "step without a state": (
        of_preview(lambda d: [d["steps"][3].pop("oldState"), d["steps"][3].pop("newState")]),
        r"steps\[3\] has no state",
    ),
    "step about another": (
        of_preview(lambda d: put(d["steps"][3], "urn", d["steps"][4]["urn"])),
        "about another resource",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    text, expected = BAD[name]
    path = tmp_path / "plan.json"
    path.write_text(text(), encoding="utf-8")
    with pytest.raises(BadInput, match=expected) as refused:
        read_world([path])
    assert str(refused.value).startswith(str(path))
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        read_world([tmp_path / "none.json"])


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(b'{"version": "\xff"}')
    with pytest.raises(BadInput, match="is not UTF-8 at byte 14"):
        read_world([path])


def test_one_stack_twice_is_refused() -> None:
    with pytest.raises(BadInput, match="is stack dublin of clover, and so is"):
        read_world([STATE, STATE])


@given(data=st.data())
def test_a_spoiled_file_is_read_or_refused_and_never_fails_otherwise(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = json.dumps(first_preview() if data.draw(st.booleans()) else state())
    at = data.draw(st.integers(0, len(text) - 1))
    spoiled = text[:at] + data.draw(st.sampled_from(["", '"', "}", "7", "\x00", "null,"])) + text[at + 1 :]
    path = tmp_path_factory.mktemp("spoiled") / "plan.json"
    path.write_text(spoiled, encoding="utf-8")
    try:
        read_world([path])
    except BadInput as refused:
        assert "\n" not in str(refused)
