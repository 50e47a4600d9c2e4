"""The sample documents of what stands above the sites on Azure, as the organisation's recorded state holds it.

`python -m tests.zones.azure_foundation` writes them; their digests in the zone file are then to be set.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clover.model.azure.declared_roles import Held, declared_denials
from clover.model.azure.organisation import declared_policies
from clover.model.resources import Resources
from clover.sources.world import read_world
from tests.zones import PROJECT

NOTE = "A sample of what an attester states after having looked; nothing here was attested by anybody."
STATE = PROJECT / "tests/data/organisation.state.json"
FOLDER = PROJECT / "zones/europe/foundation"
FILES = {"policy_assignments": "policies", "deny_assignments": "denials"}
PLACES = ("sites", "sites-dublin2", "sites-hamar")


def documents() -> dict[Path, Mapping[str, Any]]:
    """Each document by its file: policies of the sites' group and of each site's, denials of each site's."""
    world = read_world([STATE])
    resources = Resources(world.of(world.subjects[0]))
    policies, denials = (
        [each for each in found if isinstance(each, Held)]
        for found in (declared_policies(resources), declared_denials(resources))
    )
    found = dict[Path, Mapping[str, Any]]()
    for place in PLACES:
        for kind, rows in (("policy_assignments", policies), ("deny_assignments", denials)):
            held = [each.row for each in rows if each.scope.rsplit("/", 1)[-1] == f"clover-{place}"]
            if held:
                name = f"{FILES[kind]}-{place.removeprefix('sites-')}.json"
                found[FOLDER / name] = {"note": NOTE, kind: sorted(held, key=lambda row: str(row["name"]))}
    return found


def _write() -> None:
    for path, document in documents().items():
        path.write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    _write()
