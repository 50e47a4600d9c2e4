"""Which question decides each control on each cloud: every family brings its own."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module

from clover.controls.case import Question
from clover.controls.catalogue import controls
from clover.zones.vocabulary import Cloud, StackKind

FAMILIES = (
    "access",
    "assessment",
    "audit",
    "backups",
    "encryption",
    "evidence",
    "guardrails",
    "incidents",
    "migration",
    "network",
    "operation",
    "operator",
    "residency",
    "state",
)
"""The packages of this room that hold a module for each cloud, with its QUESTIONS."""


@cache
def questions(cloud: Cloud, hand: StackKind = StackKind.SITE) -> Mapping[str, Question]:
    """The question of each control of a cloud that is asked of a hand's stacks, in the catalogue's order."""
    known = _known(cloud)
    asked = (control for control, about in controls().items() if hand in about.hands)
    return {control: known[control] for control in asked if control in known}


@cache
def _known(cloud: Cloud) -> Mapping[str, Question]:
    """Every family's questions on a cloud; they are loaded when that cloud is asked about."""
    brought = (import_module(f"{__package__}.{family}.{cloud.value}").QUESTIONS for family in FAMILIES)
    return {control: question for each in brought for control, question in each.items()}
