"""Who sends to the monitor's bus, and who publishes to the channel."""

from components.aws import site as names
from components.aws.policies.document import Document, allow, deny, document
from components.aws.site import SiteArgs


def bus(site: SiteArgs, place: SiteArgs) -> Document:
    """The policy of the bus: the site's account puts events there, by the rules that send on what is looked out for.

    Nobody but a service makes an event whose source begins with `aws.`, so that no caller of the site's account forges
    one (https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html).
    """
    rules = names.arn(site, "events", f"rule/{names.detection_name(site, '*')}")
    return document(
        allow(
            "TheSiteSends",
            {"AWS": names.account_principal(site)},
            "events:PutEvents",
            names.monitor_bus_arn(place),
            {"ArnLike": {"aws:SourceArn": rules}},
        )
    )


def topic(place: SiteArgs) -> Document:
    """The policy of the topic: alarms of its own account publish, and the deployer alone says who listens.

    EventBridge meets no condition of such a policy, so that no rule publishes by itself
    (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html): each has an alarm.
    """
    arn, account = names.channel_arn(place), {"AWS": names.account_principal(place)}
    own_alarms = {
        "StringEquals": {"aws:SourceAccount": place["account"]},
        "ArnLike": {"aws:SourceArn": names.arn(place, "cloudwatch", f"alarm:{names.detection_name(place, '*')}")},
    }
    deployer = {"ArnEquals": {"aws:PrincipalArn": place["deployer"]}}
    not_deployer = {"ArnNotEqualsIfExists": {"aws:PrincipalArn": place["deployer"]}}
    elsewhere = {"StringNotEqualsIfExists": {"aws:PrincipalAccount": place["account"]}, **_NOT_A_SERVICE}
    return document(
        allow("AlarmsPublish", {"Service": "cloudwatch.amazonaws.com"}, "sns:Publish", arn, own_alarms),
        allow("AdministrationByDeployer", account, [*_LOOKING, *_ADMINISTERING], arn, deployer),
        allow("Describe", account, _LOOKING, arn),
        deny("OnlyServicesPublish", "sns:Publish", arn, _NOT_A_SERVICE),
        deny("AdministrationOnlyByDeployer", _ADMINISTERING, arn, {**not_deployer}),
        deny("NoOutsideCaller", [*_LOOKING, *_ADMINISTERING, "sns:Publish"], arn, elsewhere),
    )


_NOT_A_SERVICE = {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}
_LOOKING = ["sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic", "sns:GetDataProtectionPolicy"]
_ADMINISTERING = [
    "sns:AddPermission",
    "sns:DeleteTopic",
    "sns:RemovePermission",
    "sns:SetTopicAttributes",
    "sns:Subscribe",
]
"""What a topic's policy may name: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html."""
