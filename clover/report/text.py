"""Verdicts for a person at a terminal: quiet when all holds, else what fails, why, where and how to mend it."""

import json
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from clover.controls.catalogue import controls
from clover.controls.proof import Proof, SiteProof
from clover.controls.verdict import Basis, Outcome, Verdict, Where
from clover.printable import printable

_SHOWN = (Outcome.REFUTED, Outcome.UNKNOWN, Outcome.EXCEPTED)


def text(proof: Proof) -> str:
    """One line a site when all holds; before it what is refuted, unknown or excepted, in paragraphs and lists."""
    return "".join(f"{printable(line)}\n" for site in proof.sites for line in _site(site))


def _site(site: SiteProof) -> Iterator[str]:
    for verdicts in _together(site.verdicts):
        yield from paragraph(site.stack, verdicts[0]) if len(verdicts) == 1 else _list(site.stack, verdicts)
    yield headline(site)


def _together(verdicts: Iterable[Verdict]) -> Iterable[list[Verdict]]:
    """What is shown, in its order; what is not known stands together under its control, or under one reason."""
    found: dict[Hashable, list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.verdict in _SHOWN:
            found.setdefault(_gathered_by(verdict), []).append(verdict)
    return found.values()


def _gathered_by(verdict: Verdict) -> Hashable:
    if verdict.verdict is not Outcome.UNKNOWN:
        return verdict.id
    return (verdict.control, verdict.claim, verdict.fix) if verdict.resource else (verdict.reason, verdict.fix)


def headline(site: SiteProof) -> str:
    """The site's figures in one line: proofs with what they lean on, and everything that is no proof."""
    count = {outcome: sum(verdict.verdict is outcome for verdict in site.verdicts) for outcome in Outcome}
    proofs = f"{count[Outcome.PROVED]} proved{_grounds(site)}"
    always = [proofs, f"{count[Outcome.ASSUMED]} assumed", f"{count[Outcome.REFUTED]} refuted"]
    others = (Outcome.UNKNOWN, Outcome.EXCEPTED, Outcome.DISCLOSED)
    also = [f"{count[outcome]} {outcome.value}" for outcome in others if count[outcome]]
    return f"{site.stack}: {', '.join(always + also)}{_caveats(site)}"


def _grounds(site: SiteProof) -> str:
    """How many proofs need nothing but the declarations, and on what the others lean."""
    proofs = [verdict for verdict in site.verdicts if verdict.verdict is Outcome.PROVED]
    used = {given for verdict in proofs for given in verdict.given}
    leaning = sum(bool(verdict.given) for verdict in proofs)
    if not used:
        return " outright" if proofs else ""
    attested = sorted({str(site.attested[given]) for given in used})
    span = attested[0] if len(attested) == 1 else f"{attested[0]} to {attested[-1]}"
    facts = f"{len(used)} fact{'s' if len(used) > 1 else ''}"
    return f" ({len(proofs) - leaning} outright, {leaning} given {facts} attested {span})"


def _caveats(site: SiteProof) -> str:
    lab = "; lab, not evidence" if site.basis is Basis.LAB else ""
    missing = f"; missing hands: {', '.join(site.missing)}" if site.missing else ""
    weak = f"; not valid on the day: {', '.join(site.weak)}" if site.weak else ""
    return f"{lab}{missing}{weak}"


def paragraph(stack: str, verdict: Verdict) -> Iterator[str]:
    """A verdict in lines: what, about which resource, why, where it is declared, what mends it, and its id last."""
    control = controls()[verdict.control]
    about = f" for {verdict.resource.rpartition('::')[2]}" if verdict.resource else ""
    yield f"{stack}: {verdict.verdict.value}: {control.title} ({verdict.claim.value}){about}: {verdict.reason}"
    if verdict.counterexample:
        yield from (f"    {line}" for line in counterexample(verdict.counterexample))
    if verdict.where:
        yield f"    declared at {_place(verdict.where)}"
    if verdict.fix:
        yield f"    fix: {verdict.fix}"
    yield f"    {verdict.id}"


def _list(stack: str, verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Verdicts that are not known, of one claim of one control or for one reason: a line each, and what mends them."""
    first = verdicts[0]
    about = first.reason if first.resource is None else f"{controls()[first.control].title} ({first.claim.value})"
    yield f"{stack}: {first.verdict.value}: {about}, {len(verdicts)} times"
    for verdict in verdicts:
        told = controls()[verdict.control].title if first.resource is None else verdict.reason
        place = f" (declared at {_place(verdict.where)})" if verdict.where else ""
        yield f"    {verdict.id}: {told}{place}"
    if first.fix:
        yield f"    fix: {first.fix}"


def _place(where: Where) -> str:
    return f"{where.file}:{where.line}" if where.line else where.file


def counterexample(example: Mapping[str, Any]) -> Iterator[str]:
    """A counterexample in lines: a request, a chain of requests, a network path, something missing, or a property."""
    match example["kind"]:
        case "request":
            yield _request(example["request"])
        case "chain":
            yield from (f"{number}. {_request(step)}" for number, step in enumerate(example["requests"], 1))
        case "path":
            yield " → ".join(hop["what"] for hop in example["hops"])
            yield f"flow: {_facts(example['flow'])}"
        case "absent":
            yield f"missing above {example['account']}: {example['missing']}"
        case _:
            yield f"{example['property']} = {json.dumps(example['value'])}; allowed: {example['allowed']}"


def _request(request: Mapping[str, Any]) -> str:
    """A request in a line; one in the form of Azure's evaluator names its scope, and a resource by its whole body."""
    context: Mapping[str, Any] = request.get("context") or {}
    body = request.get("resource") if "scope" in request else None
    told = {**context, **({"resource": body} if body else {})}
    where = f" with {_facts(told)}" if told else ""
    return f"{request['principal']} calls {request['action']} on {request.get('scope') or request['resource']}{where}"


def _facts(facts: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{name}={value if isinstance(value, str) else json.dumps(value)}" for name, value in facts.items()
    )
