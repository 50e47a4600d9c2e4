"""A dossier that anybody has touched is refused for the right reason, by both checkers; the untouched is accepted."""

import base64
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clover.cli import main
from clover.dossier.layout import ATTESTATION, DECLARATION, KEYS, STATEMENT, canonical, digest
from tests.data import HAMAR_STATE
from tests.dossier.asking import INDEPENDENT, independent, report
from tests.dossier.conftest import Keys

FILES = (
    "index.html",
    "verdicts.json",
    "controls.csv",
    "sbom.cdx.json",
    "evidence/history.json",
    "oscal/component-definition.json",
    "oscal/assessment-results.json",
)
Spoil = Callable[[Path], object]


def _edit(name: str, change: Callable[[Any], Any], write: Callable[[Any], bytes] = canonical) -> Spoil:
    """Change what a JSON file of the dossier holds."""

    def spoil(folder: Path) -> None:
        path = folder / name
        value = json.loads(path.read_bytes())
        path.write_bytes(write(change(value) or value))

    return spoil


def _append(name: str) -> Spoil:
    def spoil(folder: Path) -> None:
        with (folder / name).open("ab") as file:
            file.write(b" ")

    return spoil


def _put(path: list[str | int], value: Any) -> Callable[[Any], None]:
    def change(found: Any) -> None:
        for step in path[:-1]:
            found = found[step]
        found[path[-1]] = value

    return change


def _swap(folder: Path) -> None:
    one, two = (folder / "index.html"), (folder / "controls.csv")
    first = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(first)


def _link(folder: Path) -> None:
    (folder / "index.html").rename(folder.parent / "elsewhere.html")
    (folder / "index.html").symlink_to(folder.parent / "elsewhere.html")


def _restated(folder: Path) -> None:
    """Alter a file and its digest in the statement: only the signatures can tell."""
    with (folder / "controls.csv").open("ab") as file:
        file.write(b"forged")
    statement = json.loads((folder / STATEMENT).read_bytes())
    for subject in statement["subject"]:
        subject["digest"] = {"sha256": digest((folder / subject["name"]).read_bytes())}
    (folder / STATEMENT).write_bytes(canonical(statement))


def _unlisted(folder: Path) -> None:
    statement = json.loads((folder / STATEMENT).read_bytes())
    statement["subject"] = statement["subject"][1:]
    (folder / STATEMENT).write_bytes(canonical(statement))


def _from(other: str, name: str) -> Spoil:
    return lambda folder: shutil.copyfile(folder.parent / other / name, folder / name)


def _payload(name: str, change: Callable[[Any], None]) -> Spoil:
    def again(envelope: Any) -> None:
        payload = json.loads(base64.b64decode(envelope["payload"]))
        change(payload)
        envelope["payload"] = base64.b64encode(canonical(payload)).decode()

    return _edit(name, again)


TAMPERINGS: dict[str, tuple[Spoil, str]] = {
    **{f"a byte more in {name}": (_append(name), f"{name} was altered") for name in FILES},
    **{
        f"without {name}": (lambda folder, name=name: (folder / name).unlink(), f"{name} is missing")
        for name in (*FILES, STATEMENT)
    },
    "two files swapped": (_swap, "was altered"),
    "a file more": (lambda folder: (folder / "more.txt").write_text("x"), "more.txt is not of the dossier"),
    "a file more in a folder": (
        lambda folder: (folder / "evidence" / "more").write_text("x"),
        "evidence/more is not of the dossier",
    ),
    "a link in a file's place": (_link, "index.html is a link"),
    "a file altered and restated": (_restated, "signs something else than this dossier"),
    "a file no longer named": (_unlisted, "is not of the dossier"),
    "another statement": (_from("other", STATEMENT), "was altered"),
    "the statement in another form": (
        _edit(STATEMENT, lambda value: None, lambda value: json.dumps(value, indent=1).encode()),
        "not in canonical form",
    ),
    "the statement cut": (
        lambda folder: (folder / STATEMENT).write_bytes((folder / STATEMENT).read_bytes()[:-9]),
        "malformed",
    ),
    "the statement of another type": (_edit(STATEMENT, _put(["predicateType"], "urn:other:1")), "no declaration"),
    "a statement with more in it": (_edit(STATEMENT, _put(["predicate", "more"], 1)), "malformed"),
    "another site in the statement": (
        _edit(STATEMENT, _put(["predicate", "sites", 0, "site"], "dublin")),
        "signs something else",
    ),
    "another day in the statement": (
        _edit(STATEMENT, _put(["predicate", "as_of"], "2026-11-02")),
        "signs something else",
    ),
    "no previous in the statement": (_edit(STATEMENT, _put(["predicate", "previous"], None)), "signs something else"),
    "a path out of the folder": (
        _edit(STATEMENT, _put(["subject", 0, "name"], "../first/index.html")),
        "no file of a dossier",
    ),
    "another's declaration": (_from("other", DECLARATION), "signs something else"),
    "another's attestation": (_from("other", ATTESTATION), "signs something else"),
    "the earlier declaration": (_from("first", DECLARATION), "signs something else"),
    **{
        f"{name} with another payload type": (
            _edit(name, _put(["payloadType"], "application/json")),
            "signs something else",
        )
        for name in KEYS
    },
    **{
        f"{name} with another signature": (
            _edit(name, _put(["signatures", 0, "sig"], base64.b64encode(b"0" * 64).decode())),
            "does not fit",
        )
        for name in KEYS
    },
    **{
        f"{name} with another key's name": (_edit(name, _put(["signatures", 0, "keyid"], "0" * 64)), "does not fit")
        for name in KEYS
    },
    **{f"{name} with no signature": (_edit(name, _put(["signatures"], [])), "signs something else") for name in KEYS},
    **{f"{name} with a field more": (_edit(name, _put(["more"], 1)), "malformed") for name in KEYS},
    "a declaration of another tool": (
        _payload(DECLARATION, _put(["predicate", "tool"], "other")),
        "signs something else",
    ),
    "an attestation of another day": (
        _payload(ATTESTATION, _put(["predicate", "as_of"], "2027-01-01")),
        "signs something else",
    ),
    "an attestation of a reading": (
        _payload(ATTESTATION, _put(["predicate", "readings"], [{"site": "hamar", "digest": "0", "basis": "observed"}])),
        "signs something else",
    ),
    "another commit in the statement": (
        _edit(STATEMENT, _put(["predicate", "commit"], "0123456")),
        "signs something else",
    ),
    "another time of the source": (
        _edit(STATEMENT, _put(["predicate", "sites", 0, "source_written"], "2026-11-01T00:00:00Z")),
        "signs something else",
    ),
    "the keys swapped": (
        lambda folder: (folder / KEYS[DECLARATION]).write_bytes((folder / KEYS[ATTESTATION]).read_bytes()),
        "does not fit",
    ),
    "no key beside the declaration": (lambda folder: (folder / KEYS[DECLARATION]).unlink(), "one is missing"),
}


def _said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    capsys.readouterr()
    code = main(["verify", *words])
    return code, capsys.readouterr().out


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_dossier_that_was_touched_is_refused_by_its_reason(
    name: str, folder: Path, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil, reason = TAMPERINGS[name]
    spoil(folder / "second")
    code, said = _said(capsys, str(folder / "second"), "--key", keys.public("operator"))
    assert code == 1
    assert reason in said
    assert all(line.startswith("refused: ") for line in said.splitlines())
    assert independent(folder / "second", keys.public("operator"), keys.public("auditor")), "by the short one too"


def test_there_are_as_many_tamperings_as_were_promised() -> None:
    assert len(TAMPERINGS) >= 40


@pytest.mark.parametrize(
    ("who", "worth"), [("operator", "self-declared by the operator"), ("auditor", "attested by the auditor")]
)
def test_the_untouched_one_is_accepted_by_both_checkers_for_what_it_is(
    made: Path, keys: Keys, capsys: pytest.CaptureFixture[str], who: str, worth: str
) -> None:
    words = [str(made / "second"), "--key", keys.public(who), "--site", "hamar", "--zone", "europe"]
    code, said = _said(capsys, *words, "--chain", str(made / "first"))
    assert code == 0
    lines = said.splitlines()
    assert lines[:2] == [
        f"accepted: hamar, judged on 2026-11-01: {worth}",
        "lab, not evidence: it is about an emulated cloud",
    ]
    for signer in ("operator", "auditor"):
        whose = "a key that was given" if signer == who else "a key that came with it"
        assert any(line.startswith(f"signature of the {signer}: {whose}, ") for line in lines)
    assert "proved again by the auditor: from the plan, without a live reading" in lines
    assert lines[-1] == f"head of the chain: {digest((made / 'second' / STATEMENT).read_bytes())}"
    assert independent(made / "second", keys.public(who)) == 0


def test_a_key_that_came_with_the_dossier_vouches_for_little(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = _said(capsys, str(made / "second"))
    assert code == 0
    assert "nobody has checked" in said
    assert "chain not checked" in said


def test_an_unsigned_one_says_so_and_satisfies_no_key(
    made: Path, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = _said(capsys, str(made / "unsigned"))
    assert (code, "unsigned" in said) == (0, True)
    code, said = _said(capsys, str(made / "unsigned"), "--key", keys.public("operator"))
    assert (code, "unsigned: nobody vouches" in said) == (1, True)
    assert independent(made / "unsigned", keys.public("operator"))


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--site", "dublin"], "it is about hamar, not dublin"),
        (["--zone", "us"], "judged in zone europe, not us"),
        (["--max-age", "0"], "stale"),
        (["--max-age", "1d"], "stale"),
        (["--key", "stranger"], "wrong key"),
        (["--chain", "other"], "broken chain"),
        (["--chain", "first", "other"], "broken chain"),
        (["--chain", "spoiled"], "broken chain: index.html was altered"),
    ],
)
def test_another_dossier_than_was_asked_for_is_refused(
    folder: Path, keys: Keys, capsys: pytest.CaptureFixture[str], words: list[str], reason: str
) -> None:
    shutil.copytree(folder / "first", folder / "spoiled")
    _append("index.html")(folder / "spoiled")
    flag, *values = words
    paths = {
        "stranger": keys.public("stranger"),
        **{name: str(folder / name) for name in ("first", "other", "spoiled")},
    }
    code, said = _said(capsys, str(folder / "second"), flag, *(paths.get(value, value) for value in values))
    assert code == 1
    assert reason in said


def test_a_day_to_come_is_refused(folder: Path, keys: Keys, capsys: pytest.CaptureFixture[str]) -> None:
    report(HAMAR_STATE, folder / "future", "2999-01-01", {})
    code, said = _said(capsys, str(folder / "future"))
    assert (code, "yet to come" in said) == (1, True)


@pytest.mark.parametrize(
    "words",
    [
        ["nowhere"],
        ["second", "--key", "nowhere"],
        ["second", "--max-age", "soon"],
        ["second", "--zone", "nowhere.yaml"],
        [],
    ],
)
def test_bad_input_is_one_line_and_64(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    monkeypatch.chdir(folder)
    assert main(["verify", *words]) == 64
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1


def test_a_lodged_head_has_to_be_of_the_chain(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    heads = {name: digest((folder / name / STATEMENT).read_bytes()) for name in ("first", "second", "other")}
    lodged = folder / "lodged.txt"
    lodged.write_text(f"{heads['first']}  October\n{heads['second']}\n")
    code, said = _said(capsys, str(folder / "second"), "--chain", str(lodged))
    assert code == 0, said
    lodged.write_text(f"{heads['other']}\n")
    code, said = _said(capsys, str(folder / "second"), "--chain", str(lodged))
    assert (code, f"broken chain: the lodged head {heads['other']}" in said) == (1, True)
    lodged.write_text("soon\n")
    assert main(["verify", str(folder / "second"), "--chain", str(lodged)]) == 64


def test_who_holds_one_key_is_not_two(folder: Path, keys: Keys, capsys: pytest.CaptureFixture[str]) -> None:
    both = {"CLOVER_OPERATOR_KEY": keys.private("operator"), "CLOVER_AUDITOR_KEY": keys.private("operator")}
    report(HAMAR_STATE, folder / "alone", "2026-11-01", both)
    code, said = _said(capsys, str(folder / "alone"), "--key", keys.public("operator"))
    assert (code, "signed with one key" in said) == (1, True)


def test_the_second_checker_is_short_and_needs_nothing_of_clover() -> None:
    text = INDEPENDENT.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 100
    assert "clover." not in text
