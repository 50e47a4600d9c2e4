"""One concrete request as a point: the atom it has in every field of a space."""

from collections.abc import Mapping
from typing import Any

from clover.logic.aws.reading import read_bare_or_list
from clover.logic.aws_sets import callers, templates
from clover.logic.aws_sets.factors import ACTION, CALLER, RESOURCE, Template
from clover.logic.aws_sets.space import Space
from clover.logic.sets.patterns import Word

Context = Mapping[str, tuple[str, ...]]


def point(space: Space, request: Mapping[str, Any], context: Context) -> list[int] | None:
    """The request's atom in every field; None for a request outside the space.

    `context` holds every key of the request, derived ones included, in lower case; an absent key has no values.
    """
    words = {CALLER: _caller(space, request), ACTION: request["action"].lower(), RESOURCE: request["resource"]}
    found: list[int] = []
    for field in space.fields:
        atom = _atom(space, field, words, context)
        if atom is None:
            return None
        found.append(atom)
    return found


def _caller(space: Space, request: Mapping[str, Any]) -> Word:
    """The caller's word; a session's role has the path that the request gives, where the space knows paths."""
    given = {key.lower(): value for key, value in request.get("context", {}).items()}
    arns = read_bare_or_list(given.get("aws:principalarn"))
    arn = arns[0] if len(arns) == 1 and isinstance(arns[0], str) else None
    word = callers.word_of(request["principal"], arn) or ()
    known = word and space.texts[CALLER].atom(word) is not None
    return word if known else callers.word_of(request["principal"]) or ()


def _atom(space: Space, field: str, words: Mapping[str, Any], context: Context) -> int | None:
    """The atom of one field."""
    if field in words:
        return space.texts[field].atom(words[field])
    if field in space.keys:
        return space.keys[field].atom(context.get(field.removeprefix("key "), ()))
    predicate = space.predicate(field)
    return int(isinstance(predicate, Template) and templates.holds(predicate, words[RESOURCE], context))
