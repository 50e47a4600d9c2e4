"""The examples of Azure's documentation, decided as their pages say."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from clover.logic.azure import evaluate
from tests.logic.azure.evaluator_cases import ACCOUNT, ALICE, SUBSCRIPTION, Json

TABLE: Json = yaml.safe_load((Path(__file__).parent / "azure.yaml").read_text())
EXCLUDED = {"actions": "notActions", "dataActions": "notDataActions"}
ATTRIBUTE = re.compile(r"@(\w+)\[(.+)\]")
EVERYTHING = {"actions": ["*"], "dataActions": ["*"]}


def _roles() -> list[Any]:
    """Every role with one action, and whether it is permitted."""
    return [
        pytest.param(row, action.removeprefix("!"), not action.startswith("!"), id=f"{row['name']}-{number + 1}")
        for row in TABLE["roles"]
        for number, action in enumerate(row["permits"])
    ]


def _cases() -> list[Any]:
    """Every case of every example."""
    return [
        pytest.param(example, case, id=f"{example['name']}-{number + 1}")
        for example in TABLE["examples"]
        for number, case in enumerate(example["cases"])
    ]


@pytest.mark.parametrize(("row", "action", "permitted"), _roles())
def test_a_role_permits_as_documented(row: Json, action: str, permitted: bool) -> None:
    role = {row["plane"]: row["covers"], EXCLUDED[row["plane"]]: row.get("but", [])}
    asked = {"principal": ALICE, "action": action, "scope": ACCOUNT, "is_data_action": row["plane"] == "dataActions"}
    assigned = {"principalId": ALICE, "scope": SUBSCRIPTION, "role": role}
    decided = evaluate(asked, {"role_assignments": [assigned]}).decision
    assert (decided == "allow") is permitted, TABLE["sources"]["roles"]


@pytest.mark.parametrize(("example", "case"), _cases())
def test_a_condition_allows_as_documented(example: Json, case: Json) -> None:
    attributes: dict[str, Json] = {}
    for name, value in case.get("given", {}).items():
        source, attribute = _attribute(name)
        attributes.setdefault(source, {})[attribute] = value
    asked: Json = {"principal": ALICE, "action": TABLE["actions"][case["does"]], "scope": ACCOUNT}
    asked |= {"is_data_action": "assign" not in case["does"], "attributes": attributes}
    if "suboperation" in case:
        asked["suboperation"] = TABLE["suboperations"][case["suboperation"]]
    condition = " AND ".join(f"({_part(part)})" for part in example["parts"])
    assigned = {"principalId": ALICE, "scope": SUBSCRIPTION, "role": EVERYTHING, "condition": condition}
    decided = evaluate(asked, {"role_assignments": [assigned]}).decision
    assert (decided == "allow") is case["allowed"], TABLE["sources"][example["source"]]


def _attribute(name: str) -> tuple[str, str]:
    """The source and the name of an attribute."""
    found = ATTRIBUTE.fullmatch(TABLE["attributes"][name])
    assert found is not None
    return found[1].lower(), found[2]


def _part(part: Json) -> str:
    """One part as its page writes it: other actions, or the expression."""
    others = " AND ".join(f"!({_target(target)})" for target in part["targets"])
    written = re.sub(r"%([^%]+)%", lambda found: TABLE["attributes"][found[1]], part["expression"])
    return f"({others}) OR ({written})"


def _target(target: str) -> str:
    """The actions that a part limits, with or without a suboperation."""
    for joint, sign in ((" but ", "AND NOT"), (" with ", "AND")):
        action, found, suboperation = target.partition(joint)
        if found:
            matched = f"SubOperationMatches{{'{TABLE['suboperations'][suboperation]}'}}"
            return f"ActionMatches{{'{TABLE['actions'][action]}'}} {sign} {matched}"
    return f"ActionMatches{{'{TABLE['actions'][target]}'}}"
