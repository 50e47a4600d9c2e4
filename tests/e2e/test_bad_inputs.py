"""Bad input of every kind: one line that names the place, exit 64, nothing deployed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.checkout import Checkout

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("recovery")]

STACK, HAMAR, ZONE = "Pulumi.dublin.yaml", "Pulumi.hamar.yaml", "zones/europe.yaml"

#: file, what stands there, what is written instead, and what the line has to say.
EDITS: list[tuple[str, str, str, str]] = [
    (STACK, "class: controlled", "class: controled", "controled"),
    (STACK, "class: controlled", "clas: controlled", "clas"),
    (STACK, "clover:site: dublin", "clover:site: dubline", "dubline"),
    (STACK, "clover:zone: europe", "clover:zone: eurpoe", "eurpoe"),
    (STACK, "clover:kind: site", "clover:kind: sight", "sight"),
    (STACK, "clover:kind: site", "clover:kind: auditor", "clover:site"),
    (STACK, "clover:site: dublin", "clover:site: dublin\n  clover:sites: dublin", "clover:sites"),
    (STACK, "- name: usage", "- name: profiles", "profiles"),
    (STACK, "- name: usage", "- name: Usage_", "Usage_"),
    (STACK, "cidr: 10.16.0.0/16", "cidr: 8.8.0.0/16", "8.8.0.0/16"),
    (STACK, "cidr: 10.16.0.0/16", "cidr: 10.16.0.0/33", "10.16.0.0/33"),
    (STACK, "name: push.notifications.example.com", "name: '*.com'", "*.com"),
    (STACK, "name: push.notifications.example.com", "name: 192.0.2.1", "192.0.2.1"),
    (STACK, "class: restricted\n", "class: restricted\n      retention_days: 30\n", "retention_days"),
    (STACK, "class: restricted", "class: restricted\n      role: evidence\n      immutability: none", "immutability"),
    (ZONE, "site: dublin, retention_days: 400", "site: dublin, retention_days: 1", "retention_days"),
    (STACK, "class: restricted\n", "class: restricted\n      versioning: suspended\n", "versioning"),
    (STACK, "config:", "config: &all", "anchor"),
    (STACK, "config:", "config:\n\t", ""),
    (HAMAR, "class: controlled", "class: controled", "controled"),
    (HAMAR, "clover:site: hamar", "clover:site: hammar", "hammar"),
    (HAMAR, "clover:site: hamar", "clover:site: dublin2", "10.48.0.0/12"),
    (HAMAR, "- name: usage", "- name: profiles", "profiles"),
    (HAMAR, "cidr: 10.32.0.0/16", "cidr: 10.16.0.0/16", "10.16.0.0/16"),
    (HAMAR, '["1", "2", "3"]', '["1", "2", "4"]', "norwayeast has no availability zone"),
    (HAMAR, "[blob, vault]", "[blob, vaults]", "vaults"),
    (HAMAR, "name: push.notifications.example.com", "name: '*.blob.core.windows.net'", "windows.net"),
    (HAMAR, "class: restricted\n", "class: restricted\n      immutability: governance\n", "immutability"),
    (ZONE, "site: hamar, retention_days: 400", "site: hamar, retention_days: 364", "retention_days"),
    (HAMAR, "class: restricted\n", 'class: restricted\n      minimum_tls: "1.3"\n', "1.3"),
    (ZONE, "name: europe\n", "name: europe\nnames: europe\n", "names"),
    (ZONE, "2a37fec24da681e5870c70347d71c2efd3469a66309733ea80602c111cc5e141", "0" * 64, "sha256"),
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
    return Checkout(tmp_path_factory.mktemp("checkout"), "dublin", "hamar")


@pytest.fixture
def checkout(pristine: Checkout) -> Iterator[Checkout]:
    """The checkout, with its files as they were afterwards."""
    kept = {file: (pristine.root / file).read_bytes() for file in (STACK, HAMAR, ZONE)}
    yield pristine
    for file, content in kept.items():
        (pristine.root / file).write_bytes(content)


@pytest.mark.parametrize(("file", "old", "new", "says"), EDITS)
def test_a_bad_file_is_refused_by_place(checkout: Checkout, file: str, old: str, new: str, says: str) -> None:
    path = checkout.root / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    answer = checkout.clover("lab", "up", "hamar" if file == HAMAR else "dublin", check=False)
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
