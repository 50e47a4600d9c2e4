"""What the auditor looks out for in a site's records and events."""

from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi_aws import cloudwatch, s3

from components.aws import site as names
from components.aws.alarms import Sounded, alarm
from components.aws.detections import Detection, detections
from components.aws.policies import channel as policies
from components.aws.policies.document import render
from components.aws.site import SiteArgs
from components.refusal import Refusal
from components.tags import tags


class DataFlowMonitorArgs(TypedDict):
    """Which site is watched, from where, by whom, and where that is told."""

    site: SiteArgs
    """The site that is watched."""
    account: str
    """The auditor's AWS account, in which the site's vault and the monitor lie; never the site's."""
    deployer: str
    """ARN of the auditor's role that deploys the monitor: the only principal that may change it."""
    vault: pulumi.Input[str]
    """Name of the vault's bucket, in which the site's records arrive."""
    channel: pulumi.Input[str]
    """ARN of the topic that alarms sound in."""
    declared_at: NotRequired[str]
    """Where the monitor is declared, as `file:line`."""


class DataFlowMonitor(pulumi.ComponentResource):
    """Detections in the auditor's account, each a rule on events and an alarm that sounds in the incident channel.

    They look at three things: what the site's account sends on to a bus of the monitor's, by the rules of its trail;
    which records arrive in the vault, and how large they are; and what is called in the auditor's own account. When
    the site sends nothing any more, or no record arrives, that is an alarm of its own. The list is `detections.yaml`.

    Nothing here reads a record: a rule sees what EventBridge is told. The names of AWS's own identity service change
    in us-east-1 alone, whose events reach no rule of another region; they stand in the vault's records.
    """

    monitor: pulumi.Output[str]
    """ARN of the bus that the site sends to."""

    def __init__(self, name: str, args: DataFlowMonitorArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare bus, rules and alarms; Refusal when the monitor would lie in the site's own account."""
        super().__init__("clover-aws:index:DataFlowMonitor", name, dict(args), opts)
        site, place, child = args["site"], _place(args), pulumi.ResourceOptions(parent=self)
        bus = cloudwatch.EventBus(f"{name}-bus", name=names.monitor_bus(place), tags=tags(place), opts=child)
        cloudwatch.EventBusPolicy(
            f"{name}-bus-policy",
            event_bus_name=bus.name,
            policy=render(policies.bus(site, place), "eventbridge-bus-policy"),
            opts=child,
        )
        s3.BucketNotification(f"{name}-records-told", bucket=args["vault"], eventbridge=True, opts=child)
        for detection in detections(site, names.vault_bucket(place)):
            self._watch(name, place, detection, bus, args["channel"])
        self.monitor = bus.arn
        self.register_outputs({"monitor": self.monitor})

    def _watch(
        self,
        name: str,
        place: SiteArgs,
        detection: Detection,
        bus: cloudwatch.EventBus,
        channel: pulumi.Input[str],
    ) -> None:
        """The rule of a detection, on the bus where its events come up, and the alarm on it."""
        sent: dict[str, Any] = {"event_bus_name": bus.name} if detection.of == "site" else {}
        rule = cloudwatch.EventRule(
            f"{name}-{detection.id}",
            name=names.detection_name(place, detection.id),
            description=detection.tells,
            event_pattern=detection.pattern,
            state="ENABLED",
            tags=tags(place),
            opts=pulumi.ResourceOptions(parent=self),
            **sent,
        )
        about = rule.event_bus_name.apply(str) if sent else None
        sounded = Sounded(detection.id, detection.tells, channel, about, detection.silent)
        alarm(self, f"{name}-{detection.id}-alarm", place, sounded)


def _place(args: DataFlowMonitorArgs) -> SiteArgs:
    """Where the monitor lies: the site's region in the auditor's account; Refusal for the site's account."""
    if args["account"] == args["site"]["account"]:
        raise Refusal(f"account: {args['account']} is the site's own, not the auditor's", args.get("declared_at"))
    return names.vault_place(args["site"], args["account"], args["deployer"])
