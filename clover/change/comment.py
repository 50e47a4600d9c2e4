"""One comment for all sites of a change: `python -m clover.change.comment BEFORE AFTER [BEFORE AFTER …]`.

Each pair is what `clover diff` takes. The comment goes to standard output; the exit is the worst of the sites', in the
order of `clover diff`: 1 something widens or worsens, 2 something is undecided, 0 neither.
"""

import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from clover.change.difference import Change, change
from clover.change.finding import exit_code
from clover.change.markdown import comment
from clover.controls.run import prove
from clover.errors import BadInput
from clover.sources import read_world

BAD_INPUT = 64


def run(words: list[str]) -> int:
    """Print the comment for the pairs of files; BadInput for an odd number of them, or what cannot be read."""
    if not words or len(words) % 2:
        raise BadInput("python -m clover.change.comment takes pairs of files: BEFORE AFTER [BEFORE AFTER …]")
    changes = [_change(Path(before), Path(after)) for before, after in zip(words[::2], words[1::2], strict=True)]
    sys.stdout.write(comment(changes))
    return exit_code([finding for each in changes for finding in each.findings])


def _change(before: Path, after: Path) -> Change:
    """The change of one stack, judged on this day."""
    prover = partial(prove, zone=None, day=datetime.now(UTC).date())
    return change(read_world([before]), read_world([after]), prover)


if __name__ == "__main__":
    try:
        sys.exit(run(sys.argv[1:]))
    except BadInput as error:
        sys.stderr.write(f"clover: {error}\n")
        sys.exit(BAD_INPUT)
