"""The dossier for other tools: OSCAL component definition and assessment results.

Model: https://pages.nist.gov/OSCAL/resources/concepts/layer/ (JSON). Every UUID is derived from what it names.
"""

from collections.abc import Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from clover import __version__
from clover.controls.catalogue import Control, controls
from clover.controls.verdict import Outcome, Verdict
from clover.dossier.plain_text import shown
from clover.dossier.site_facts import SiteFacts

OSCAL_VERSION = "1.2.0"
NAMESPACE = "urn:clover"
SATISFYING = frozenset({Outcome.PROVED})
"""What satisfies a control; nothing assumed, excepted or disclosed does."""


def component_definition(sites: Sequence[SiteFacts], as_of: str) -> dict[str, Any]:
    """The controls that the sites' declarations implement."""
    return {
        "component-definition": {
            "uuid": _uuid("component-definition", as_of, *(_name(site) for site in sites)),
            "metadata": _metadata("Controls of the sites as declared", as_of),
            "components": [_component(site) for site in sites],
        }
    }


def assessment_results(sites: Sequence[SiteFacts], as_of: str) -> dict[str, Any]:
    """What was proved, as observations and findings."""
    return {
        "assessment-results": {
            "uuid": _uuid("assessment-results", as_of, *(_name(site) for site in sites)),
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
    name = _name(site)
    decided = [control for control in controls().values() if site.of(control.id)]
    return {
        "uuid": _uuid("component", name),
        "type": "service",
        "title": f"Data-centre stack {name}",
        "description": f"{site.case.site.title}, {site.case.site.cloud.value} {site.case.site.region}",
        "control-implementations": [
            {
                "uuid": _uuid("implementation", name),
                "source": "urn:clover:catalogue",
                "description": "What the stack declares for Clover's own controls.",
                "implemented-requirements": [_requirement(name, control) for control in decided],
            }
        ],
    }


def _requirement(name: str, control: Control) -> dict[str, Any]:
    return {
        "uuid": _uuid("requirement", name, control.id),
        "control-id": control.id,
        "description": control.statement,
        "props": [
            {"name": "supports", "ns": NAMESPACE, "class": framework.replace(" ", "-"), "value": item}
            for framework, items in control.frameworks.items()
            for item in items
        ]
        or [{"name": "supports", "ns": NAMESPACE, "value": "none"}],
    }


def _result(site: SiteFacts, as_of: str) -> dict[str, Any]:
    decided = [control for control in controls() if site.of(control)]
    return {
        "uuid": _uuid("result", _name(site), as_of),
        "title": f"{_name(site)}: {site.verdict.value}",
        "description": f"Decided from what is {site.proof.basis.value}.",
        "start": f"{as_of}T00:00:00Z",
        "reviewed-controls": {
            "control-selections": [{"include-controls": [{"control-id": control} for control in decided]}]
            if decided
            else [{"include-all": {}}]
        },
        "observations": [_observation(verdict, as_of) for verdict in site.proof.verdicts],
        "findings": [_finding(site, control) for control in decided],
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
    return {
        "uuid": _uuid("finding", _name(site), control),
        "title": f"{control} at {_name(site)}",
        "description": controls()[control].statement,
        "target": {
            "type": "objective-id",
            "target-id": control,
            "status": {"state": "satisfied" if satisfied else "not-satisfied"},
        },
        "related-observations": [{"observation-uuid": _uuid("observation", verdict.id)} for verdict in verdicts],
    }


def _name(site: SiteFacts) -> str:
    return site.name


def _uuid(*parts: str) -> str:
    return str(uuid5(NAMESPACE_URL, "urn:clover:" + "/".join(parts)))
