"""`python -m clover.lab.engine sdk|yaml…`: compile what other people's programs need, and put it beside the engine."""

import sys

from clover.errors import BadInput
from clover.lab.engine import install
from clover.lab.folder import LabFolder, find_root
from clover.lab.progress import Progress


def main(names: list[str]) -> int:
    """Put each named program into the lab's `bin`; 64 for a name that is none."""
    folder = LabFolder(find_root())
    try:
        for name in names:
            print(install.beside(folder.root, folder.bin, name, Progress()))  # noqa: T201  the result
    except BadInput as problem:
        print(problem, file=sys.stderr)  # noqa: T201
        return 64
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
