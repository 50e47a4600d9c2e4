"""Every promise with what carries it, and what became of that at the sample sites: `python -m tests.promises.page`."""

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from clover.controls.promises import Promise, promises
from clover.controls.run import prove
from clover.controls.verdict import Outcome, Verdict
from clover.sources.world import read_world
from clover.zones.attestation import OVERLAY_SETTING
from components import parity
from tests.data import file_of
from tests.mutants.site import DAY

PAGE = Path(__file__).parents[2] / "docs" / "promises.md"
SITES = {site: (site, "auditor") for site in ("dublin", "hamar", "dublin2")}
"""The stacks that are read for each sample site: its own, and whose that its records go to."""

_HEAD = """# Promises

Generated: `python -m tests.promises.page`. What the public programme promises, what carries each promise, and what
became of it at the three sample sites as the lab deploys them: both claims of the controls named, worst first. Nothing
of the lab is evidence. Each is read beside the auditor's stack, where its records go. What no cloud can show stands in
its own column, with whoever has to attest it. Which cloud hosts which site is this project's own modelling choice.
"""


@cache
def verdicts() -> Mapping[str, tuple[Verdict, ...]]:
    """The verdicts of each sample site."""
    proofs = {site: prove(read_world([file_of(each) for each in read]), None, DAY) for site, read in SITES.items()}
    return {site: next(one.verdicts for one in proof.sites if one.stack == site) for site, proof in proofs.items()}


def outcomes(site: str, controls: Sequence[str]) -> str:
    """How often each outcome came of the controls at a site, the worst first."""
    found = [one for one in verdicts()[site] if one.control in controls]
    counted = {outcome: sum(one.verdict is outcome for one in found) for outcome in Outcome}
    return ", ".join(f"{count} {outcome.value}" for outcome, count in counted.items() if count) or "-"


def page() -> str:
    """The page's text."""
    return "\n".join([_HEAD, *_rows(), *_resources()]) + "\n"


def _rows() -> Iterator[str]:
    yield f"| promise | components | controls | {' | '.join(SITES)} | not declarable | attested by |"
    yield f"|---|---|---|{'---|' * len(SITES)}---|---|"
    for one in promises():
        told = " | ".join(outcomes(site, one.controls) for site in SITES)
        components = ", ".join(_components(one)) or "-"
        controls = ", ".join(one.controls) or "none"
        yield f"| {one.promise} | {components} | {controls} | {told} | {one.not_declarable} | {one.attested_by} |"
    yield ""


def _components(promise: Promise) -> list[str]:
    """The components whose guarantees show in the promise's controls."""
    found = (each["component"] for each in parity.guarantees() if set(each["controls"]) & set(promise.controls))
    return sorted(set(found))


def _resources() -> Iterator[str]:
    """How many resources of each site the controls rest on."""
    yield "| control | " + " | ".join(f"resources at {site}" for site in SITES) + " |"
    yield f"|---|{'---|' * len(SITES)}"
    for control in dict.fromkeys(control for one in promises() for control in one.controls):
        counts = " | ".join(str(_resting(site, control)) for site in SITES)
        yield f"| {control} | {counts} |"


def _resting(site: str, control: str) -> int:
    found = (one for one in verdicts()[site] if one.control == control)
    return len({ground.urn for one in found for ground in one.rests_on if ground.urn.startswith("urn:")})


if __name__ == "__main__":
    os.environ[OVERLAY_SETTING] = os.devnull  # what a lab of this checkout signed has no say
    PAGE.write_text(page(), encoding="utf-8")
