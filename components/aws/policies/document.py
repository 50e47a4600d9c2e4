"""How policy documents are put together and written out."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from clover.zones.vocabulary import Cloud
from components.limits import refuse_over

Statement = dict[str, Any]
Document = dict[str, Any]

ANYBODY = "*"


@cache
def _actions() -> dict[str, dict[str, list[str]]]:
    """Every group of actions; see actions.yaml."""
    return yaml.safe_load(Path(__file__).parents[1].joinpath("actions.yaml").read_text(encoding="utf-8"))


def actions(kind: str, *groups: str) -> list[str]:
    """The actions of one or more groups of a kind; KeyError for a group that actions.yaml does not have."""
    return [action for group in groups for action in _actions()[kind][group]]


def document(*statements: Statement) -> Document:
    """A policy document of the current version of the language."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def deny(
    sid: str, action: str | Sequence[str], resource: str | Sequence[str], condition: Mapping[str, Any] | None = None
) -> Statement:
    """A statement of a resource policy that denies to everybody whom `condition` fits, to all without one."""
    statement: Statement = {"Sid": sid, "Effect": "Deny", "Principal": ANYBODY, "Action": action, "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement


def allow(
    sid: str,
    principal: str | Mapping[str, Any],
    action: str | Sequence[str],
    resource: str | Sequence[str],
    condition: Mapping[str, Any] | None = None,
) -> Statement:
    """A statement of a resource policy that allows."""
    statement: Statement = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": action}
    statement["Resource"] = resource
    return {**statement, "Condition": condition} if condition else statement


def render(policy: Document, limit: str) -> str:
    """The document as minified JSON; OverLimit when it needs more than its share of the named limit."""
    text = json.dumps(policy, separators=(",", ":"), ensure_ascii=True)
    refuse_over(Cloud.AWS, limit, len(text))
    return text
