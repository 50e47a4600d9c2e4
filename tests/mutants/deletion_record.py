"""What became of every deletion, kept in deletions.tsv and told in docs/deletions.md.

`python -m tests.mutants.deletion_record STACK…` prints the rows of stacks; with `--page` it writes the page from the
record.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.mutants.cascade import below
from tests.mutants.covers import covers
from tests.mutants.covers_network import held_back
from tests.mutants.deletions import ASKED, Deletion, Effect, deletions, effect, resources_of, told

RECORD = Path(__file__).with_name("deletions.tsv")
PAGE = Path(__file__).parents[2] / "docs" / "deletions.md"
KINDS = {
    "flips": "a claim is refuted or unknown that was not, where need be with what names it taken out too",
    "redundant": "proved redundant: nothing that it denies is allowed without it, or another statement says as much",
    "held": "of all claims OPS-3 alone is refuted; the others stand without it, or are made by nobody any more",
    "stands": "what rested on it is still proved, or claimed by nobody any more; no proof that it does no more",
    "unseen": "no claim rests on it, and none flips",
}


HELD = "OPS-3."
"""How the claim begins that what a stack or a component says it holds is there, whatever for."""


class Row(NamedTuple):
    """What became of one deletion; `shown` is the claim that flips, what covers it, or a request that gets through."""

    stack: str
    kind: str
    name: str
    effect: str
    shown: str


def row(deletion: Deletion) -> Row:
    """Take it out, and look; with what names it where that alone shows no more than that it is gone."""
    found = effect(deletion)
    if not _beyond(found) and _hanging(deletion):
        found = _stronger(found, effect(deletion._replace(cascade=True)))
    return Row(deletion.stack, deletion.kind, deletion.name, *_said(deletion, found))


def _beyond(found: Effect) -> list[str]:
    """The claims that are worse and are about more than that what is said to be there is there."""
    return [each for each in found.worse if not each.startswith(HELD)]


def _stronger(found: Effect, cascading: Effect) -> Effect:
    return cascading if _beyond(cascading) or not found.worse else found


def _said(deletion: Deletion, found: Effect) -> tuple[str, str]:
    """What it did, and the claim or the statement that shows it."""
    if beyond := _beyond(found):
        return "flips", beyond[0]
    known = covers(deletion) or held_back(deletion)
    if isinstance(known, tuple):
        return "redundant", ", ".join(known[:4])
    if found.worse:
        return "held", found.worse[0]
    if found.gone:
        return "stands", f"nobody asks any more: {told(found.gone[0])}"
    left = Counter(ground for grounds in found.covered.values() for ground in grounds).most_common(3)
    named = ", ".join(f"{each.urn.rpartition('::')[2]}: {each.statement}" for each, _ in left)
    through = f"allowed without it: {known['principal']} {known['action']}" if known else named
    return ("stands" if left or known else "unseen"), through


def _hanging(deletion: Deletion) -> bool:
    """Whether what is left refers to something that was taken out, as clover/sources/world.py looks for it."""
    gone = below(list(resources_of(deletion.stack)), deletion.urn)
    left = [each for each in resources_of(deletion.stack) if each["urn"] not in gone and not deletion.item]
    links = (
        {each.get("parent"), (each.get("provider") or "").rpartition("::")[0], *(each.get("dependencies") or ())}
        for each in left
    )
    return any(gone & each for each in links)


def recorded() -> list[Row]:
    """Every row of the record."""
    return [Row(*line.split("\t")) for line in RECORD.read_text(encoding="utf-8").splitlines()]


def stacks() -> list[str]:
    """The stacks that the record is of."""
    return list(dict.fromkeys(each.stack for each in recorded()))


def page() -> str:
    """The page, from the record."""
    return "\n".join(_lines(recorded())) + "\n"


def _lines(rows: list[Row]) -> Iterator[str]:
    yield from (_HEAD, "| stack | what | " + " | ".join(KINDS) + " | all |", "|---|---|" + "---|" * (len(KINDS) + 1))
    for stack in stacks():
        for kind in ("component", "resource", "statement"):
            counted = Counter(each.effect for each in rows if (each.stack, each.kind) == (stack, kind))
            yield f"| {stack} | {kind}s | {_numbers(counted)} |"
    counted = Counter(each.effect for each in rows)
    yield f"| all | | {_numbers(counted)} |\n"
    yield "| stack | another claim than OPS-3 flips | or it is proved redundant | or OPS-3 alone flips |"
    yield "|---|---|---|---|"
    for stack in (*stacks(), None):
        counted = Counter(each.effect for each in rows if stack in (None, each.stack))
        yield f"| {stack or 'all'} | {' | '.join(_shares(counted))} |"
    yield ""
    if missing := [each for each in ASKED if each not in stacks()]:
        yield f"**Not recorded yet, so nothing is said of them: {', '.join(missing)}.**\n"
    for name in list(KINDS)[1:]:
        yield f"## {name.capitalize()}\n\n{KINDS[name].capitalize()}.\n\n| stack | what | shown |\n|---|---|---|"
        yield from (f"| {each.stack} | `{each.name}` | {each.shown or '-'} |" for each in rows if each.effect == name)
        yield ""


def _shares(counted: Counter[str]) -> Iterator[str]:
    """How many of all are settled: by a verdict, then by a proof too, then by what is said to be there too."""
    settled, whole = 0, counted.total()
    for kind in ("flips", "redundant", "held"):
        settled += counted[kind]
        yield f"{settled} of {whole}, {settled / whole:.1%}"


def _numbers(counted: Counter[str]) -> str:
    return " | ".join(str(number) for number in (*(counted[name] for name in KINDS), counted.total()))


_HEAD = (
    """# What is missed when it is taken out

Generated: `python -m tests.mutants.deletion_record --page`. Every component, every resource and every statement of
every policy of the sample states is taken out, one at a time, and every control is asked again. What each column means:

"""
    + "\n".join(f"- **{name}**: {told}." for name, told in KINDS.items())
    + """

`make test` takes out a sample and compares it with the record, `make soak` all of them.
"""
)


def main(words: list[str]) -> None:
    """Print rows, or write the page."""
    if words == ["--page"]:
        PAGE.write_text(page(), encoding="utf-8")
        return
    for stack in words or ASKED:
        for each in deletions(stack):
            sys.stdout.write("\t".join(row(each)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
