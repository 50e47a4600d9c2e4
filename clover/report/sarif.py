"""Verdicts for code scanning: SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html)."""

from typing import Any
from urllib.parse import quote

import msgspec

from clover import __version__
from clover.controls.catalogue import Control, controls
from clover.controls.proof import Proof
from clover.controls.verdict import Outcome, Verdict
from clover.report.text import counterexample

SCHEMA_URI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_KINDS = {Outcome.REFUTED: "fail", Outcome.UNKNOWN: "review", Outcome.PROVED: "pass", Outcome.ASSUMED: "open"}


def sarif(proof: Proof) -> str:
    """The log as JSON text: one rule a control, one result a verdict."""
    rules = list(controls().values())
    place = {rule.id: index for index, rule in enumerate(rules)}
    driver = {
        "name": "clover",
        "version": __version__,
        "rules": [_rule(rule) for rule in rules],
    }
    results = [
        _result(verdict, place[verdict.control], subject.source)
        for subject, site in zip(proof.subjects, proof.sites, strict=True)
        for verdict in site.verdicts
    ]
    log = {"version": "2.1.0", "$schema": SCHEMA_URI, "runs": [{"tool": {"driver": driver}, "results": results}]}
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode() + "\n"


def _rule(control: Control) -> dict[str, Any]:
    return {
        "id": control.id,
        "name": control.title,
        "shortDescription": {"text": control.title},
        "fullDescription": {"text": control.statement},
        "help": {"text": f"Not declarable: {control.not_declarable} Fix: {control.fix}"},
    }


def _result(verdict: Verdict, rule: int, source: str) -> dict[str, Any]:
    """One result; what is declared nowhere in particular stands at the plan, for readers that want a place of each."""
    lines = [verdict.reason, *(counterexample(verdict.counterexample) if verdict.counterexample else ())]
    result: dict[str, Any] = {
        "ruleId": verdict.control,
        "ruleIndex": rule,
        "kind": _KINDS.get(verdict.verdict, "informational"),
        "message": {"text": " ".join(lines)},
        "partialFingerprints": {"cloverVerdict/v1": verdict.id},
        "properties": {"claim": verdict.claim.value, "verdict": verdict.verdict.value},
    }
    # A level other than none is for results of kind fail (SARIF 2.1.0, 3.27.10).
    result["level"] = "error" if verdict.verdict is Outcome.REFUTED else "none"
    file, line = (verdict.where.file, verdict.where.line) if verdict.where else (source, None)
    region = {"region": {"startLine": line}} if line else {}
    result["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": quote(file)}, **region}}]
    return result
