"""A site that is changed until a scanner's check passes."""

from typing import Any

from tests.data import state
from tests.mutants.changes import Declared, changed
from tests.oracles.explained import Satisfied


def as_the_scanner_wants(wanted: Satisfied, export: Any = None) -> dict[str, Any]:
    """The export of a site after the changes; without one that of the sample."""
    whole = export or state(wanted.site)
    deployment = whole["deployment"]
    after = changed(Declared(deployment["resources"], {}), wanted.changes).resources
    return {**whole, "deployment": {**deployment, "resources": after}}
