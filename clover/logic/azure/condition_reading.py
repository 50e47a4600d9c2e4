"""From a condition's text to what it means; a construct that the documents do not name is refused by name.

Source: https://learn.microsoft.com/azure/role-based-access-control/conditions-format.
"""

from collections.abc import Mapping
from typing import NoReturn

from clover.logic.aws.reading import Malformed, quoted, read_text
from clover.logic.azure.condition import (
    ActionMatches,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Exists,
    Negation,
    Operand,
    SubOperationMatches,
)
from clover.logic.azure.condition_operators import CROSS_PRODUCTS, OPERATORS, Operator
from clover.logic.azure.condition_words import Kind, Word, read_words
from clover.logic.azure.request import SOURCES, attribute_name

JOINERS = {"AND": AllOf, "&&": AllOf, "OR": AnyOf, "||": AnyOf}
NEGATIONS = ("NOT", "!")
FUNCTIONS = {"ActionMatches": ActionMatches, "SubOperationMatches": SubOperationMatches}
LITERALS = (Kind.STRING, Kind.GUID, Kind.NUMBER)
DEEPEST = 50  # so that no input can exhaust the stack
VERSION = "2.0"  # "the only publicly supported version": /azure/role-based-access-control/conditions-faq


def read_condition(members: Mapping[str, object], where: str) -> Condition | None:
    """The members `condition` and `conditionVersion` of an assignment or a role; None where there is no condition."""
    text, version = members.get("condition"), members.get("conditionVersion")
    if text is None:
        return None
    if version not in (None, VERSION):
        raise Malformed(f"{where}.conditionVersion: {quoted(version)} is not {VERSION}, the only one there is")
    return _Reader(read_text(text, f"{where}.condition"), f"{where}.condition").whole()


class _Reader:
    """Reads one condition from left to right."""

    def __init__(self, text: str, where: str) -> None:
        """Hold the words of `text`; `where` is the place that errors name."""
        self._where = where
        self._words = read_words(text, where)
        self._next = 0

    def whole(self) -> Condition:
        """The condition, and nothing behind it."""
        found = self._expression(0)
        if self._word.kind is not Kind.END:
            self._refuse("expected the end, AND or OR")
        return found

    @property
    def _word(self) -> Word:
        return self._words[self._next]

    def _refuse(self, expected: str) -> NoReturn:
        """Name the word at hand and its place."""
        got = "the end" if self._word.kind is Kind.END else quoted(self._word.text)
        raise Malformed(f"{self._where}: character {self._word.place}: {expected}, got {got}")

    def _take(self, text: str | None = None) -> Word:
        """The word at hand, which with `text` has to be this one."""
        word = self._word
        if text is not None and (word.text != text or word.kind not in (Kind.SIGN, Kind.WORD)):
            self._refuse(f"expected {text}")
        self._next += 1
        return word

    def _at(self, *texts: str) -> bool:
        """Whether the word at hand is one of these signs or keywords."""
        return self._word.kind in (Kind.SIGN, Kind.WORD) and self._word.text in texts

    def _expression(self, depth: int) -> Condition:
        """Pieces joined by AND, or by OR; mixing the two takes parentheses."""
        pieces, joiners = [self._piece(depth)], set[type[AllOf | AnyOf]]()
        while self._at(*JOINERS):
            joiners.add(JOINERS[self._word.text])
            if len(joiners) > 1:
                self._refuse("AND and OR side by side take parentheses")
            self._take()
            pieces.append(self._piece(depth))
        return joiners.pop()(tuple(pieces)) if joiners else pieces[0]

    def _piece(self, depth: int) -> Condition:
        """A negation, an expression in parentheses, a function or a comparison."""
        if depth > DEEPEST:
            self._refuse(f"a condition nests at most {DEEPEST} deep")
        if self._at(*NEGATIONS):
            self._take()
            return Negation(self._piece(depth + 1))
        if self._at("("):
            self._take()
            found = self._expression(depth + 1)
            self._take(")")
            return found
        if self._at("Exists"):
            self._take()
            return Exists(self._attribute())
        if self._at(*FUNCTIONS):
            return self._function(FUNCTIONS[self._take().text])
        return self._comparison()

    def _function(self, made: type[ActionMatches | SubOperationMatches]) -> Condition:
        """`{'…'}`: one string in braces."""
        self._take("{")
        if self._word.kind is not Kind.STRING:
            self._refuse("expected a string")
        text = self._take().text
        self._take("}")
        return made(text)

    def _comparison(self) -> Condition:
        """Two sides and an operator between them."""
        left = self._operand()
        quantifier, used = self._operator()
        right = self._operand()
        for operand in (left, right):
            self._fit(operand, used, quantifier)
        return Comparison(left, used, quantifier, right)

    def _fit(self, operand: Operand, used: Operator, quantifier: str) -> None:
        """Refuse literals that are not of the operator's kind, or that are several without a quantifier."""
        if len(operand.literals) > 1 and not quantifier:
            raise Malformed(f"{self._where}: several values take an operator such as ForAnyOfAnyValues:StringEquals")
        for literal in operand.literals:
            if not used.form.fullmatch(literal):
                raise Malformed(f"{self._where}: {quoted(literal)} is no value of the operator beside it")

    def _operator(self) -> tuple[str, Operator]:
        """An operator's name, with ForAnyOfAnyValues: and its like before it where there are several values."""
        quantifier, _, name = self._word.text.rpartition(":")
        used = OPERATORS.get(name)
        known = used is not None and (not quantifier or (used.crosses and quantifier in CROSS_PRODUCTS))
        if self._word.kind is not Kind.WORD or used is None or not known:
            self._refuse("expected an operator such as StringEquals")
        self._take()
        return quantifier, used

    def _operand(self) -> Operand:
        """An attribute, a literal, or literals in braces."""
        if self._word.kind is Kind.ATTRIBUTE:
            return self._attribute()
        if not self._at("{"):
            return Operand((self._literal(),))
        self._take()
        literals = [self._literal()]
        while self._at(","):
            self._take()
            literals.append(self._literal())
        self._take("}")
        return Operand(tuple(literals))

    def _literal(self) -> str:
        """A string, number, GUID or truth value."""
        if self._word.kind not in LITERALS and not self._at("true", "false"):
            self._refuse("expected an attribute or a value")
        return self._take().text

    def _attribute(self) -> Operand:
        """`@Source[name]`."""
        if self._word.kind is not Kind.ATTRIBUTE or self._word.source.lower() not in SOURCES:
            self._refuse("expected an attribute of @Resource, @Request, @Principal or @Environment")
        word = self._take()
        return Operand((), (word.source.lower(), attribute_name(word.text)))
