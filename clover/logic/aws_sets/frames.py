"""What documents decide about all requests at once, whichever of their statements is looked at."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from clover.logic.aws_sets import callers, examples
from clover.logic.aws_sets.statements import Document
from clover.logic.aws_sets.substitution import keys
from clover.logic.sets.patterns import Language

PRINCIPAL_ARN = "aws:principalarn"


class Frame(NamedTuple):
    """`lists` are the keys that may have several values; `everybody` is every caller, in the `partitions`."""

    lists: frozenset[str]
    partitions: tuple[str, ...]
    everybody: Language


def frame(documents: Sequence[Document], *, composed: bool) -> Frame:
    """The frame of some documents; `composed` where callers and the keys about them agree."""
    names = _principal_names(documents)
    partitions = tuple(sorted(set(filter(None, map(callers.partition_in, names))))) or ("aws",)
    return Frame(_lists(documents), partitions, _everybody(documents, names, partitions, composed))


def _lists(documents: Iterable[Document]) -> frozenset[str]:
    """The keys that AWS documents as multivalued, and those that a document treats so."""
    clauses = (clause for document in documents for each in document.statements for clause in each.clauses)
    return examples.lists() | {clause.key for clause in clauses if clause.quantifier}


def _principal_names(documents: Iterable[Document]) -> list[str]:
    """What stands under AWS in Principal elements."""
    listed = (each.principals for document in documents for each in document.statements)
    return [name for each in listed if each for kind, name in each.names if kind == "AWS"]


def _everybody(
    documents: Sequence[Document], names: Iterable[str], partitions: tuple[str, ...], composed: bool
) -> Language:
    """Every caller.

    Beside free keys a session shows its role's name only, which is unique in its account; unless the documents name
    roles of one name in several paths, and nothing else is said by the key aws:PrincipalArn.
    """
    sessions = composed or (callers.ambiguous(names) and not _speak_of(documents, PRINCIPAL_ARN))
    return callers.everybody(partitions, bare=not composed, sessions=sessions)


def _speak_of(documents: Sequence[Document], key: str) -> bool:
    """Whether a condition or a variable is about the key."""
    clauses = (clause for document in documents for each in document.statements for clause in each.clauses)
    return any(clause.key == key for clause in clauses) or key in keys(documents)
