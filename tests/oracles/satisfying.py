"""A site that is changed until a scanner's check passes."""

from collections.abc import Iterable
from typing import Any

from tests.mutants.changes import Change, Declared, changed


def with_changes(export: Any, changes: Iterable[Change]) -> dict[str, Any]:
    """The export of a site after the changes."""
    deployment = export["deployment"]
    after = changed(Declared(deployment["resources"], {}), changes).resources
    return {**export, "deployment": {**deployment, "resources": after}}
