"""Sets of requests with what controls ask of them: whether one is empty, and a request that is in it."""

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from clover.logic.aws_sets.points import Context, point
from clover.logic.aws_sets.requests import Request, Requests
from clover.logic.aws_sets.space import Space
from clover.logic.sets.regions import Region

MOST_PIECES = 64
MOST_REQUESTS = 64


class RequestSet:
    """A set of requests; all operations give a new one, and take sets of the same space."""

    def __init__(self, space: Space, region: Region, shapes: Callable[[], Requests]) -> None:
        self._space = space
        self._region = region
        self._shapes = shapes

    def union(self, other: "RequestSet") -> "RequestSet":
        """The requests of either."""
        return self._with(self._region.union(other._region))

    def intersect(self, other: "RequestSet") -> "RequestSet":
        """The requests of both."""
        return self._with(self._region.intersect(other._region))

    def minus(self, other: "RequestSet") -> "RequestSet":
        """The requests of this set only."""
        return self._with(self._region.minus(other._region))

    def is_empty(self) -> bool:
        """Whether it is proved that there is no such request; raises Undecided where a bound was hit.

        False says that there may be one: where variables or values of several kinds are in play, ask for a witness.
        """
        return next(self._space.possible(self._region).pieces(), None) is None

    def witness(self, replay: Callable[[Request], bool] | None = None) -> Request | None:
        """A request of the set, the most lifelike found, that `replay` confirms; None when none was found.

        A service-linked role is shown where nobody else was found.
        """
        shapes = self._shapes()
        pieces = shapes.ranked(islice(self._space.possible(self._region).pieces(), MOST_PIECES))
        found = (request for piece in pieces for request in islice(shapes.of(piece), MOST_REQUESTS))
        linked: Request | None = None
        for request in found:
            passed_over = _is_linked(request) and linked is not None
            if not passed_over and (replay is None or replay(request)):
                if not _is_linked(request):
                    return request
                linked = request
        return linked

    def holds(self, request: Mapping[str, Any], context: Context) -> bool | None:
        """Whether a request, with all its keys in lower case, belongs to the set; None outside the world."""
        found = point(self._space, request, context)
        return None if found is None else self._space.possible(self._region).holds(found)

    def _with(self, region: Region) -> "RequestSet":
        """Another set of the same space."""
        return RequestSet(self._space, region, self._shapes)


def _is_linked(request: Request) -> bool:
    """Whether a role that AWS's services act as makes the request."""
    said = (request["principal"], request["context"].get("aws:PrincipalArn"))
    return any("aws-service-role" in str(text) or "AWSServiceRole" in str(text) for text in said)
