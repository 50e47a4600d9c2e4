"""What became of every deletion, kept in deletions.tsv and told in docs/deletions.md.

`python -m tests.mutants.deletion_record STACK…` prints the rows of stacks; with `--page` it writes the page from the
record.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.mutants.beside import beside
from tests.mutants.cascade import below, without
from tests.mutants.covers import covers
from tests.mutants.covers_network import held_back
from tests.mutants.deletions import ASKED, Deletion, Effect, deletions, effect, resources_of, told

RECORD = Path(__file__).with_name("deletions.tsv")
PAGE = Path(__file__).parents[2] / "docs" / "deletions.md"
KINDS = {
    "flips": "a claim is refuted or unknown that was not, where need be with what names it taken out too",
    "redundant": "proved redundant: nothing that it denies is allowed without it, or another statement says as much",
    "gone": "it is what the claims were about that nobody makes any more; every other claim stands as it did",
    "beside": "no claim is about it, operational.yaml says why, and the claims named there stay proved",
    "stands": "every claim that rested on it is still proved, on other grounds; no proof that it does no more",
    "unseen": "no claim rests on it, and none flips",
}


class Row(NamedTuple):
    """What became of one deletion; `shown` is the claim that flips, what covers it, or a request that gets through."""

    stack: str
    kind: str
    name: str
    effect: str
    shown: str


def row(deletion: Deletion) -> Row:
    """Take it out, and look; with what names it where that alone shows nothing."""
    found, taken = effect(deletion), deletion
    if not found.worse and _hanging(deletion):
        taken = deletion._replace(cascade=True)
        found = effect(taken)
    return Row(deletion.stack, deletion.kind, deletion.name, *_said(deletion, taken, found))


def _said(deletion: Deletion, taken: Deletion, found: Effect) -> tuple[str, str]:
    """What it did, and the claim or the statement that shows it."""
    if found.worse:
        return "flips", found.worse[0]
    if _goes_with_it(taken, found):
        return "gone", told(found.gone[0])
    known = _covered(deletion)
    if found.gone and known[0] == "stands":
        return "stands", f"nobody asks any more: {told(found.gone[0])}"
    left = Counter(ground for held in found.covered.values() for ground in held).most_common(3)
    named = ", ".join(f"{each.urn.rpartition('::')[2]}: {each.statement}" for each, _ in left)
    return ("unseen" if known[0] == "stands" and not left else known[0], known[1] or named)


def _goes_with_it(deletion: Deletion, found: Effect) -> bool:
    """Whether all that nobody claims any more was about what was taken out."""
    if deletion.item or not found.gone:
        return False
    held = list(resources_of(deletion.stack))
    left = {each["urn"] for each in (without(held, deletion.urn) if deletion.cascade else held)}
    taken = {each["urn"] for each in held} - left | below(held, deletion.urn)
    return all(resource in taken for _, _, _, resource in found.gone)


def _hanging(deletion: Deletion) -> bool:
    """Whether what is left refers to something that was taken out, as clover/sources/world.py looks for it."""
    gone = below(list(resources_of(deletion.stack)), deletion.urn)
    left = [each for each in resources_of(deletion.stack) if each["urn"] not in gone and not deletion.item]
    links = (
        {each.get("parent"), (each.get("provider") or "").rpartition("::")[0], *(each.get("dependencies") or ())}
        for each in left
    )
    return any(gone & each for each in links)


def _covered(deletion: Deletion) -> tuple[str, str]:
    """Redundant with what covers it, or beside with why; else a request that nothing else denies, if one is known."""
    known = covers(deletion) or held_back(deletion)
    if isinstance(known, tuple):
        return "redundant", ", ".join(known[:4])
    entry = beside(deletion)
    if entry is not None and entry.stands:
        return "beside", entry.entry.why
    return "stands", f"allowed without it: {known['principal']} {known['action']}" if known else ""


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
    yield "| stack | flips, or proved redundant | and what takes its own claims along | and what is beside |"
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
    """How many of all are settled: by a verdict or a proof, then with each weaker reason."""
    settled, whole = 0, counted.total()
    for kinds in (("flips", "redundant"), ("gone",), ("beside",)):
        settled += sum(counted[kind] for kind in kinds)
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
