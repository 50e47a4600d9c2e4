"""The policies that a set of requests on AWS meets, each with where it is held."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

from clover.controls.case import Case
from clover.model.aws.policies import Document, Held, statements
from clover.sources import Unknown
from clover.zones.vocabulary import GivenKind

EVERYTHING: Document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
"""The identity policy that anybody may hold."""


class Policies(NamedTuple):
    """The policies that a set of requests meets, each with where it is held."""

    identity: tuple[Held, ...] = (Held("any identity policy", EVERYTHING),)
    resource: Held | None = None
    scp: tuple[tuple[Held, ...], ...] = ()
    rcp: tuple[tuple[Held, ...], ...] = ()
    vpc_endpoint: tuple[Held, ...] = ()
    boundary: tuple[Held, ...] = ()

    @classmethod
    def of_the_deployer(cls, case: Case) -> "Policies":
        """What the deployer itself holds: what givens say, or anything where none does."""
        told = [given for given in case.givens.values() if given.kind is GivenKind.IDENTITY_POLICY]
        own = tuple(Held(given.id, case.zone.documents[given.id]) for given in told)
        return cls(identity=own) if own else cls()

    @property
    def held(self) -> Iterator[Held]:
        """Every policy."""
        yield from self.identity
        yield from (self.resource,) if self.resource else ()
        yield from (policy for level in (*self.scp, *self.rcp) for policy in level)
        yield from self.vpc_endpoint
        yield from self.boundary

    def plain(self) -> dict[str, Any]:
        """The documents in the form that `clover simulate` takes."""
        found: dict[str, Any] = {"identity": [policy.document for policy in self.identity]}
        found |= {"resource": self.resource.document} if self.resource else {}
        found |= {"scp": _plain_levels(self.scp)} if self.scp else {}
        found |= {"rcp": _plain_levels(self.rcp)} if self.rcp else {}
        for kind, held in (("vpc_endpoint", self.vpc_endpoint), ("boundary", self.boundary)):
            found |= {kind: [policy.document for policy in held]} if held else {}
        return found

    def narrowed(self, services: frozenset[str]) -> "Policies":
        """These policies as far as they are about the services; every document and level stays in its place."""

        def of(found: Iterable[Held]) -> tuple[Held, ...]:
            return tuple(policy._replace(document=_narrowed(policy.document, services)) for policy in found)

        return Policies(
            of(self.identity),
            self.resource and of([self.resource])[0],
            tuple(map(of, self.scp)),
            tuple(map(of, self.rcp)),
            of(self.vpc_endpoint),
            of(self.boundary),
        )

    def numbered(self) -> "Policies":
        """These policies, each held at its number among them."""
        numbers = count()

        def of(found: Iterable[Held]) -> tuple[Held, ...]:
            return tuple(policy._replace(origin=str(next(numbers))) for policy in found)

        return Policies(
            of(self.identity),
            self.resource and of([self.resource])[0],
            tuple(map(of, self.scp)),
            tuple(map(of, self.rcp)),
            of(self.vpc_endpoint),
            of(self.boundary),
        )

    def under(self, case: Case) -> "Policies":
        """These policies below the organisation's, as far as the givens that count say what they are."""
        scp, rcp = case.above
        return self._replace(scp=scp, rcp=rcp)


def _plain_levels(found: Sequence[Sequence[Held]]) -> list[list[Any]]:
    return [[policy.document for policy in level] for level in found]


def _narrowed(document: Any, services: frozenset[str]) -> Any:
    """The document without actions of other services: they decide no request of these.

    Every statement keeps a name, so that what is left out of the document does not shift the names of the rest.
    """
    if isinstance(document, Unknown):
        return document
    key = (id(document), services)
    if key not in _KNOWN:
        if len(_KNOWN) >= MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[key] = document, {**document, "Statement": list(_concerned(document, services))}
    return _KNOWN[key][1]


def _concerned(document: Any, services: frozenset[str]) -> Iterator[Mapping[str, Any]]:
    """The statements about the services, without actions of others."""
    for index, statement in enumerate(statements(document)):
        named = {"Sid": f"Statement[{index}]", **statement}
        listed = statement.get("Action")
        if listed is not None:
            named["Action"] = [action for action in as_texts(listed) if _concerns(action, services)]
        if named.get("Action") != []:
            yield named


_KNOWN: dict[tuple[int, frozenset[str]], tuple[Any, Any]] = {}
"""Narrowed documents by the object that they were made from, which is kept with them, so that no other has its id."""
MOST_KNOWN = 8192


def _concerns(action: str, services: frozenset[str]) -> bool:
    service = action.partition(":")[0].lower()
    return "*" in services or service in services or "*" in service or "?" in service


def as_texts(found: Any) -> Sequence[str]:
    """The texts of an element that may stand without a list."""
    return [found] if isinstance(found, str) else found or ()
