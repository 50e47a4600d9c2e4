"""Make a dossier: every file from the proof, then the statement on the files."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import msgspec

from clover import __version__
from clover.controls.case import Case
from clover.controls.proof import Proof, ProvedSubject
from clover.dossier import oscal
from clover.dossier.check import Dossier
from clover.dossier.control_pages import control_pages
from clover.dossier.history import as_bytes, continued, read_history
from clover.dossier.layout import HISTORY, STATEMENT, VERDICTS, canonical, compact, digest, pretty
from clover.dossier.origin import Source
from clover.dossier.page import Change, Cover, page
from clover.dossier.sbom import sbom
from clover.dossier.site_facts import SiteFacts, site_facts
from clover.dossier.statement import (
    DECLARATION_TYPE,
    STATEMENT_TYPE,
    Beside,
    Declared,
    File,
    Site,
    Statement,
)
from clover.dossier.tables import controls_csv
from clover.dossier.verdicts import verdicts_json
from clover.errors import BadInput
from clover.sources import World


@dataclass(frozen=True)
class Request:
    """What a dossier is made of besides the proof: the day, the files, the program's commit, the dossier before it."""

    day: date
    sources: tuple[Source, ...]
    commit: str | None = None
    previous: Dossier | None = None


def dossier(world: World, proof: Proof, asked: Sequence[Case], request: Request) -> dict[str, bytes]:
    """Every file of the dossier but the signatures, in whatever order its sources were read."""
    cases = {_name(subject): case for subject, case in zip(proof.subjects, asked, strict=True)}
    proof = _without_folders(proof).in_order()
    pairs = zip(proof.subjects, proof.sites, strict=True)
    facts = (site_facts(cases[_name(subject)], found, world) for subject, found in pairs)
    sites = sorted(facts, key=lambda one: one.case.standing is not None)  # sites first, then the other hands
    day, before = request.day.isoformat(), request.previous
    history = read_history(before.files.get(HISTORY), before.digest) if before else read_history(None, None)
    pages = tuple(control_pages(sites, history, day))
    files = {
        "index.html": page(sites, _cover(request, proof), pages),
        VERDICTS: verdicts_json(proof),
        HISTORY: as_bytes(continued(history, request.day, sites)),
        "controls.csv": controls_csv(pages),
        "sbom.cdx.json": pretty(sbom()),
        f"oscal/{oscal.CATALOG}": compact(oscal.catalog(sites, day)),
        "oscal/component-definition.json": compact(oscal.component_definition(sites, day)),
        "oscal/assessment-results.json": compact(oscal.assessment_results(sites, day)),
    }
    return {**files, STATEMENT: canonical(msgspec.to_builtins(_statement(files, sites, request)))}


def _statement(files: Mapping[str, bytes], sites: Sequence[SiteFacts], request: Request) -> Statement:
    """What the dossier says of its files, and of what they were made from."""
    return Statement(
        type=STATEMENT_TYPE,
        subject=tuple(File(name=name, digest={"sha256": digest(files[name])}) for name in sorted(files)),
        predicate_type=DECLARATION_TYPE,
        predicate=Declared(
            tool=f"clover {__version__}",
            as_of=request.day,
            commit=request.commit,
            basis=tuple(sorted({site.proof.basis.value for site in sites})),
            sites=tuple(_site(site, _source_of(site, request)) for site in sites),
            beside=tuple(map(_beside, _besides(sites, request))),
            summary=msgspec.json.decode(files[VERDICTS])["summary"],
            previous=request.previous.digest if request.previous else None,
        ),
    )


def _cover(request: Request, proof: Proof) -> Cover:
    cover = Cover(request.day.isoformat(), request.commit, request.sources)
    before = request.previous
    if before is None:
        return cover
    earlier = before.statement.predicate.as_of.isoformat()
    return replace(cover, previous=before.digest, before=earlier, changes=_changes(before.verdicts, proof))


def write(files: Mapping[str, bytes], out: Path) -> None:
    """Put the whole dossier in the place of `out`; BadInput when that holds something that is no dossier."""
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise BadInput(f"{out} is no folder")
    if out.is_dir() and any(out.iterdir()) and not (out / STATEMENT).is_file():
        raise BadInput(f"{out} holds something else than a dossier")
    try:
        _write(files, out)
    except OSError as error:
        raise BadInput(f"--out {out}: cannot be written: {error.strerror}") from None


def _write(files: Mapping[str, bytes], out: Path) -> None:
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


def _name(stack: ProvedSubject | Source) -> tuple[str, str]:
    """What a stack is called, and what stacks are ordered by."""
    return stack.stack, stack.project


def _source_of(site: SiteFacts, request: Request) -> Source:
    """The file that a site was read from."""
    return next(source for source in request.sources if source.stack == site.case.stack)


def _besides(sites: Sequence[SiteFacts], request: Request) -> Iterator[Source]:
    """The files of stacks that are no sites."""
    judged = {site.case.stack for site in sites}
    yield from (source for source in request.sources if source.stack not in judged)


def _beside(source: Source) -> Beside:
    return Beside(
        project=source.project,
        stack=source.stack,
        source=source.name,
        source_digest=source.digest,
        source_written=source.written,
    )


def _site(facts: SiteFacts, source: Source) -> Site:
    return Site(
        site=facts.name,
        zone=facts.case.zone.name,
        zone_digest=facts.case.zone.digest,
        project=source.project,
        stack=facts.case.stack,
        source=source.name,
        source_digest=source.digest,
        source_written=source.written,
        rule_set_digest=facts.rule_set_digest,
        rules_signed=facts.rules_signed,
        auditor_stack_signed=facts.auditor_stack_signed,
    )


def _changes(before: Mapping[str, str], proof: Proof) -> list[Change]:
    """Every verdict that is another one than before, that came or that went; by id."""
    now = {verdict.id: verdict for verdict in proof.verdicts}
    outcomes = {name: verdict.verdict.value for name, verdict in now.items()}
    return [
        Change(one, before.get(one, "none"), outcomes.get(one, "none"), now[one].reason if one in now else "")
        for one in sorted({*before, *now})
        if before.get(one) != outcomes.get(one)
    ]
