"""Bad input of every kind: one line that names the place, exit 64, nothing deployed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.checkout import Checkout

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("recovery")]

STACK, ZONE = "Pulumi.dublin.yaml", "zones/europe.yaml"

#: file, what stands there, what is written instead, and what the line has to say.
EDITS: list[tuple[str, str, str, str]] = [
    (STACK, "class: controlled", "class: controled", "controled"),
    (STACK, "class: controlled", "clas: controlled", "clas"),
    (STACK, "clover:site: dublin", "clover:site: dubline", "dubline"),
    (STACK, "clover:zone: europe", "clover:zone: eurpoe", "eurpoe"),
    (STACK, "clover:kind: site", "clover:kind: sight", "sight"),
    (STACK, "clover:kind: site", "clover:kind: auditor", "auditor"),
    (STACK, "clover:site: dublin", "clover:site: dublin\n  clover:sites: dublin", "clover:sites"),
    (STACK, "- name: usage", "- name: profiles", "profiles"),
    (STACK, "- name: usage", "- name: Usage_", "Usage_"),
    (STACK, "cidr: 10.16.0.0/16", "cidr: 8.8.0.0/16", "8.8.0.0/16"),
    (STACK, "cidr: 10.16.0.0/16", "cidr: 10.16.0.0/33", "10.16.0.0/33"),
    (STACK, "name: push.notifications.example.com", "name: '*.com'", "*.com"),
    (STACK, "name: push.notifications.example.com", "name: 192.0.2.1", "192.0.2.1"),
    (STACK, "retention_days: 400", "retention_days: 1", "retention_days"),
    (STACK, "immutability: compliance", "immutability: none", "immutability"),
    (STACK, "class: restricted\n", "class: restricted\n      versioning: suspended\n", "versioning"),
    (STACK, "config:", "config: &all", "anchor"),
    (STACK, "config:", "config:\n\t", ""),
    (ZONE, "name: europe\n", "name: europe\nnames: europe\n", "names"),
    (ZONE, "064195d24c91682369b29e8c631699f8ddc77d64cb8fcb02342b02f7752c7672", "0" * 64, "sha256"),
]

COMMANDS: list[tuple[list[str], str]] = [
    (["lab", "up", "dubln"], "dubln"),
    (["lab", "up"], "STACK"),
    (["lab", "upp", "dublin"], "upp"),
    (["lap"], "lap"),
    (["lab", "up", "dublin", "--fault", "{"], "--fault"),
    (["lab", "up", "../dublin"], "../dublin"),
]


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return Checkout(tmp_path_factory.mktemp("checkout"))


@pytest.fixture
def checkout(pristine: Checkout) -> Iterator[Checkout]:
    """The checkout, with both files as they were afterwards."""
    kept = {file: (pristine.root / file).read_bytes() for file in (STACK, ZONE)}
    yield pristine
    for file, content in kept.items():
        (pristine.root / file).write_bytes(content)


@pytest.mark.parametrize(("file", "old", "new", "says"), EDITS)
def test_a_bad_file_is_refused_by_place(checkout: Checkout, file: str, old: str, new: str, says: str) -> None:
    path = checkout.root / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    answer = checkout.clover("lab", "up", "dublin", check=False)
    _assert_one_line(answer.stderr, says)
    assert f"{file}:" in answer.stderr
    assert answer.returncode == 64
    assert not (checkout.root / ".lab").exists()


@pytest.mark.parametrize(("words", "says"), COMMANDS)
def test_a_bad_command_line_is_refused(checkout: Checkout, words: list[str], says: str) -> None:
    answer = checkout.clover(*words, check=False)
    assert answer.returncode == 64
    _assert_one_line(answer.stderr, says)
    assert not (checkout.root / ".lab").exists()


def test_outside_a_project_the_lab_says_so(checkout: Checkout, tmp_path: Path) -> None:
    checkout.root, root = tmp_path, checkout.root
    try:
        answer = checkout.clover("lab", "status", check=False)
    finally:
        checkout.root = root
    assert answer.returncode == 64
    _assert_one_line(answer.stderr, "Pulumi.yaml")


def _assert_one_line(text: str, says: str) -> None:
    assert text.startswith("clover: ")
    assert text.count("\n") == 1, text
    assert "Traceback" not in text
    assert says in text
