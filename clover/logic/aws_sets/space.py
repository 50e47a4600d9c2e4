"""All requests, split by everything that a set of policy documents tells apart; each document is then a set of them."""

from collections.abc import Iterable, Sequence
from typing import Any

from clover.logic.aws_sets import callers, examples, lawful, templates
from clover.logic.aws_sets.elements import elements
from clover.logic.aws_sets.factors import (
    ACTION,
    CALLER,
    RESOURCE,
    Conjunction,
    Factor,
    Literal,
    Naming,
    Predicate,
    factors,
    literals,
)
from clover.logic.aws_sets.frames import Frame, frame
from clover.logic.aws_sets.keys import Key, key_of
from clover.logic.aws_sets.resources import ACTIONS, RESOURCES
from clover.logic.aws_sets.statements import Clause, Document, Statement
from clover.logic.sets.boxes import Box, Boxes
from clover.logic.sets.patterns import Language
from clover.logic.sets.regions import Region, Term
from clover.logic.sets.texts import Texts, texts

NO_OR_YES = 0b11
HOLDS = 0b10
NAMINGS: tuple[Naming, ...] = (callers.named, callers.direct, callers.as_entity, callers.by_account)
BEARER = callers.of_kinds(*callers.BEARERS)


class Space:
    """The fields of a request and their atoms, for the documents given.

    `extra` are literals that questions besides the documents ask. With `account`, which owns the resources, the keys
    that AWS derives from caller and account agree with them, in every set of requests that are allowed; without it
    every key is free, as `clover simulate` takes requests, and a document that names no principals is about users and
    roles. With `held` only requests that its lists of actions, resources and principals name are in the space. `framed`
    is the frame of more documents than these, where they are a part of those.
    """

    def __init__(
        self,
        documents: Iterable[Document],
        extra: Iterable[Literal] = (),
        account: str | None = None,
        *,
        held: Statement | None = None,
        framed: Frame | None = None,
    ) -> None:
        """Find the atoms; raises Undecided when there are too many."""
        self.documents = tuple(documents)
        self._composed = composed = account is not None
        self.frame = framed or frame(self.documents, composed=composed)
        self._held = _languages(held) if held else {}
        self._known_factors: dict[tuple[Statement, Naming], list[Factor] | None] = {}
        self._predicates: dict[str, dict[Predicate, int]] = {CALLER: {}, ACTION: {}, RESOURCE: {}}
        for literal in extra:
            self._declare(literal)
        for document in self.documents:
            for statement in document.statements:
                for naming in NAMINGS if composed else NAMINGS[:1]:
                    for literal in literals(self._factors(statement, naming) or ()):
                        self._declare(literal)
        if composed:
            self._declare_lawful()
        self.keys = {field: self._key(field) for field in self._predicates if field.startswith("key ")}
        within = {CALLER: self.frame.everybody, ACTION: ACTIONS, RESOURCE: RESOURCES}
        self.texts = {field: self._texts(field, language) for field, language in within.items()}
        self.fields = list(self._predicates)
        self._places = {field: place for place, field in enumerate(self.fields)}
        self.full = [self._full(field) for field in self.fields]
        self.boxes = Boxes(self.full)
        self._masks: dict[tuple[str, Predicate], int] = {}
        self.lawful: list[Box] = [{}] if account is None else lawful.boxes(self, account)
        self.impossible = self._impossible()

    def allows(self, document: Document, naming: Naming = callers.named) -> Region:
        """Where an Allow statement applies, to callers named in the given way."""
        return self._applying(document, naming, allows=True)

    def denies(self, document: Document, naming: Naming = callers.named) -> Region:
        """Where a Deny statement applies."""
        return self._applying(document, naming, allows=False)

    def where(self, *found: Literal) -> Region:
        """Where all the literals hold; each must have been declared."""
        box = self._box(found)
        return self.region([] if box is None else [box])

    def of(self, statements: Iterable[Statement]) -> Region:
        """Where one of the statements applies, whatever its effect."""
        found = [box for each in statements for box in self._boxes_of(self._factors(each, callers.named))]
        return self.region(self.boxes.pruned(found))

    def region(self, boxes: Sequence[Box]) -> Region:
        """The union of boxes."""
        return Region(self.boxes, [Term(boxes, ())])

    def mask(self, literal: Literal) -> int:
        """The atoms of the literal's field in which it holds."""
        key = (literal.field, literal.predicate)
        mask = self._masks.get(key)
        if mask is None:
            mask = self._masks[key] = self._mask(*key)
        return mask if literal.wanted else self.full[self._places[literal.field]] & ~mask

    def predicates(self, field: str) -> tuple[Predicate, ...]:
        """Every predicate of a field."""
        return tuple(self._predicates[field])

    def predicate(self, field: str) -> Predicate:
        """The first predicate of a field."""
        return next(iter(self._predicates[field]))

    def possible(self, region: Region) -> Region:
        """The region's lawful requests, without what no values of the variables could bring about.

        This is left to the end, for most of a region is gone by then.
        """
        found = region if self.lawful == [{}] else region.intersect(self.region(self.lawful))
        return found.minus(self.region(self.impossible)) if self.impossible else found

    def _impossible(self) -> list[Box]:
        """Where texts with variables would contradict each other."""
        found = [Literal(field, predicate) for field in self.fields for predicate in self._predicates[field]]
        boxes = (self._box(conjunction) for conjunction in templates.impossible(found))
        return [box for box in boxes if box is not None]

    def place(self, field: str) -> int:
        """The number of a field in boxes."""
        return self._places[field]

    def _applying(self, document: Document, naming: Naming, *, allows: bool) -> Region:
        """Where a statement of the effect applies."""
        found: list[Box] = []
        for statement in document.statements:
            if statement.allows == allows:
                found += self._boxes_of(self._factors(statement, naming))
        return self.region(self.boxes.pruned(found)) if allows else Region(self.boxes, [Term(found, ())])

    def _factors(self, statement: Statement, naming: Naming) -> list[Factor] | None:
        """The statement's factors; in a comparison of documents one without principals is about its bearer."""
        key = (statement, naming)
        if key not in self._known_factors:
            found = factors(statement, naming, self.frame.lists)
            if found is not None and statement.principals is None and not self._composed:
                found = [Factor(((Literal(CALLER, BEARER),),)), *found]
            self._known_factors[key] = found
        return self._known_factors[key]

    def _boxes_of(self, found: list[Factor] | None) -> list[Box]:
        """The intersection of the factors, in boxes."""
        boxes: list[Box] = [] if found is None else [{}]
        for factor in found or ():
            boxes = self.boxes.products(boxes, self._union(factor.any_of)) if factor.any_of else []
            for taken in self._union(factor.none_of):
                boxes = [piece for box in boxes for piece in self.boxes.left(box, [taken])]
        return boxes

    def _union(self, conjunctions: Iterable[Conjunction]) -> list[Box]:
        """The boxes of the conjunctions that can hold."""
        return [box for each in conjunctions if (box := self._box(each)) is not None]

    def _box(self, conjunction: Conjunction) -> Box | None:
        """The box of a conjunction; None where it can never hold."""
        masks: Box = {}
        for literal in conjunction:
            place = self._places[literal.field]
            masks[place] = masks.get(place, self.full[place]) & self.mask(literal)
        return self.boxes.box(masks)

    def _declare(self, literal: Literal) -> None:
        """Note a predicate of a field."""
        predicates = self._predicates.setdefault(literal.field, {})
        predicates.setdefault(literal.predicate, len(predicates))

    def _declare_lawful(self) -> None:
        """Note what makes callers determine the keys that AWS derives from them."""
        fields = [field for field in self._predicates if field.startswith("key ")]
        clauses = [each for field in fields for each in self._predicates[field] if isinstance(each, Clause)]
        for literal in lawful.literals_for({each.key for each in clauses}, clauses, self.frame.partitions):
            self._declare(literal)

    def _mask(self, field: str, predicate: Predicate) -> int:
        """The atoms in which the predicate holds."""
        if predicate not in self._predicates.get(field, ()):
            raise ValueError(f"a document speaks of the {field} in a way that this space was not made for")
        if field in self.texts:
            return self.texts[field].mask(self._predicates[field][predicate])
        if field in self.keys and isinstance(predicate, Clause):
            return self.keys[field].mask(predicate)
        return HOLDS

    def _full(self, field: str) -> int:
        """All atoms of a field."""
        if field in self.texts:
            return (1 << len(self.texts[field].words)) - 1
        return (1 << len(self.keys[field].values)) - 1 if field in self.keys else NO_OR_YES

    def _key(self, field: str) -> Key:
        """A condition key's field."""
        clauses: list[Any] = list(self._predicates[field])
        key = field.removeprefix("key ")
        return key_of(tuple(clauses), tuple(examples.values(key)), lists=key in self.frame.lists)

    def _texts(self, field: str, within: Language) -> Texts:
        """The atoms of a field of texts."""
        found: list[Any] = list(self._predicates[field])
        return texts(tuple(found), within, self._held.get(field))


def _languages(held: Statement) -> dict[str, Language]:
    """What the statement's lists could cover at most, for those that name what they are about."""
    named = zip((CALLER, ACTION, RESOURCE), elements(held), strict=True)
    return {
        field: tuple(dict.fromkeys(pattern for item in element.items for pattern in item.covers))
        for field, element in named
        if not element.negated
    }
