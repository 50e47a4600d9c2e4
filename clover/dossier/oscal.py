"""The dossier for other tools: OSCAL catalogue of the controls, component definition and assessment results.

Model: https://pages.nist.gov/OSCAL/resources/concepts/layer/ (JSON). Every UUID is derived from what it names. What a
control asks stands in the catalogue, where a stack declares it in the component definition, and what was found in the
results: one finding a control and stack, one observation a stack, and one for each verdict that is no proof.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from clover import __version__
from clover.controls.catalogue import Control, controls
from clover.controls.verdict import Claim, Outcome, Verdict
from clover.dossier.layout import VERDICTS
from clover.dossier.plain_text import shown
from clover.dossier.site_facts import SiteFacts

OSCAL_VERSION = "1.2.0"
NAMESPACE = "urn:clover"
CATALOG = "catalog.json"
"""The file beside the others that their controls' ids are of."""
SATISFYING = frozenset({Outcome.PROVED})
"""What satisfies a control; nothing assumed, excepted or disclosed does."""


def catalog(sites: Sequence[SiteFacts], as_of: str) -> dict[str, Any]:
    """Every control that was decided: its statement, and the items of frameworks that it supports in part."""
    decided = {control for site in sites for control in site.controls}
    told = [_control(control) for control in controls().values() if control.id in decided]
    return {
        "catalog": {
            "uuid": _uuid("catalog", __version__, as_of),
            "metadata": _metadata("Clover's controls", as_of),
            **({"controls": told} if told else {}),
        }
    }


def _control(control: Control) -> dict[str, Any]:
    supports = [
        {"name": "supports", "ns": NAMESPACE, "class": framework.replace(" ", "-"), "value": ", ".join(items)}
        for framework, items in control.frameworks.items()
    ]
    return {
        "id": control.id,
        "title": control.title,
        **({"props": supports} if supports else {}),
        "parts": [{"name": "statement", "prose": control.statement}],
    }


def component_definition(sites: Sequence[SiteFacts], as_of: str) -> dict[str, Any]:
    """The controls that the sites' declarations implement."""
    return {
        "component-definition": {
            "uuid": _uuid("component-definition", as_of, *(site.name for site in sites)),
            "metadata": _metadata("Controls of the sites as declared", as_of),
            "components": [_component(site) for site in sites],
        }
    }


def assessment_results(sites: Sequence[SiteFacts], as_of: str) -> dict[str, Any]:
    """What was proved, as observations and findings."""
    return {
        "assessment-results": {
            "uuid": _uuid("assessment-results", as_of, *(site.name for site in sites)),
            "metadata": _metadata("What Clover proved of the sites", as_of),
            "import-ap": {"href": "#no-assessment-plan"},
            "results": [_result(site, as_of) for site in sites],
        }
    }


def _metadata(title: str, as_of: str) -> dict[str, Any]:
    return {
        "title": title,
        "last-modified": f"{as_of}T00:00:00Z",
        "version": as_of,
        "oscal-version": OSCAL_VERSION,
        "props": [{"name": "generator", "ns": NAMESPACE, "value": f"clover {__version__}"}],
    }


def _component(site: SiteFacts) -> dict[str, Any]:
    return {
        "uuid": _uuid("component", site.name),
        "type": "service",
        "title": f"Data-centre stack {site.name}",
        "description": f"{site.case.site.title}, {site.case.site.cloud.value} {site.case.site.region}",
        "control-implementations": [
            {
                "uuid": _uuid("implementation", site.name),
                "source": CATALOG,
                "description": "What the stack declares for Clover's own controls.",
                "implemented-requirements": [_requirement(site, control) for control in _decided(site)],
            }
        ],
    }


def _requirement(site: SiteFacts, control: str) -> dict[str, Any]:
    places = dict.fromkeys(verdict.where for verdict in site.of(control) if verdict.where)
    lines: dict[str, list[str]] = {}
    for place in places:
        lines.setdefault(place.file, []).append(str(place.line or "whole"))
    declared = "; ".join(f"{file}: {', '.join(numbers)}" for file, numbers in lines.items())
    return {
        "uuid": _uuid("requirement", site.name, control),
        "control-id": control,
        "description": shown(f"Declared in {declared}" if declared else "Declared by the stack as a whole"),
    }


def _decided(site: SiteFacts) -> list[str]:
    return [control for control in controls() if control in site.controls]


def _result(site: SiteFacts, as_of: str) -> dict[str, Any]:
    decided = _decided(site)
    return {
        "uuid": _uuid("result", site.name, as_of),
        "title": f"{site.name}: {site.verdict.value}",
        "description": f"Decided from what is {site.proof.basis.value}.",
        "start": f"{as_of}T00:00:00Z",
        "reviewed-controls": {
            "control-selections": [{"include-controls": [{"control-id": control} for control in decided]}]
            if decided
            else [{"include-all": {}}]
        },
        "observations": [_run(site, as_of), *(_observation(verdict, as_of) for verdict in site.open_points)],
        "findings": [_finding(site, control) for control in decided],
    }


def _run(site: SiteFacts, as_of: str) -> dict[str, Any]:
    """All that was decided of a stack, which the verdicts' own file tells one by one."""
    return {
        "uuid": _uuid("run", site.name),
        "title": f"Every claim of {site.name}",
        "description": f"{len(site.proof.verdicts)} claims were decided.",
        "props": [
            {"name": "basis", "ns": NAMESPACE, "value": site.proof.basis.value},
            *({"name": name, "ns": NAMESPACE, "value": str(count)} for name, count in site.counts.items() if count),
        ],
        "methods": ["TEST"],
        "subjects": [{"subject-uuid": _uuid("component", site.name), "type": "component"}],
        "relevant-evidence": [{"href": f"../{VERDICTS}", "description": "Every verdict, with what it rests on."}],
        "collected": f"{as_of}T00:00:00Z",
    }


def _observation(verdict: Verdict, as_of: str) -> dict[str, Any]:
    return {
        "uuid": _uuid("observation", verdict.id),
        "title": shown(verdict.id),
        "description": shown(verdict.reason),
        "props": [
            {"name": "verdict", "ns": NAMESPACE, "value": verdict.verdict.value},
            {"name": "claim", "ns": NAMESPACE, "value": verdict.claim.value},
            {"name": "basis", "ns": NAMESPACE, "value": verdict.basis.value},
        ],
        "methods": ["TEST"],
        "collected": f"{as_of}T00:00:00Z",
    }


def _finding(site: SiteFacts, control: str) -> dict[str, Any]:
    verdicts = site.of(control)
    satisfied = all(verdict.verdict in SATISFYING for verdict in verdicts)
    leaning = [_uuid("observation", one.id) for one in verdicts if one.verdict is not Outcome.PROVED]
    return {
        "uuid": _uuid("finding", site.name, control),
        "title": f"{control} at {site.name}",
        "description": "; ".join(_told(site, control, claim) for claim in Claim if site.of(control, claim)),
        "target": {
            "type": "objective-id",
            "target-id": control,
            "status": {"state": "satisfied" if satisfied else "not-satisfied"},
        },
        "related-observations": [{"observation-uuid": one} for one in (_uuid("run", site.name), *leaning)],
    }


def _told(site: SiteFacts, control: str, claim: Claim) -> str:
    """How many verdicts on a claim came out how, such as `holds: 4 proved`."""
    counts = Counter(verdict.verdict.value for verdict in site.of(control, claim))
    return f"{claim.value}: {', '.join(f'{count} {outcome}' for outcome, count in counts.items())}"


def _uuid(*parts: str) -> str:
    return str(uuid5(NAMESPACE_URL, "urn:clover:" + "/".join(parts)))
