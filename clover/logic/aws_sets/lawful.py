"""The keys that AWS itself sets by who calls: in a request as AWS makes it they agree with the caller.

Each atom of callers is refined until it determines every such key, so that agreement is a union of boxes.
Source: IAM User Guide, "AWS global condition context keys" (properties of the principal).
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from clover.logic.aws_sets import callers
from clover.logic.aws_sets.factors import ACTION, CALLER, Literal, of_key
from clover.logic.aws_sets.operators import OPERATORS, language
from clover.logic.aws_sets.resources import actions, elements
from clover.logic.aws_sets.statements import Clause
from clover.logic.sets.boxes import Box
from clover.logic.sets.patterns import ANY_TEXT, ANYTHING, Element, Language, Pattern, SymbolClass, pattern, text

if TYPE_CHECKING:
    from clover.logic.aws_sets.space import Space

KEYS = (
    *("aws:principalarn", "aws:principalaccount", "aws:principalisawsservice", "aws:principaltype", "aws:username"),
    *("aws:principalservicename", "aws:principalservicenameslist"),
)
RESOURCE_ACCOUNT = "aws:resourceaccount"
OF_ONE_SERVICE = {"kms:calleraccount": actions(("kms:*",)), "s3:resourceaccount": actions(("s3:*",))}
"""Keys that only the calls of one service have: the caller's account, and the resource's."""
OF_CALLERS = frozenset({*KEYS, *OF_ONE_SERVICE})
"""Keys that are about who calls, or that AWS sets by who does."""


def literals_for(keys: Iterable[str], clauses: Iterable[Clause], partitions: Iterable[str]) -> Iterator[Literal]:
    """What has to be told apart, when these keys are in play, for callers to determine them."""
    for kind in (*callers.IN_ACCOUNT, callers.ANONYMOUS, callers.PROVIDER):
        yield Literal(CALLER, callers.of_kinds(kind))
    yield Literal(CALLER, callers.services())
    yield from (Literal(ACTION, calls) for key, calls in OF_ONE_SERVICE.items() if key in keys)
    for clause in clauses:
        image = _images(clause, tuple(partitions))
        if image:
            yield Literal(CALLER, image)


def boxes(space: "Space", account: str) -> list[Box]:
    """Every request about a resource of the account in which the keys agree with caller and account, as boxes."""
    determined = [key for key in KEYS if _determined(space, key)]
    groups: dict[tuple[str | None, ...], int] = {}
    for atom, words in enumerate(space.texts[CALLER].words):
        keys = callers.keys_of(words[0])
        group = (callers.account_of(words[0]), *(keys.get(key) for key in determined))
        groups[group] = groups.get(group, 0) | 1 << atom
    merged: dict[tuple[tuple[int, int], ...], int] = {}
    for (own, *values), mask in groups.items():
        agreed = [_agreed(space, key, value) for key, value in zip(determined, values, strict=True)]
        agreed += [_agreed(space, RESOURCE_ACCOUNT, account)] if _determined(space, RESOURCE_ACCOUNT) else []
        of_callers = [dict(agreed)]
        for key, value in (("kms:calleraccount", own), ("s3:resourceaccount", account)):
            of_callers = space.boxes.products(of_callers, _of_one_service(space, key, value))
        for box in of_callers:
            rest = tuple(sorted(box.items()))
            merged[rest] = merged.get(rest, 0) | mask
    caller = space.place(CALLER)
    return [box for rest, mask in merged.items() if (box := space.boxes.box({**dict(rest), caller: mask})) is not None]


def _of_one_service(space: "Space", key: str, value: str | None) -> list[Box]:
    """The key has the value in calls of its service, and is absent in all others."""
    if not _determined(space, key):
        return [{}]
    action, calls = space.place(ACTION), Literal(ACTION, OF_ONE_SERVICE[key])
    found = (
        {action: space.mask(calls), **dict([_agreed(space, key, value)])},
        {action: space.mask(calls._replace(wanted=False)), **dict([_agreed(space, key, None)])},
    )
    return [box for each in found if (box := space.boxes.box(each)) is not None]


def _determined(space: "Space", key: str) -> bool:
    """Whether the key is in play, and compared only in ways that callers can be told apart by."""
    field = space.keys.get(of_key(key))
    return field is not None and all(OPERATORS[clause.operator].kind is None for clause in field.clauses)


def _agreed(space: "Space", key: str, value: str | None) -> tuple[int, int]:
    """The key's field, and the mask of the atom of the value, or of an absent key."""
    field = of_key(key)
    atom = space.keys[field].atom(() if value is None else (value,))
    if atom is None:
        raise AssertionError(f"{key} has no atom for {value!r}")
    return space.place(field), 1 << atom


@lru_cache(maxsize=4096)
def _images(clause: Clause, partitions: tuple[str, ...]) -> Language:
    """The callers for which the condition's key has one of its values."""
    values = language(OPERATORS[clause.operator], clause.values)
    return tuple(image for each in values for image in _image(clause.key, each, partitions))


def _image(key: str, values: Pattern, partitions: Iterable[str]) -> Language:
    """The callers for which the key's value fits the pattern."""
    if key == "aws:principalarn":
        iam = callers.kinds(callers.USER, callers.ROOT, callers.ROLE, callers.FEDERATED_USER)
        fits = elements(values)
        session = [*callers.kinds(callers.SESSION), *fits, *callers.kinds(callers.NAMED), ANYTHING]
        return pattern([*iam, *fits]), pattern(session)
    if key in ("aws:principalaccount", "kms:calleraccount"):
        return tuple(each for partition in partitions for each in _of_account(partition, values))
    if key == "aws:username":
        return (pattern([*callers.kinds(callers.USER), ANY_TEXT, *text("/"), *_without(values, callers.NO_SLASH)]),)
    if key.startswith("aws:principalservicename"):
        return (pattern([*callers.kinds(callers.HOST), *elements(values)]),)
    return ()


def _of_account(partition: str, values: Pattern) -> Language:
    """The callers whose account fits the pattern."""
    account = _without(values, callers.DIGITS)
    iam, sts = ([*text(f"arn:{partition}:{service}::"), *account, *text(":"), ANYTHING] for service in ("iam", "sts"))
    in_iam = callers.kinds(callers.USER, callers.ROOT, callers.ROLE, callers.SESSION)
    return pattern([*in_iam, *iam]), pattern([*callers.kinds(callers.FEDERATED_USER), *sts])


def _without(values: Pattern, within: SymbolClass) -> list[Element]:
    """The pattern's elements, held to symbols of the class."""
    return [each._replace(symbols=_common(each.symbols, within)) for each in elements(values)]


def _common(one: SymbolClass, other: SymbolClass) -> SymbolClass:
    """The symbols of both."""
    if not one.negated:
        return SymbolClass(frozenset(each for each in one.symbols if other.has(each)))
    if not other.negated:
        return SymbolClass(frozenset(each for each in other.symbols if one.has(each)))
    return SymbolClass(one.symbols | other.symbols, negated=True)
