"""Ways to spoil a dossier, each with the reason for which it has to be refused."""

import base64
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from clover.dossier.layout import ATTESTATION, DECLARATION, KEYS, STATEMENT, canonical, digest

FILES = (
    "index.html",
    "verdicts.json",
    "controls.csv",
    "sbom.cdx.json",
    "evidence/history.json",
    "oscal/catalog.json",
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


def append(name: str) -> Spoil:
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
    **{f"a byte more in {name}": (append(name), f"{name} was altered") for name in FILES},
    **{
        f"without {name}": (lambda folder, name=name: (folder / name).unlink(), f"{name} is missing")
        for name in (*FILES, STATEMENT)
    },
    f"a byte more in {STATEMENT}": (append(STATEMENT), "not in canonical form"),
    **{f"a byte more in {name}": (append(name), "is not in canonical form") for name in (*KEYS, *KEYS.values())},
    **{
        f"{name} in another form": (
            _edit(name, lambda value: None),
            "is not in canonical form",
        )
        for name in KEYS
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
