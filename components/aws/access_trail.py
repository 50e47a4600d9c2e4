"""The record of who did what in the site's account."""

from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi_aws import cloudtrail, cloudwatch

from clover.zones.vocabulary import StoreRole
from components.aws import site as names
from components.aws.detections import Detection, sent_on
from components.aws.site import SiteArgs
from components.tags import tags


class AccessTrailArgs(TypedDict):
    """Where the trail is kept."""

    site: SiteArgs
    """The site whose account is recorded."""
    evidence: pulumi.Input[str]
    """ARN of the evidence store that the trail is kept in."""
    key: pulumi.Input[str]
    """ARN of the key of the evidence stores."""
    monitor: NotRequired[str]
    """ARN of the bus on which the auditor's monitor takes what it looks out for; left out where nobody watches."""
    declared_at: NotRequired[str]
    """Where the intent is declared, as `file:line`."""


class AccessTrail(pulumi.ComponentResource):
    """One trail per site: every control-plane call, with those of global services, and every call on objects in S3.

    It covers all regions, because global services report to one of them, and delivers into the site's evidence store
    or the auditor's vault, under its key, with validation files that show a missing or altered log. Where an auditor
    watches, rules send on what the monitor looks out for, and a tick, as soon as it happens.
    """

    trail: pulumi.Output[str]
    """The trail's ARN."""

    def __init__(self, name: str, args: AccessTrailArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the trail; it needs an evidence store whose policy admits it."""
        super().__init__("clover-aws:index:AccessTrail", name, dict(args), opts)
        site = args["site"]
        trail = cloudtrail.Trail(
            f"{name}-trail",
            name=names.trail_name(site),
            s3_bucket_name=names.bucket_of(args["evidence"]),
            kms_key_id=args["key"],
            is_multi_region_trail=True,
            include_global_service_events=True,
            is_organization_trail=False,
            enable_log_file_validation=True,
            enable_logging=True,
            advanced_event_selectors=selectors(site),
            tags=tags(site),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.trail = trail.arn
        monitor = args.get("monitor")
        if monitor is not None:
            for detection in sent_on(site):
                self._send(name, site, monitor, detection)
        self.register_outputs({"trail": self.trail})

    def _send(self, name: str, site: SiteArgs, monitor: str, detection: Detection) -> None:
        """The rule that sends one thing on to the monitor's bus, which names this account."""
        what: Any = (
            {"schedule_expression": detection.every} if detection.every else {"event_pattern": detection.pattern}
        )
        rule = cloudwatch.EventRule(
            f"{name}-{detection.id}",
            name=names.detection_name(site, detection.id),
            description=detection.tells,
            state="ENABLED",
            tags=tags(site),
            opts=pulumi.ResourceOptions(parent=self),
            **what,
        )
        cloudwatch.EventTarget(
            f"{name}-{detection.id}-target",
            rule=rule.name,
            target_id="monitor",
            arn=monitor,
            opts=pulumi.ResourceOptions(parent=self),
        )


def selectors(site: SiteArgs) -> list[Any]:
    """Management, all objects outside the evidence stores, and there everything but the deliveries themselves.

    A trail that recorded its own deliveries would feed itself
    (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html).
    """
    evidence = names.role_buckets(site, StoreRole.EVIDENCE).removesuffix("*")
    data = [_field("eventCategory", "Data"), _field("resources.type", "AWS::S3::Object")]
    return [
        {"name": "Management", "field_selectors": [_field("eventCategory", "Management")]},
        {
            "name": "Objects",
            "field_selectors": [*data, {"field": "resources.ARN", "not_starts_withs": [evidence]}],
        },
        {
            "name": "Evidence",
            "field_selectors": [
                *data,
                {"field": "resources.ARN", "starts_withs": [evidence]},
                {"field": "eventName", "not_equals": ["PutObject"]},
            ],
        },
    ]


def _field(field: str, value: str) -> dict[str, Any]:
    """A selector of one field's exact value."""
    return {"field": field, "equals": [value]}
