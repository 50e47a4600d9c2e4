"""Actions, resources, versions and variables: one row, one documented behaviour."""

from typing import Any

import pytest

from tests.logic.evaluator_cases import (
    ALLOW,
    BUCKET,
    DENY,
    ELEMENTS,
    KEYS,
    OBJECT,
    RESOURCE,
    SILENT,
    USER,
    VARIABLES,
    Case,
    Json,
    allowing,
    decision,
    denying,
    document,
    name_of,
    request,
    statement,
)

T, F = True, False
QUEUE = "arn:aws:sqs:eu-west-1:111122223333:orders"
LONG = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt"
UNCOMPLETED = "IAM User Guide, IAM identifiers"

ACTIONS: list[tuple[Any, bool, str]] = [
    ("s3:GetObject", T, ELEMENTS),
    ("S3:getobject", T, ELEMENTS),
    ("s3:Get*", T, ELEMENTS),
    ("s3:*Object", T, ELEMENTS),
    ("s3:GetObjec?", T, ELEMENTS),
    ("s3:GetObject?", F, ELEMENTS),
    ("*", T, ELEMENTS),
    ("*:*", T, ELEMENTS),
    ("s3:", F, ELEMENTS),
    ("s3:GetObject ", F, ELEMENTS),
    ("s3:GetObject,s3:PutObject", F, ELEMENTS),
    (["s3:PutObject", "s3:GetObject"], T, ELEMENTS),
    ("iam:*", F, ELEMENTS),
    ("s3:GetObjectAcl", F, ELEMENTS),
    ([], F, "IAM Access Analyzer policy check reference, Empty array action"),
]
RESOURCES: list[tuple[Any, str, bool, str]] = [
    (OBJECT, OBJECT, T, RESOURCE),
    ("*", OBJECT, T, RESOURCE),
    ("*", "*", T, RESOURCE),
    ("arn:aws:s3:::*", "*", F, "IAM User Guide, IAM JSON policy elements: NotAction (ListAllMyBuckets)"),
    ("arn:aws:s3:::store/*", OBJECT, T, RESOURCE),
    ("arn:aws:s3:::store", OBJECT, F, RESOURCE),
    ("arn:aws:s3:::store*", OBJECT, T, RESOURCE),
    ("arn:aws:s3:::store/*/test/*", "arn:aws:s3:::store/1/2/test/3/object.jpg", T, RESOURCE),
    ("arn:aws:s3:::store/*/test/*", "arn:aws:s3:::store/1///test///object.jpg", T, RESOURCE),
    ("arn:aws:s3:::store/*/test/*", "arn:aws:s3:::store/1/test/.jpg", T, RESOURCE),
    ("arn:aws:s3:::store/*/test/*", "arn:aws:s3:::store//test/object.jpg", T, RESOURCE),
    ("arn:aws:s3:::store/*/test/*", "arn:aws:s3:::store/1/test/", T, RESOURCE),
    ("arn:aws:s3:::store/*/test/*", "arn:aws:s3:::store/1-test/object.jpg", F, RESOURCE),
    ("arn:aws:s3:::store/*/test/*", "arn:aws:s3:::store/test/object.jpg", F, RESOURCE),
    ("arn:aws:s3:::store/*/test/*", "arn:aws:s3:::store/1/2/test.jpg", F, RESOURCE),
    ("arn:aws:s3:::store/a*.txt", "arn:aws:s3:::store/a:b.txt", T, RESOURCE),
    ("arn:aws:s3:::Store/*", OBJECT, F, RESOURCE),
    ("arn:aws:s3:::store/a/?.txt", OBJECT, T, RESOURCE),
    ("arn:aws:sqs:*:*:orders", QUEUE, T, RESOURCE),
    ("arn:aws:sqs:eu-*-1:111122223333:orders", QUEUE, T, RESOURCE),
    ("arn:aws:sqs:eu-west-?:111122223333:orders", QUEUE, T, RESOURCE),
    ("arn:aws:sqs:eu-west?1:111122223333:orders", "arn:aws:sqs:eu-west:1:111122223333:orders", F, RESOURCE),
    ("arn:aws:sqs:eu*-1:111122223333:orders", "arn:aws:sqs:eu:9-1:111122223333:orders", F, RESOURCE),
    ("arn:aws:sqs:us-*-1:111122223333:orders", QUEUE, F, RESOURCE),
    ("arn:aws:sqs:*", QUEUE, T, RESOURCE),
    ("arn:aws:someservice:*:111122223333:finance/*", LONG, T, RESOURCE),
    ("arn:aws:sqs", QUEUE, T, UNCOMPLETED),
    ("arn:aws:sns", QUEUE, F, UNCOMPLETED),
    ([BUCKET, OBJECT], OBJECT, T, RESOURCE),
    ([], OBJECT, F, "IAM Access Analyzer policy check reference, Empty array resource"),
]
TEAM = {"aws:PrincipalTag/team": "yellow"}
STORE = "arn:aws:s3:::store-"
VARIABLE_RESOURCES: list[tuple[str, str, Json, bool]] = [
    (STORE + "${aws:PrincipalTag/team}", STORE + "yellow", TEAM, T),
    (STORE + "${AWS:principaltag/TEAM}", STORE + "yellow", TEAM, T),
    (STORE + "${aws:PrincipalTag/team}", STORE + "blue", TEAM, F),
    (STORE + "${aws:PrincipalTag/team}", STORE + "yellow", {}, F),
    (STORE + "${aws:PrincipalTag/team}*", STORE + "yellow/x", TEAM, T),
    (STORE + "${aws:PrincipalTag/team, 'company-wide'}", STORE + "company-wide", {}, T),
    (STORE + "${aws:PrincipalTag/team, 'company-wide'}", STORE + "company-wide", TEAM, F),
    (STORE + "${aws:PrincipalTag/team, 'company-wide'}", STORE + "yellow", TEAM, T),
    (STORE + "${aws:PrincipalTag/team, ''}x", STORE + "x", {}, T),
    (STORE + "${aws:PrincipalTag/team, company-wide}", STORE + "company-wide", {}, F),
    (STORE + "${aws:username}", STORE + "anna", {}, T),
    (STORE + "${aws:TagKeys}", STORE + "a", {"aws:TagKeys": ["a", "b"]}, F),
    (STORE + "${aws:PrincipalTag/team}", STORE + "x*", {"aws:PrincipalTag/team": "*"}, F),
    (STORE + "${aws:PrincipalTag/team}", STORE + "any", {"aws:PrincipalTag/team": "*"}, F),
    (STORE + "${*}", STORE + "*", {}, T),
    (STORE + "${*}", STORE + "any", {}, F),
    (STORE + "${?}", STORE + "?", {}, T),
    (STORE + "${?}", STORE + "x", {}, F),
    (STORE + "${$}{x}", STORE + "${x}", {}, T),
    (STORE + "${unclosed", STORE + "${unclosed", {}, T),
    ("arn:aws:sqs:${aws:RequestedRegion}:111122223333:orders", QUEUE, {"aws:RequestedRegion": "eu-west-1"}, F),
]
VARIABLE_CONDITIONS: list[tuple[str, str, Any, bool]] = [
    ("StringEquals", "${aws:PrincipalTag/team}", "yellow", T),
    ("StringEquals", "${aws:PrincipalTag/none}", "yellow", F),
    ("StringNotEquals", "${aws:PrincipalTag/none}", "yellow", T),
    ("StringNotLike", "${aws:PrincipalTag/team}*", "yellow-1", F),
    ("StringLike", "home/${aws:username}/*", "home/anna/x", T),
    ("StringLike", "${*}", "*", T),
    ("StringLike", "${*}", "x", F),
    ("StringEquals", "${*}", "*", T),
    ("StringEquals", "${aws:PrincipalTag/none, 'default'}", "default", T),
    ("StringEqualsIgnoreCase", "${aws:PrincipalTag/team}", "YELLOW", T),
    ("ArnEquals", "arn:aws:iam::*:user/${aws:username}", USER, T),
    ("ArnEquals", "${aws:PrincipalArn}", USER, T),
    ("ArnNotEquals", "arn:aws:iam::*:user/${aws:PrincipalTag/none}", USER, T),
    ("Bool", "${aws:PrincipalIsAWSService}", "false", T),
    ("NumericEquals", "${aws:PrincipalTag/none, '7'}", "7", F),
    ("IpAddress", "${aws:PrincipalTag/none, '203.0.113.7'}", "203.0.113.7", F),
]


@pytest.mark.parametrize(("pattern", "covered", "source"), ACTIONS)
def test_an_action_pattern_covers_as_documented(pattern: Any, covered: bool, source: str) -> None:
    policy = allowing(Action=pattern)
    assert (decision(request(), {"identity": [policy]}) == ALLOW) is covered, source


@pytest.mark.parametrize(("pattern", "covered", "source"), [row for row in ACTIONS if row[0] != []])
def test_not_action_covers_the_rest(pattern: Any, covered: bool, source: str) -> None:
    policy = document(statement(Action=None, NotAction=pattern))
    assert (decision(request(), {"identity": [policy]}) == ALLOW) is not covered, source


@pytest.mark.parametrize("element", ["Action", "NotAction", "Resource", "NotResource"])
def test_an_empty_list_has_no_effect(element: str) -> None:
    elements: Json = {element.removeprefix("Not"): None, element: []}
    policy = document(statement(**elements))
    assert decision(request(), {"identity": [policy]}) == SILENT


@pytest.mark.parametrize(("pattern", "resource", "covered", "source"), RESOURCES)
def test_a_resource_pattern_covers_as_documented(pattern: Any, resource: str, covered: bool, source: str) -> None:
    policy = allowing(Resource=pattern)
    assert (decision(request(resource=resource), {"identity": [policy]}) == ALLOW) is covered, source


@pytest.mark.parametrize(("pattern", "resource", "covered", "source"), [row for row in RESOURCES if row[0] != []])
def test_not_resource_covers_the_rest(pattern: Any, resource: str, covered: bool, source: str) -> None:
    policy = document(statement(Resource=None, NotResource=pattern))
    assert (decision(request(resource=resource), {"identity": [policy]}) == ALLOW) is not covered, source


@pytest.mark.parametrize(("pattern", "resource", "context", "covered"), VARIABLE_RESOURCES)
def test_variables_in_a_resource(pattern: str, resource: str, context: Json, covered: bool) -> None:
    asked = request(resource=resource, context=context)
    assert (decision(asked, {"identity": [allowing(Resource=pattern)]}) == ALLOW) is covered, VARIABLES


@pytest.mark.parametrize(("operator", "value", "given", "holds"), VARIABLE_CONDITIONS)
def test_variables_in_a_condition(operator: str, value: str, given: Any, holds: bool) -> None:
    policy = allowing(Condition={operator: {"k:x": value}})
    asked = request(context={"k:x": given, **TEAM})
    assert (decision(asked, {"identity": [policy]}) == ALLOW) is holds, VARIABLES


LITERAL = allowing(Resource="arn:aws:s3:::${aws:username}")
CASES = [
    Case(
        "an older version takes placeholders literally",
        ALLOW,
        request(resource="arn:aws:s3:::${aws:username}"),
        {"identity": [LITERAL | {"Version": "2008-10-17"}]},
        VARIABLES,
    ),
    Case(
        "an older version does not fill placeholders in",
        SILENT,
        request(resource="arn:aws:s3:::anna"),
        {"identity": [LITERAL | {"Version": "2008-10-17"}]},
        VARIABLES,
    ),
    Case(
        "no version is the older one",
        SILENT,
        request(resource="arn:aws:s3:::anna"),
        {"identity": [document(statement(Resource="arn:aws:s3:::${aws:username}"), version=None)]},
        VARIABLES,
    ),
    Case(
        "a NotResource whose placeholder has no value spares nothing",
        DENY,
        request(),
        {
            "identity": [
                allowing(),
                document(statement("Deny", Resource=None, NotResource="arn:aws:s3:::${aws:PrincipalTag/none}*")),
            ]
        },
        VARIABLES,
    ),
    Case(
        "one statement may stand without a list", ALLOW, request(), {"identity": [{"Statement": statement()}]}, ELEMENTS
    ),
    Case("a policy may have an Id", ALLOW, request(), {"identity": [allowing() | {"Id": "a b"}]}, ELEMENTS),
    Case("no policy at all denies", SILENT, request(), {}, KEYS),
    Case("a deny in a second document wins", DENY, request(), {"identity": [allowing(), denying()]}, ELEMENTS),
    Case(
        "a deny for other actions does not",
        ALLOW,
        request(),
        {"identity": [allowing(), denying(Action="s3:PutObject")]},
        ELEMENTS,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_documents(case: Case) -> None:
    assert decision(case.request, case.policies) == case.expected, case.source
