"""The policies that requests meet, by kind, read into the normal form."""

from collections.abc import Iterator
from typing import NamedTuple

from clover.logic.aws.reading import read_list, read_object
from clover.logic.aws_sets.reading import read_document
from clover.logic.aws_sets.statements import Attachment, Document

IDENTITY, RESOURCE, GUARD = Attachment.IDENTITY, Attachment.RESOURCE, Attachment.GUARD


class Policies(NamedTuple):
    """The policies that requests meet, by kind, in the form of `clover simulate`, read."""

    identity: tuple[Document, ...]
    boundary: tuple[Document, ...]
    session: tuple[Document, ...]
    resource: tuple[Document, ...]
    vpc_endpoint: tuple[Document, ...]
    scp: tuple[tuple[Document, ...], ...]
    rcp: tuple[tuple[Document, ...], ...]

    @property
    def documents(self) -> Iterator[Document]:
        """Every document."""
        for kind in (
            self.identity,
            self.boundary,
            self.session,
            self.resource,
            self.vpc_endpoint,
            *self.scp,
            *self.rcp,
        ):
            yield from kind


def read_policies(value: object) -> Policies:
    """Read the policies by kind; raises Malformed for an unknown kind or a document AWS would not have accepted."""
    members = read_object(value, "policies", frozenset(Policies._fields))

    def documents(found: object, where: str, attachment: Attachment) -> tuple[Document, ...]:
        listed = enumerate(read_list([] if found is None else found, where))
        return tuple(read_document(each, f"{where}[{place}]", attachment) for place, each in listed)

    def levels(kind: str, attachment: Attachment) -> tuple[tuple[Document, ...], ...]:
        listed = enumerate(read_list(members.get(kind) or [], f"policies.{kind}"))
        return tuple(documents(each, f"policies.{kind}[{place}]", attachment) for place, each in listed)

    resource = members.get("resource")
    own = {
        kind: documents(members.get(kind), f"policies.{kind}", IDENTITY) for kind in ("identity", "boundary", "session")
    }
    return Policies(
        **own,
        resource=() if resource is None else (read_document(resource, "policies.resource", RESOURCE),),
        vpc_endpoint=documents(members.get("vpc_endpoint"), "policies.vpc_endpoint", GUARD),
        scp=levels("scp", IDENTITY),
        rcp=levels("rcp", GUARD),
    )
