"""Answers that are kept while an audit runs: taken up again by the same caller, and by nobody else."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from clover.errors import BadInput
from clover.sources.live.kept import FILE, Kept
from clover.sources.live.reading import RefusedCallError

MADE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


class Counting:
    """A cloud that counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def call(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        self.asked.append(operation)
        if operation == "refused":
            raise RefusedCallError(operation, "AccessDenied")
        return {"at": MADE, "given": dict(parameters), "deep": [{"at": MADE}]}


def _cut_off(folder: Path, caller: str = "auditor") -> None:
    kept = Kept(folder).over(Counting(), caller)
    kept.call("one", {"a": 1})
    kept.call("two", {})
    kept.close()


def test_what_was_answered_before_is_not_asked_again_and_is_the_same(tmp_path: Path) -> None:
    _cut_off(tmp_path)
    cloud = Counting()
    kept = Kept(tmp_path).over(cloud, "auditor")
    assert kept.call("one", {"a": 1}) == {"at": MADE, "given": {"a": 1}, "deep": [{"at": MADE}]}
    assert kept.call("one", {"a": 2})["given"] == {"a": 2}
    kept.call("three", {})
    assert cloud.asked == ["one", "three"]
    assert kept.resumed == 1


def test_a_refusal_is_asked_again(tmp_path: Path) -> None:
    for _ in range(2):
        cloud = Counting()
        with pytest.raises(RefusedCallError):
            Kept(tmp_path).over(cloud, "auditor").call("refused", {})
        assert cloud.asked == ["refused"]


def _begun(text: str, day: str) -> str:
    """The file with another day at which the audit began."""
    at = text.index("20")
    return text[:at] + day + text[at + len(day) :]


SPOILED: dict[str, Callable[[str], str]] = {
    "another caller": lambda text: text.replace("auditor", "somebody"),
    "too old": lambda text: _begun(text, "2020-01-01"),
    "from the future": lambda text: _begun(text, "2099-01-01"),
    "no JSON": lambda text: text[1:],
    "empty": lambda _text: "",
    "no time": lambda _text: '{"caller": "auditor"}\n',
    "a list": lambda _text: "[]\n",
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_what_is_anothers_old_or_broken_is_asked_again(tmp_path: Path, spoil: Callable[[str], str]) -> None:
    _cut_off(tmp_path)
    (tmp_path / FILE).write_text(spoil((tmp_path / FILE).read_text()))
    cloud = Counting()
    Kept(tmp_path).over(cloud, "auditor").call("one", {"a": 1})
    assert cloud.asked == ["one"]


def test_a_line_that_was_cut_off_does_not_count_and_what_follows_is_kept(tmp_path: Path) -> None:
    _cut_off(tmp_path)
    path = tmp_path / FILE
    path.write_text(path.read_text()[:-20])
    for expected in (["two"], []):
        cloud = Counting()
        kept = Kept(tmp_path).over(cloud, "auditor")
        kept.call("one", {"a": 1})
        kept.call("two", {})
        kept.close()
        assert cloud.asked == expected


def test_the_file_is_its_owners_alone_and_goes_at_the_end(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "new")
    kept.over(Counting(), "auditor").close()
    assert (tmp_path / "new" / FILE).stat().st_mode & 0o777 == 0o600
    kept.done()
    assert not (tmp_path / "new" / FILE).exists()


def test_since_when_is_told(tmp_path: Path) -> None:
    first = Kept(tmp_path).over(Counting(), "auditor")
    first.call("one", {})
    first.close()
    head = json.loads((tmp_path / FILE).read_text().splitlines()[0])
    begun = datetime.fromisoformat(head["begun"])
    assert datetime.now(UTC) - begun < timedelta(minutes=1)
    assert Kept(tmp_path).over(Counting(), "auditor").begun == head["begun"] == first.begun


def test_a_folder_that_cannot_be_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="cannot be written"):
        Kept(tmp_path / "file").over(Counting(), "auditor")
