"""What is known of texts with variables without knowing the variables' values, and their truth for one request."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import permutations

from clover.logic.aws_sets.factors import RESOURCE, Conjunction, Literal, Predicate, Template, of_key
from clover.logic.aws_sets.keys import Key
from clover.logic.aws_sets.resources import ResourcePattern, header
from clover.logic.aws_sets.variables import Itself, Part, Variable, Written, fill_in
from clover.logic.sets.automaton import Automaton
from clover.logic.sets.patterns import CHARACTER, SYMBOL, Element, Language, exactly, glob, pattern, text

MOST_TEMPLATES = 40
WITH_WILDCARDS = {"stringequals": False, "stringlike": True}


def holds(template: Template, resource: str, context: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether the text holds of a request with this resource and these keys, in lower case."""
    values = {key: given[0] for key, given in context.items() if len(given) == 1}
    subject = template.subject
    if isinstance(subject, ResourcePattern):
        return bool(Automaton([subject.filled_in(values).language()]).vector(resource))
    clause = subject._replace(values=tuple(fill_in(parts, values) for parts in subject.values))
    key = Key([clause], lists=True)
    atom = key.atom(context.get(clause.key, ()))
    return atom is not None and bool(key.mask(clause) >> atom & 1)


def impossible(found: Iterable[Literal]) -> Iterator[Conjunction]:
    """Where one text would hold and another not, though whatever fits the one fits the other.

    A variable is taken for a symbol of its own, which `*` covers and `?` does not; so what is found is true whatever
    the variables stand for.
    """
    known = [(literal, form) for literal in found if (form := _form(literal.predicate)) is not None]
    for (one, narrow), (other, wide) in permutations(known[:MOST_TEMPLATES], 2):
        if narrow[0] == wide[0] and _within(narrow[1], wide[1]):
            yield _covered(one.predicate), one, other._replace(wanted=False)


def _form(predicate: Predicate) -> tuple[str, Language] | None:
    """The field that a text is about, and the text as a language; None for texts that are compared in other ways."""
    if not isinstance(predicate, Template):
        return None
    subject = predicate.subject
    if isinstance(subject, ResourcePattern):
        elements = [*header(subject.header), *_elements(subject.rest, wildcards=True)]
        anything = Element(CHARACTER, repeated=True)
        widened = [Element(SYMBOL, repeated=True) if each == anything else each for each in elements]
        return RESOURCE, (pattern(widened),)
    if subject.quantifier or subject.operator not in WITH_WILDCARDS or len(subject.values) != 1:
        return None
    wildcards = WITH_WILDCARDS[subject.operator]
    return of_key(subject.key), (pattern(_elements(subject.values[0], wildcards=wildcards)),)


def _elements(parts: Iterable[Part], *, wildcards: bool) -> list[Element]:
    """The parts as symbols."""
    found: list[Element] = []
    for part in parts:
        if isinstance(part, Variable):
            found.append(Element(exactly(f"<{part.key} or {part.default}>")))
        elif isinstance(part, Written) and wildcards:
            found += [Element(SYMBOL, repeated=True) if each == "*" else glob(each)[0] for each in part.text]
        elif isinstance(part, Written | Itself):
            found += text(part.text)
    return found


def _covered(predicate: Predicate) -> Literal:
    """What the text could hold of."""
    subject = predicate.subject if isinstance(predicate, Template) else None
    if isinstance(subject, ResourcePattern):
        return Literal(RESOURCE, subject.language())
    if subject is None:
        raise TypeError("no text with variables")
    return Literal(of_key(subject.key), subject)


def _within(narrow: Language, wide: Language) -> bool:
    """Whether every word of the one language belongs to the other."""
    return all(vector & 0b10 for vector, _ in Automaton([narrow, wide]).combinations([0b01]))
