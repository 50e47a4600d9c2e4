"""A dossier is the same bytes wherever it is made, holds what it promises, and trusts no text of a plan."""

import json
import re
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from clover.cli import main
from clover.controls.catalogue import controls
from clover.dossier import page as page_module
from clover.dossier.layout import STATEMENT, VERDICTS, canonical, digest
from clover.dossier.verdicts import in_full
from clover.sources.plain import as_list, as_object
from tests.data import HAMAR_STATE, STATE
from tests.dossier.asking import report
from tests.dossier.reading import Page


@pytest.fixture(scope="module")
def page(made: Path) -> str:
    return (made / "second" / "index.html").read_text(encoding="utf-8")


def test_the_same_input_gives_the_same_bytes_in_another_folder_and_from_another_name_of_the_folder(
    made: Path, tmp_path: Path
) -> None:
    copied = tmp_path / "elsewhere" / HAMAR_STATE.name
    copied.parent.mkdir()
    copied.write_bytes(HAMAR_STATE.read_bytes())
    report(copied, tmp_path / "again", "2026-11-01", {})
    for path in (made / "unsigned").rglob("*"):
        if path.is_file():
            again = tmp_path / "again" / path.relative_to(made / "unsigned")
            assert again.read_bytes() == path.read_bytes(), path.name


def test_the_day_comes_from_the_epoch_of_the_sources(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1793491200")
    main(["report", str(HAMAR_STATE), "--out", str(tmp_path / "made")])
    assert (tmp_path / "made" / "index.html").read_bytes() == (made / "unsigned" / "index.html").read_bytes()


def test_the_page_is_whole_and_asks_nobody_for_anything(page: str) -> None:
    read = Page(page)
    assert read.open == []
    assert len(read.ids) == len(set(read.ids))
    targets = [value for tag, name, value in read.attributes if tag == "a" and name == "href"]
    assert targets
    assert {target.removeprefix("#") for target in targets} <= set(read.ids)
    assert not [
        one for one in read.attributes if one[1] in ("src", "srcset", "action", "style") or one[1].startswith("on")
    ]
    assert not re.search(r"url\(|@import|https?://(?!in-toto)", page)
    assert "default-src 'none'" in page
    assert len(page.encode()) <= 1_000_000


def test_the_page_is_ordered_for_those_who_hear_it(page: str) -> None:
    read = Page(page)
    levels = [int(tag[1]) for tag in read.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert read.tags.count("table") == read.tags.count("caption")
    assert ("html", "lang", "en") in read.attributes
    scopes = [value for tag, name, value in read.attributes if tag == "th" and name == "scope"]
    assert len(scopes) == read.tags.count("th")


def test_the_page_says_what_it_is_worth(page: str) -> None:
    assert "Lab, not evidence" in page
    assert "Self-declared." in page
    assert "the auditor, who keeps the second copies, the organisation." in page, "missing hands stand on the cover"
    assert "What this dossier does not show" in page
    for control in controls().values():
        if f'id="hamar-{control.id}"' in page:
            assert control.not_declarable.replace("'", "&#39;") in page


def test_what_changed_since_the_previous_one_is_told_and_carried_on(folder: Path) -> None:
    report(HAMAR_STATE, folder / "after", "2026-11-05", {}, "--diff", str(folder / "other"))
    page = (folder / "after" / "index.html").read_text(encoding="utf-8")
    assert 'id="changes"' in page
    assert "No verdict has changed" not in page
    assert "The state of two days, 2026-11-01 and 2026-11-05" in page
    assert re.search(r'2026-11-01 <b class="refuted">refuted</b>, 2026-11-05 <b class="proved">proved</b>', page)
    history = json.loads((folder / "after" / "evidence" / "history.json").read_bytes())
    assert [one["as_of"] for one in history["dossiers"]] == ["2026-11-01", "2026-11-05"]
    assert history["dossiers"][0]["digest"] == digest((folder / "other" / STATEMENT).read_bytes())
    report(HAMAR_STATE, folder / "last", "2026-11-06", {}, "--diff", str(folder / "after"))
    history = json.loads((folder / "last" / "evidence" / "history.json").read_bytes())
    assert [one["as_of"] for one in history["dossiers"]] == ["2026-11-01", "2026-11-05", "2026-11-06"]


def test_verdicts_in_full_of_an_earlier_dossier_are_read_too(folder: Path) -> None:
    """As dossiers have them that were made before `clover.dossier-verdicts/2`."""
    before = folder / "unsigned"
    content = json.dumps(in_full(json.loads((before / VERDICTS).read_bytes()))).encode()
    (before / VERDICTS).write_bytes(content)
    statement = json.loads((before / STATEMENT).read_bytes())
    next(one for one in statement["subject"] if one["name"] == VERDICTS)["digest"]["sha256"] = digest(content)
    (before / STATEMENT).write_bytes(canonical(statement))
    report(HAMAR_STATE, folder / "after", "2026-11-05", {}, "--diff", str(before))
    assert "No verdict has changed" in (folder / "after" / "index.html").read_text(encoding="utf-8")


def test_a_previous_dossier_that_was_altered_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (folder / "first" / "index.html").open("ab") as file:
        file.write(b" ")
    assert report(HAMAR_STATE, folder / "after", "2026-11-05", {}, "--diff", str(folder / "first")) == 64
    assert "index.html was altered" in capsys.readouterr().err


def test_the_commit_is_what_was_told_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report(HAMAR_STATE, tmp_path / "made", "2026-11-01", {"CLOVER_COMMIT": "0123abcd"})
    assert "0123abcd, as whoever made the dossier says" in (tmp_path / "made" / "index.html").read_text("utf-8")
    statement = json.loads((tmp_path / "made" / STATEMENT).read_bytes())
    assert statement["predicate"]["commit"] == "0123abcd"
    assert report(HAMAR_STATE, tmp_path / "other", "2026-11-01", {"CLOVER_COMMIT": "main"}) == 64
    assert "is no commit" in capsys.readouterr().err


def test_every_word_of_the_page_comes_from_the_file_of_its_language(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A made-up language marks each of its words; what is left unmarked is of the plan, the zone or the catalogue."""
    shutil.copytree(page_module.FOLDER, tmp_path / "template")
    words = yaml.safe_load((page_module.FOLDER / "words.en.yaml").read_text(encoding="utf-8"))
    (tmp_path / "template" / "words.xx.yaml").write_text(yaml.safe_dump(_marked(words, ())), encoding="utf-8")
    monkeypatch.setattr(page_module, "FOLDER", tmp_path / "template")
    report(HAMAR_STATE, tmp_path / "made", "2026-11-01", {"CLOVER_LANGUAGE": "xx"})
    text = (tmp_path / "made" / "index.html").read_text(encoding="utf-8")
    assert '<html lang="§en"' in text
    heads = re.findall(r'<th scope="col">([^<]+)<', text) + re.findall(r"<dt>([^<]+)<", text)
    assert len(heads) > 100
    assert [head for head in heads if "§" not in head and head not in _TOLD] == []
    for heading in re.findall(r"<h[24]>([^<]+)", text):
        assert "§" in heading or heading.strip() == "Hamar"
    assert report(HAMAR_STATE, tmp_path / "none", "2026-11-01", {"CLOVER_LANGUAGE": "../en"}) == 64
    assert "the page's words are there in: en, xx" in capsys.readouterr().err


_TOLD = {"id", "Hamar", "restricted ", "controlled ", "allowable ", "public "}
"""Column heads that are names: of sites, classes and identifiers."""
_KEYS = {"method_of"}


def _marked(value: Any, path: tuple[str, ...]) -> Any:
    held, listed = as_object(value), as_list(value)
    if held is not None:
        return {key: item if key in _KEYS else _marked(item, (*path, key)) for key, item in held.items()}
    if listed is not None:
        return [_marked(item, path) for item in listed]
    return f"§{value}"


def test_every_control_says_how_it_is_decided_and_what_would_falsify_it() -> None:
    words = page_module.words("en")
    for control in controls():
        method = words["method_of"].get(control) or words["method_of"].get(control.partition("-")[0])
        assert method is None or method in words["methods"], control
    longest = [text for name in ("methods", "falsifiers") for text in words[name].values() if len(text) > 390]
    assert longest == [], "the page would cut it"


def test_no_item_of_a_framework_is_green_by_mapping(page: str) -> None:
    """What no configuration can change is said with its reason, and has no verdict beside it."""
    matrix = page.partition('id="matrix"')[2].partition('id="controls"')[0]
    rows = re.findall(r'<tr><th scope="row">.*?</tr>', matrix)
    not_met = [row for row in rows if "stance not_met" in row]
    assert any(">19.6<" in row or "19.6" in row.partition("</th>")[0] for row in not_met)
    assert not [row for row in rows if "stance supports" not in row and 'class="proved"' in row]
    assert "CIS-AWS" not in matrix, "Hamar is on Azure"


def test_oscal_names_every_control_and_verdict(made: Path) -> None:
    second = made / "second"
    results = json.loads((second / "oscal" / "assessment-results.json").read_bytes())["assessment-results"]
    verdicts = in_full(json.loads((second / "verdicts.json").read_bytes()))["verdicts"]
    (result,) = results["results"]
    run, *others = result["observations"]
    assert {one["name"]: one["value"] for one in run["props"]}["proved"] == str(
        sum(one["verdict"] == "proved" for one in verdicts)
    )
    assert sorted(one["title"] for one in others) == sorted(one["id"] for one in verdicts if one["verdict"] != "proved")
    observed = {one["uuid"] for one in result["observations"]}
    assert len(observed) == len(result["observations"])
    for finding in result["findings"]:
        assert finding["target"]["status"]["state"] in ("satisfied", "not-satisfied")
        assert {one["observation-uuid"] for one in finding["related-observations"]} <= observed
    satisfied = {
        one["target"]["target-id"] for one in result["findings"] if one["target"]["status"]["state"] == "satisfied"
    }
    proved = {one["control"] for one in verdicts} - {one["control"] for one in verdicts if one["verdict"] != "proved"}
    assert satisfied == proved
    known = json.loads((second / "oscal" / "catalog.json").read_bytes())["catalog"]["controls"]
    assert {one["id"] for one in known} == {one["control"] for one in verdicts}
    defined = json.loads((second / "oscal" / "component-definition.json").read_bytes())["component-definition"]
    (implementation,) = defined["components"][0]["control-implementations"]
    assert {one["control-id"] for one in implementation["implemented-requirements"]} == {
        one["control"] for one in verdicts
    }


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--out", "taken"], "something else than a dossier"),
        (["--out", "file"], "no folder"),
        ([], "--out"),
        (["--out", "new", "--diff", "taken"], "missing"),
        (["--out", "new", "--diff", "nowhere"], "no such folder"),
        (["--out", "new", "--as-of", "soon"], "is not a day"),
    ],
)
def test_bad_input_is_one_line_and_64_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine").write_text("mine")
    (tmp_path / "file").write_text("mine")
    monkeypatch.chdir(tmp_path)
    assert main(["report", str(HAMAR_STATE), "--zone", str(STATE.parents[2] / "zones" / "europe.yaml"), *words]) == 64
    captured = capsys.readouterr()
    assert says in captured.err
    assert len(captured.err.splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "taken"]
    assert (tmp_path / "taken" / "mine").read_text() == "mine"


def test_a_key_that_is_none_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "key.pem").write_text("no key")
    code = report(HAMAR_STATE, tmp_path / "made", "2026-11-01", {"CLOVER_OPERATOR_KEY": str(tmp_path / "key.pem")})
    assert code == 64
    assert "holds no private key" in capsys.readouterr().err
    assert not (tmp_path / "made").exists()
