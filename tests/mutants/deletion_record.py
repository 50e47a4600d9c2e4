"""What became of every deletion, kept in deletions.tsv and told in docs/deletions.md.

`python -m tests.mutants.deletion_record STACK…` prints the rows of stacks; with `--page` it writes the page from the
record.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from clover.controls.verdict import Ground
from tests.mutants.cascade import below, without
from tests.mutants.covers import covers
from tests.mutants.deletions import ASKED, Deletion, Effect, deletions, effect, resources_of, told

RECORD = Path(__file__).with_name("deletions.tsv")
PAGE = Path(__file__).parents[2] / "docs" / "deletions.md"
KINDS = {
    "flips": "a claim is refuted or unknown that was not, where need be with what names it taken out too",
    "gone": "it is what the claims were about that nobody makes any more; every other claim stands as it did",
    "redundant": "proved redundant: nothing that it denies is allowed without it, or another statement says as much",
    "refused": "what is left refers to it, and a file in which something refers to nothing is refused",
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
    """Take it out, and look."""
    found = effect(deletion)
    if not found.worse and (hanging := _hanging(deletion)):
        deletion = deletion._replace(cascade=True)
        found = effect(deletion)
        if not found.worse and not _goes_with_it(deletion, found):
            return Row(deletion.stack, deletion.kind, deletion.name, "refused", hanging)
    return Row(deletion.stack, deletion.kind, deletion.name, *_said(deletion, found))


def _said(deletion: Deletion, found: Effect) -> tuple[str, str]:
    """What it did, and the claim or the statement that shows it."""
    if found.worse:
        return "flips", found.worse[0]
    if _goes_with_it(deletion, found):
        return "gone", told(found.gone[0])
    if found.gone:
        return "stands", f"nobody asks any more: {told(found.gone[0])}"
    return _covered(deletion, found.kind, [ground for held in found.covered.values() for ground in held])


def _goes_with_it(deletion: Deletion, found: Effect) -> bool:
    """Whether all that nobody claims any more was about what was taken out."""
    if deletion.item or not found.gone:
        return False
    held = list(resources_of(deletion.stack))
    left = {each["urn"] for each in (without(held, deletion.urn) if deletion.cascade else held)}
    taken = {each["urn"] for each in held} - left | below(held, deletion.urn)
    return all(resource in taken for _, _, _, resource in found.gone)


def _hanging(deletion: Deletion) -> str:
    """What is left and refers to something that was taken out, as clover/sources/world.py looks for it."""
    if deletion.item:
        return ""
    gone = below(list(resources_of(deletion.stack)), deletion.urn)
    for each in resources_of(deletion.stack):
        links = [
            each.get("parent"),
            (each.get("provider") or "").rpartition("::")[0],
            *(each.get("dependencies") or ()),
        ]
        if each["urn"] not in gone and gone.intersection(links):
            return f"{each['urn'].rpartition('::')[2]} refers to it"
    return ""


def _covered(deletion: Deletion, kind: str, left: list[Ground]) -> tuple[str, str]:
    """Redundant with what covers it; else whether the claims that rested on it stand, and on what."""
    known = covers(deletion)
    if isinstance(known, tuple):
        return "redundant", ", ".join(known[:4])
    if kind != "redundant":
        return kind, _request(known)
    named = [f"{each.urn.rpartition('::')[2]}: {each.statement}" for each, _ in Counter(left).most_common(3)]
    return "stands", ", ".join(named) + _request(known)


def _request(found: Any) -> str:
    """The request that nothing else denies."""
    return f" (allowed without it: {found['principal']} {found['action']})" if isinstance(found, Mapping) else ""


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
    whole, settled = counted.total(), counted["flips"] + counted["redundant"]
    yield f"Flips a verdict, or proved redundant: {settled} of {whole}, {settled / whole:.1%}."
    settled += counted["refused"]
    yield f"With what is refused before anything is asked: {settled} of {whole}, {settled / whole:.1%}.\n"
    if missing := [each for each in ASKED if each not in stacks()]:
        yield f"**Not recorded yet, so nothing is said of them: {', '.join(missing)}.**\n"
    for name in ("redundant", "refused", "gone", "stands", "unseen"):
        yield f"## {name.capitalize()}\n\n{KINDS[name].capitalize()}.\n\n| stack | what | shown |\n|---|---|---|"
        yield from (f"| {each.stack} | `{each.name}` | {each.shown or '-'} |" for each in rows if each.effect == name)
        yield ""


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
