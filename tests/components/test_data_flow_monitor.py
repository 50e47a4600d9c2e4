"""The monitor and the channel on AWS: each detection put to events by moto's own reading, each policy to requests."""

import json
from typing import Any

import pytest
from moto.events.models import EventPattern

from clover.logic.aws import evaluate
from clover.model.aws.incidents import KEEPER, SITE, VAULT, Event, Expected, Place, kept, noticed
from components.aws import AccessTrail, DataFlowMonitor, IncidentChannel
from components.aws import site as names
from components.refusal import Refusal
from tests.components.answers import ACCOUNT, REGION, created, previewed
from tests.components.asking import EVERYTHING
from tests.components.conftest import policy_of
from tests.components.sample import DEPLOYER
from tests.components.sample import SITE as DUBLIN
from tests.recorder import Registration, World, declaring

AUDITORS = "444455556666"
AUDITORS_DEPLOYER = f"arn:aws:iam::{AUDITORS}:role/clover/auditor-deployer"
PLACE = names.vault_place(DUBLIN, AUDITORS, AUDITORS_DEPLOYER)
CHANNEL, BUS = names.channel_arn(PLACE), names.monitor_bus_arn(PLACE)
ADDRESSES = ("https://auditor.example.org/clover", "https://authority.example.org/ie", "mailto:desk@example.org")
RULE, ALARM = "aws:cloudwatch/eventRule:EventRule", "aws:cloudwatch/metricAlarm:MetricAlarm"
EVENTS = Place(ACCOUNT, AUDITORS, REGION, names.vault_bucket(PLACE), f"clover-dublin-{ACCOUNT}-user-data-profiles")
TOLD: Any = {"site": DUBLIN, "account": AUDITORS, "deployer": AUDITORS_DEPLOYER, "declared_at": "zones/europe.yaml:195"}


def told(**more: Any) -> Any:
    """What either component is told, with more of its own."""
    return {**TOLD, **more}


def declare() -> None:
    IncidentChannel("dublin-incidents", told(auditor=ADDRESSES[0], authorities=ADDRESSES[1:]))
    DataFlowMonitor("dublin-monitor", told(vault=names.vault_bucket(PLACE), channel=CHANNEL))


@pytest.fixture(scope="module")
def auditors() -> World:
    with declaring(created, stack_name="auditor") as declared:
        declare()
    return declared


@pytest.fixture(scope="module")
def sites() -> World:
    with declaring(created, stack_name="dublin") as declared:
        AccessTrail("trail", {"site": DUBLIN, "evidence": "arn:aws:s3:::vault", "key": "key", "monitor": BUS})
    return declared


def fits(rule: Registration, event: Event) -> bool:
    """Whether moto finds that an event fits a rule's pattern."""
    pattern = rule.inputs.get("eventPattern")
    read: Any = EventPattern(pattern, json.loads(pattern)) if pattern else None
    return bool(read) and read.matches_event(event)


def on_bus(world: World, bus: str | None) -> list[Registration]:
    return [rule for rule in world.all(RULE) if rule.inputs.get("eventBusName") == bus]


EVERY = [(each, event) for each in (*noticed(EVENTS), *kept(EVENTS)) for event in each.events]


def called(pair: tuple[Expected, Event]) -> str:
    expected, event = pair
    return f"{expected.of}-{event['detail'].get('eventName', expected.what)}".replace(" ", "-")


@pytest.mark.parametrize("pair", EVERY, ids=called)
def test_every_event_fits_a_rule_where_it_comes_up(auditors: World, pair: tuple[Expected, Event]) -> None:
    expected, event = pair
    rules = on_bus(auditors, names.monitor_bus(PLACE) if expected.of == SITE else None)
    if expected.ticks and expected.of == KEEPER:
        assert [rule.name for rule in rules if rule.inputs.get("scheduleExpression")] == ["dublin-incidents-heartbeat"]
    else:
        assert [rule.name for rule in rules if fits(rule, event)]


@pytest.mark.parametrize("pair", [pair for pair in EVERY if pair[0].of == SITE], ids=called)
def test_every_event_of_the_site_is_sent(sites: World, pair: tuple[Expected, Event]) -> None:
    expected, event = pair
    rules = sites.all(RULE)
    found = {rule.inputs["name"] for rule in rules if fits(rule, event)}
    if expected.ticks:
        found = {rule.inputs["name"] for rule in rules if rule.inputs.get("scheduleExpression") == "rate(5 minutes)"}
    targets = sites.all("aws:cloudwatch/eventTarget:EventTarget")
    assert found & {target.inputs["rule"] for target in targets if target.inputs["arn"] == BUS}


IN_ORDER = {"vpcEndpointId": "vpce-1", "additionalEventData": {"bytesTransferredOut": 4096}}


@pytest.mark.parametrize(
    ("what", "of", "change"),
    [
        ("a read from outside the site's network", SITE, {"detail": IN_ORDER}),
        ("a change of a key", SITE, {"detail": {"eventName": "GenerateDataKey", "readOnly": True}}),
        (
            "a change of a route, a gateway or a firewall",
            SITE,
            {"detail": {"eventName": "DescribeRoutes", "readOnly": True}},
        ),
        ("an unusual number of connections", VAULT, {"detail": {"object": {"size": 4096}}}),
        ("a denied connection", VAULT, {"detail": {"bucket": {"name": "clover-hamar-evidence"}}}),
        ("a refused read of the vault", KEEPER, {"detail": {"requestParameters": {"bucketName": "another"}}}),
    ],
)
def test_what_is_in_order_or_somebody_elses_fits_nothing(
    auditors: World, what: str, of: str, change: dict[str, Any]
) -> None:
    expected = next(each for each in noticed(EVENTS) if (each.what, each.of) == (what, of))
    rules = on_bus(auditors, names.monitor_bus(PLACE) if of == SITE else None)
    assert not [rule.name for rule in rules if fits(rule, over(expected.events[0], change))]


def over(event: Any, change: Any) -> Any:
    """The event with another value where the change has one."""
    if not isinstance(event, dict) or not isinstance(change, dict):
        return change
    return {**event, **{name: over(event.get(name), value) for name, value in change.items()}}  # pyright: ignore


def test_every_rule_has_one_alarm_in_the_channel_and_no_target(auditors: World) -> None:
    about = [(each.inputs["dimensions"]["RuleName"], each.inputs["alarmActions"]) for each in auditors.all(ALARM)]
    assert sorted(about) == sorted((rule.inputs["name"], [CHANNEL]) for rule in auditors.all(RULE))
    assert not auditors.all("aws:cloudwatch/eventTarget:EventTarget")
    assert {each.inputs["state"] for each in auditors.all(RULE)} == {"ENABLED"}


def test_silence_is_an_alarm_after_half_an_hour_at_most(auditors: World) -> None:
    quiet = [each.inputs for each in auditors.all(ALARM) if each.inputs["treatMissingData"] == "breaching"]
    assert {each["name"] for each in quiet} == {f"clover-dublin-{name}" for name in ("events", "heartbeat", "records")}
    assert {(each["comparisonOperator"], each["threshold"]) for each in quiet} == {("LessThanThreshold", 1)}
    assert all(each["period"] * each["evaluationPeriods"] <= 1800 for each in quiet)


def test_the_auditor_and_every_authority_listen(auditors: World) -> None:
    found = auditors.all("aws:sns/topicSubscription:TopicSubscription")
    heard = [(each.inputs["protocol"], each.inputs["endpoint"]) for each in found]
    assert heard == [("https", ADDRESSES[0]), ("https", ADDRESSES[1]), ("email", "desk@example.org")]
    assert not [each for each in found if "filterPolicy" in each.inputs]


ALARMS = "cloudwatch.amazonaws.com"
OWN = {
    "aws:SourceAccount": AUDITORS,
    "aws:SourceArn": f"arn:aws:cloudwatch:{REGION}:{AUDITORS}:alarm:clover-dublin-records",
    "aws:PrincipalIsAWSService": "true",
}
OTHERS = {**OWN, "aws:SourceAccount": ACCOUNT, "aws:SourceArn": OWN["aws:SourceArn"].replace(AUDITORS, ACCOUNT)}
OPERATOR = f"arn:aws:iam::{ACCOUNT}:role/administrator"
SOMEBODY = f"arn:aws:iam::{AUDITORS}:role/somebody"


def decide(world: World, principal: str, action: str, context: dict[str, Any]) -> str:
    """What is decided of a request on the topic or its key, whose caller's own policy allows everything."""
    of_key = action.startswith("kms:")
    held = policy_of(world.one("aws:kms/key:Key" if of_key else "aws:sns/topicPolicy:TopicPolicy"))
    resource = f"arn:aws:kms:{REGION}:{AUDITORS}:key/1" if of_key else CHANNEL
    request = {"principal": principal, "action": action, "resource": resource, "resource_account": AUDITORS}
    met = {"resource": held, **({"identity": [EVERYTHING]} if principal.startswith("arn:") else {})}
    return evaluate({**request, "context": {"aws:RequestedRegion": REGION, **context}}, met).decision


@pytest.mark.parametrize(
    ("principal", "action", "context", "fine"),
    [
        (ALARMS, "sns:Publish", OWN, True),
        (ALARMS, "kms:GenerateDataKey", OWN, True),
        (ALARMS, "kms:Decrypt", OWN, True),
        (AUDITORS_DEPLOYER, "sns:Subscribe", {}, True),
        (ALARMS, "sns:Publish", OTHERS, False),
        (ALARMS, "kms:Decrypt", OTHERS, False),
        ("events.amazonaws.com", "sns:Publish", {"aws:PrincipalIsAWSService": "true"}, False),
        (SOMEBODY, "sns:Publish", {}, False),
        (AUDITORS_DEPLOYER, "sns:Publish", {}, False),
        (SOMEBODY, "sns:Subscribe", {}, False),
        (SOMEBODY, "sns:SetTopicAttributes", {}, False),
        (OPERATOR, "sns:Publish", {}, False),
        (OPERATOR, "sns:Subscribe", {}, False),
        (SOMEBODY, "kms:Decrypt", {"kms:CallerAccount": AUDITORS}, False),
        (OPERATOR, "kms:Decrypt", {"kms:CallerAccount": ACCOUNT}, False),
    ],
)
def test_alarms_alone_publish_and_the_deployer_alone_administers(
    auditors: World, principal: str, action: str, context: dict[str, Any], fine: bool
) -> None:
    assert (decide(auditors, principal, action, context) == "allow") is fine


@pytest.mark.parametrize(
    ("rule", "account", "fine"),
    [("clover-dublin-key-change", ACCOUNT, True), ("other", ACCOUNT, False), ("clover-dublin-events", AUDITORS, False)],
)
def test_the_bus_takes_what_the_sites_own_rules_send(auditors: World, rule: str, account: str, fine: bool) -> None:
    held = policy_of(auditors.one("aws:cloudwatch/eventBusPolicy:EventBusPolicy"))
    request = {
        "principal": f"arn:aws:iam::{account}:root",
        "action": "events:PutEvents",
        "resource": BUS,
        "resource_account": "999999999999",
        "context": {"aws:SourceArn": f"arn:aws:events:{REGION}:{account}:rule/{rule}"},
    }
    assert (evaluate(request, {"identity": [EVERYTHING], "resource": held}).decision == "allow") is fine


def test_a_site_that_nobody_watches_sends_nothing() -> None:
    with declaring(created, stack_name="dublin") as declared:
        AccessTrail("trail", {"site": DUBLIN, "evidence": "arn:aws:s3:::logs", "key": "key"})
    assert not declared.all(RULE)


def test_names_are_known_in_a_first_preview() -> None:
    with declaring(previewed, stack_name="auditor", preview=True) as declared:
        declare()
    (out,) = declared.one("clover-aws:index:IncidentChannel").outputs
    assert out["channel"] == CHANNEL
    assert {each.inputs["alarmActions"][0] for each in declared.all(ALARM)} == {CHANNEL}


@pytest.mark.parametrize("component", [IncidentChannel, DataFlowMonitor])
def test_neither_lies_in_the_sites_own_account(component: Any) -> None:
    args = told(account=ACCOUNT, auditor="", authorities=[""], vault="", channel="")
    with (
        pytest.raises(Refusal, match=f"zones/europe.yaml:195: account: {ACCOUNT} is the site's own"),
        declaring(created),
    ):
        component("dublin", args)


def test_a_channel_without_an_authority_is_refused() -> None:
    with pytest.raises(Refusal, match="authorities: there is none"), declaring(created):
        IncidentChannel("dublin", told(auditor=ADDRESSES[0], authorities=[]))


def test_the_deployer_of_the_site_has_no_part_in_either(auditors: World) -> None:
    texts = [str(each.inputs.get("policy")) for each in auditors.all() if "policy" in each.inputs]
    assert texts
    assert not [text for text in texts if DEPLOYER in text]
