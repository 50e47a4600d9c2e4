"""Make a dossier: every file from the proof, then the statement on the files, then the signatures."""

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clover import __version__
from clover.controls.case import Case
from clover.controls.proof import Proof, ProvedSubject
from clover.dossier import oscal
from clover.dossier.check import read_dossier
from clover.dossier.layout import ATTESTATION, DECLARATION, KEYS, STATEMENT, VERDICTS, canonical, digest, pretty
from clover.dossier.page import Change, Cover, page
from clover.dossier.sbom import sbom
from clover.dossier.signing import as_pem, sign
from clover.dossier.site_facts import SiteFacts, site_facts
from clover.dossier.statement import (
    DECLARATION_TYPE,
    STATEMENT_TYPE,
    Declared,
    File,
    Site,
    Statement,
    attestation,
)
from clover.dossier.tables import controls_csv
from clover.errors import BadInput
from clover.report.as_json import as_json


def dossier(proof: Proof, asked: Sequence[Case], day: date, previous: Path | None) -> dict[str, bytes]:
    """Every file of the dossier but the signatures; BadInput when `previous` is no dossier."""
    proof = _without_folders(proof)
    sites = [site_facts(case, found) for case, found in zip(asked, proof.sites, strict=True)]
    before = read_dossier(previous) if previous else None
    changes = _changes(before.verdicts, proof) if before else None
    cover = Cover(day.isoformat(), before.digest if before else None, changes)
    verdicts = as_json(proof).encode()
    files = {
        "index.html": page(sites, cover),
        VERDICTS: verdicts,
        "controls.csv": controls_csv(proof.verdicts),
        "sbom.cdx.json": pretty(sbom()),
        "oscal/component-definition.json": pretty(oscal.component_definition(sites, day.isoformat())),
        "oscal/assessment-results.json": pretty(oscal.assessment_results(sites, day.isoformat())),
    }
    statement = Statement(
        type=STATEMENT_TYPE,
        subject=tuple(File(name=name, digest={"sha256": digest(files[name])}) for name in sorted(files)),
        predicate_type=DECLARATION_TYPE,
        predicate=Declared(
            tool=f"clover {__version__}",
            as_of=day,
            basis=tuple(sorted({site.proof.basis.value for site in sites})),
            sites=tuple(_site(found, facts) for found, facts in zip(proof.subjects, sites, strict=True)),
            summary=msgspec.json.decode(verdicts)["summary"],
            previous=cover.previous,
        ),
    )
    return {**files, STATEMENT: canonical(msgspec.to_builtins(statement))}


def signatures(
    files: Mapping[str, bytes], operator: Ed25519PrivateKey | None, auditor: Ed25519PrivateKey | None
) -> dict[str, bytes]:
    """The operator's envelope on the statement, and the auditor's on having proved the same; with their public keys."""
    signed: dict[str, bytes] = {}
    if operator:
        signed |= _enveloped(DECLARATION, files[STATEMENT], operator)
    if auditor:
        statement = msgspec.json.decode(files[STATEMENT], type=Statement)
        claim = attestation(statement, STATEMENT, digest(files[STATEMENT]))
        signed |= _enveloped(ATTESTATION, canonical(msgspec.to_builtins(claim)), auditor)
    return signed


def _enveloped(name: str, payload: bytes, key: Ed25519PrivateKey) -> dict[str, bytes]:
    envelope = pretty(msgspec.to_builtins(sign(payload, key)))
    return {name: envelope, KEYS[name]: as_pem(key.public_key())}


def write(files: Mapping[str, bytes], out: Path) -> None:
    """Put the whole dossier in the place of `out`; BadInput when that holds something that is no dossier."""
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise BadInput(f"{out} is no folder")
    if out.is_dir() and any(out.iterdir()) and not (out / STATEMENT).is_file():
        raise BadInput(f"{out} holds something else than a dossier")
    out.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    for name, content in files.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_bytes(content)
    made.chmod(0o755 & ~_umask())
    if out.exists():
        shutil.rmtree(out)
    made.replace(out)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _without_folders(proof: Proof) -> Proof:
    """The proof with its sources by file name, so that another machine's folders do not show."""
    subjects = tuple(msgspec.structs.replace(one, source=Path(one.source).name) for one in proof.subjects)
    return msgspec.structs.replace(proof, subjects=subjects)


def _site(subject: ProvedSubject, facts: SiteFacts) -> Site:
    return Site(
        site=facts.case.site.name,
        zone=facts.case.zone.name,
        zone_digest=facts.case.zone.digest,
        project=subject.project,
        stack=subject.stack,
        source=subject.source,
        source_digest=subject.digest,
        rule_set_digest=facts.rule_set_digest,
    )


def _changes(before: Mapping[str, str], proof: Proof) -> list[Change]:
    """Every verdict that is another one than before, that came or that went; by id."""
    now = {verdict.id: verdict.verdict.value for verdict in proof.verdicts}
    ids = sorted({*before, *now})
    return [(one, before.get(one, "none"), now.get(one, "none")) for one in ids if before.get(one) != now.get(one)]
