"""Where a dossier comes from: the files that it was made of, and the commit that whoever makes it names."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from clover.dossier.plain_text import shown
from clover.errors import BadInput
from clover.sources import Subject

COMMIT = "CLOVER_COMMIT"
"""The variable that names the commit of the program: no plan and no state holds it."""


@dataclass(frozen=True)
class Source:
    """A file that the dossier was made from: `kind` is a key of the page's words, `written` the engine's own time."""

    project: str
    stack: str
    name: str
    kind: str
    digest: str
    written: str | None


class _Manifest(msgspec.Struct):
    time: Any = None


class _Deployment(msgspec.Struct):
    manifest: _Manifest = msgspec.field(default_factory=_Manifest)


class _File(msgspec.Struct):
    """The few members of an export, a preview or a reading that tell them apart."""

    observed: Any = None
    steps: msgspec.Raw = msgspec.Raw()
    deployment: _Deployment | None = None


def sources(subjects: Sequence[Subject]) -> tuple[Source, ...]:
    """The files by their names, without folders, in the order of their stacks: another machine's do not show."""
    ordered = sorted(subjects, key=lambda subject: (subject.stack, subject.project))
    return tuple(_source(subject, Path(subject.source)) for subject in ordered)


def _source(subject: Subject, path: Path) -> Source:
    """The file of one stack; of a preview nobody says when it was written."""
    found = msgspec.json.decode(path.read_bytes(), type=_File)
    time = found.deployment.manifest.time if found.deployment else None
    kind = "live" if found.observed is not None else "export" if found.deployment else "preview"
    written = time if isinstance(time, str) else None
    return Source(subject.project, subject.stack, path.name, kind, subject.digest, written)


def commit() -> str | None:
    """The commit that the environment names; BadInput where that is none."""
    named = os.environ.get(COMMIT) or None
    if named is not None and not re.fullmatch("[0-9a-f]{7,64}", named):
        raise BadInput(f"{COMMIT} {shown(named)!r} is no commit: 7 to 64 hexadecimal digits")
    return named
