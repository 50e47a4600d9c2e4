"""The auditor makes a dossier again, looks at the live cloud, and attests no more than that it came to the same."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clover.cli import main
from clover.dossier.layout import ATTESTATION, DECLARATION
from tests.data import STATE, file_of, state
from tests.dossier.asking import independent, report
from tests.dossier.conftest import Keys
from tests.dossier.worlds import edited
from tests.zones import own_evidence
from tests.zones.own_evidence import ON_AZURE

DAY = "2026-11-01"
KEEPING, IN_ITS_ZONE = file_of(ON_AZURE), ("--zone", str(own_evidence.file()))
"""A site that keeps its records itself, of which nothing is open where it is read alone."""


def _reading(folder: Path, export: Any, name: str = "observed.json") -> str:
    """The export as if it had been read live."""
    path = folder / name
    path.write_text(json.dumps({**export, "observed": {"caller": "auditor", "lab": True, "gaps": []}}))
    return str(path)


def _attested(folder: Path, keys: Keys, *readings: str) -> int:
    settings = {"CLOVER_AUDITOR_KEY": keys.private("auditor"), "CLOVER_AUDITOR_READINGS": os.pathsep.join(readings)}
    return report(KEEPING, folder, DAY, settings, *IN_ITS_ZONE)


@pytest.fixture
def declared(tmp_path: Path, keys: Keys) -> Path:
    """A dossier that the operator alone has signed."""
    report(KEEPING, tmp_path / "dossier", DAY, {"CLOVER_OPERATOR_KEY": keys.private("operator")}, *IN_ITS_ZONE)
    return tmp_path / "dossier"


def test_the_auditor_adds_an_attestation_and_leaves_the_declaration(declared: Path, keys: Keys) -> None:
    before = {path: path.read_bytes() for path in declared.rglob("*") if path.is_file()}
    assert main(["verify", str(declared), "--key", keys.public("auditor")]) == 1
    assert _attested(declared, keys) == 0
    assert {path: path.read_bytes() for path in before} == before
    for who in ("operator", "auditor"):
        assert main(["verify", str(declared), "--key", keys.public(who)]) == 0
        assert independent(declared, keys.public(who)) == 0


def test_a_live_reading_that_agrees_stands_in_the_attestation(
    declared: Path, keys: Keys, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _attested(declared, keys, _reading(tmp_path, state(ON_AZURE))) == 0
    capsys.readouterr()
    assert main(["verify", str(declared), "--key", keys.public("auditor")]) == 0
    assert "proved again by the auditor: from the plan, and live: hamar (lab)" in capsys.readouterr().out
    assert independent(declared, keys.public("auditor")) == 0


def test_a_reading_is_judged_beside_the_stacks_of_the_other_hands(
    keys: Keys, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the second Irish site records lies in the auditor's vault, which no reading of the site shows."""
    settings = {
        "CLOVER_AUDITOR_KEY": keys.private("auditor"),
        "CLOVER_AUDITOR_READINGS": _reading(tmp_path, state("dublin2")),
    }
    site, hands = file_of("dublin2"), [str(file_of(hand)) for hand in ("auditor", "organisation")]
    assert report(site, tmp_path / "all", DAY, settings, *hands) == 0
    capsys.readouterr()
    assert main(["verify", str(tmp_path / "all"), "--key", keys.public("auditor")]) == 0
    said = capsys.readouterr().out
    assert "and live: dublin2 (lab)" in said
    assert "weaker live" not in said


def _no_purge_protection(held: Any) -> None:
    held["properties"]["enablePurgeProtection"] = False


def _of_changed(folder: Path) -> str:
    return _reading(folder, _changed())


def _of_another_site(folder: Path) -> str:
    return _reading(folder, state("dublin"))


def _of_a_plan(_folder: Path) -> str:
    return str(KEEPING)


def _of_nothing(folder: Path) -> str:
    return str(folder / "nowhere.json")


READINGS: dict[Callable[[Path], str], str] = {
    _of_changed: "nothing is attested: live, at hamar, KEY-2 (holds) is refuted",
    _of_another_site: "which the dossier is not about",
    _of_a_plan: "is no live reading",
    _of_nothing: "cannot be read",
}


@pytest.mark.parametrize("made", READINGS)
def test_a_reading_that_says_otherwise_is_not_attested(
    declared: Path, keys: Keys, tmp_path: Path, capsys: pytest.CaptureFixture[str], made: Callable[[Path], str]
) -> None:
    assert _attested(declared, keys, made(tmp_path)) == 64
    assert READINGS[made] in capsys.readouterr().err
    assert not (declared / ATTESTATION).exists()
    assert (declared / DECLARATION).exists()


def _changed() -> Any:
    vault = next(one for one in state(ON_AZURE)["deployment"]["resources"] if one["type"].endswith("keyvault:Vault"))
    return edited(state(ON_AZURE), vault["urn"].rpartition("::")[2], _no_purge_protection)


def test_a_dossier_that_does_not_follow_from_the_files_is_not_attested_and_not_lost(
    declared: Path, keys: Keys, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (declared / "index.html").read_bytes()
    (tmp_path / KEEPING.name).write_text(json.dumps(_changed()))
    settings = {"CLOVER_AUDITOR_KEY": keys.private("auditor")}
    assert report(tmp_path / KEEPING.name, declared, DAY, settings, *IN_ITS_ZONE) == 64
    told = capsys.readouterr().err
    assert "nothing is attested: controls.csv of the operator's dossier" in told
    assert (declared / "index.html").read_bytes() == before


def test_signatures_on_another_dossier_are_not_kept(declared: Path, keys: Keys) -> None:
    report(KEEPING, declared, "2026-11-02", {}, *IN_ITS_ZONE)
    assert not (declared / DECLARATION).exists()


def test_an_attestation_of_one_dossier_is_none_of_another(declared: Path, keys: Keys, tmp_path: Path) -> None:
    other = tmp_path / "other"
    report(STATE, other, DAY, {"CLOVER_AUDITOR_KEY": keys.private("auditor")})
    for name in (ATTESTATION, "evidence/auditor.pub.pem"):
        shutil.copyfile(other / name, declared / name)
    assert main(["verify", str(declared), "--key", keys.public("auditor")]) == 1
    assert independent(declared, keys.public("auditor"))
