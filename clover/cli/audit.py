"""`clover audit`: read a site as it is now, with the auditor's own credentials, and decide every control of it."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clover.cli.arguments import Parser
from clover.errors import BadInput

ZONES = Path("zones")
"""Where zone files lie in a project: all that the auditor needs beside credentials."""

OBSERVED = "observed.json"
VERDICTS = "verdicts.json"

EPILOG = f"""Credentials come from where the cloud's own tools take them. A call that is refused leaves what leans on it
unknown, by name. --out writes what was seen as {OBSERVED}, which prove, diff and report read like a stack export."""


def run(words: list[str]) -> int:
    """Print the verdicts on what is there; exit codes are those of `clover prove`."""
    parser = Parser(prog="clover audit", description="Decide every control of a live site.", epilog=EPILOG)
    parser.add_argument("site", metavar="SITE", help="a site of one of the zones in zones/")
    parser.add_argument("--out", type=Path, metavar="DIR", help="a folder for what was seen and what follows from it")
    arguments = parser.parse_args(words)
    from clover.controls.run import prove
    from clover.report.text import text
    from clover.sources.live.site import observe
    from clover.sources.world import observed_world

    zone, site = _site(arguments.site)
    export = observe(zone, site)
    source = str(arguments.out / OBSERVED) if arguments.out else f"live:{site.name}"
    proof = prove(observed_world(export, source), zone.name, datetime.now(UTC).date())
    if arguments.out:
        from clover.report.as_json import as_json

        _write(arguments.out, {OBSERVED: _canonical(export), VERDICTS: as_json(proof)})
    sys.stdout.write(text(proof))
    return proof.exit_code()


def _site(name: str) -> tuple[Any, Any]:
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


def _canonical(export: dict[str, Any]) -> str:
    return json.dumps(export, indent=1, sort_keys=True) + "\n"


def _write(folder: Path, files: dict[str, str]) -> None:
    """Write the files; BadInput where the folder cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_text(content, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"--out {folder}: cannot be written: {error.strerror}") from None
