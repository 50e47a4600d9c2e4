"""`clover lint-rules`: rules of other scanners that would break residency."""

import sys
from collections.abc import Iterator
from pathlib import Path

from clover.cli.arguments import Parser

EPILOG = """Read are configurations of Checkov, Prowler, Trivy and cdk-nag, conformance packs of AWS Config, policies of
AWS Security Hub, and assignments and initiatives of Azure Policy. Exit: 0 no rule conflicts, 1 some do, 64 a file that
is none of these."""


def run(words: list[str]) -> int:
    """Name the conflicting rules that a configuration asks for; 0 none, 1 some."""
    description = "Name the rules of another scanner that a site cannot satisfy without breaking residency."
    parser = Parser(prog="clover lint-rules", description=description, epilog=EPILOG)
    parser.add_argument("file", type=Path, metavar="FILE", help="the scanner's configuration")
    path = parser.parse_args(words).file
    lines = list(_lines(path))
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 1 if lines else 0


def _lines(path: Path) -> Iterator[str]:
    from clover.lint.asked import asked
    from clover.lint.known import TOOLS, known

    for rule, through in asked(path):
        reason = known().reasons[rule.reason]
        by = f", by {through}" if through else ""
        yield f"{path}: {rule.id} ({TOOLS[rule.tool]}{by}): {rule.title}"
        yield f"    breaks {reason.control}: {reason.breaks}"
        yield f"    instead: {reason.instead}"
        yield f"    {rule.source}"
