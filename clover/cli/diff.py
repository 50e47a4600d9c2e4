"""`clover diff`: what a change means, control by control."""

import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from clover.change.difference import Change, change
from clover.cli.arguments import Parser
from clover.cli.prove import day_of

FORMATS = ("text", "json", "markdown")


def run(words: list[str]) -> int:
    """Print what the change means; 0 nothing widens or worsens, 1 something does, 2 something is undecided."""
    parser = Parser(
        prog="clover diff",
        description="Say what a change of a stack widens, with a witness of each, and what it narrows.",
        epilog="Exit: 0 nothing widens or worsens, 1 something does, 2 nothing known does but something is undecided.",
    )
    parser.add_argument("before", type=Path, metavar="BEFORE", help="a stack export, or a preview as JSON")
    parser.add_argument("after", type=Path, metavar="AFTER", help="the same stack after the change, of either kind")
    parser.add_argument("--zone", help="the zone's name or file; by default the one that the stacks name")
    parser.add_argument("--as-of", metavar="DATE", help="the day that givens and exceptions are judged on (YYYY-MM-DD)")
    parser.add_argument("--format", choices=FORMATS, default="text")
    arguments = parser.parse_args(words)
    found = read_change(arguments.before, arguments.after, arguments.zone, arguments.as_of)
    sys.stdout.write(_writers()[arguments.format](found))
    return found.exit_code


def read_change(before: Path, after: Path, zone: str | None, as_of: str | None) -> Change:
    """Read both sides and compare them; BadInput for what cannot be read, or is of two stacks."""
    from clover.controls.run import prove
    from clover.sources import read_world

    return change(read_world([before]), read_world([after]), partial(prove, zone=zone, day=day_of(as_of)))


def _writers() -> Mapping[str, Callable[[Change], str]]:
    from clover.change.as_json import as_json
    from clover.change.markdown import markdown
    from clover.change.text import text

    return {"text": text, "json": as_json, "markdown": markdown}
