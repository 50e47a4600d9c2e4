"""The way from an alarm to the auditor and to the authorities."""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi_azure_native import monitor

from components.azure import site as names
from components.azure.site import SiteArgs
from components.azure.versions import without_versions
from components.ordering import once_created
from components.refusal import Refusal
from components.tags import tags


class IncidentChannelArgs(TypedDict):
    """Whose incidents are told, from where, by whom and to whom."""

    site: SiteArgs
    """The site whose incidents are told."""
    account: str
    """The auditor's subscription, in which the channel lies; never the site's."""
    deployer: str
    """Object id of the auditor's principal that deploys the channel."""
    region: str
    """The region in which alarms are handed on; on Azure one of the few that keep that to themselves."""
    auditor: str
    """Where the auditor listens: an https or mailto address."""
    authorities: Sequence[str]
    """Where each authority listens: https or mailto addresses."""
    declared_at: NotRequired[str]
    """Where the channel is declared, as `file:line`."""


class IncidentChannel(pulumi.ComponentResource):
    """An action group in the auditor's subscription, to which the auditor and the authorities listen.

    Rules of that subscription name it; the site has no part in it. An alarm says that something was noticed, when and
    by which detection, and holds nothing of what was noticed. A group of no region is handled in any; the regions that
    keep groups to themselves are few, so that the channel may lie in another country of the zone than the site
    (https://learn.microsoft.com/azure/azure-monitor/alerts/action-groups).

    Azure asks nobody for a confirmation of an address. Who may write the group, or send a test through it, is whoever
    has a role for that in the auditor's subscription: Azure denies nobody. Nothing ticks here: whoever listens answers
    for noticing that nothing comes.
    """

    channel: pulumi.Output[str]
    """Id of the action group, delivered when everybody who listens is declared."""

    def __init__(self, name: str, args: IncidentChannelArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the group; Refusal when the channel would lie in the site's own subscription."""
        super().__init__("clover-azure:index:IncidentChannel", name, dict(args), without_versions(opts))
        place = _place(args)
        group = monitor.ActionGroup(
            f"{name}-group",
            action_group_name=names.monitor_name(place),
            resource_group_name=names.group(place),
            location=args["region"],
            group_short_name="clover",
            enabled=True,
            **_listeners(args),
            tags=tags(place),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.channel = once_created(names.channel_id(place), [group])
        self.register_outputs({"channel": self.channel})


def _listeners(args: IncidentChannelArgs) -> dict[str, Any]:
    """The auditor first, then each authority, by the way in which each is reached."""
    listening = {"auditor": args["auditor"]}
    listening |= {f"authority-{index}": address for index, address in enumerate(args["authorities"], 1)}
    mailed = {who: found.removeprefix("mailto:") for who, found in listening.items() if found.startswith("mailto:")}
    called = {who: found for who, found in listening.items() if who not in mailed}
    common: dict[str, Any] = {"use_common_alert_schema": True}
    receivers = {
        "email_receivers": [{"name": who, "email_address": to, **common} for who, to in mailed.items()],
        "webhook_receivers": [{"name": who, "service_uri": to, **common} for who, to in called.items()],
    }
    return {kind: found for kind, found in receivers.items() if found}


def _place(args: IncidentChannelArgs) -> SiteArgs:
    """Where the channel lies: the auditor's subscription; Refusal for the site's, and without an authority."""
    if args["account"] == args["site"]["account"]:
        raise Refusal(f"account: {args['account']} is the site's own, not the auditor's", args.get("declared_at"))
    if not args["authorities"]:
        raise Refusal("authorities: there is none, and incidents go to one straight", args.get("declared_at"))
    return names.vault_place(args["site"], args["account"], args["deployer"])
