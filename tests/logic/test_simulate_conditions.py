"""Every condition operator and qualifier: one row, one documented behaviour."""

from typing import Any

import pytest

from tests.logic.evaluator_cases import ALLOW, CONDITIONS, OPERATORS, decision, document, request, statement

Row = tuple[str, Any, Any, bool]
ABSENT = object()
T, F = True, False

STRINGS: list[Row] = [
    ("StringEquals", "anna", "anna", T),
    ("StringEquals", "anna", "Anna", F),
    ("StringEquals", "an*", "anna", F),
    ("StringEquals", "an*", "an*", T),
    ("StringEquals", ["bob", "anna"], "anna", T),
    ("StringEquals", "anna", ABSENT, F),
    ("StringEquals", "", "", T),
    ("StringEquals", "true", True, T),
    ("StringEquals", 7, "7", T),
    ("StringNotEquals", "anna", "anna", F),
    ("StringNotEquals", "anna", "bob", T),
    ("StringNotEquals", ["anna", "bob"], "bob", F),
    ("StringNotEquals", ["anna", "bob"], "carl", T),
    ("StringNotEquals", "anna", ABSENT, T),
    ("StringEqualsIgnoreCase", "ANNA", "anna", T),
    ("StringEqualsIgnoreCase", "ANNA", "bob", F),
    ("StringNotEqualsIgnoreCase", "ANNA", "anna", F),
    ("StringNotEqualsIgnoreCase", "ANNA", ABSENT, T),
    ("StringLike", "home/*", "home/a/b", T),
    ("StringLike", "home/?", "home/a", T),
    ("StringLike", "home/?", "home/ab", F),
    ("StringLike", "home/*", "Home/a", F),
    ("StringLike", "*a*b*", "xxaxxbxx", T),
    ("StringLike", "*a*b*", "xxbxxaxx", F),
    ("StringLike", "*", "", T),
    ("StringLike", "*", "line\nbreak", T),
    ("StringLike", "*", ABSENT, F),
    ("StringLike", "[a-z].(b|c)+", "[a-z].(b|c)+", T),
    ("StringLike", "[a-z]", "b", F),
    ("StringNotLike", "home/*", "home/a", F),
    ("StringNotLike", "home/*", "work/a", T),
    ("StringNotLike", "home/*", ABSENT, T),
    ("stringequals", "anna", "anna", T),
]
NUMBERS: list[Row] = [
    ("NumericEquals", "10", "10", T),
    ("NumericEquals", 10, 10, T),
    ("NumericEquals", "10", "10.0", T),
    ("NumericEquals", "0.1", 0.1, T),
    ("NumericEquals", "ten", "10", F),
    ("NumericEquals", "10", "ten", F),
    ("NumericEquals", "10", ABSENT, F),
    ("NumericNotEquals", "10", "11", T),
    ("NumericNotEquals", "10", "10", F),
    ("NumericNotEquals", "10", ABSENT, T),
    ("NumericLessThan", "10", "9", T),
    ("NumericLessThan", "10", "10", F),
    ("NumericLessThan", "-1", "-2", T),
    ("NumericLessThanEquals", "10", "10", T),
    ("NumericLessThanEquals", "10", "11", F),
    ("NumericGreaterThan", "9", "10", T),
    ("NumericGreaterThan", "10", "10", F),
    ("NumericGreaterThanEquals", "10", "10", T),
    ("NumericGreaterThanEquals", "1.2", "1.3", T),
    ("NumericGreaterThanEquals", "10", ABSENT, F),
    ("NumericEquals", "9007199254740993", "9007199254740992", F),
]
DATES: list[Row] = [
    ("DateEquals", "2026-10-01T00:00:00Z", "2026-10-01T00:00:00Z", T),
    ("DateEquals", "2026-10-01", "2026-10-01T00:00:00Z", T),
    ("DateEquals", "2026-10", "2026-10-01T00:00Z", T),
    ("DateEquals", "2026", "2026-01-01", T),
    ("DateEquals", "2026-10-01T02:00:00+02:00", "2026-10-01T00:00:00Z", T),
    ("DateEquals", "1970-01-02T00:00:00Z", "86400", T),
    ("DateEquals", 86400, "1970-01-02", T),
    ("DateEquals", "2026-10-01T00:00:00.25Z", "2026-10-01T00:00:00.250Z", T),
    ("DateEquals", "2026-02-30", "2026-02-30", F),
    ("DateEquals", "soon", "soon", F),
    ("DateNotEquals", "2026-10-01", "2026-10-02", T),
    ("DateNotEquals", "2026-10-01", "2026-10-01", F),
    ("DateLessThan", "2026-10-01T00:00:00Z", "2026-09-30T23:59:59Z", T),
    ("DateLessThan", "2026-10-01T00:00:00Z", "2026-10-01T00:00:00Z", F),
    ("DateLessThan", "2026-10-01T00:00:00Z", "2026-10-01T01:00:00+02:00", T),
    ("DateLessThan", "2026-10-01T12:00:00Z", "2026-10-01T11:59:59Z", T),
    ("DateLessThanEquals", "2026-10-01", "2026-10-01", T),
    ("DateGreaterThan", "2026-10-01T00:00:00Z", "2026-10-01T00:00:00.001Z", T),
    ("DateGreaterThan", "2026-10-01", ABSENT, F),
    ("DateGreaterThanEquals", "2026-10-01", "2026-10-01", T),
    ("DateGreaterThanEquals", "2026-10-01", "2026-09-30", F),
]
BOOLEANS_AND_BYTES: list[Row] = [
    ("Bool", "true", "true", T),
    ("Bool", True, "true", T),
    ("Bool", "false", False, T),
    ("Bool", "True", "TRUE", T),
    ("Bool", "true", "false", F),
    ("Bool", "true", "yes", F),
    ("Bool", "yes", "yes", F),
    ("Bool", "false", ABSENT, F),
    ("BinaryEquals", "QUJD", "QUJD", T),
    ("BinaryEquals", "QUJD", "QUJE", F),
    ("BinaryEquals", "not base64!", "not base64!", F),
    ("BinaryEquals", "QUJD", ABSENT, F),
]
ADDRESSES: list[Row] = [
    ("IpAddress", "203.0.113.0/24", "203.0.113.255", T),
    ("IpAddress", "203.0.113.0/24", "203.0.114.0", F),
    ("IpAddress", "203.0.113.7", "203.0.113.7", T),
    ("IpAddress", "203.0.113.7", "203.0.113.8", F),
    ("IpAddress", "203.0.113.7/24", "203.0.113.200", T),
    ("IpAddress", "0.0.0.0/0", "198.51.100.1", T),
    ("IpAddress", "0.0.0.0/0", "2001:db8::1", F),
    ("IpAddress", "::/0", "198.51.100.1", F),
    ("IpAddress", "::ffff:0:0/96", "198.51.100.1", F),
    ("IpAddress", "2001:DB8:1234:5678::/64", "2001:db8:1234:5678::1", T),
    ("IpAddress", ["203.0.113.0/24", "2001:DB8::/32"], "2001:db8::9", T),
    ("IpAddress", "2001:db8::1", "2001:0db8:0::1", T),
    ("IpAddress", "nonsense", "203.0.113.7", F),
    ("IpAddress", "203.0.113.0/255.255.255.0", "203.0.113.7", F),
    ("IpAddress", "203.0.113.0/24", ABSENT, F),
    ("NotIpAddress", "203.0.113.0/24", "203.0.113.7", F),
    ("NotIpAddress", "203.0.113.0/24", "198.51.100.1", T),
    ("NotIpAddress", "203.0.113.0/24", "2001:db8::1", T),
    ("NotIpAddress", ["203.0.113.0/24", "198.51.100.0/24"], "198.51.100.1", F),
    ("NotIpAddress", "203.0.113.0/24", ABSENT, T),
]
NAMED = "arn:aws:sns:eu-west-1:111122223333:topic/a"
LONG = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt"
ARNS: list[Row] = [
    ("ArnEquals", NAMED, NAMED, T),
    ("ArnEquals", "arn:aws:sns:*:111122223333:topic/*", NAMED, T),
    ("ArnLike", "arn:aws:sns:eu-west-?:111122223333:topic/?", NAMED, T),
    ("ArnLike", "arn:aws:sns:*:topic/*", NAMED, F),
    ("ArnLike", "arn:aws:sns:eu-west-1:*", NAMED, F),
    ("ArnLike", "arn:aws:someservice:*:111122223333:finance/*", LONG, F),
    ("StringLike", "arn:aws:someservice:*:111122223333:finance/*", LONG, T),
    ("ArnLike", "arn:aws:someservice:*:*:*finance/*", LONG, T),
    ("ArnLike", "ARN:aws:sns:*:*:*", NAMED, F),
    ("ArnLike", "arn:aws:sns:*:*:TOPIC/*", NAMED, F),
    ("ArnLike", "arn:aws:sns:*:*:*", "topic", F),
    ("ArnLike", "*", NAMED, T),
    ("ArnLike", "arn:aws:sns:*:*:*", ABSENT, F),
    ("ArnNotEquals", NAMED, NAMED, F),
    ("ArnNotEquals", "arn:aws:sns:*:*:topic/b", NAMED, T),
    ("ArnNotLike", ["arn:aws:sqs:*:*:*", "arn:aws:sns:*:*:*"], NAMED, F),
    ("ArnNotLike", "arn:aws:sqs:*:*:*", ABSENT, T),
]
PRESENCE: list[Row] = [
    ("Null", "true", ABSENT, T),
    ("Null", "false", ABSENT, F),
    ("Null", True, ABSENT, T),
    ("Null", "true", "x", F),
    ("Null", "false", "x", T),
    ("Null", "true", [], T),
    ("Null", "false", "", F),
    ("Null", ["true", "false"], "x", T),
    ("StringEqualsIfExists", "a", ABSENT, T),
    ("StringEqualsIfExists", "a", "a", T),
    ("StringEqualsIfExists", "a", "b", F),
    ("StringNotEqualsIfExists", "a", ABSENT, T),
    ("StringNotEqualsIfExists", "a", "a", F),
    ("NumericLessThanIfExists", "5", "9", F),
    ("BoolIfExists", "false", ABSENT, T),
    ("ArnLikeIfExists", "arn:aws:sns:*:*:*", ABSENT, T),
    ("IpAddressIfExists", "203.0.113.0/24", ABSENT, T),
    ("DateLessThanIfExists", "2026-01-01", ABSENT, T),
]
SETS: list[Row] = [
    ("ForAnyValue:StringEquals", ["a", "b"], ["b", "c"], T),
    ("ForAnyValue:StringEquals", ["a", "b"], ["c", "d"], F),
    ("ForAnyValue:StringEquals", ["a", "b"], [], F),
    ("ForAnyValue:StringEquals", ["a", "b"], ABSENT, F),
    ("ForAnyValue:StringEquals", "", "", F),
    ("ForAnyValue:StringEquals", "a", "a", T),
    ("ForAnyValue:StringLike", "a*", ["b", "abc"], T),
    ("ForAnyValue:StringNotEquals", ["a", "b"], ["a", "c"], T),
    ("ForAnyValue:StringNotEquals", ["a", "b"], ["a", "b"], F),
    ("ForAnyValue:StringNotEquals", "a", ABSENT, F),
    ("ForAnyValue:StringEqualsIfExists", "a", ABSENT, T),
    ("ForAnyValue:StringEquals", [], ["a"], F),
    ("ForAllValues:StringEquals", ["a", "b", "c"], ["a", "b"], T),
    ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], F),
    ("ForAllValues:StringEquals", ["a", "b"], [], T),
    ("ForAllValues:StringEquals", ["a", "b"], "", T),
    ("ForAllValues:StringEquals", ["a", "b"], ABSENT, T),
    ("ForAllValues:StringEquals", [], ["a"], F),
    ("ForAllValues:StringEquals", [], ABSENT, T),
    ("ForAllValues:StringNotEquals", ["a", "b"], ["c", "d"], T),
    ("ForAllValues:StringNotEquals", ["a", "b"], ["a", "d"], F),
    ("ForAllValues:StringLike", ["key*"], ["key1", "key2"], T),
    ("forallvalues:stringlikeifexists", "key*", ["key1"], T),
    ("ForAllValues:ArnLike", "arn:aws:sns:*:*:*", [NAMED], T),
    ("ForAnyValue:NumericGreaterThan", "5", [1, 9], T),
    ("ForAnyValue:Bool", "true", ["false", "true"], T),
    ("StringEquals", "a", ["a"], T),
    ("StringEquals", "a", ["a", "b"], F),
    ("StringNotEquals", "x", ["a", "b"], F),
    ("StringNotEquals", "x", [], T),
]
TABLE = [
    *((*row, OPERATORS) for row in [*STRINGS, *NUMBERS, *DATES, *BOOLEANS_AND_BYTES, *ADDRESSES, *ARNS, *PRESENCE]),
    *((*row, CONDITIONS) for row in SETS),
]


def _holds(condition: dict[str, Any], context: dict[str, Any]) -> bool:
    """Whether a statement with the condition applies."""
    policy = document(statement(Condition=condition))
    return decision(request(context=context), {"identity": [policy]}) == ALLOW


@pytest.mark.parametrize(("operator", "policy", "given", "expected", "source"), TABLE)
def test_an_operator_holds_as_documented(operator: str, policy: Any, given: Any, expected: bool, source: str) -> None:
    context = {} if given is ABSENT else {"s3:prefix": given}
    assert _holds({operator: {"s3:prefix": policy}}, context) is expected, source


def test_key_names_ignore_case() -> None:
    assert _holds({"StringEquals": {"AWS:RequestedREGION": "eu-west-1"}}, {"aws:requestedRegion": "eu-west-1"})


def test_every_key_and_every_operator_has_to_hold() -> None:
    both = {"StringEquals": {"k:a": "1", "k:b": "2"}, "Bool": {"k:c": "true"}}
    context = {"k:a": "1", "k:b": "2", "k:c": "true"}
    assert _holds(both, context)
    assert not any(_holds(both, context | {key: "other"}) for key in context)


def test_an_empty_condition_is_no_condition() -> None:
    assert _holds({}, {})
    assert _holds({"StringEquals": {}}, {})


def test_a_key_given_as_null_is_absent_and_is_not_derived() -> None:
    absent = {"Null": {"aws:PrincipalArn": "true"}}
    assert not _holds(absent, {})
    assert _holds(absent, {"aws:PrincipalArn": None})
