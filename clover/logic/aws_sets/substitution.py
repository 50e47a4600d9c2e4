"""Documents with values in place of their variables, and values worth trying.

With every variable filled in, and the keys held to those values, a comparison is exact again: it finds the requests
that show a difference, where the values tried show it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product

from clover.logic.aws_sets.factors import Literal, of_key
from clover.logic.aws_sets.statements import Clause, Document, Statement
from clover.logic.aws_sets.variables import Itself, Part, Values, Variable, Written, fill_in, variables

MOST_VALUES = 8
MOST_ASSIGNMENTS = 64
FRESH = "some-value"


def templates(document: Document) -> Iterator[tuple[Part, ...]]:
    """Every text with variables."""
    for statement in document.statements:
        patterns = statement.resources.patterns if statement.resources else ()
        texts: list[tuple[Part, ...]] = [(Written(each.header), *each.rest) for each in patterns]
        texts += [parts for clause in statement.clauses for parts in clause.values]
        yield from (parts for parts in texts if variables(parts))


def keys(documents: Iterable[Document]) -> list[str]:
    """The keys that variables stand for."""
    found = (each.key for document in documents for parts in templates(document) for each in variables(parts))
    return sorted(set(found))


def having(values: Values) -> Iterator[Literal]:
    """What holds of requests in which the keys have these values."""
    for key, value in values.items():
        wanted = ("null", Written("true")) if value is None else ("stringequals", Itself(value))
        yield Literal(of_key(key), Clause(key, wanted[0], "", False, ((wanted[1],),)))


def assignments(documents: Sequence[Document], words: Iterable[str]) -> Iterator[Values]:
    """Values worth trying: none, a new one, those that conditions name, and those that make a text fit a word."""
    tried: dict[str, dict[str | None, None]] = {key: {FRESH: None, None: None} for key in keys(documents)}
    listed = list(dict.fromkeys(words))
    for document in documents:
        for statement in document.statements:
            for clause in statement.clauses:
                if clause.key in tried:
                    tried[clause.key] |= dict.fromkeys(_plain(parts) for parts in clause.values if not variables(parts))
        for parts in templates(document):
            for key, value in _captured(parts, listed):
                tried[key].setdefault(value)
    choices = [list(islice(values, MOST_VALUES)) for values in tried.values()]
    for chosen in islice(product(*choices), MOST_ASSIGNMENTS):
        yield dict(zip(tried, chosen, strict=True))


def filled_in(statement: Statement, values: Values) -> Statement:
    """The statement with its variables replaced by the values."""
    clauses = tuple(
        clause._replace(values=tuple(fill_in(parts, values) for parts in clause.values)) for clause in statement.clauses
    )
    if statement.resources is None:
        return statement._replace(clauses=clauses)
    patterns = tuple(each.filled_in(values) for each in statement.resources.patterns)
    return statement._replace(clauses=clauses, resources=statement.resources._replace(patterns=patterns))


def _plain(parts: tuple[Part, ...]) -> str:
    """A text that fits the parts."""
    text = "".join(part.text for part in parts if isinstance(part, Written | Itself))
    return text.replace("*", "x").replace("?", "x")


def _captured(parts: tuple[Part, ...], words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What the variables stand for where a word fits the parts."""
    names = [part.key for part in parts if isinstance(part, Variable)]
    for star, value in ((".*", "(.+?)"), (".*?", "(.+)")):
        form = re.compile("".join(_expression(part, star, value) for part in parts), re.DOTALL)
        for word in words:
            found = form.fullmatch(word)
            if found:
                yield from zip(names, found.groups(), strict=True)


def _expression(part: Part, star: str, value: str) -> str:
    """A part as a regular expression; it only proposes values, and may take long texts for short ones."""
    if isinstance(part, Variable):
        return value
    if isinstance(part, Written):
        return re.escape(part.text).replace(r"\*", star).replace(r"\?", ".")
    return re.escape(part.text) if isinstance(part, Itself) else ""
