"""Check a dossier, offline: that it is whole, who signed it, that it is the one asked for, and what came before it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import msgspec

from clover.dossier.attestation import read_attestation
from clover.dossier.envelope import opened, read_envelope, signed_by
from clover.dossier.history import read_history
from clover.dossier.keys import PublicKey, as_pem, fingerprint, read_public_key
from clover.dossier.layout import (
    ATTESTATION,
    DECLARATION,
    HISTORY,
    KEYS,
    SIGNED_LATER,
    STATEMENT,
    VERDICTS,
    canonical,
    digest,
    pretty,
)
from clover.dossier.plain_text import shown
from clover.dossier.statement import DECLARATION_TYPE, STATEMENT_TYPE, Attestation, Statement
from clover.dossier.verdicts import SCHEMA, in_full
from clover.errors import BadInput

LARGEST = 64 * 1024 * 1024
"""Bytes of a file that is still read."""

MOST_FILES = 200

SIGNERS = {DECLARATION: "operator", ATTESTATION: "auditor"}


@dataclass(frozen=True)
class Dossier:
    """A dossier as read; `files` holds every file by its path below the folder."""

    files: Mapping[str, bytes]
    statement: Statement
    verdicts: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def digest(self) -> str:
        """What the next dossier of the chain names this one by."""
        return digest(self.files[STATEMENT])

    @property
    def signers(self) -> tuple[str, ...]:
        """Whose envelopes are there, checked or not."""
        return tuple(who for name, who in SIGNERS.items() if name in self.files)


@dataclass(frozen=True)
class Asked:
    """Which dossier a reader wants: of what site and zone, judged at most `days` before `today`; None: any."""

    site: str | None
    zone: str | None
    zone_digest: str | None
    today: date
    days: int | None


class Refused(Exception):
    """Why a folder is no dossier that anybody could check, in one line."""


def read_dossier(root: Path) -> Dossier:
    """The dossier in a folder, whole as far as its own statement says; BadInput for anything else."""
    try:
        found = opened_folder(root)
    except Refused as why:
        raise BadInput(f"{root}: {why}") from None
    problems = list(alterations(found))
    if problems:
        raise BadInput(f"{root}: {problems[0]}")
    return found


def opened_folder(root: Path) -> Dossier:
    """Read every file, and the statement among them; BadInput when there is no such folder, else Refused."""
    if not root.is_dir():
        raise BadInput(f"{root}: there is no such folder")
    files = dict(_files(root))
    if STATEMENT not in files:
        raise Refused(f"{STATEMENT} is missing")
    statement = _statement(files[STATEMENT])
    return Dossier(files, statement, _verdicts(files.get(VERDICTS, b"{}")))


def _files(root: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below the folder by its path; links, large files and too many of them are refused."""
    for number, path in enumerate(sorted(root.rglob("*"))):
        name = path.relative_to(root).as_posix()
        if number >= MOST_FILES:
            raise Refused(f"more than {MOST_FILES} entries: no dossier has so many")
        if path.is_symlink():
            raise Refused(f"{shown(name)} is a link")
        if path.is_dir():
            continue
        if not path.is_file():
            raise Refused(f"{shown(name)} is no plain file")
        if path.stat().st_size > LARGEST:
            raise Refused(f"{shown(name)} is larger than any file of a dossier")
        yield name, path.read_bytes()


def _statement(content: bytes) -> Statement:
    """The statement, in its one form; Refused for another form or type."""
    try:
        statement = msgspec.json.decode(content, type=Statement)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(f"{STATEMENT} is malformed: {shown(str(error))}") from None
    if statement.type != STATEMENT_TYPE or statement.predicate_type != DECLARATION_TYPE:
        raise Refused(f"{STATEMENT} is no declaration of a dossier")
    if canonical(msgspec.to_builtins(statement)) != content:
        raise Refused(f"{STATEMENT} is not in canonical form")
    return statement


def _verdicts(content: bytes) -> dict[str, str]:
    """Each verdict by its id; empty for a file that is none of verdicts, which its digest tells anyway."""
    try:
        found: Any = msgspec.json.decode(content)
        whole = in_full(found) if found["schema"] == SCHEMA else found
        return {one["id"]: one["verdict"] for one in whole["verdicts"]}
    except (msgspec.DecodeError, KeyError, TypeError, IndexError, UnicodeDecodeError):
        return {}


def problems(
    found: Dossier, keys: Sequence[PublicKey], asked: Asked, earlier: Sequence[Dossier], lodged: Sequence[str] = ()
) -> Iterator[str]:
    """Every reason to refuse the dossier, in one line each."""
    yield from alterations(found)
    yield from signature_problems(found, keys)
    yield from mismatches(found, asked)
    yield from staleness(found, asked)
    for one in earlier:
        yield from (f"broken chain: {problem}" for problem in alterations(one))
    yield from chain_problems(found, earlier)
    yield from lodging_problems(found, lodged)


def alterations(found: Dossier) -> Iterator[str]:
    """What is not as the statement says: files altered, missing, or there without being named."""
    named = {file.name: file.digest.get("sha256") for file in found.statement.subject}
    for name, expected in named.items():
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts or name in SIGNED_LATER:
            yield f"the statement names {shown(name)}, which is no file of a dossier"
        elif name not in found.files:
            yield f"{shown(name)} is missing"
        elif digest(found.files[name]) != expected:
            yield f"{shown(name)} was altered: its digest is not the one in the statement"
    if len(named) != len(found.statement.subject):
        yield "the statement names a file twice"
    for name in sorted(set(found.files) - set(named) - SIGNED_LATER):
        yield f"{shown(name)} is not of the dossier: the statement does not name it"
    for envelope, key in KEYS.items():
        if (envelope in found.files) != (key in found.files):
            yield f"of {envelope} and {key} one is missing"


def signature_problems(found: Dossier, keys: Sequence[PublicKey]) -> Iterator[str]:
    """What is wrong with the envelopes; with keys, that none of them has signed."""
    for name, who in SIGNERS.items():
        if name in found.files:
            yield from _envelope_problems(found, name, who)
    if _key_of(found, DECLARATION) and _key_of(found, DECLARATION) == _key_of(found, ATTESTATION):
        yield "operator and auditor signed with one key: nobody vouches but its holder"
    if keys and not found.signers:
        yield "unsigned: nobody vouches for it"
    elif keys and not any(signature.given for signature in signatures_of(found, keys)):
        yield "wrong key: no signature is by a key that was given"


def _envelope_problems(found: Dossier, name: str, who: str) -> Iterator[str]:
    envelope, own = read_envelope(found.files[name]), _own_key(found, name)
    if envelope is None:
        yield f"{name} is malformed"
    elif not _is_of(found, name, opened(envelope)):
        yield f"{name} signs something else than this dossier"
    elif own is None or not signed_by(envelope, own):
        yield f"{name} does not fit {KEYS[name]}: altered, or signed with another key than the {who}'s"
    elif (found.files[name], found.files[KEYS[name]]) != (pretty(msgspec.to_builtins(envelope)), as_pem(own)):
        yield f"{name} or {KEYS[name]} is not in canonical form: it has bytes that nobody signed"


def _is_of(found: Dossier, name: str, payload: bytes | None) -> bool:
    """Whether an envelope holds what it has to: the statement itself, or that it was proved again."""
    if name == DECLARATION:
        return payload == found.files[STATEMENT]
    return read_attestation(payload, found.statement, found.files[STATEMENT]) is not None


def _own_key(found: Dossier, name: str) -> PublicKey | None:
    try:
        return read_public_key(found.files.get(KEYS[name], b""))
    except ValueError:
        return None


def _key_of(found: Dossier, name: str) -> str | None:
    key = _own_key(found, name)
    return fingerprint(key) if key else None


class Signed(NamedTuple):
    """A signature that is there: whose place it has, by which key, and whether that key was given."""

    who: str
    key: str
    given: bool


def signatures_of(found: Dossier, keys: Sequence[PublicKey]) -> tuple[Signed, ...]:
    """Every signature of the dossier, the operator's first."""
    named = ((who, read_envelope(found.files[name])) for name, who in SIGNERS.items() if name in found.files)
    return tuple(
        Signed(who, envelope.signatures[0].keyid, any(signed_by(envelope, key) for key in keys))
        for who, envelope in named
        if envelope and envelope.signatures
    )


def attestation_of(found: Dossier) -> Attestation | None:
    """What the auditor attested, where they did."""
    envelope = read_envelope(found.files.get(ATTESTATION, b""))
    return read_attestation(opened(envelope), found.statement, found.files[STATEMENT]) if envelope else None


def mismatches(found: Dossier, asked: Asked) -> Iterator[str]:
    """Where the dossier is about something else than what was asked for."""
    sites = found.statement.predicate.sites
    if asked.site is not None and asked.site not in {one.site for one in sites}:
        yield f"it is about {', '.join(shown(one.site) for one in sites)}, not {asked.site!r}"
    for one in sites:
        if asked.zone is not None and one.zone != asked.zone:
            yield f"{shown(one.site)} was judged in zone {shown(one.zone)}, not {asked.zone!r}"
        elif asked.zone_digest and one.zone_digest != asked.zone_digest:
            yield f"{shown(one.site)} was judged by another version of zone {asked.zone}"


def staleness(found: Dossier, asked: Asked) -> Iterator[str]:
    """That it was judged on a day to come, or longer ago than is allowed."""
    age = (asked.today - found.statement.predicate.as_of).days
    if age < 0:
        yield f"it was judged on {found.statement.predicate.as_of}, which is yet to come"
    elif asked.days is not None and age > asked.days:
        yield f"stale: it was judged {age} days ago, and {asked.days} are allowed"


def chain_problems(found: Dossier, chain: Sequence[Dossier]) -> Iterator[str]:
    """Where the chain of earlier dossiers is broken; they may be given in any order."""
    if not chain:
        return
    known = {one.digest: one for one in chain}
    last, links = found, 0
    while last.statement.predicate.previous in known:
        earlier = known.pop(last.statement.predicate.previous)
        if earlier.statement.predicate.as_of > last.statement.predicate.as_of:
            yield "broken chain: an earlier dossier was judged later"
        last, links = earlier, links + 1
    if known or not links:
        yield "broken chain: the dossiers given do not lead to this one"


def lodging_problems(found: Dossier, lodged: Sequence[str]) -> Iterator[str]:
    """The heads that somebody outside the operator's reach was given, and that are not of this chain."""
    history = read_history(found.files.get(HISTORY), None)
    known = {found.digest, found.statement.predicate.previous, *(past.digest for past in history.dossiers)}
    for head in lodged:
        if head not in known:
            yield f"broken chain: the lodged head {head} is not of it"
