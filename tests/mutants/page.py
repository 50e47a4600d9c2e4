"""The collection as a page: `python -m tests.mutants.page` writes docs/mutants.md."""

from collections.abc import Iterator
from pathlib import Path

from clover.controls.catalogue import controls
from tests.mutants.collection import Harmless, Mutant, families, harmless, mutants

PAGE = Path(__file__).parents[2] / "docs" / "mutants.md"

_HEAD = """# Single changes that are found

Generated: `python -m tests.mutants.page`. Each row is one change of a sample site as it is deployed, and the control
that finds it. The tests apply every change, ask the control, and replay the counterexample without the machinery that
found it: requests and chains of calls in the plain evaluator, paths hop by hop, properties against the resource.

The data is in `tests/mutants/`, one YAML file for each family and site, for other tools to be measured by. Its words
are explained in `tests/mutants/changes.py`; `python -m tests.mutants.export ID` prints the changed site as a stack
export, and `python -m tests.mutants.export --to FOLDER` writes them all, each with what has to be found. `own-evidence`
and `own-evidence-azure` are Dublin and Hamar in a zone that gives them no vault: they keep their records themselves.
"""


def page() -> str:
    """The page's text, from the collection."""
    return "\n".join([_HEAD, *_counts(), *_tables(), *_harmless()]) + "\n"


def _counts() -> Iterator[str]:
    found = mutants()
    sites = sorted({each.site for each in found})
    each_site = ", ".join(f"{len(mutants(site=site))} of {site.capitalize()}" for site in sites)
    yield f"{len(found)} changes that are found ({each_site}), {len(harmless())} that are nobody's business.\n"
    yield f"| control | what is asked | {' | '.join(sites)} |\n|---|---|{'---|' * len(sites)}"
    for control, known in controls().items():
        numbers = [sum(each.control == control for each in mutants(site=site)) for site in sites]
        if any(numbers):
            yield f"| {control} | {known.title} | {' | '.join(map(str, numbers))} |"
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
    return f"| {mutant.title} | {_asked(mutant)} | {mutant.control}{claim} | {about} | {_shown(mutant)} |"


def _asked(each: Mutant | Harmless) -> str:
    """Whose stack is asked: the site's, or another hand's part for it; and whether the organisation's is read too."""
    beside = f"{each.site}, organisation" if each.organisation else each.site
    return beside if each.hand == "site" else f"{each.site} ({each.hand})"


def _shown(mutant: Mutant) -> str:
    if mutant.unknown:
        return "that it is not known"
    return f"proved still, without {mutant.loses}" if mutant.loses else str(mutant.example)


def _harmless() -> Iterator[str]:
    yield "## Changes that are nobody's business\n\n| change | site |\n|---|---|"
    for each in harmless():
        yield f"| {each.title} | {_asked(each)} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
