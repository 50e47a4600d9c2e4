"""The mutants of sites on both clouds that a program could declare: those that leave the zone's givens alone."""

import json
from pathlib import Path
from typing import Any

from tests.mutants.collection import Mutant, mutants
from tests.mutants.export import beside, export
from tests.mutants.site import zone

SITES = ("dublin", "own-evidence", "hamar", "own-evidence-azure")


def declarable() -> list[Mutant]:
    """Each mutant that is found by what a program declares, AWS first."""
    known = (each for each in mutants() if each.site in SITES and each.hand == "site")
    return [each for each in known if each.foundation and not each.loses and not _of_givens(each)]


def states(mutant: Mutant) -> list[dict[str, Any]]:
    """The resources of the site after the change, as its state would hold them."""
    return export(mutant)["deployment"]["resources"]


def others(mutant: Mutant, folder: Path) -> list[str]:
    """The files of the other hands' stacks after the change."""
    files = [folder / f"beside-{number}.json" for number, _ in enumerate(beside(mutant))]
    for file, content in zip(files, beside(mutant), strict=True):
        file.write_text(json.dumps(content), encoding="utf-8")
    return list(map(str, files))


def finding(mutant: Mutant) -> str:
    """The id of the verdict that finds it."""
    about = f"/{mutant.about}" if mutant.about else ""
    return f"{mutant.control}.{mutant.claim.value}@{mutant.site}{about}"


def _of_givens(mutant: Mutant) -> bool:
    """Whether a change is one of the zone's documents, which no program declares."""
    return any(
        change.keys() & {"withdraw", "given"} or change.get("policy") in zone().documents for change in mutant.changes
    )
