"""Two policy documents: what each allows by itself that the other does not.

What a document allows by itself is where an Allow statement applies and no Deny statement does. A document that names
no principals hangs on a user or a role. Every condition key is free: a request may say what it likes, as it may in
`clover simulate`. Left out is what no document changes: calls that need no permission, and what AWS keeps to itself.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice, tee
from typing import Literal as OneOf
from typing import NamedTuple

from clover.logic.aws_sets import special, substitution
from clover.logic.aws_sets.factors import Conjunction
from clover.logic.aws_sets.reading import read_document
from clover.logic.aws_sets.requests import Request, Requests
from clover.logic.aws_sets.space import Space
from clover.logic.aws_sets.statements import Document
from clover.logic.sets.bounds import Undecided
from clover.logic.sets.boxes import Box

Relation = OneOf["equal", "narrower", "wider", "incomparable"]
Replay = Callable[[Request, bool], tuple[bool, bool]]
"""Whether the existing and the new document allow a request; with the flag True beside another side that allows all."""

MOST_PIECES = 32
MOST_REQUESTS = 256
RELATIONS: dict[tuple[bool, bool], Relation] = {
    (False, False): "equal",
    (False, True): "narrower",
    (True, False): "wider",
    (True, True): "incomparable",
}


class Comparison(NamedTuple):
    """How the new document stands to the existing one.

    `added` is a request that only the new document allows, `removed` one that only the existing one does.
    """

    relation: Relation
    added: Request | None
    removed: Request | None


def compare(existing: object, new: object, replay: Replay | None = None) -> Comparison:
    """Compare two documents, given as decoded JSON; every request shown is one that `replay` confirms.

    Raises Malformed for a document that AWS could not have accepted, and Undecided where a bound was hit, or where
    variables or values of several kinds leave open whether there is a difference.
    """
    pair = _Pair((read_document(existing, "existing"), read_document(new, "new")))
    added, removed = (_shown(pair, replay, only_new=only_new) for only_new in (True, False))
    return Comparison(RELATIONS[added is not None, removed is not None], added, removed)


class _Pair:
    """Both documents in one space; `within` is what holds of every request looked at."""

    def __init__(self, documents: Sequence[Document], within: Conjunction = ()) -> None:
        self.documents = documents
        self._needless = special.changed_by_no_document(documents)
        self.space = Space(documents, [*within, *(each for conjunction in self._needless for each in conjunction)])
        self._allowed = [self.space.allows(each).minus(self.space.denies(each)) for each in documents]
        self._within = within

    def pieces(self, *, only_new: bool) -> Iterable[Box]:
        """What only one of the documents allows."""
        before, after = self._allowed if only_new else reversed(self._allowed)
        difference = after.minus(before)
        if self._within:
            difference = difference.intersect(self.space.where(*self._within))
        for conjunction in self._needless:
            difference = difference.minus(self.space.where(*conjunction))
        return self.space.possible(difference).pieces()


def _shown(pair: _Pair, replay: Replay | None, *, only_new: bool) -> Request | None:
    """A request that only one of the documents allows; None when there is none."""
    pieces = list(islice(pair.pieces(only_new=only_new), MOST_PIECES))
    if not pieces:
        return None
    if not substitution.keys(pair.documents):
        found = _confirmed(pair.space, pieces, replay, only_new=only_new)
        if found is not None:
            return found
        raise Undecided("no request was found that shows what may be a difference")
    for values in substitution.assignments(pair.documents, _words(pair.space)):
        filled = [substitution.filled_in(document, values) for document in pair.documents]
        held = _Pair(filled, tuple(substitution.having(values)))
        found = _confirmed(held.space, held.pieces(only_new=only_new), replay, only_new=only_new)
        if found is not None:
            return found
    raise Undecided("no values of the variables were found that show what may be a difference")


def _confirmed(space: Space, pieces: Iterable[Box], replay: Replay | None, *, only_new: bool) -> Request | None:
    """The first request that replays by itself, else the first that does beside another side that allows all."""
    shapes = Requests(space)
    shown = (each for piece in islice(pieces, MOST_PIECES) for each in islice(shapes.of(piece), MOST_REQUESTS))
    if replay is None:
        return next(shown, None)
    alone, beside = tee(shown)
    wanted = (not only_new, only_new)
    found = next((request for request in alone if replay(request, False) == wanted), None)
    return found or next((request for request in beside if replay(request, True) == wanted), None)


def _words(space: Space) -> list[str]:
    """The texts of all atoms, in which variables may stand for something."""
    of_fields = ("".join(word) for texts in space.texts.values() for words in texts.words for word in words)
    of_keys = (value for key in space.keys.values() for values in key.values for value in values or ())
    return [*of_fields, *of_keys]
