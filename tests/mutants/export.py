"""`python -m tests.mutants.export ID` prints the site with one change as a stack export, for any tool to read."""

import json
import sys
from typing import Any

from tests.data import state
from tests.mutants.collection import Harmless, Mutant, harmless, mutants
from tests.mutants.site import after


def export(change: Mutant | Harmless) -> dict[str, Any]:
    """The stack export of the changed site."""
    whole = state(change.site)
    whole["deployment"]["resources"] = after(change.changes, change.site)[1].resources
    return whole


if __name__ == "__main__":
    known = {each.id: each for each in (*mutants(), *harmless())}
    print(json.dumps(export(known[sys.argv[1]]), indent=1))  # noqa: T201
