"""A change from one world to another, as everything that it means."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from clover.change import (
    aws_names,
    aws_network,
    aws_organisation,
    azure_names,
    azure_network,
    azure_organisation,
    classes,
)
from clover.change.aws_ai_services import ai_services_findings
from clover.change.aws_policies import policy_findings
from clover.change.azure_access import access_findings
from clover.change.azure_reach import reach_findings
from clover.change.finding import Direction, Finding, exit_code, together, undecided
from clover.change.pairing import Sides, sides, subjects
from clover.change.presence import presence_findings
from clover.change.records import record_findings
from clover.change.risks import Risk, risks
from clover.change.settings import setting_findings
from clover.change.verdicts import Renames, verdict_findings
from clover.controls.proof import Proof, SiteProof
from clover.errors import BadInput
from clover.model.resources import value
from clover.sources import Resource, World

Prover = Callable[[World], Proof]
Comparison = Callable[[Sides], Iterator[Finding]]


class Change(NamedTuple):
    """What one stack's change means; `site` holds the verdicts after it, None where no verdict can have changed."""

    stack: str
    findings: tuple[Finding, ...]
    risks: tuple[Risk, ...]
    site: SiteProof | None

    @property
    def direction(self) -> Direction:
        """The direction of the whole."""
        return together(self.findings)

    @property
    def exit_code(self) -> int:
        """0 nothing widens or worsens, 1 something does, 2 undecided."""
        return exit_code(self.findings)


def change(before: World, after: World, prover: Prover) -> Change:
    """Compare two worlds of one stack; verdicts are asked for wherever something changed that a verdict may rest on.

    What cannot change one is told by name: properties that are `plain` in the tables, and types that are harmless.
    Raises BadInput where the worlds are of different stacks.
    """
    old, new = subjects(before, after)
    if old.digest == new.digest:
        return Change(new.stack, (), (), None)
    both = sides(before.of(old), after.of(new))
    found = list(declared(both))
    if not found and not _changes_otherwise(both):
        return Change(new.stack, (), (), None)
    site, judged = _judged(before, after, prover, both, found)
    found += judged
    return Change(new.stack, tuple(_ordered(found)), tuple(risks(both, found)), site)


def _judged(
    before: World, after: World, prover: Prover, both: Sides, found: list[Finding]
) -> tuple[SiteProof | None, list[Finding]]:
    """The verdicts after the change, and how they differ from those before; a prover that fails has decided nothing.

    What a lab deployed is changed in the lab.
    """
    there = frozenset(pair.after.urn for pair in both.pairs if pair.after)
    renames = Renames(both.renamed, _rewritten(both, found), there)
    in_a_lab = all(each.lab for each in before.subjects)
    try:
        old, new = prover(before), prover(after.of_the_lab() if in_a_lab else after)
        return new.sites[0], list(verdict_findings(old, new, renames))
    except BadInput:
        raise
    except Exception as error:  # noqa: BLE001 (whatever goes wrong in the prover, no verdict is known)
        told = f"the verdicts are not known, the prover failed: {type(error).__name__}: {error}"
        return None, [undecided("RES-5", None, told)]


def declared(both: Sides) -> Iterator[Finding]:
    """What the declarations themselves say of the change, without any verdict."""
    for compare in COMPARISONS:
        yield from _guarded(compare, both)


def _guarded(compare: Comparison, both: Sides) -> Iterator[Finding]:
    """What one comparison finds; where it throws, the rest is undecided, whatever it said before."""
    try:
        yield from compare(both)
    except Exception as error:  # noqa: BLE001 (such as a policy that the cloud could not have accepted)
        told = f"what is declared cannot be compared: {type(error).__name__}: {error}"
        yield undecided("RES-5", None, told)


COMPARISONS: tuple[Comparison, ...] = (
    presence_findings,
    policy_findings,
    aws_organisation.organisation_findings,
    ai_services_findings,
    azure_organisation.organisation_findings,
    setting_findings,
    access_findings,
    reach_findings,
    aws_network.network_findings,
    azure_network.network_findings,
    aws_names.name_findings,
    azure_names.name_findings,
    record_findings,
)


def _changes_otherwise(both: Sides) -> bool:
    """Whether a resource comes or goes, or anything about one that may mean something is written otherwise.

    A new resource has verdicts of its own even where it opens nothing; and where the comparisons see no difference, as
    when two values of a list change places, the prover has the last word.
    """
    return any(_differs(pair.before, pair.after) for pair in both.pairs if pair.one.custom)


def _differs(before: Resource | None, after: Resource | None) -> bool:
    if before is None or after is None:
        return True
    known = classes.types().get(after.type)
    if known is None:
        harmless = after.type in classes.others() and classes.others()[after.type].kind == "part"
        return not harmless and before.inputs != after.inputs
    old, new = (_meaningful(each.inputs, known.plain) for each in (before, after))
    return old != new or any(value(before, path) != value(after, path) for path in known.judged)


def _meaningful(inputs: Mapping[str, Any], plain: Sequence[str]) -> dict[str, Any]:
    """What is declared, without what means nothing for any control."""
    return {name: held for name, held in inputs.items() if name not in plain and not name.startswith("__")}


def _rewritten(both: Sides, found: list[Finding]) -> frozenset[str]:
    """The resources whose declarations mean the same as before."""
    changed = {urn for finding in found for urn in (finding.resource, finding.holder)}
    about = {pair.after.urn for pair in both.pairs if pair.after and pair.type in classes.types()}
    return frozenset(about - changed)


def _ordered(found: list[Finding]) -> list[Finding]:
    """Widenings first, then what is not known, then the rest, each by control and resource; no finding twice."""
    unique = {(each.control, each.resource, each.before, each.after, each.direction, each.why): each for each in found}
    rank = [Direction.WIDENS, Direction.MIXED, Direction.NARROWS, Direction.NEUTRAL]
    return sorted(
        unique.values(),
        key=lambda each: (rank.index(each.direction) + 2 * each.undecided, each.control, each.resource or "", each.why),
    )
