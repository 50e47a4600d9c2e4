"""RES-P2 on AWS: nothing reads on behalf of a caller outside."""

from collections.abc import Iterator
from typing import Any

from clover.controls.aws_callers import insiders
from clover.controls.aws_policies import Policies
from clover.controls.aws_requests import Asked, nobody, requests
from clover.controls.case import Case
from clover.controls.residency.aws_places import movers
from clover.controls.residency.aws_reading import no_service_reads, stores
from clover.controls.verdict import Answer, Ground, proved, refuted
from clover.sources import Resource

CLOSED_WORLD = "closed-world"


def no_relay_reads(case: Case) -> Iterator[Answer]:
    """RES-P2: no service reads a store for a caller outside, and nobody outside works a relay that is declared."""
    yield from no_service_reads(case)
    kinds = movers()["relays"]
    found = [resource for resource in case.resources.all if resource.type in kinds]
    for resource in found:
        yield _relay(case, resource, kinds[resource.type])
    if not found:
        grounds = tuple(Ground(store.resource.urn, "no relay is declared") for store in stores(case))
        world = tuple(given.id for given in case.givens.values() if given.kind.value == CLOSED_WORLD)
        yield proved("nothing that is declared reads for somebody else", rests_on=grounds, given=world)


def _relay(case: Case, resource: Resource, kind: dict[str, Any]) -> Answer:
    """Whether anybody outside the trusted base may work a relay that is declared."""
    if "calls" not in kind:
        example = {
            "kind": "property",
            "urn": resource.urn,
            "property": "type",
            "value": resource.type,
            "allowed": "no resource of this type",
        }
        return refuted(f"{resource.name} {kind['how']}", example, resource=resource.urn)
    question = requests([Asked(kind["calls"], ["*"])], insiders(case))
    told = f"nobody works {resource.name} but {', '.join(sorted(each.rpartition('/')[2] for each in case.trusted))}"
    return nobody(case, Policies(), question, told, resource.urn)
