"""Everything that AWS weighs, put together: the requests that all policies together allow, as one set.

Source: IAM User Guide, "Policy evaluation logic", "Cross-account policy evaluation logic" and "Permissions boundaries
for IAM entities"; AWS Organizations User Guide, "Service control policies" and "Resource control policies".
KMS grants are no policies, and no part of this.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property, partial
from typing import Any

from clover.logic.aws_sets import callers, special
from clover.logic.aws_sets.factors import CALLER, Conjunction, Literal, Naming
from clover.logic.aws_sets.policies import Policies, read_policies
from clover.logic.aws_sets.reading import names_principals, read_document
from clover.logic.aws_sets.request_sets import RequestSet
from clover.logic.aws_sets.requests import Requests
from clover.logic.aws_sets.space import Space
from clover.logic.aws_sets.statements import Attachment, Document
from clover.logic.sets.regions import Region

JSON = Mapping[str, Any]


class World:
    """One account's resources, and every policy and question that is to be weighed about them.

    A question is a policy document, too: the set of requests that it allows. One without principals is about everybody.
    `beside` are literals that are told apart, too: worlds that tell callers apart by the same ones share their atoms.
    """

    def __init__(
        self,
        account: str,
        policies: Iterable[JSON],
        questions: Iterable[JSON] = (),
        beside: Iterable[Literal] = (),
    ) -> None:
        """Find the atoms of all; raises Malformed for a document that AWS could not have accepted."""
        read = [read_policies(each) for each in policies]
        asked = [_question(each) for each in questions]
        documents = [
            *asked,
            *(document for each in read for document in each.documents),
            *map(_unnamed, _resource(read)),
        ]
        self._account = account
        self.space = Space(documents, [*special.literals(account), *beside], account)
        self._shapes = cache(partial(Requests, self.space, account))
        self._everything = self.space.region([{}])
        self._weighings: dict[int, tuple[JSON, _Weighing]] = {}
        self._questions: dict[int, tuple[JSON, Region]] = {}

    def callers(self) -> tuple[Literal, ...]:
        """By what callers are told apart, in the order in which it is looked at."""
        return tuple(Literal(CALLER, predicate) for predicate in self.space.predicates(CALLER))

    def everything(self) -> RequestSet:
        """Every request about the account's resources."""
        return self._set(self._everything)

    def question(self, document: JSON) -> RequestSet:
        """The requests that a question allows; it must be one of those the world was made with."""
        return self._set(self._asked(document))

    def effective(self, policies: JSON, within: JSON | None = None) -> RequestSet:
        """The requests that all the policies together allow, of a question where one is given.

        Policies and question must be among those that the world was made with.

        Identity policies, boundary and session policies are those of whoever calls: ask about a caller by intersecting
        with a question.
        """
        asked = self._everything if within is None else self._asked(within)
        return self._set(self._weighing(policies).allowed(asked))

    def _weighing(self, policies: JSON) -> "_Weighing":
        """The regions of some policies, found once for the same object."""
        if id(policies) not in self._weighings:
            made = _Weighing(self.space, read_policies(policies), self._account, self._everything)
            self._weighings[id(policies)] = policies, made
        return self._weighings[id(policies)][1]

    def _asked(self, document: JSON) -> Region:
        """The region of a question, found once for the same object."""
        if id(document) not in self._questions:
            read = _question(document)
            self._questions[id(document)] = document, self.space.allows(read).minus(self.space.denies(read))
        return self._questions[id(document)][1]

    def _set(self, region: Region) -> RequestSet:
        """A region as a set of requests."""
        return RequestSet(self.space, region, self._shapes)


class _Weighing:
    """The regions of one set of policies."""

    def __init__(self, space: Space, policies: Policies, account: str, everything: Region) -> None:
        self._space = space
        self._policies = policies
        self._everything = everything
        self._in_account = space.where(special.IN_ACCOUNT)
        own, of_aws = special.of_account(account), special.OF_AWS
        self._same = self._where((own,), (special.IN_ACCOUNT, of_aws))
        self._free = self._where(*special.FREE_CALLS)
        self._limits = self._of_limits()

    def allowed(self, asked: Region) -> Region:
        """Where somebody grants, every guard allows, and nothing denies; free calls are bound by the endpoint only."""
        endpoint = self._endpoint.intersect(asked)
        ruled = self._grants.intersect(asked)
        for guard in self._organisation:
            ruled = ruled.intersect(guard)
        ruled = ruled.minus(self._denials).minus(self._kept).minus(self._free)
        return ruled.union(self._free).intersect(endpoint).minus(self._of_endpoint)

    @cached_property
    def _kept(self) -> Region:
        """Where AWS lets nobody change what is its own."""
        return self._where(*special.KEPT_BY_AWS)

    @cached_property
    def _of_endpoint(self) -> Region:
        """Denies of the endpoint."""
        return self._denied(self._policies.vpc_endpoint)

    @cached_property
    def _grants(self) -> Region:
        """Where somebody grants, who is named deciding what limits it; nothing is denied here."""
        resource, own = self._policies.resource, self._own_side()
        anyhow = self._allows(resource, callers.named)
        outside = anyhow.minus(self._in_account)
        across = anyhow.intersect(own).intersect(self._in_account).minus(self._same)
        decides = self._where(*special.RESOURCE_DECIDES)
        left_to_account = self._allows(resource, callers.by_account).intersect(decides)
        entity = self._allows(resource, callers.as_entity).intersect(self._limits)
        account = own.minus(decides).union(own.intersect(left_to_account))
        within = self._allows(resource, callers.direct).union(entity).union(account).intersect(self._in_account)
        return outside.union(across).union(within.intersect(self._same))

    def _own_side(self) -> Region:
        """Identity policies, boundary and session policies together; root needs no identity policy."""
        granted = self._allows(self._policies.identity).intersect(self._in_account)
        return granted.union(self._space.where(special.ROOT)).intersect(self._limits)

    def _of_limits(self) -> Region:
        """Where boundary and session policies allow; a federated user without session policies has nothing."""
        boundary, session = self._policies.boundary, self._policies.session
        limits = self._everything if not boundary else self._allows(boundary)
        if session:
            return limits.intersect(self._allows(session))
        return limits.minus(self._space.where(special.FEDERATED))

    @cached_property
    def _organisation(self) -> list[Region]:
        """For each level of the organisation's policies where it allows, or does not bind."""
        free_of_scp, free_of_rcp = self._beyond()
        guards = [(self._allows(level), free_of_scp) for level in self._policies.scp]
        guards += [(self._allows(level), free_of_rcp) for level in self._policies.rcp]
        return [allowed.union(free) for allowed, free in guards if not allowed.is_everything()]

    def _beyond(self) -> tuple[Region, Region]:
        """Where service control and resource control policies do not bind."""
        outside = special.IN_ACCOUNT._replace(wanted=False)
        return self._where((special.LINKED,), (outside,)), self._where((special.LINKED,), (special.RETIRE_GRANT,))

    def _bound(self) -> tuple[Region, Region]:
        """Where service control and resource control policies bind: the boxes outside of `_beyond`."""
        unlinked = special.LINKED._replace(wanted=False)
        remaining = special.RETIRE_GRANT._replace(wanted=False)
        return self._where((unlinked, special.IN_ACCOUNT)), self._where((unlinked, remaining))

    @cached_property
    def _endpoint(self) -> Region:
        """Where the endpoint allows; everywhere when there is none."""
        return self._allows(self._policies.vpc_endpoint) if self._policies.vpc_endpoint else self._everything

    @cached_property
    def _denials(self) -> Region:
        """Where a deny binds the caller, those of the endpoint apart."""
        policies = self._policies
        scp_binds, rcp_binds = self._bound()
        own = self._denied((*policies.identity, *policies.boundary, *policies.session)).intersect(self._in_account)
        found = own.union(self._of_resource())
        for level in policies.scp:
            found = found.union(self._denied(level).intersect(scp_binds))
        for level in policies.rcp:
            found = found.union(self._denied(level).intersect(rcp_binds))
        return found

    def _of_resource(self) -> Region:
        """Denies of the resource's policy: NotPrincipal hits whoever has a boundary, root keeps its bucket's policy."""
        resource = self._policies.resource
        found = self._denied(resource)
        if self._policies.boundary:
            found = found.union(self._denied(tuple(map(_unnamed, resource))).intersect(self._in_account))
        keeps = self._space.where(special.ROOT, special.OWN_POLICY).intersect(self._same)
        return found.minus(keeps)

    def _allows(self, documents: Sequence[Document], naming: Naming = callers.named) -> Region:
        """Where an Allow statement of a document applies."""
        return self._union(self._space.allows(document, naming) for document in documents)

    def _denied(self, documents: Sequence[Document]) -> Region:
        """Where a Deny statement of a document applies."""
        return self._union(self._space.denies(document) for document in documents)

    def _where(self, *conjunctions: Conjunction) -> Region:
        """Where one of the conjunctions holds."""
        return self._union(self._space.where(*conjunction) for conjunction in conjunctions)

    def _union(self, regions: Iterable[Region]) -> Region:
        """All of the regions."""
        found = self._space.region([])
        for region in regions:
            found = found.union(region)
        return found


def _question(document: JSON) -> Document:
    """A question, which may name principals or not."""
    attachment = Attachment.RESOURCE if names_principals(document) else Attachment.IDENTITY
    return read_document(document, "question", attachment)


def _resource(policies: Iterable[Policies]) -> Iterable[Document]:
    """The policies of resources."""
    return (document for each in policies for document in each.resource)


def _unnamed(document: Document) -> Document:
    """The document in which a Deny with NotPrincipal spares nobody."""
    return document._replace(
        statements=tuple(
            each._replace(principals=None) if not each.allows and each.principals and each.principals.negated else each
            for each in document.statements
        )
    )
