"""INC-2 on AWS: the channel hears alarms and nobody else, and the auditor and the authorities hear the channel."""

from collections.abc import Iterator, Mapping
from typing import Any

from clover.controls.aws_callers import NOT_A_SERVICE, partition
from clover.controls.aws_policies import Policies
from clover.controls.aws_requests import Asked, allowed, either, nobody, requests
from clover.controls.case import Case
from clover.controls.incidents.alarms import ALARM, TOPIC, topics
from clover.controls.incidents.rules import root
from clover.controls.incidents.watched import Watched, each_watched
from clover.controls.network.counterexample import wrong
from clover.controls.verdict import Answer, Ground, Outcome, proved, refuted, unknown
from clover.model.aws import policies
from clover.model.aws.network_links import known, last, text
from clover.model.aws.policies import Held
from clover.model.resources import value
from clover.sources import Resource

SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
ALARMS = "cloudwatch.amazonaws.com"


def the_channel_is_straight(case: Case) -> Iterator[Answer]:
    """INC-2: the answers for every topic that an alarm could sound in."""
    yield from each_watched(case, _straight)


def addresses(case: Case) -> dict[str, str]:
    """Where the zone says that the auditor and the authorities listen, by who does."""
    zone = case.zone.file
    auditor = {"the auditor": zone.auditor.channel} if zone.auditor.channel else {}
    return {**auditor, **{one.title: one.channel for one in zone.authorities}}


def _straight(watched: Watched) -> Iterator[Answer]:
    part = watched.part
    if part.zone.file.auditor.channel is None:
        told = f"zone {part.zone.name} does not say where the auditor listens"
        yield refuted(told, wrong(root(part.resources), "auditor.channel", None, "an address in the zone file"))
    if not part.resources.of(TOPIC):
        yield refuted("the auditor has no channel", wrong(root(part.resources), TOPIC, None, "a topic"))
    for arn, topic in topics(part).items():
        yield from (_heard(part, arn, topic, who, address) for who, address in addresses(part).items())
        yield from _publishing(part, arn, topic)


def _heard(case: Case, arn: str, topic: Resource, who: str, address: str) -> Answer:
    """Whether somebody whom the zone names listens to the topic, without a filter, and has confirmed that."""
    doubt: Answer | None = None
    for each in case.resources.of(SUBSCRIPTION):
        to, about = value(each, "endpoint"), value(each, "topic")
        if to != address.removeprefix("mailto:") or (known(about) and about != arn):
            continue
        problem = next(_problems(each, about, address), None)
        if problem is None:
            grounds = (Ground(each.urn, f"endpoint={to}"), Ground(topic.urn, "is heard"))
            return proved(f"{who} hears of incidents straight", resource=each.urn, rests_on=grounds)
        doubt = problem
    told = f"{who} does not hear of incidents"
    return doubt or refuted(told, wrong(topic.urn, SUBSCRIPTION, None, address), resource=topic.urn)


def _problems(each: Resource, about: Any, address: str) -> Iterator[Answer]:
    """What is wrong with a subscription."""
    if not known(about):
        yield unknown(f"to what {last(each.urn)} listens is not known", resource=each.urn)
    protocol = "email" if address.startswith("mailto:") else "https"
    for name, fine in (("protocol", protocol), ("filterPolicy", None)):
        found = value(each, name)
        if not known(found):
            yield unknown(f"{name} of {last(each.urn)} is not known", resource=each.urn)
        elif (found or None) != fine:
            told = f"{last(each.urn)} has {name}={found}"
            yield refuted(told, wrong(each.urn, name, found, fine or "none"), resource=each.urn)
    if value(each, "pendingConfirmation") is not False:
        yield unknown(f"whether {address} has confirmed that it listens is not known", resource=each.urn)


def _publishing(case: Case, arn: str, topic: Resource) -> Iterator[Answer]:
    """Nobody but an alarm of the account publishes; each alarm may, under the topic's key."""
    policy = policies.topic_policy(case.resources, arn, topic)
    if policy is None:
        told = f"{last(topic.urn)} has no policy that admits alarms"
        yield refuted(told, wrong(topic.urn, "policy", None, "a policy"), resource=topic.urn)
        return
    asked = [Asked(["sns:Publish"], [arn])]
    service, own = {"Bool": {"aws:PrincipalIsAWSService": "true"}}, case.site.account
    alarms = f"arn:{partition(case)}:cloudwatch:{case.site.region}:{own}:alarm:*"
    question = either(
        requests(asked, NOT_A_SERVICE),
        requests(asked, {**service, "StringNotEquals": {"aws:SourceAccount": own}}),
        requests(asked, {**service, "ArnNotLike": {"aws:SourceArn": alarms}}),
    )
    told = f"nobody but an alarm of the account publishes to {last(topic.urn)}"
    yield nobody(case, Policies(resource=policy), question, told, topic.urn)
    yield _may_sound(case, arn, topic, policy)


def _may_sound(case: Case, arn: str, topic: Resource, policy: Held) -> Answer:
    """Whether every alarm may publish to the topic, and write under its key."""
    key = next((each for each in policies.keys(case.resources) if each.arn == value(topic, "kmsMasterKeyId")), None)
    if key is None or key.policy is None or not isinstance(key.arn, str):
        return unknown(f"the key of {last(topic.urn)} is not known", resource=topic.urn)
    grounds: set[Ground] = set()
    for alarm in case.resources.of(ALARM):
        asked = (
            (policy, "sns:Publish", arn),
            (key.policy, "kms:GenerateDataKey", key.arn),
            (key.policy, "kms:Decrypt", key.arn),
        )
        for held, action, about in asked:
            answer = allowed(
                case, Policies(identity=(), resource=held), _request(case, alarm, action, about), topic.urn
            )
            if answer.outcome is not Outcome.PROVED:
                return answer
            grounds |= set(answer.rests_on)
    return proved(f"every alarm may sound in {last(topic.urn)}", resource=topic.urn, rests_on=tuple(sorted(grounds)))


def _request(case: Case, alarm: Resource, action: str, about: str) -> Mapping[str, Any]:
    """What CloudWatch calls for an alarm."""
    here = f"arn:{partition(case)}:cloudwatch:{case.site.region}:{case.site.account}:alarm:"
    source = text(alarm, "arn") or f"{here}{text(alarm, 'name')}"
    context = {"aws:SourceAccount": case.site.account, "aws:SourceArn": source, "aws:PrincipalIsAWSService": "true"}
    return {
        "principal": ALARMS,
        "action": action,
        "resource": about,
        "resource_account": case.site.account,
        "context": {**context, "aws:SecureTransport": "true", "aws:RequestedRegion": case.site.region},
    }
