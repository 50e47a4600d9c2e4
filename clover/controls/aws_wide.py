"""What is asked about a whole account on AWS: all is decided by the organisation's policies, and so at once."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from clover.controls.aws_callers import insiders
from clover.controls.aws_requests import Asked, requests
from clover.controls.case import Case
from clover.controls.guardrails import aws_questions
from clover.model.aws import policies
from clover.model.aws.policies import Document
from clover.tables import read_table

SIGN_IN = ("iam:CreateOpenIDConnectProvider", "iam:UpdateOpenIDConnectProviderThumbprint", "iam:CreateSAMLProvider")
"""Calls that let somebody else speak for whoever the trusted base's trust policies name."""
LEAVING = ("organizations:LeaveOrganization",)
"""The call that frees an account, its root user included, of every policy of the organisation."""
BECOMING, FREE = "the trusted base", "the organisation"
"""What becoming one of the trusted base, and leaving the organisation, are named among the questions."""


@cache
def listed(name: str) -> Mapping[str, Any]:
    """A table of the model."""
    return read_table(Path(policies.__file__).with_name(name))


def role_edits() -> list[str]:
    """The calls that change whom a role trusts, and what it may do."""
    return listed("changes.yaml")["aws:iam/role:Role"]["actions"]


def wide(case: Case) -> dict[str, Document]:
    """The questions by name: the control that says that something is not there, or what is told of a guardrail."""
    who = insiders(case)
    found = {name: _additions(row, case, who) for name, row in listed("additions.yaml").items()}
    becoming = [Asked(role_edits(), sorted(case.trusted)), Asked(SIGN_IN, ["*"])]
    found |= {BECOMING: requests(becoming, who), FREE: requests([Asked(LEAVING, ["*"])], who)}
    return {**found, **aws_questions.everything(case)}


def _additions(row: Mapping[str, Any], case: Case, who: Mapping[str, Any]) -> Document:
    """The question of a row of additions.yaml."""
    condition = dict(who)
    if row.get("elsewhere"):
        condition = {**condition, "StringNotEquals": {"aws:RequestedRegion": case.site.region}}
    which = {"NotAction": row["not_actions"]} if "not_actions" in row else {"Action": row["actions"]}
    statement = {"Effect": "Allow", "Principal": "*", **which, "Resource": "*", "Condition": condition}
    return {"Version": "2012-10-17", "Statement": [statement]}
