"""The collection as files that any tool can read, to be measured by it.

`python -m tests.mutants.export ID` prints one changed site as a stack export. With `--to FOLDER` in the place of the id
it writes every one into a folder of its own: `stack.json`, the other hands' stacks that the site leans on
(`beside.json`, and `beside-2.json` for a second), what has to be found (`expected.json`), and the zone's documents
where the change is one of theirs (`foundation.json`).
"""

import json
import sys
from pathlib import Path
from typing import Any

from tests.data import state
from tests.mutants.changes import Declared
from tests.mutants.collection import Harmless, Mutant, harmless, mutants
from tests.mutants.site import after, stack_of, stacks, zone


def export(change: Mutant | Harmless) -> dict[str, Any]:
    """The stack export that is asked about, after the change: the site's, or the other hand's."""
    return _export(change, _stacks(change)[0])


def beside(change: Mutant | Harmless) -> list[dict[str, Any]]:
    """The exports of the stacks that a proof leans on beside the one that is asked about."""
    return [_export(change, each) for each in _stacks(change)[1:]]


def _stacks(change: Mutant | Harmless) -> list[str]:
    known = stacks(change.site, organisation=change.organisation, hand=change.hand)
    return known if change.hand == "site" else known[::-1]


def _export(change: Mutant | Harmless, stack: str) -> dict[str, Any]:
    whole = state(stack)
    held = [each for each in _after(change).resources if stack_of(each["urn"]) == stack]
    there = {each["urn"] for each in held}
    whole["deployment"]["resources"] = [_without_links_to_nothing(each, there) for each in held]
    return whole


def _after(change: Mutant | Harmless) -> Declared:
    return after(change.changes, change.site, organisation=change.organisation, hand=change.hand)[1]


def _without_links_to_nothing(each: dict[str, Any], there: set[str]) -> dict[str, Any]:
    """A resource that depends on nothing which is gone."""
    kept = {name: value for name, value in each.items() if name != "propertyDependencies"}
    return kept | {"dependencies": [urn for urn in each.get("dependencies") or () if urn in there]}


def expected(change: Mutant | Harmless) -> dict[str, Any]:
    """What has to be found."""
    told = {"id": change.id, "title": change.title, "site": change.site, "hand": change.hand}
    if isinstance(change, Harmless):
        return {**told, "verdict": None, "controls": change.controls, "claims": list(change.claims)}
    verdict = "unknown" if change.unknown else "proved" if change.loses else "refuted"
    about = {"control": change.control, "claim": change.claim, "resource": change.about, "verdict": verdict}
    return {**told, **about, "counterexample": change.example, "rests_no_longer_on": change.loses}


def foundation(change: Mutant | Harmless) -> dict[str, Any] | None:
    """The zone's documents by the ids of their givens, where they are not as they lie in `zones/`."""
    changed = dict(_after(change).documents)
    held = changed if not isinstance(change, Mutant) or change.foundation else {}
    return held if held != dict(zone(change.site).documents) else None


def write(folder: Path) -> int:
    """Write the collection into a folder; the number of changes."""
    every = (*mutants(), *harmless())
    for change in every:
        own = folder / change.id
        own.mkdir(parents=True, exist_ok=True)
        parts = {"stack": export(change), "expected": expected(change), "foundation": foundation(change)}
        parts |= {f"beside-{index}" if index > 1 else "beside": each for index, each in enumerate(beside(change), 1)}
        for name, content in parts.items():
            if content is not None:
                (own / f"{name}.json").write_text(json.dumps(content, indent=1), encoding="utf-8")
    return len(every)


if __name__ == "__main__":
    if sys.argv[1] == "--to":
        print(write(Path(sys.argv[2])))  # noqa: T201
    else:
        known = {each.id: each for each in (*mutants(), *harmless())}
        print(json.dumps(export(known[sys.argv[1]]), indent=1))  # noqa: T201
