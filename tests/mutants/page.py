"""The collection as a page: `python -m tests.mutants.page` writes docs/mutants.md."""

from collections.abc import Iterator
from pathlib import Path

from clover.controls.catalogue import controls
from tests.mutants.collection import Mutant, families, harmless, mutants

PAGE = Path(__file__).parents[2] / "docs" / "mutants.md"

_HEAD = """# Single changes that are found

Generated: `python -m tests.mutants.page`. Each row is one change of a sample site as it is deployed, and the control
that finds it. The tests apply every change, ask the control, and replay the counterexample without the machinery that
found it: requests and chains of calls in the plain evaluator, paths hop by hop, properties against the resource.

The data is in `tests/mutants/`, one YAML file for each family, for other tools to be measured by. Its words are
explained in `tests/mutants/changes.py`; `python -m tests.mutants.export ID` prints the changed site as a stack export.
"""


def page() -> str:
    """The page's text, from the collection."""
    return "\n".join([_HEAD, *_counts(), *_tables(), *_harmless()]) + "\n"


def _counts() -> Iterator[str]:
    found = mutants()
    yield f"{len(found)} changes that are found, {len(harmless())} that are nobody's business.\n"
    yield "| control | what is asked | changes |\n|---|---|---|"
    for control, known in controls().items():
        number = sum(each.control == control for each in found)
        if number:
            yield f"| {control} | {known.title} | {number} |"
    yield ""


def _tables() -> Iterator[str]:
    known = families()
    for family in dict.fromkeys(known[each.id] for each in mutants()):
        yield f"## {family.capitalize()}\n\n| change | site | found by | about | what is shown |\n|---|---|---|---|---|"
        yield from map(_row, mutants(family))
        yield ""


def _row(mutant: Mutant) -> str:
    claim = "" if mutant.claim.value == "holds" else f" ({mutant.claim.value})"
    about = f"`{mutant.about}`" if mutant.about else "the site"
    return f"| {mutant.title} | {mutant.site} | {mutant.control}{claim} | {about} | {_shown(mutant)} |"


def _shown(mutant: Mutant) -> str:
    if mutant.unknown:
        return "that it is not known"
    return f"proved still, without {mutant.loses}" if mutant.loses else str(mutant.example)


def _harmless() -> Iterator[str]:
    yield "## Changes that are nobody's business\n\n| change | site |\n|---|---|"
    for each in harmless():
        yield f"| {each.title} | {each.site} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
