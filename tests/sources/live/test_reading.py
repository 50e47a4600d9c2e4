"""Tables of calls against a cloud whose answers are written here."""

from collections.abc import Mapping
from typing import Any

import pytest

from clover.sources.live.conversions import convert
from clover.sources.live.observation import Observer, as_export
from clover.sources.live.paths import UNREAD, evaluate
from clover.sources.live.reading import Found, Reading, RefusedCallError
from clover.sources.live.site import tables
from clover.sources.values import SENTINELS

GROUND = {"account": "111122223333", "region": "eu-west-1", "partition": "aws"}


class Answers:
    """A cloud that gives the answers that it was told, by call, or refuses with a code."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers, self.asked = answers, list[tuple[str, Mapping[str, Any]]]()

    def call(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        self.asked.append((operation, parameters))
        answer = self.answers.get(operation, {})
        if isinstance(answer, str):
            raise RefusedCallError(operation, answer)
        return answer


def read(rows: list[dict[str, Any]], answers: Mapping[str, Any]) -> tuple[list[Found], Reading]:
    reading = Reading(Answers(answers), GROUND)
    return list(reading.read(rows)), reading


ROWS: list[dict[str, Any]] = [
    {
        "call": "s3.list",
        "items": "Buckets",
        "also": {"policy": {"call": "s3.policy", "with": {"Bucket": "Name"}, "absent": ["NoPolicy"]}},
        "gives": [
            {"type": "bucket", "id": "Name", "properties": {"arn": "arn:{@.partition}:s3:::{Name}"}},
            {"type": "policy", "if": "policy", "id": "Name", "properties": {"policy": "policy.Policy"}},
        ],
    }
]
LISTED = {"s3.list": {"Buckets": [{"Name": "profiles"}]}}


def test_what_is_listed_becomes_resources() -> None:
    found, reading = read(ROWS, {**LISTED, "s3.policy": {"Policy": "{}"}})
    assert found == [
        Found("bucket", "profiles", {"arn": "arn:aws:s3:::profiles"}),
        Found("policy", "profiles", {"policy": "{}"}),
    ]
    assert not reading.gaps


def test_an_answer_that_says_that_nothing_is_set_is_no_gap() -> None:
    found, reading = read(ROWS, {**LISTED, "s3.policy": "NoPolicy"})
    assert [thing.type for thing in found] == ["bucket"]
    assert not reading.gaps


def test_a_refused_call_leaves_a_thing_that_is_not_known_and_a_gap_with_the_call() -> None:
    found, reading = read(ROWS, {**LISTED, "s3.policy": "AccessDenied"})
    assert found[1] == Found("policy", "profiles", {"policy": UNREAD})
    assert [tuple(gap) for gap in reading.gaps] == [("s3.policy", "profiles", "AccessDenied", "values")]


def test_a_refused_listing_is_a_gap_and_no_empty_list() -> None:
    found, reading = read(ROWS, {"s3.list": "AccessDenied"})
    assert not found
    assert [tuple(gap) for gap in reading.gaps] == [("s3.list", "all", "AccessDenied", "things")]


def test_a_condition_that_is_not_known_leaves_nothing_out() -> None:
    row = {**ROWS[0], "gives": [{**ROWS[0]["gives"][0], "unless": "policy.Policy"}]}
    found, _ = read([row], {**LISTED, "s3.policy": "AccessDenied"})
    assert [thing.type for thing in found] == ["bucket"]


def test_what_lies_in_a_thing_is_asked_for_with_its_names() -> None:
    inner: dict[str, Any] = {"call": "s3.rules", "with": {"Bucket": "^.Name"}, "items": "Rules"}
    inner["gives"] = [{"type": "rule", "id": "{^.Name}/{it}", "properties": {"bucket": "^.Name"}}]
    found, _ = read([{**ROWS[0], "gives": [], "each": [inner]}], {**LISTED, "s3.rules": {"Rules": ["one", "two"]}})
    assert [thing.id for thing in found] == ["profiles/one", "profiles/two"]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("a.b[1].c", 2),
        ("a.b[7].c", None),
        ("=a.b", "a.b"),
        ("missing | else false", False),
        ("name | is profiles usage", True),
        ("{name}-{a.missing}", "profiles-"),
        ({"x": "name", "y": "missing"}, {"x": "profiles"}),
        (["name"], ["profiles"]),
        (True, True),
        ("gone.at.all", UNREAD),
        ("gone.at | camel", UNREAD),
        ("x-{gone}", UNREAD),
    ],
)
def test_expressions(expression: Any, value: Any) -> None:
    known = {"a": {"b": [{"c": 1}, {"c": 2}]}, "name": "profiles", "gone": UNREAD}
    assert evaluate(expression, known) == value


def test_rules_of_a_security_group_keep_every_peer_and_name_the_group_itself() -> None:
    permission = {
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "site"}, {"CidrIp": "0.0.0.0/0"}],
        "UserIdGroupPairs": [{"GroupId": "sg-1"}, {"GroupId": "sg-2"}],
    }
    ports = {"protocol": "tcp", "fromPort": 443, "toPort": 443}
    assert convert("rules", [permission], {"GroupId": "sg-1"}, ()) == [
        {**ports, "description": "site", "cidrBlocks": ["10.0.0.0/8"]},
        {**ports, "cidrBlocks": ["0.0.0.0/0"], "self": True, "securityGroups": ["sg-2"]},
    ]


def test_every_conversion_and_call_of_the_tables_exists() -> None:
    botocore = pytest.importorskip("botocore.session")
    session, seen = botocore.get_session(), dict[str, set[str]]()
    for call in _calls(list(tables().values())):
        service, _, operation = call.partition(".")
        names = seen.setdefault(service, set(session.get_service_model(service).operation_names))
        assert operation.replace("_", "") in {name.lower() for name in names}, call


def _calls(value: Any) -> list[str]:
    if isinstance(value, list):
        return [call for item in value for call in _calls(item)]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, dict):
        own = [value["call"]] if "call" in value else []  # pyright: ignore[reportUnknownVariableType]
        return [*own, *(call for item in value.values() for call in _calls(item))]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return []


def test_an_export_says_who_looked_what_was_refused_and_what_is_not_known() -> None:
    found = [Found("aws:s3/bucketPolicy:BucketPolicy", "profiles", {"policy": UNREAD, "tagsAll": {"a": "b"}})]
    _, reading = read(ROWS, {"s3.list": "AccessDenied"})
    export = as_export(Observer("dublin", "europe", "arn:aws:sts::1:x", lab=True), found, reading.gaps)
    assert export["observed"]["gaps"] == [
        {"call": "s3.list", "about": "all", "code": "AccessDenied", "hides": "things"}
    ]
    root, policy = export["deployment"]["resources"]
    assert root["outputs"]["site"] == {"name": "dublin", "zone": "europe"}
    assert policy["outputs"]["policy"] in SENTINELS
    assert policy["outputs"]["tags"] == {"a": "b"}


def test_a_rule_has_the_id_that_the_provider_gives_it_and_rules_of_services_are_left_out() -> None:
    own, other = {"Name": "changes", "EventBusName": "default"}, {"Name": "changes", "EventBusName": "work"}
    answers = {
        "events.list_event_buses": {"EventBuses": [{"Name": "default", "Policy": "{}"}]},
        "events.list_rules": {
            "Rules": [own, other, {**own, "Name": "ofAService", "ManagedBy": "backup.amazonaws.com"}]
        },
        "events.list_targets_by_rule": {"Targets": [{"Id": "monitor", "Arn": "arn:aws:events:::event-bus/monitor"}]},
    }
    found, reading = read(tables()["events"], answers)
    assert [(thing.type.rpartition(":")[2], thing.id) for thing in found] == [
        ("EventBusPolicy", "default"),
        ("EventRule", "changes"),
        ("EventTarget", "default/changes/monitor"),
        ("EventRule", "work/changes"),
        ("EventTarget", "work/changes/monitor"),
    ]
    assert not reading.gaps
