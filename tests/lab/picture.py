"""What `make up` prints, as the picture docs/make-up.svg: `python -m tests.lab.picture RECORDING`.

`script -qc "make up" RECORDING` records it on a terminal. Lines that were drawn over are left out, and of a long list
of the same things the middle is counted.
"""

import re
import sys
from collections.abc import Iterator
from io import StringIO
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.text import Text

PICTURE = Path(__file__).parents[2] / "docs" / "make-up.svg"
WIDTH = 110
MOST = 6
"""Lines in a row that begin with the same word and are all shown."""
_ERASED = re.compile("\r?\x1b\\[K")
_OF_THE_RECORDER = re.compile("Script (started|done)|(real|user|sys)\t")


def lines(recording: str) -> Iterator[str]:
    """The lines that are left on the terminal at the end."""
    for line in recording.replace("\r\n", "\n").split("\n"):
        left = _ERASED.split(line)[-1].rstrip("\r")
        if left and not _OF_THE_RECORDER.match(left):
            yield left


def shortened(found: Iterator[str]) -> Iterator[str]:
    """The same, with the middle of long lists counted."""
    for _, group in groupby(found, key=lambda line: line.split()[0] if line.startswith("  ") else line):
        listed = list(group)
        if len(listed) <= MOST:
            yield from listed
        else:
            yield from (*listed[:2], f"  … and {len(listed) - 3} more like it", listed[-1])


def draw(recording: str) -> str:
    """The picture of a terminal."""
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True)
    console.print(Text("$ ", "bold green") + Text("make up", "bold"))
    for line in shortened(lines(recording)):
        style = "green" if " is up in the lab" in line else "dim" if line.startswith("next: ") else ""
        console.print(Text(line, style), overflow="ellipsis", no_wrap=True)
    return console.export_svg(title="Every hand's stack in the embedded cloud", unique_id="make-up")


if __name__ == "__main__":
    svg = draw(Path(sys.argv[1]).read_bytes().decode())
    fonts = re.compile(r"\s*@font-face \{.*?\}\n", re.DOTALL)  # no request for a font
    PICTURE.write_text(fonts.sub("", svg).replace("Fira Code", "ui-monospace, Menlo, Consolas"), encoding="utf-8")
