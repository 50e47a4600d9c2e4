"""Which host names a resolver answers for: rules on names, the first that fits decides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clover.logic.network.names import NameClasses, NamePattern


@dataclass(frozen=True)
class NameRule:
    """One rule: whether it answers for the names that fit; `narrowed` where it fits some queries for them only."""

    answers: bool
    patterns: tuple[NamePattern, ...]
    label: str
    source: str
    narrowed: bool = False


def listed(domain: str) -> NamePattern:
    """What an entry of a domain list means: a name, or with a leading `*` whatever ends so."""
    name = domain.lower().rstrip(".")
    return NamePattern(ends=name[1:]) if name.startswith("*") else NamePattern(whole=name)


def classes_for(rules: Iterable[NameRule], more: Iterable[NamePattern]) -> NameClasses:
    """The classes of names that the rules, and `more` patterns, tell apart."""
    return NameClasses(tuple(dict.fromkeys((*(each for rule in rules for each in rule.patterns), *more))))


def answered(rules: Sequence[NameRule], classes: NameClasses) -> list[tuple[int, NameRule | None]]:
    """Return the masks of names that are answered for, each with the rule that does it; None is no rule at all."""
    left, found = classes.everything & ~1, list[tuple[int, NameRule | None]]()
    for rule in rules:
        fitting = left & classes.union(rule.patterns)
        if rule.answers:
            found.append((fitting, rule))
        if not rule.narrowed:
            left &= ~fitting
    return [pair for pair in (*found, (left, None)) if pair[0]]


def answers_plainly(rules: Sequence[NameRule], name: str) -> bool:
    """Tell whether one query for `name` is answered: written apart from the masks, rule by rule."""
    for rule in rules:
        if any(pattern.fits(name) for pattern in rule.patterns):
            if rule.answers:
                return True
            if not rule.narrowed:
                return False
    return True
