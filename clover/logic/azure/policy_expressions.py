"""Template expressions such as `[parameters('effect')]` or `[concat(field('name'), '-x')]`.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions (a string in brackets is
an expression, two opening brackets are one; strings stand in apostrophes, doubled to write one) and
https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-policy-rule (field, current, if).
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn, Protocol, cast

from clover.logic.aws.reading import Malformed, quoted
from clover.logic.azure.policy_functions import FUNCTIONS, EvaluationFailure, text_of

WORD = re.compile(r"\s*(?:(?P<string>'(?:[^']|'')*')|(?P<number>-?\d+)|(?P<name>[A-Za-z_]\w*)|(?P<sign>[()\[\],.]))")
LOOKED_UP = frozenset({"parameters", "field", "current", "resourcegroup", "subscription"})
LONGEST = 81920  # "Policy functions expression string length"
DEEPEST = 64  # "Nested policy functions depth"


class Lookup(Protocol):
    """What an expression can ask of its surroundings."""

    def look_up(self, function: str, arguments: tuple[Any, ...]) -> Any:
        """The result of parameters, field, current, resourceGroup or subscription."""
        ...


class Constant(NamedTuple):
    """A literal."""

    value: Any

    def result(self, _surroundings: Lookup) -> Any:
        """The literal."""
        return self.value


class Call(NamedTuple):
    """A function and its arguments; `if` looks at the branch that it takes only."""

    function: str
    arguments: tuple["Expression", ...]

    def result(self, surroundings: Lookup) -> Any:
        """What the function returns; raises EvaluationFailure where it fails on its values."""
        if self.function == "if":
            return self._choose(surroundings)
        values = tuple(argument.result(surroundings) for argument in self.arguments)
        if self.function in LOOKED_UP:
            return surroundings.look_up(self.function, values)
        try:
            return FUNCTIONS[self.function](*values)
        except (TypeError, ValueError) as error:
            raise EvaluationFailure(f"{self.function} takes other arguments") from error

    def _choose(self, surroundings: Lookup) -> Any:
        """The one branch or the other."""
        if len(self.arguments) != 3:
            raise EvaluationFailure("if takes a condition and two values")
        taken = self.arguments[0].result(surroundings)
        return self.arguments[1 if taken is True else 2].result(surroundings)


class Member(NamedTuple):
    """A property or an element of a value."""

    owner: "Expression"
    name: "Expression"

    def result(self, surroundings: Lookup) -> Any:
        """The member; raises EvaluationFailure where there is none."""
        owner, name = self.owner.result(surroundings), self.name.result(surroundings)
        if isinstance(owner, list) and isinstance(name, int):
            elements = cast("list[Any]", owner)
            if 0 <= name < len(elements):
                return elements[name]
        if isinstance(owner, Mapping):
            members = cast("Mapping[str, Any]", owner)
            for key, value in members.items():
                if key.lower() == text_of(name).lower():
                    return value
        raise EvaluationFailure(f"there is no member {quoted(name)}")


Expression = Constant | Call | Member


def read_expression(value: Any, where: str) -> Expression:
    """The meaning of a value of a policy rule: an expression where it is a string in brackets, else itself."""
    if not isinstance(value, str) or not value.startswith("[") or not value.endswith("]"):
        return Constant(value)
    if value.startswith("[["):
        return Constant(value[1:])
    if len(value) > LONGEST:
        raise Malformed(f"{where}: an expression is at most {LONGEST} characters long")
    return _Reader(value[1:-1], where).whole()


class _Reader:
    """Reads one expression from left to right."""

    def __init__(self, text: str, where: str) -> None:
        """Cut `text` into words; `where` is the place that errors name."""
        self._where = where
        self._words: list[tuple[str, str]] = []
        self._next = place = 0
        while text[place:].strip():
            found = WORD.match(text, place)
            if found is None:
                raise Malformed(f"{where}: {quoted(text[place:].strip())} begins no word of an expression")
            self._words.append((found.lastgroup or "", found[0].strip()))
            place = found.end()

    def whole(self) -> Expression:
        """The expression, and nothing behind it."""
        found = self._expression(0)
        if self._next < len(self._words):
            self._refuse("the end")
        return found

    def _peek(self) -> tuple[str, str]:
        return self._words[self._next] if self._next < len(self._words) else ("", "the end")

    def _refuse(self, expected: str) -> NoReturn:
        raise Malformed(f"{self._where}: expected {expected}, got {quoted(self._peek()[1])}")

    def _take(self, sign: str) -> None:
        """The sign, which has to come now."""
        if self._peek() != ("sign", sign):
            self._refuse(quoted(sign))
        self._next += 1

    def _expression(self, depth: int) -> Expression:
        """A literal or a call, with members behind it."""
        if depth > DEEPEST:
            raise Malformed(f"{self._where}: functions nest at most {DEEPEST} deep")
        kind, text = self._peek()
        if kind not in ("string", "number", "name"):
            self._refuse("a function or a value")
        self._next += 1
        if kind == "string":
            return Constant(text[1:-1].replace("''", "'"))
        if kind == "number":
            return Constant(int(text))
        return self._members(self._call(text, depth), depth)

    def _call(self, name: str, depth: int) -> Expression:
        """A function's arguments; true and false may go without parentheses."""
        if self._peek() != ("sign", "(") and name.lower() in ("true", "false"):
            return Constant(name.lower() == "true")
        if name.lower() not in FUNCTIONS and name.lower() not in LOOKED_UP | {"if"}:
            raise Malformed(f"{self._where}: the function {quoted(name)} is not implemented")
        self._take("(")
        arguments: list[Expression] = []
        while self._peek() != ("sign", ")"):
            if arguments:
                self._take(",")
            arguments.append(self._expression(depth + 1))
        self._take(")")
        return Call(name.lower(), tuple(arguments))

    def _members(self, owner: Expression, depth: int) -> Expression:
        """`.name` and `[…]` behind a call."""
        while self._peek() in (("sign", "."), ("sign", "[")):
            dotted = self._peek()[1] == "."
            self._next += 1
            if dotted:
                owner = Member(owner, Constant(self._name()))
            else:
                owner = Member(owner, self._expression(depth + 1))
                self._take("]")
        return owner

    def _name(self) -> str:
        """The name of a property."""
        kind, text = self._peek()
        if kind != "name":
            self._refuse("the name of a property")
        self._next += 1
        return text
