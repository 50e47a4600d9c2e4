"""The dossier's page: one file, readable without script, asking nobody for anything."""

import base64
import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from clover import __version__
from clover.controls.catalogue import controls
from clover.controls.verdict import Verdict
from clover.dossier.access import Reach
from clover.dossier.access.register import Row
from clover.dossier.control_pages import Claimed, ControlPage
from clover.dossier.flow_map import LONGEST_IN, LONGEST_OUT, WIDTH, Flow, flow_map
from clover.dossier.grounds import changing
from clover.dossier.matrix import kept_promises, matrix
from clover.dossier.origin import Source
from clover.dossier.parties import auditor_part, identities, trusted_kind
from clover.dossier.plain_text import cut, shown
from clover.dossier.site_facts import CLOUDS, WORST, SiteFacts, worst
from clover.errors import BadInput
from clover.report.text import counterexample

FOLDER = Path(__file__).with_name("template")
PAGES = (
    "cover",
    "summary",
    "promises",
    "access",
    "declared",
    "flows",
    "matrix",
    "changes",
    "controls",
    "exceptions",
    "disclosures",
    "foundation",
    "not_shown",
)
"""The pages in their order; each has a template of its name."""

LANGUAGE = "CLOVER_LANGUAGE"
"""The variable that names the language of the page."""


@dataclass(frozen=True)
class Change:
    """A verdict that is another one than in the previous dossier."""

    id: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True)
class Cover:
    """What stands on the front; `before` is the previous dossier's day, `changes` None where none was given."""

    as_of: str
    commit: str | None
    sources: tuple[Source, ...]
    previous: str | None = None
    before: str | None = None
    changes: Sequence[Change] | None = None


def page(sites: Sequence[SiteFacts], cover: Cover, pages: Sequence[ControlPage]) -> bytes:
    """The whole page in UTF-8; every text from a plan is escaped, and shown as it is where it would hide something."""
    rendering = _Rendering(sites, cover, pages)
    return rendering.environment.get_template("page.html.j2").render().encode("utf-8")


def words(language: str) -> Mapping[str, Any]:
    """Every word of the page in a language; BadInput where there is no file of it."""
    path = FOLDER / f"words.{language}.yaml"
    if not re.fullmatch("[a-z]{2,3}", language) or not path.is_file():
        known = ", ".join(sorted(each.name.split(".")[1] for each in FOLDER.glob("words.*.yaml")))
        raise BadInput(f"{LANGUAGE} {shown(language)!r}: the page's words are there in: {known}")
    return yaml.safe_load(path.read_text(encoding="utf-8"))


class _Rendering:
    """One page in the making: what its templates ask for."""

    def __init__(self, sites: Sequence[SiteFacts], cover: Cover, pages: Sequence[ControlPage]) -> None:
        self._sites, self._cover = sites, cover
        self._words = words(os.environ.get(LANGUAGE, "en"))
        self._zones = list({site.case.zone.digest: site.case.zone for site in sites}.values())
        self._controls = pages
        self._claim = self.environment.get_template("claim.html.j2")

    @cached_property
    def environment(self) -> Environment:
        """The templates, with everything that they look up."""
        made = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_finalised,
            trim_blocks=True,
            keep_trailing_newline=False,
        )
        made.globals.update(self._facts(), **self._registers(), **self._files())
        return made

    def _facts(self) -> dict[str, Any]:
        sites = self._sites
        by_stack = {site.case.stack: site for site in sites}
        changes = self._cover.changes is not None
        read = {site.case.hand.value for site in sites}
        return {
            "w": self._words,
            "pages": [name for name in PAGES if name != "changes" or changes],
            "sites": sites,
            "cover": self._cover,
            "sources": [(source, by_stack.get(source.stack)) for source in self._cover.sources],
            "tool": f"clover {__version__}",
            "bases": sorted({site.proof.basis.value for site in sites}),
            "missing": sorted({hand for site in sites for hand in site.missing} - read),
            "controls": self._controls,
            "known": {control for site in sites for control in site.controls},
            "outcomes": sorted(WORST, key=WORST.index, reverse=True),
            "promises": list(kept_promises(sites)),
            "matrix": list(matrix(sites)),
            "changing": {site.name: [each for _, each in changing(site)] for site in sites},
            "maps": [(site, flow_map(site)) for site in sites],
            "map_width": WIDTH,
            "cloud_names": CLOUDS,
            "worst": worst,
            "worst_of": _worst_of,
            "families": _families,
            "by_reach": _by_reach,
            "open_points": _open_points,
            "question": _question,
            "label": self._label,
            "part": self._part,
            "method": self._method,
            "methods": {self._method(one.control.id) for one in self._controls},
            "items": _items,
            "claim": self._claimed,
            "as_json": _as_json,
            "in_words": _in_words,
        }

    def _registers(self) -> dict[str, Any]:
        zones = self._zones
        named = {site.name for site in self._sites}
        clouds = {site.case.site.cloud for site in self._sites}
        signed = {site.case.handed.id: site.case.handed for site in self._sites if site.case.handed}
        vouched = [given for zone in zones for given in zone.file.foundation if named & set(given.scope)]
        givens = [*vouched, *signed.values()]
        trusted = [one for zone in zones for one in zone.file.trusted_base if one.site in (None, *named)]
        verdicts = [verdict for site in self._sites for verdict in site.proof.verdicts]
        return {
            "zones": zones,
            "givens": givens,
            "given_ids": {given.id for given in givens},
            "uses": Counter(given for verdict in verdicts for given in verdict.given),
            "weak": {given for site in self._sites for given in site.case.weak},
            "trusted": trusted,
            "parties": {party.name: party.title for zone in zones for party in zone.file.parties},
            "transfers": [(zone.file.auditor.party, one) for zone in zones for one in zone.file.auditor.transfers],
            "third_country": [one for zone in zones for one in zone.file.third_country_access],
            "exceptions": [one for zone in zones for one in zone.file.exceptions],
            "disclosures": [one for zone in zones for one in zone.file.disclosures if one.cloud in clouds],
        }

    def _files(self) -> dict[str, Any]:
        style, script = ((FOLDER / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
        bases = [self._words["short"][site.proof.basis.value] for site in self._sites]
        told = [shown(zone.file.modelling) for zone in self._zones]
        printed = " · ".join(dict.fromkeys([*bases, *told]))
        style = style.replace('"PRINTED"', _css_text(printed))
        return {
            "style": Markup(style),  # noqa: S704 (files of this package)
            "script": Markup(script),  # noqa: S704
            "style_hash": _hash(style),
            "script_hash": _hash(script),
        }

    def _label(self, flow: Flow) -> str:
        text = self._words["flow_words"][flow.label] + flow.detail
        return cut(text, LONGEST_IN if flow.inward else LONGEST_OUT)

    def _part(self, site: SiteFacts, row: Row) -> str | None:
        """What a caller is to the site in a word or two, where the zone or the stack says so."""
        kind = trusted_kind(site, row.caller) if row.kind == "trusted" else None
        name = identities(site).get(row.caller) if row.kind == "declared" else None
        who = auditor_part(site, row.caller) if row.kind == "auditor" else None
        return kind or name or (who and self._words["auditor_parts"][who])

    def _method(self, control: str) -> str:
        """Which of the methods a control is decided by."""
        known = self._words["method_of"]
        return known.get(control) or known.get(control.partition("-")[0]) or known["otherwise"]

    def _claimed(self, one: Claimed, site: SiteFacts) -> Markup:
        return Markup(self._claim.render(one=one, site=site).strip())  # noqa: S704 (rendered with escapes)


def _finalised(value: Any) -> Any:
    """Texts without what hides; what the package itself marked as safe stays."""
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _worst_of(one: ControlPage) -> Any:
    return min((at.outcome for at in one.sites), key=WORST.index)


def _families(site: SiteFacts) -> Iterator[tuple[str, list[str]]]:
    """The controls of a site by family."""
    found: dict[str, list[str]] = {}
    for control in site.controls:
        found.setdefault(control.partition("-")[0], []).append(control)
    yield from found.items()


def _open_points(site: SiteFacts) -> list[tuple[Verdict, int]]:
    """Every verdict that is no proof, the worst first; those that say the same once, with their number."""
    found: dict[tuple[str, str, str], list[Verdict]] = {}
    for verdict in site.open_points:
        found.setdefault((verdict.control, verdict.verdict, verdict.reason), []).append(verdict)
    return [(same[0], len(same)) for same in found.values()]


def _by_reach(row: Row) -> list[tuple[str, list[str]]]:
    """The verbs of a cell by how far they come; `nothing` alone where no verb is allowed."""
    found: dict[str, list[str]] = {}
    for verb, reach in row.reach.items():
        found.setdefault(reach.value, []).append(verb)
    told = [(reach, verbs) for reach, verbs in found.items() if reach != Reach.NOTHING]
    return told or [(Reach.NOTHING.value, list(row.reach))]


def _question(site: SiteFacts) -> str:
    """Whether any caller reads a restricted store of users' data but through the site's endpoints."""
    asked = [group for group in site.access if (group.data_class, group.role) == ("restricted", "user-data")]
    reads = {row.reach["read"] for group in asked for row in group.rows}
    if not asked:
        return "none"
    return "nobody" if reads <= {Reach.NOTHING, Reach.ENDPOINTS} else "somebody"


def _items(control: str) -> list[str]:
    known = controls()[control].frameworks
    return [f"{framework} {', '.join(items)}" for framework, items in known.items()]


def _in_words(example: Mapping[str, Any]) -> list[str]:
    """A counterexample in lines, as the command prints it."""
    return list(counterexample(example))


def _as_json(value: Mapping[str, Any]) -> Markup:
    """A counterexample in lines; its own texts are escaped by JSON and by the page."""
    lines = json.dumps(value, indent=1, ensure_ascii=True, sort_keys=True).splitlines()
    return Markup("\n").join(shown(line) for line in lines)


def _css_text(text: str) -> str:
    """A string of CSS; what could end it is written by its number."""
    safe = re.sub(r"[^\w ,.:;·'-]", lambda match: f"\\{ord(match[0]):x} ", text)
    return f'"{safe}"'


def _hash(source: str) -> str:
    return "sha256-" + base64.b64encode(sha256(source.encode()).digest()).decode()
