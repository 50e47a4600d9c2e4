"""The mutants of both sites that a site's program could declare: those that leave givens and other hands alone."""

from typing import Any

from tests.mutants.collection import Mutant, mutants
from tests.mutants.site import after, zone

SITES = ("dublin", "hamar")


def declarable() -> list[Mutant]:
    """Each mutant that is found by what a program declares, AWS first."""
    known = (each for each in mutants() if each.site in SITES and each.hand == "site" and not each.organisation)
    return [each for each in known if each.foundation and not each.loses and not _of_givens(each)]


def states(mutant: Mutant) -> list[dict[str, Any]]:
    """The resources of the site after the change, as its state would hold them."""
    return after(mutant.changes, mutant.site)[1].resources


def finding(mutant: Mutant) -> str:
    """The id of the verdict that finds it."""
    about = f"/{mutant.about}" if mutant.about else ""
    return f"{mutant.control}.{mutant.claim.value}@{mutant.site}{about}"


def _of_givens(mutant: Mutant) -> bool:
    """Whether a change is one of the zone's documents, which no program declares."""
    of_a_given = ("withdraw", "given")
    return any(
        any(word in change for word in of_a_given) or change.get("policy") in zone().documents
        for change in mutant.changes
    )
