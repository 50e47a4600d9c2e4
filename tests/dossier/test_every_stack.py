"""A dossier of each stack that comes up in the lab, and of all of them in one: small, whole, the same anywhere."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from clover.cli import main
from clover.dossier.layout import STATEMENT, VERDICTS
from clover.dossier.schema import PATH
from clover.dossier.verdicts import dossier_verdicts_schema, in_full
from clover.report.schema import render
from clover.zones.attestation import OVERLAY_SETTING
from tests.data import STACKS, file_of
from tests.dossier.asking import independent, report
from tests.dossier.conftest import Keys
from tests.dossier.reading import Page

DAY = "2026-11-01"
EPOCH = "1793491200"
"""The same day, in seconds."""
MOST = 1_000_000
"""Bytes of a whole dossier: of one stack, and of all sites in one."""
MOST_OF_ALL = 1_450_000
"""The same of every stack that `make up` brings up, in one."""
MOST_OF_PAGE = 750_000
"""Bytes of the page of all stacks."""
ALL = tuple(file_of(stack) for stack in STACKS)


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> dict[str, Path]:
    """A dossier of each stack, and of all, signed by both hands."""
    folder = tmp_path_factory.mktemp("every")
    both = {"CLOVER_OPERATOR_KEY": keys.private("operator"), "CLOVER_AUDITOR_KEY": keys.private("auditor")}
    for stack in STACKS:
        assert report(file_of(stack), folder / stack, DAY, both) in (0, 2)
    assert report(ALL[0], folder / "all", DAY, both, *map(str, ALL[1:])) == 0
    return {name: folder / name for name in (*STACKS, "all")}


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", [*STACKS, "all"])
def test_the_whole_dossier_is_small(signed: dict[str, Path], name: str) -> None:
    """All its files together, both signatures among them; of all stacks in one, too."""
    assert size(signed[name]) <= (MOST_OF_ALL if name == "all" else MOST)


def test_so_is_that_of_all_sites_in_one(tmp_path: Path) -> None:
    first, *others = (str(file_of(site)) for site in ("dublin", "dublin2", "hamar"))
    assert report(Path(first), tmp_path / "sites", DAY, {}, *others) in (0, 2)
    assert size(tmp_path / "sites") <= MOST


@pytest.mark.parametrize("stack", ["auditor", "dublin", "hamar", "dublin2"])
def test_so_is_that_of_a_plan(tmp_path: Path, stack: str) -> None:
    assert report(file_of(stack, "first"), tmp_path / "made", DAY, {}) in (0, 2)
    assert size(tmp_path / "made") <= MOST


def test_the_page_of_all_stacks_is_small_and_a_long_chain_adds_little(signed: dict[str, Path], tmp_path: Path) -> None:
    page = signed["all"] / "index.html"
    assert page.stat().st_size <= MOST_OF_PAGE
    before = signed["all"]
    for month in (2, 3):
        made = tmp_path / str(month)
        assert report(ALL[0], made, f"2027-{month:02}-01", {}, *map(str, ALL[1:]), "--diff", str(before)) in (0, 1, 2)
        before = made
    last = (before / "index.html").read_text(encoding="utf-8")
    assert len(last.encode()) <= MOST_OF_PAGE
    assert size(before) <= MOST_OF_ALL
    assert re.search(r"2026-11-01 \S 2027-03-01 <b class=\"proved\">", last)


@pytest.mark.parametrize("name", [*STACKS, "all"])
def test_the_page_is_whole_and_asks_nobody_for_anything(signed: dict[str, Path], name: str) -> None:
    text = (signed[name] / "index.html").read_text(encoding="utf-8")
    read = Page(text)
    assert read.open == []
    assert len(read.ids) == len(set(read.ids))
    targets = {value for tag, name, value in read.attributes if tag == "a" and name == "href"}
    assert {target.removeprefix("#") for target in targets} <= set(read.ids)
    assert not [one for one in read.attributes if one[1] in ("src", "srcset", "action") or one[1].startswith("on")]


def test_no_hand_is_missing_where_all_were_read(signed: dict[str, Path]) -> None:
    assert "the stacks of every other hand were read too" in (
        (signed["all"] / "index.html").read_text(encoding="utf-8")
    )
    assert "No stack of theirs was read" in (signed["dublin2"] / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*STACKS, "all"])
def test_both_checkers_accept_it_by_either_key(signed: dict[str, Path], name: str, keys: Keys) -> None:
    for who in ("operator", "auditor"):
        assert main(["verify", str(signed[name]), "--key", keys.public(who)]) == 0
        assert independent(signed[name], keys.public(who)) == 0
    assert main(["verify", str(signed[name]), "--key", keys.public("stranger")]) == 1
    assert independent(signed[name], keys.public("stranger")) == 1


@pytest.mark.parametrize("name", [*STACKS, "all"])
def test_another_machine_makes_the_same_bytes_at_another_time(
    signed: dict[str, Path], tmp_path: Path, name: str
) -> None:
    """Another process with another hash seed, time zone, language, umask, home and folder, the day by its epoch."""
    settings = {
        "PYTHONHASHSEED": "4242",
        "TZ": "Pacific/Auckland",
        "LC_ALL": "C",
        "HOME": str(tmp_path),
        "SOURCE_DATE_EPOCH": EPOCH,
        "PATH": os.environ["PATH"],
        OVERLAY_SETTING: os.environ[OVERLAY_SETTING],
        "PYTHONPATH": str(Path.cwd()),
    }
    sources = [str(file_of(stack)) for stack in (STACKS if name == "all" else (name,))]
    words = ["report", *reversed(sources), "--out", str(tmp_path / "again")]
    runner = [sys.executable, "-c", f"import sys; from clover.cli import main; sys.exit(main({words!r}))"]
    subprocess.run(runner, env=settings, check=False, capture_output=True, timeout=120, umask=0o077)
    again = {path.relative_to(tmp_path / "again") for path in (tmp_path / "again").rglob("*") if path.is_file()}
    assert Path(STATEMENT) in again
    for path in again:
        assert (tmp_path / "again" / path).read_bytes() == (signed[name] / path).read_bytes(), path


@pytest.mark.parametrize("name", [*STACKS, "all"])
def test_its_verdicts_are_those_of_prove_with_what_they_share_told_once(
    signed: dict[str, Path], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sources = [str(file_of(stack)) for stack in (STACKS if name == "all" else (name,))]
    capsys.readouterr()
    main(["prove", *sources, "--format", "json", "--as-of", DAY])
    proved = json.loads(capsys.readouterr().out)
    kept = json.loads((signed[name] / VERDICTS).read_bytes())
    for listed in (kept["resources"], kept["statements"], kept["grounds"], *kept["told"].values()):
        assert len({json.dumps(one) for one in listed}) == len(listed)
    told = in_full(kept)
    assert told["verdicts"] == proved["verdicts"]
    assert told["summary"] == proved["summary"]
    assert told.keys() == proved.keys()


def test_its_verdicts_are_of_their_schema(signed: dict[str, Path]) -> None:
    schema = dossier_verdicts_schema()
    assert PATH.read_text(encoding="utf-8") == render(schema)
    validator: Any = jsonschema.Draft202012Validator(schema)
    validator.validate(json.loads((signed["all"] / VERDICTS).read_bytes()))
    assert list(validator.iter_errors({"schema": "clover.verdicts/1"}))


@pytest.mark.parametrize("name", [*STACKS, "all"])
def test_a_claim_that_names_another_for_its_grounds_names_one_that_stands_above(
    signed: dict[str, Path], name: str
) -> None:
    """What is told once is told: an id that a row refers to is that of a row before it."""
    text = (signed[name] / "index.html").read_text(encoding="utf-8")
    parts = text.split("Rests on the same as</span> <code>")
    for number, part in enumerate(parts[1:], 1):
        named = part.partition("</code>")[0]
        assert f"<code>{named}</code></th>" in "".join(parts[:number]), named
