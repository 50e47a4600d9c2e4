"""Hamar as it is deployed, or after changes, and what its controls say of it."""

from typing import Any

from clover.controls.case import Case
from clover.controls.questions import questions
from clover.controls.verdict import Answer
from tests.mutants.site import case
from tests.zones.own_evidence import ON_AZURE

FAMILIES = ("RES-", "KEY-", "AUD-")


def hamar(changes: Any = (), *, foundation: bool = True) -> Case:
    """Hamar after changes."""
    return case(changes, "hamar", foundation=foundation)


def keeping(changes: Any = ()) -> Case:
    """Hamar in a zone that gives it no vault, so that it keeps its records itself, after changes."""
    return case(changes, ON_AZURE)


def asked(about: Case, control: str) -> list[Answer]:
    """What one control answers."""
    return list(questions(about.site.cloud)[control](about))


def controls(about: Case) -> list[str]:
    """The controls of the three families."""
    return [control for control in questions(about.site.cloud) if control.startswith(FAMILIES)]
