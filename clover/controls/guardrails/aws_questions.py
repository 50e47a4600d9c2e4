"""What nobody may call in a site's account, whoever asks in it: the organisation's policies alone decide all of it."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from clover.controls.aws_callers import NOT_A_SERVICE, SERVICE_LINKED, not_trusted, partition
from clover.controls.aws_requests import Asked, requests
from clover.controls.case import Case
from clover.model.aws import policies
from clover.model.aws.policies import Document
from clover.tables import read_table

PERSON = {**NOT_A_SERVICE, "StringNotLike": {"aws:PrincipalArn": SERVICE_LINKED}}
"""Callers that no service is, nor a role that one acts as."""


@cache
def asked() -> Mapping[str, Any]:
    """What is asked of guardrails; see guardrails.yaml."""
    return read_table(Path(policies.__file__).with_name("guardrails.yaml"))


def together(*conditions: Mapping[str, Any]) -> dict[str, Any]:
    """One condition that holds where all of them do."""
    operators = dict.fromkeys(operator for each in conditions for operator in each)
    return {
        operator: {key: found for each in conditions for key, found in each.get(operator, {}).items()}
        for operator in operators
    }


def anybody(case: Case) -> dict[str, Any]:
    """The condition that a principal of the account calls, the trusted base and the root user among them."""
    return together(PERSON, {"StringEquals": {"aws:PrincipalAccount": case.site.account}})


def not_repairing(case: Case) -> Mapping[str, Any]:
    """The condition that whoever calls is not of those who repair the site."""
    repairing = sorted(case.trusted - {case.deployer})
    return {"ArnNotEquals": {"aws:PrincipalArn": repairing}} if repairing else {}


def everything(case: Case) -> dict[str, Document]:
    """All of it, by what is told of each."""
    return {**regions(case), **holes(case), **relays(case), **leaving(case), **roles(case)}


def regions(case: Case) -> dict[str, Document]:
    """Calls in another region."""
    elsewhere = {"StringNotEquals": {"aws:RequestedRegion": case.site.region}}
    every = {"Effect": "Allow", "Principal": "*", "NotAction": asked()["regionless"], "Resource": "*"}
    statement = {**every, "Condition": together(anybody(case), elsewhere)}
    told = f"nobody in {case.site.account} calls anything outside {case.site.region}, but for what has no region"
    return {told: {"Version": "2012-10-17", "Statement": [statement]}}


def holes(case: Case) -> dict[str, Document]:
    """What a denial of regions lets through."""
    return {
        f"nobody in {case.site.account} {_but(case, hole)}{hole['how']}": requests(
            [Asked(hole["actions"], ["*"])], together(anybody(case), hole.get("when", {}), _copying(case, hole))
        )
        for hole in asked()["holes"]
    }


def _copying(case: Case, hole: Mapping[str, Any]) -> Mapping[str, Any]:
    """The condition that whoever calls is not the deployer of a site whose stores have second copies.

    Where its replication leads is RES-2's to say.
    """
    return {"ArnNotEquals": {"aws:PrincipalArn": case.deployer}} if _deploys_copies(case, hole) else {}


def _but(case: Case, hole: Mapping[str, Any]) -> str:
    return "but its deployer " if _deploys_copies(case, hole) else ""


def _deploys_copies(case: Case, hole: Mapping[str, Any]) -> bool:
    return bool(hole.get("copies")) and case.zone.file.copies(case.site.name) is not None


def relays(case: Case) -> dict[str, Document]:
    """What reads for a caller elsewhere."""
    who = together(anybody(case), not_repairing(case))
    told = f"nobody in {case.site.account} but whoever repairs it works a relay"
    return {told: requests([Asked(relaying(), ["*"])], who)}


def relaying() -> list[str]:
    """The actions that work a relay."""
    return read_table(Path(policies.__file__).with_name("additions.yaml"))["RES-P2"]["actions"]


def leaving(case: Case) -> dict[str, Document]:
    """What ends the rule of the organisation."""
    told = f"nobody in {case.site.account} leaves the organisation, closes the account or opens a region"
    return {told: requests([Asked(asked()["leaving"], ["*"])], anybody(case))}


def roles(case: Case) -> dict[str, Document]:
    """What the root user does, and what is done to the trusted roles and the auditor's."""
    root = f"arn:{partition(case)}:iam::{case.site.account}:root"
    as_root = together(PERSON, {"ArnEquals": {"aws:PrincipalArn": root}})
    found = {f"the root user of {case.site.account} does nothing": requests([Asked(asked()["root"], ["*"])], as_root)}
    named: dict[str, list[str]] = {}
    for role in sorted(case.trusted):
        named.setdefault(role.rpartition("/")[2], []).append(role)
    for name, arns in named.items():
        told = f"nobody but whoever repairs the site changes the role {name}"
        found[told] = requests([Asked(asked()["roles"], arns)], together(anybody(case), not_repairing(case)))
    auditors = f"arn:{partition(case)}:iam::{case.site.account}:role/clover/auditor/*"
    own = together(not_trusted(case), anybody(case))
    found["nobody outside the trusted base changes the auditor's roles"] = requests(
        [Asked(asked()["roles"], [auditors])], own
    )
    return found
