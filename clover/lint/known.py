"""The rules that conflict with residency, and the initiatives that hold some of them; see rules.yaml."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import Struct, convert

from clover.tables import read_table

TOOLS = {
    "checkov": "Checkov",
    "prowler": "Prowler",
    "trivy": "Trivy",
    "cdk-nag": "cdk-nag",
    "aws-config": "AWS Config",
    "security-hub": "AWS Security Hub",
    "azure-policy": "Azure Policy",
}
"""What the tools call themselves."""


class Reason(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a rule breaks residency, the control that it breaks, and what to do instead."""

    control: str
    breaks: str
    instead: str


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """One rule of another tool."""

    id: str
    tool: str
    reason: str
    title: str
    source: str
    aliases: tuple[str, ...] = ()
    severity: str | None = None
    pack: str | None = None
    same_region: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that the tool knows it by."""
        return (self.id, *self.aliases)


class Initiative(Struct, frozen=True, forbid_unknown_fields=True):
    """A built-in initiative of Azure and the conflicting policies in it."""

    title: str
    holds: tuple[str, ...]


class Known(NamedTuple):
    """Everything that the tables hold."""

    rules: tuple[Rule, ...]
    reasons: Mapping[str, Reason]
    initiatives: Mapping[str, Initiative]

    def of(self, tool: str) -> tuple[Rule, ...]:
        """The rules of one tool."""
        return tuple(rule for rule in self.rules if rule.tool == tool)


@cache
def known() -> Known:
    """The tables, read once."""
    table = _read("rules.yaml")
    rules = convert(table["rules"], list[Rule])
    reasons = convert(table["reasons"], dict[str, Reason])
    return Known(tuple(rules), reasons, convert(_read("initiatives.yaml"), dict[str, Initiative]))


def _read(name: str) -> Any:
    return read_table(Path(__file__).with_name(name))
