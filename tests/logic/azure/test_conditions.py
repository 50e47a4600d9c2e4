"""Conditions on role assignments: one row of data, one documented construct or example."""

from typing import Any

import pytest
import yaml

from clover.logic.azure import Malformed, evaluate
from tests.logic.azure.evaluator_cases import ACCOUNT, ALICE, FOLDER, SUBSCRIPTION, Json

TABLE: Json = yaml.safe_load((FOLDER / "conditions.yaml").read_text())
EVERYTHING = {"actions": ["*"], "dataActions": ["*"]}
SOURCES = ("resource", "request", "principal", "environment")


def _holds(condition: str, row: Json) -> bool:
    asked: Json = {
        "principal": ALICE,
        "action": TABLE["actions"][row.get("does", "read")],
        "scope": ACCOUNT,
        "attributes": {source: row[source] for source in SOURCES if source in row},
    }
    if "suboperation" in row:
        asked["suboperation"] = row["suboperation"]
    assigned = {"principalId": ALICE, "scope": SUBSCRIPTION, "role": EVERYTHING, "condition": condition}
    return evaluate(asked, {"role_assignments": [assigned]}).decision == "allow"


@pytest.mark.parametrize("row", TABLE["cases"], ids=lambda row: row["name"].replace(" ", "-"))
def test_a_condition_holds_as_documented(row: Json) -> None:
    condition = row.get("text") or TABLE["conditions"][row["condition"]]
    found = (_holds(condition, row), _holds(f"!({condition})", row))
    expected = {True: (True, False), False: (False, True), "open": (False, False)}[row["holds"]]
    assert found == expected, TABLE["sources"][row["source"]]


def test_a_role_may_bear_a_condition_of_its_own() -> None:
    role = {**EVERYTHING, "condition": "@Environment[isPrivateLink] BoolEquals true", "conditionVersion": "2.0"}
    policies = {"role_assignments": [{"principalId": ALICE, "scope": SUBSCRIPTION, "role": role}]}
    asked: Json = {"principal": ALICE, "action": "a/read", "scope": ACCOUNT}
    linked = {**asked, "attributes": {"environment": {"isPrivateLink": True}}}
    assert evaluate(asked, policies).decision == "implicit_deny"
    assert evaluate(linked, policies).decision == "allow"


@pytest.mark.parametrize(("private", "expected"), [(True, "explicit_deny"), (False, "allow"), (None, "explicit_deny")])
def test_an_open_condition_lifts_no_denial(private: bool | None, expected: str) -> None:
    denied: Json = {
        "principals": [{"id": ALICE, "type": "User"}],
        "scope": SUBSCRIPTION,
        "permissions": {"actions": ["*"]},
        "condition": "@Environment[isPrivateLink] BoolEquals true",
        "isSystemProtected": True,
    }
    assigned = {"principalId": ALICE, "scope": SUBSCRIPTION, "role": EVERYTHING}
    asked: Json = {"principal": ALICE, "action": "a/write", "scope": ACCOUNT}
    if private is not None:
        asked["attributes"] = {"environment": {"isPrivateLink": private}}
    assert evaluate(asked, {"role_assignments": [assigned], "deny_assignments": [denied]}).decision == expected


MALFORMED: dict[str, tuple[str, str]] = {
    "nothing": ("", "character 1: expected an attribute or a value, got the end"),
    "a mixture": ("1 NumericEquals 1 AND 1 NumericEquals 1 OR 1 NumericEquals 1", "AND and OR side by side"),
    "an unknown operator": ("@Resource[a] StringContains 'b'", 'expected an operator such as StringEquals, got "Str'),
    "an address operator": ("@Environment[ip] IpMatch '10.0.0.0/8'", '"IpMatch"'),
    "an unknown quantifier": (
        "@Resource[a] ForNoneOfAnyValues:StringEquals {'b'}",
        '"ForNoneOfAnyValues:StringEquals"',
    ),
    "a quantified beginning": ("@Resource[a] ForAnyOfAnyValues:StringStartsWith {'b'}", '"ForAnyOfAnyValues:StringSta'),
    "an unknown source": ("@Session[a] StringEquals 'b'", "expected an attribute of @Resource, @Request"),
    "an unknown function": ("RoleMatches{'b'}", 'expected an attribute or a value, got "RoleMatches"'),
    "an operand alone": ("@Resource[a]", "expected an operator such as StringEquals, got the end"),
    "no right side": ("@Resource[a] StringEquals", "expected an attribute or a value, got the end"),
    "two conditions": ("1 NumericEquals 1 1 NumericEquals 1", "expected the end, AND or OR"),
    "an open parenthesis": ("(1 NumericEquals 1", "expected ), got the end"),
    "an open brace": ("{1, 2 ForAnyOfAnyValues:NumericEquals {1}", "expected }, got"),
    "an open string": ("@Resource[a] StringEquals 'b", 'character 27: "\'" begins no word'),
    "an empty attribute": ("@Resource[] StringEquals 'b'", '"@" begins no word'),
    "a word for a number": ("@Resource[a] NumericEquals 'many'", '"many" is no value of the operator'),
    "a decimal number": ("@Resource[a] NumericEquals 1.5", '"." begins no word'),
    "a date for a time": ("@Environment[UtcNow] DateTimeLessThan '2022-06-01'", '"2022-06-01" is no value'),
    "a GUID cut short": ("@Request[a] GuidEquals '5e467623'", '"5e467623" is no value'),
    "a number for a truth value": ("@Environment[isPrivateLink] BoolEquals 1", '"1" is no value'),
    "several values": ("@Resource[a] StringEquals {'b', 'c'}", "several values take an operator such as ForAnyOf"),
    "Exists of a literal": ("Exists 'a'", "expected an attribute of @Resource"),
    "a function without braces": ("ActionMatches 'a/read'", "expected {"),
    "a function of a number": ("ActionMatches{1}", "expected a string"),
    "a keyword as a string": ("'AND'", "expected an operator"),
    "deep nesting": ("(" * 60 + "1 NumericEquals 1" + ")" * 60, "nests at most 50 deep"),
    "great length": ("1 NumericEquals 1" + " " * 8200, "at most 8192 bytes"),
}


@pytest.mark.parametrize(("condition", "says"), MALFORMED.values(), ids=MALFORMED)
def test_a_construct_that_is_not_documented_is_refused_by_name(condition: str, says: str) -> None:
    with pytest.raises(Malformed) as refused:
        _holds(condition, {})
    assert str(refused.value).startswith("policies.role_assignments[0].condition: ")
    assert says in str(refused.value)


def test_only_the_current_version_is_known() -> None:
    policies: dict[str, Any] = {
        "role_assignments": [
            {
                "principalId": ALICE,
                "scope": SUBSCRIPTION,
                "role": EVERYTHING,
                "condition": "1 NumericEquals 1",
                "conditionVersion": "1.0",
            }
        ]
    }
    with pytest.raises(Malformed, match=r'conditionVersion: "1\.0" is not 2\.0'):
        evaluate({"principal": ALICE, "action": "a/read", "scope": ACCOUNT}, policies)
