"""Every published path is found where the permissions allow it, with a chain that replays, and nowhere else."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from clover.controls.operator.aws_escalation import nobody_becomes_more
from clover.controls.verdict import Answer, Outcome
from clover.model.aws.escalations import rows
from clover.sources import Resource
from clover.sources.plain import as_object
from tests.controls.operator import plans
from tests.mutants.replay import replay
from tests.mutants.site import case_of, zone_with

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "escalation_cases.yaml").read_text("utf-8"))
PUBLISHED = [row for row in rows() if "-0" in row["id"]]
ALLOWED = {"Effect": "Allow", "Resource": "*"}


def answer(resources: Iterable[Resource], *, foundation: bool = False) -> Answer:
    """What is answered about the caller; a refutation's chain replays."""
    held = list(resources)
    case = case_of(held) if foundation else case_of(held, under=zone_with({}))
    found = next(each for each in nobody_becomes_more(case) if (each.resource or "").endswith("::caller"))
    if found.outcome is Outcome.REFUTED:
        replay("OPR-1", found, case)
    return found


def callers(row: Mapping[str, Any]) -> str:
    """Whether a path is a role's or a user's."""
    own = row["by"] == "self" and row.get("about") in ("user", "group")
    return "user" if own else "role"


def around(row: Mapping[str, Any]) -> Iterator[Resource]:
    """What has to exist for a path."""
    if row["by"] == "pass":
        yield from plans.administrator({"Service": row["service"]})
    elif row["by"] == "run":
        yield from plans.administrator({"Service": row["service"]})
        yield from things(row)
    elif row["by"] == "principal" and row["about"] == "user":
        yield from plans.user()
    elif row["by"] == "principal":
        yield from plans.administrator({"AWS": plans.ROOT})
    elif row.get("about") == "group":
        yield from plans.group(member="iam:AddUserToGroup" not in row["actions"])


def things(row: Mapping[str, Any]) -> Iterator[Resource]:
    """The thing of a service; a launch template where the path is about one."""
    if "ec2:ModifyLaunchTemplate" in row["actions"]:
        template = "aws:ec2/launchTemplate:LaunchTemplate"
        yield plans.resource(template, "thing", iamInstanceProfile={"name": "target"})
        yield plans.resource("aws:iam/instanceProfile:InstanceProfile", "target", name="target", role="target")
    else:
        yield from plans.thing(row["service"])


def holding(row: Mapping[str, Any], *statements: Mapping[str, Any]) -> list[Resource]:
    """A caller that holds some statements, and what the path needs beside it."""
    text = plans.document(statements)
    return [*plans.caller(callers(row), [text]), *around(row)]


def test_the_published_paths_are_all_there():
    assert len(PUBLISHED) == 65


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row["id"])
def test_a_path_is_found_where_its_actions_are_allowed(row: Mapping[str, Any]):
    found = answer(holding(row, {**ALLOWED, "Action": row["actions"]}))
    assert found.outcome is Outcome.REFUTED, found


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row["id"])
def test_a_path_is_none_where_its_actions_are_denied(row: Mapping[str, Any]):
    denied = {"Effect": "Deny", "Resource": "*", "Action": row["actions"]}
    assert answer(holding(row, {**ALLOWED, "Action": row["actions"]}, denied)).outcome is Outcome.PROVED


SHORTER = [(row, action) for row in PUBLISHED for action in row["actions"] if len(row["actions"]) > 1]


@pytest.mark.parametrize(("row", "action"), SHORTER, ids=lambda each: each if isinstance(each, str) else each["id"])
def test_a_path_is_none_without_any_one_action_unless_the_rest_is_another_path(row: Mapping[str, Any], action: str):
    left = [each for each in row["actions"] if each != action]
    found = answer(holding(row, {**ALLOWED, "Action": left}))
    shorter = [each for each in rows() if set(each["actions"]) <= set(left)]
    assert (found.outcome is Outcome.REFUTED) <= bool(shorter), found


@pytest.mark.parametrize("row", [row for row in PUBLISHED if row["by"] in ("pass", "run")], ids=lambda row: row["id"])
def test_a_path_is_none_where_no_role_or_thing_is_there_for_it(row: Mapping[str, Any]):
    text = plans.document([{**ALLOWED, "Action": row["actions"]}])
    assert answer(plans.caller("role", [text])).outcome is Outcome.PROVED
    other = [*plans.caller("role", [text]), *plans.administrator({"Service": "backup.amazonaws.com"})]
    assert answer(other).outcome is Outcome.PROVED


@pytest.mark.parametrize("row", [row for row in PUBLISHED if row["by"] == "pass"], ids=lambda row: row["id"])
def test_a_role_is_not_handed_to_another_service_than_the_policy_says(row: Mapping[str, Any]):
    others = [action for action in row["actions"] if action != "iam:PassRole"]
    bound = {"StringEquals": {"iam:PassedToService": "backup.amazonaws.com"}}
    passing = {**ALLOWED, "Action": "iam:PassRole", "Condition": bound}
    assert answer(holding(row, {**ALLOWED, "Action": others}, passing)).outcome is Outcome.PROVED


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row["id"])
def test_a_path_is_none_for_whoever_holds_everything_already(row: Mapping[str, Any]):
    assert answer(holding(row, {**ALLOWED, "Action": "*"})).outcome is Outcome.PROVED


def statement(listed: list[Any]) -> dict[str, Any]:
    """The statement of a case."""
    effect, actions, about, *condition = listed
    which = as_object(actions) or {"Action": actions}
    held = {"Condition": condition[0]} if condition else {}
    return {"Effect": effect, **which, "Resource": about, **held}


def beside(needs: Mapping[str, Any]) -> Iterator[Resource]:
    """What exists beside the caller of a case."""
    if "role" in needs:
        yield from plans.administrator({"Service": needs["role"]})
    if "thing" in needs:
        yield from plans.administrator({"Service": needs["thing"]})
        yield from plans.thing(needs["thing"])
    if "user" in needs:
        yield from plans.user()
    if "group" in needs or "member" in needs:
        yield from plans.group(member="member" in needs)
    if needs.get("open") == "nothing":
        yield plans.role("target", {"AWS": plans.ROOT})
    elif "open" in needs:
        yield from plans.administrator({"AWS": plans.ROOT})


AS_DECLARED = [(each, kind) for each in CASES for kind in ("role", "user") if each.get("only", kind) == kind]


def test_the_cases_of_iam_vulnerable_are_all_there():
    kinds = Counter(each["id"].partition("-")[0].rstrip("0123456789") for each in CASES)
    assert kinds == {"privesc": 33, "fn": 4, "fp": 5}
    assert not any(each["found"] for each in CASES if each["id"].startswith("fp"))


@pytest.mark.parametrize(("known", "kind"), AS_DECLARED, ids=lambda each: each if isinstance(each, str) else each["id"])
def test_a_case_of_iam_vulnerable_is_found_or_left_alone(known: dict[str, Any], kind: str):
    texts = [plans.document([statement(each)]) for each in known["policies"]]
    if known["id"].startswith("fp1"):
        texts = [plans.document([statement(each) for each in known["policies"]])]
    prefix = known["id"].partition("-")[0]
    found = answer([*plans.caller(kind, texts, prefix), *beside(known.get("needs", {}))])
    assert found.outcome is (Outcome.REFUTED if known["found"] else Outcome.PROVED), found


PUT = {**ALLOWED, "Action": "iam:PutRolePolicy"}
OWN = f"arn:aws:iam::{plans.ACCOUNT}:role/caller"


def test_several_steps_are_one_chain():
    middle = [
        plans.role("middle", {"AWS": OWN}),
        *plans.managed("middle-policy", plans.document([PUT]), "middle", "role"),
    ]
    assuming = plans.document([{**ALLOWED, "Action": "sts:AssumeRole"}])
    found = answer([*plans.caller("role", [assuming]), *middle])
    chain = (found.counterexample or {})["requests"]
    assert [request["action"] for request in chain] == ["sts:AssumeRole", "iam:PutRolePolicy"]
    assert chain[1]["principal"].endswith(":role/middle")


def test_a_role_that_trusts_the_caller_by_name_is_part_of_what_it_was_given():
    named = [plans.role("target", {"AWS": OWN}), *plans.managed("wide", plans.ADMINISTRATOR, "target", "role")]
    assuming = plans.document([{**ALLOWED, "Action": "sts:AssumeRole"}])
    assert answer([*plans.caller("role", [assuming]), *named]).outcome is Outcome.PROVED


def limited(*statements: Mapping[str, Any]) -> list[Resource]:
    """A caller that may write its own policies, within a boundary."""
    arn = f"arn:aws:iam::{plans.ACCOUNT}:policy/limit"
    limit = plans.document([{**ALLOWED, "Action": ["s3:ListAllMyBuckets", "iam:*Role*"]}, *statements])
    held = plans.document([PUT, {**ALLOWED, "Action": ["s3:ListAllMyBuckets", "iam:*"]}])
    return [*plans.caller("role", [held], permissionsBoundary=arn), *plans.managed("limit", limit, "nobody", "role")]


def test_a_boundary_limits_what_a_role_can_give_itself_until_it_takes_it_away():
    kept = {"Effect": "Deny", "Action": "iam:*RolePermissionsBoundary", "Resource": "*"}
    trusting = {"Effect": "Deny", "Action": ["iam:UpdateAssumeRolePolicy", "sts:*"], "Resource": "*"}
    assert answer(limited()).outcome is Outcome.REFUTED
    assert answer(limited(kept, trusting)).outcome is Outcome.PROVED


def test_the_organisation_keeps_the_trusted_base_to_itself():
    about = "arn:aws:iam::111122223333:role/clover/*"
    text = plans.document([{"Effect": "Allow", "Action": "iam:UpdateAssumeRolePolicy", "Resource": about}])
    held = list(plans.caller("role", [text]))
    assert answer(held).outcome is Outcome.REFUTED
    bound = answer(held, foundation=True)
    assert bound.outcome is Outcome.PROVED
    assert bound.given


def test_a_policy_that_no_stack_declares_is_not_known():
    attachment = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    aws = plans.resource(attachment, "aws", role="caller", policyArn="arn:aws:iam::aws:policy/PowerUserAccess")
    assert answer([*plans.caller("role", []), aws]).outcome is Outcome.UNKNOWN
