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
from clover.logic.aws_sets.differences import Suspect, suspects
from clover.logic.aws_sets.elements import elements
from clover.logic.aws_sets.factors import Conjunction
from clover.logic.aws_sets.frames import Frame, frame
from clover.logic.aws_sets.reading import read_document
from clover.logic.aws_sets.requests import Request, Requests
from clover.logic.aws_sets.space import Space
from clover.logic.aws_sets.statements import Attachment, Document
from clover.logic.aws_sets.variables import Values
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
    before, after = read_document(existing, "existing"), read_document(new, "new")
    framed = frame((before, after), composed=False)
    needless = special.changed_by_no_document((before, after))
    added = _shown(before, after, _Setting(framed, needless, replay, only_new=True))
    removed = _shown(after, before, _Setting(framed, needless, replay, only_new=False))
    return Comparison(RELATIONS[added is not None, removed is not None], added, removed)


class _Setting(NamedTuple):
    """What holds of all suspects in one direction; `needless` is where no document decides."""

    framed: Frame
    needless: Sequence[Conjunction]
    replay: Replay | None
    only_new: bool


class _Question:
    """Whether there is a request of a suspect; `within` is what holds of every request looked at."""

    def __init__(self, suspect: Suspect, setting: _Setting, within: Conjunction = ()) -> None:
        self.documents = (Document(suspect.statements, Attachment.IDENTITY),)
        self._suspect = suspect
        self._within = within
        self._needless = special.about_actions(setting.needless, elements(suspect.held).actions)
        extra = [*within, *(each for conjunction in self._needless for each in conjunction)]
        self.space = Space(self.documents, extra, held=suspect.held, framed=setting.framed)

    def pieces(self) -> Iterable[Box]:
        """What there is."""
        space, suspect = self.space, self._suspect
        difference = space.of([suspect.held])
        if suspect.granted:
            difference = difference.intersect(space.of(suspect.granted))
        difference = difference.minus(space.of(suspect.taken))
        if self._within:
            difference = difference.intersect(space.where(*self._within))
        for conjunction in self._needless:
            difference = difference.minus(space.where(*conjunction))
        return space.possible(difference).pieces()


def _shown(before: Document, after: Document, setting: _Setting) -> Request | None:
    """A request that only the document after allows; None when there is none."""
    open_: list[Undecided] = []
    for suspect in suspects(before, after):
        try:
            found = _shown_of(suspect, setting)
        except Undecided as error:
            open_.append(error)
            continue
        if found is not None:
            return found
    if open_:
        raise open_[0]
    return None


def _shown_of(suspect: Suspect, setting: _Setting) -> Request | None:
    """A request of a suspect; None when there is none."""
    question = _Question(suspect, setting)
    pieces = list(islice(question.pieces(), MOST_PIECES))
    if not pieces:
        return None
    if not substitution.keys(question.documents):
        found = _confirmed(question.space, pieces, setting)
        if found is not None:
            return found
        raise Undecided("no request was found that shows what may be a difference")
    for values in substitution.assignments(question.documents, _words(question.space)):
        held = _Question(_filled_in(suspect, values), setting, tuple(substitution.having(values)))
        found = _confirmed(held.space, held.pieces(), setting)
        if found is not None:
            return found
    raise Undecided("no values of the variables were found that show what may be a difference")


def _filled_in(suspect: Suspect, values: Values) -> Suspect:
    """The suspect with values in place of its variables."""
    held = substitution.filled_in(suspect.held, values)
    granted, taken = (
        tuple(substitution.filled_in(each, values) for each in some) for some in (suspect.granted, suspect.taken)
    )
    return Suspect(held, granted, taken)


def _confirmed(space: Space, pieces: Iterable[Box], setting: _Setting) -> Request | None:
    """The first request that replays by itself, else the first that does beside another side that allows all."""
    shapes = Requests(space)
    ranked = shapes.ranked(islice(pieces, MOST_PIECES))
    shown = (each for piece in ranked for each in islice(shapes.of(piece), MOST_REQUESTS))
    replay = setting.replay
    if replay is None:
        return next(shown, None)
    alone, beside = tee(shown)
    wanted = (not setting.only_new, setting.only_new)
    found = next((request for request in alone if replay(request, False) == wanted), None)
    return found or next((request for request in beside if replay(request, True) == wanted), None)


def _words(space: Space) -> list[str]:
    """The texts of all atoms, in which variables may stand for something."""
    of_fields = ("".join(word) for texts in space.texts.values() for words in texts.words for word in words)
    of_keys = (value for key in space.keys.values() for values in key.values for value in values or ())
    return [*of_fields, *of_keys]
