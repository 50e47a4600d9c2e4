"""`clover audit`: read a site as it is now, with the auditor's own credentials, and decide every control of it."""

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clover.cli.arguments import Parser
from clover.errors import BadInput
from clover.printable import printable

if TYPE_CHECKING:
    from clover.sources import World
    from clover.zones.geography import ZoneSite
    from clover.zones.zone import Zone

ZONES = Path("zones")
"""Where zone files lie in a project: all that the auditor needs beside credentials."""

OBSERVED, VERDICTS, DRIFT = "observed.json", "verdicts.json", "drift.json"

LAB = "read in the lab, where Clover's own evaluator decides who may read what: no independent witness, and no evidence"

EPILOG = f"""Credentials come from where the cloud's own tools take them. A call that is refused leaves what leans on it
unknown, by name. --out writes what was seen as {OBSERVED}, which prove, diff and report read like a stack export; an
audit that was cut off goes on there within the hour."""


def run(words: list[str]) -> int:
    """Print the verdicts on what is there, and the drift where it is asked for; exit codes are those of prove."""
    arguments = _parser().parse_args(words)
    from clover.controls.run import prove
    from clover.report.text import text
    from clover.sources.world import observed_world

    zone, site = _site(arguments.site)
    declared = _declared(arguments.declared, site.name)
    day = datetime.now(UTC).date()
    export = _observed(zone, site, arguments.out)
    world = observed_world(export, str(arguments.out / OBSERVED) if arguments.out else f"live:{site.name}")
    proof = prove(world, zone.name, day)
    told = text(proof) + "".join(f"{printable(line)}\n" for line in _remarks(site.name, export["observed"]))
    files = {OBSERVED: json.dumps(export, indent=1, sort_keys=True) + "\n"}
    if declared:
        said, files[DRIFT] = _drift(declared, world, zone.name, day)
        told += said
    if arguments.out:
        from clover.report.as_json import as_json

        _write(arguments.out, {**files, VERDICTS: as_json(proof)})
    sys.stdout.write(told)
    return proof.exit_code()


def _remarks(site: str, observed: Mapping[str, Any]) -> Iterator[str]:
    """What a reader has to know of the reading itself: what was refused, and that a lab is no witness."""
    for gap in observed["gaps"]:
        yield f"{site}: not read: {gap['call']} on {gap['about']} ({gap['code']})"
    if observed["lab"]:
        yield f"{site}: {LAB}"


def _parser() -> Parser:
    parser = Parser(prog="clover audit", description="Decide every control of a live site.", epilog=EPILOG)
    parser.add_argument("site", metavar="SITE", help="a site of one of the zones in zones/")
    parser.add_argument("--out", type=Path, metavar="DIR", help="a folder for what was seen and what follows from it")
    parser.add_argument("--declared", type=Path, metavar="FILE", help="a plan or stack export: adds the drift from it")
    return parser


def _site(name: str) -> "tuple[Zone, ZoneSite]":
    """The zone and the site of this name; BadInput where no zone has one, or several have."""
    from clover.zones.problems import nearest, shown
    from clover.zones.zone import load_zone

    zones = [load_zone(path) for path in sorted(ZONES.glob("*.yaml"))]
    if not zones:
        raise BadInput(f"there is no zone file in {ZONES}/: run where the project lies")
    named = [(zone, site) for zone in zones for site in zone.file.sites if site.name == name]
    if len(named) != 1:
        known = [site.name for zone in zones for site in zone.file.sites]
        told = nearest(name, known) if not named else f"{len(named)} zones have one"
        raise BadInput(f"site {shown(name)} cannot be told: {told}")
    return named[0]


def _declared(path: Path | None, site: str) -> "World | None":
    """The world that the operator declares; BadInput for a file that is of another site, or was read live."""
    if path is None:
        return None
    from clover.change.drift import refuse_other
    from clover.sources import read_world

    world = read_world([path])
    refuse_other(world, site)
    return world


def _observed(zone: "Zone", site: "ZoneSite", out: Path | None) -> dict[str, Any]:
    """What is there, read with a bar on a terminal, and kept in the folder meanwhile."""
    from clover.cli.progress import Bar
    from clover.sources.live.kept import Kept
    from clover.sources.live.site import observe

    with Bar(sys.stderr, site.name) as bar:
        return observe(zone, site, bar.step, Kept(out) if out else None)


def _drift(declared: "World", observed: "World", zone: str, day: date) -> tuple[str, str]:
    """The drift as text, and as JSON."""
    from clover.change.drift import drift
    from clover.change.drift_document import as_json, text
    from clover.controls.run import prove

    found = drift(declared, observed, partial(prove, zone=zone, day=day))
    return text(found, declared), as_json(found, declared)


def _write(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files; BadInput where the folder cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_text(content, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"--out {folder}: cannot be written: {error.strerror}") from None
