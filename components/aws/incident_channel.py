"""The way from an alarm to the auditor and to the authorities."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import cloudwatch, kms, sns

from clover.zones.vocabulary import StoreRole
from components.aws import site as names
from components.aws.alarms import Sounded, alarm
from components.aws.encryption_key import declared_key
from components.aws.policies import channel as policies
from components.aws.policies import keys
from components.aws.policies.document import render
from components.aws.site import SiteArgs
from components.ordering import once_created
from components.refusal import Refusal
from components.tags import role_tags, tags

HEARTBEAT = "heartbeat"
"""The id of the rule that ticks in the auditor's own account."""


class IncidentChannelArgs(TypedDict):
    """Whose incidents are told, from where, by whom and to whom."""

    site: SiteArgs
    """The site whose incidents are told."""
    account: str
    """The auditor's AWS account, in which the channel lies; never the site's."""
    deployer: str
    """ARN of the auditor's role that deploys the channel: the only principal that may change it."""
    auditor: str
    """Where the auditor listens: an https or mailto address."""
    authorities: Sequence[str]
    """Where each authority listens: https or mailto addresses."""
    declared_at: NotRequired[str]
    """Where the channel is declared, as `file:line`."""


class IncidentChannel(pulumi.ComponentResource):
    """A topic under a key of its own in the auditor's account, to which the auditor and the authorities listen.

    Alarms of that account alone publish, each bound to the account and to its own name; no principal does, the
    deployer included, and the site has no part in it. An alarm says that something was noticed, when and by which
    detection, and holds nothing of what was noticed. A rule ticks in the same account; when its figure stops, that is
    an alarm, so that rules which count nothing any more are heard of.

    Whoever listens has to confirm that once, which is no part of a plan, and answers for noticing that nothing comes.
    """

    channel: pulumi.Output[str]
    """ARN of the topic, delivered when its policy and everybody who listens are declared."""
    key: pulumi.Output[str]
    """ARN of the key of its messages."""

    def __init__(self, name: str, args: IncidentChannelArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare key, topic, listeners and heartbeat; Refusal when the channel would lie in the site's own account."""
        super().__init__("clover-aws:index:IncidentChannel", name, dict(args), opts)
        place, child = _place(args), pulumi.ResourceOptions(parent=self)
        key = self._key(name, place)
        topic = sns.Topic(
            f"{name}-topic",
            name=names.channel_name(place),
            kms_master_key_id=key.arn,
            tags=tags(place),
            opts=child,
        )
        policy = sns.TopicPolicy(
            f"{name}-policy", arn=topic.arn, policy=render(policies.topic(place), "sns-topic-policy"), opts=child
        )
        self.channel = once_created(names.channel_arn(place), [topic, policy, *self._listeners(name, topic, args)])
        self.key = key.arn
        self._heartbeat(name, place)
        self.register_outputs({"channel": self.channel, "key": self.key})

    def _key(self, name: str, place: SiteArgs) -> kms.Key:
        """The key that alarms write under through SNS."""
        said = f"Clover {place['name']}: messages of incidents, used through SNS"
        own = role_tags(place, StoreRole.AUDITOR_OWNED)
        key = declared_key(f"{name}-key", said, keys.channel_key(place), own, self)
        kms.Alias(
            f"{name}-alias",
            name=names.channel_alias(place),
            target_key_id=key.id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return key

    def _listeners(self, name: str, topic: sns.Topic, args: IncidentChannelArgs) -> list[sns.TopicSubscription]:
        """The auditor first, then each authority."""
        listening = {"auditor": args["auditor"]}
        listening |= {f"authority-{index}": address for index, address in enumerate(args["authorities"], 1)}
        return [
            sns.TopicSubscription(
                f"{name}-{who}",
                topic=topic.arn,
                protocol=address.partition(":")[0].replace("mailto", "email"),
                endpoint=address.removeprefix("mailto:"),
                opts=pulumi.ResourceOptions(parent=self),
            )
            for who, address in listening.items()
        ]

    def _heartbeat(self, name: str, place: SiteArgs) -> None:
        """The rule that ticks, and the alarm when it stops."""
        cloudwatch.EventRule(
            f"{name}-{HEARTBEAT}",
            name=names.detection_name(place, HEARTBEAT),
            description="Ticks, so that silence is noticed",
            schedule_expression="rate(5 minutes)",
            state="ENABLED",
            tags=tags(place),
            opts=pulumi.ResourceOptions(parent=self),
        )
        told = "The auditor's own rules count nothing any more"
        alarm(self, f"{name}-{HEARTBEAT}-alarm", place, Sounded(HEARTBEAT, told, self.channel, silent=True))


def _place(args: IncidentChannelArgs) -> SiteArgs:
    """Where the channel lies: the site's region in the auditor's account; Refusal for the site's account."""
    if args["account"] == args["site"]["account"]:
        raise Refusal(f"account: {args['account']} is the site's own, not the auditor's", args.get("declared_at"))
    if not args["authorities"]:
        raise Refusal("authorities: there is none, and incidents go to one straight", args.get("declared_at"))
    return names.vault_place(args["site"], args["account"], args["deployer"])
