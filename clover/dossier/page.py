"""The dossier's page: one file, readable without script, asking nobody for anything."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from clover import __version__
from clover.controls.catalogue import Control, controls
from clover.dossier.flow_map import flow_map
from clover.dossier.plain_text import shown
from clover.dossier.site_facts import SiteFacts, worst

FOLDER = Path(__file__).parent
SHOWN_GROUNDS = 12
"""Statements that a verdict's section lists; all of them stand in verdicts.json."""

Change = tuple[str, str, str]
"""A verdict's id, what it was, what it is."""


@dataclass(frozen=True)
class Cover:
    """What stands on the front: the day, the previous dossier's digest, and what changed since (None: not asked)."""

    as_of: str
    previous: str | None
    changes: Sequence[Change] | None


def page(sites: Sequence[SiteFacts], cover: Cover, language: str = "en") -> bytes:
    """The whole page in UTF-8; every text from a plan is escaped, and shown as it is where it would hide something."""
    style, script = (_source(name) for name in ("page.css", "page.js"))
    zones = {site.case.zone.digest: site.case.zone for site in sites}.values()
    named = {site.case.site.name for site in sites}
    clouds = {site.case.site.cloud for site in sites}
    text = (
        _environment()
        .get_template("page.html.j2")
        .render(
            w=yaml.safe_load(_source(f"words.{language}.yaml")),
            sites=sites,
            as_of=cover.as_of,
            previous=cover.previous,
            changes=cover.changes,
            tool=f"clover {__version__}",
            bases=sorted({site.proof.basis.value for site in sites}),
            catalogue=list(controls().values()),
            matrix=list(_matrix(sites)),
            maps=[(site, flow_map(site)) for site in sites],
            givens=[given for zone in zones for given in zone.file.foundation if named & set(given.scope)],
            weak={given for site in sites for given in site.case.weak},
            exceptions=[one for zone in zones for one in zone.file.exceptions],
            disclosures=[one for zone in zones for one in zone.file.disclosures if one.cloud in clouds],
            worst=worst,
            as_json=_as_json,
            shown_grounds=SHOWN_GROUNDS,
            style=Markup(style),  # noqa: S704 (files of this package)
            script=Markup(script),  # noqa: S704
            style_hash=_hash(style),
            script_hash=_hash(script),
        )
    )
    return text.encode("utf-8")


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalised,
        trim_blocks=True,
        keep_trailing_newline=True,
    )


def _finalised(value: Any) -> Any:
    """Texts without what hides; what the package itself marked as safe stays."""
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _matrix(sites: Sequence[SiteFacts]) -> Iterator[tuple[str, str, Control]]:
    """Each framework item with each control that supports it, of the controls that were decided."""
    decided = [control for control in controls().values() if any(site.of(control.id) for site in sites)]
    rows = [(name, item, one) for one in decided for name, items in one.frameworks.items() for item in items]
    yield from sorted(rows, key=lambda row: (row[0], row[1], row[2].id))


def _as_json(value: Mapping[str, Any]) -> Markup:
    """A counterexample in lines; its own texts are escaped by JSON and by the page."""
    lines = json.dumps(value, indent=1, ensure_ascii=True, sort_keys=True).splitlines()
    return Markup("\n").join(shown(line) for line in lines)


def _source(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _hash(source: str) -> str:
    return "sha256-" + base64.b64encode(sha256(source.encode()).digest()).decode()
