"""The condition operators: what each compares, as a language of texts or as a test of single texts.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators",
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from clover.logic.aws_sets import typed
from clover.logic.aws_sets.variables import Itself, Nothing, Part, Variable, Written
from clover.logic.sets.patterns import (
    ANY_TEXT,
    CHARACTER,
    EVERY_TEXT,
    Element,
    Language,
    SymbolClass,
    glob,
    pattern,
    text,
    text_ignoring_case,
)

QUANTIFIERS = ("forallvalues", "foranyvalue")
IN_ARN_FIELD = SymbolClass(frozenset(":"), negated=True)
LAST_ARN_FIELD = 5
TRUTH_VALUES = ("true", "false")


def equals(parts: Sequence[Part]) -> Language:
    """Exact matching: `*` and `?` are themselves."""
    return (pattern([element for part in parts for element in _part(part, text)]),)


def equals_ignoring_case(parts: Sequence[Part]) -> Language:
    """Exact matching in any case."""
    return (pattern([element for part in parts for element in _part(part, text_ignoring_case)]),)


def like(parts: Sequence[Part]) -> Language:
    """Matching with `*` and `?` anywhere."""
    return (pattern([element for part in parts for element in _part(part, glob)]),)


def arn_like(parts: Sequence[Part]) -> Language:
    """Each of the six components of an ARN by itself; a lone `*` stands for every text.

    With a variable, which may hold colons, a superset: the components are not told apart.
    """
    if tuple(parts) == (Written("*"),):
        return EVERY_TEXT
    if any(isinstance(part, Variable) for part in parts):
        return like(parts)
    elements: list[Element] = []
    colons = 0
    for part in parts:
        for character in "" if isinstance(part, Variable | Nothing) else part.text:
            within = IN_ARN_FIELD if colons < LAST_ARN_FIELD else CHARACTER
            elements += glob(character, within) if isinstance(part, Written) else text(character)
            colons += character == ":"
    return (pattern(elements),) if colons >= LAST_ARN_FIELD else ()


def truth(parts: Sequence[Part]) -> Language:
    """The same truth value in any capitals; with a variable both."""
    if any(isinstance(part, Variable) for part in parts):
        return tuple(pattern(text_ignoring_case(value)) for value in TRUTH_VALUES)
    value = "".join(part.text for part in parts if isinstance(part, Written | Itself)).lower()
    return (pattern(text_ignoring_case(value)),) if value in TRUTH_VALUES else ()


def _part(part: Part, written: Callable[[str], list[Element]]) -> list[Element]:
    """A part of a text; what a variable stands for has no wildcards, and may be any text."""
    if isinstance(part, Written):
        return written(part.text)
    if isinstance(part, Itself):
        return (text if written is glob else written)(part.text)
    return [ANY_TEXT]


class Operator(NamedTuple):
    """How an operator compares: by a language (`texts`) or by a test of values of a kind (`kind`, `test`)."""

    texts: Callable[[Sequence[Part]], Language] | None = None
    kind: typed.Kind | None = None
    test: str = ""
    negated: bool = False

    @property
    def takes_variables(self) -> bool:
        """Whether placeholders are filled in: not in numbers, dates, addresses and bytes."""
        return self.texts is not None


POSITIVE = {
    "stringequals": Operator(equals),
    "stringequalsignorecase": Operator(equals_ignoring_case),
    "stringlike": Operator(like),
    "arnequals": Operator(arn_like),
    "arnlike": Operator(arn_like),
    "bool": Operator(truth),
    "binaryequals": Operator(kind=typed.BYTES, test="equals"),
    "ipaddress": Operator(kind=typed.ADDRESS, test="equals"),
    "null": Operator(),
} | {
    f"{prefix}{test}": Operator(kind=kind, test=test)
    for prefix, kind in (("numeric", typed.NUMBER), ("date", typed.DATE))
    for test in typed.ORDER
}
NEGATIONS = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
    "notipaddress": "ipaddress",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
}
OPERATORS = POSITIVE | {name: POSITIVE[of]._replace(negated=True) for name, of in NEGATIONS.items()}


def language(operator: Operator, values: Sequence[Sequence[Part]]) -> Language:
    """The texts that match one of the values."""
    compare = operator.texts
    if compare is None:
        return ()
    matching = [
        each for parts in values if not any(isinstance(part, Nothing) for part in parts) for each in compare(parts)
    ]
    return tuple(dict.fromkeys(matching))
