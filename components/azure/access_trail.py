"""The record of who did what in the site's subscription."""

from typing import NotRequired, TypedDict

import pulumi

from components.azure import recording
from components.azure import site as names
from components.azure.site import SiteArgs
from components.azure.versions import without_versions
from components.ordering import once_created


class AccessTrailArgs(TypedDict):
    """Where the trail is kept."""

    site: SiteArgs
    """The site whose subscription is recorded."""
    evidence: pulumi.Input[str]
    """Id of the evidence store that the trail is kept in."""
    key: pulumi.Input[str]
    """Id of the key of the evidence stores; its use is recorded too, but for that of a vault, where its keeper does."""
    monitor: NotRequired[str]
    """Id of the workspace in which the auditor's monitor looks at the same records, where the site has one."""
    declared_at: NotRequired[str]
    """Where the intent is declared, as `file:line`."""


class AccessTrail(pulumi.ComponentResource):
    """The subscription's activity log, all categories, and every use of the evidence key, kept as evidence.

    Azure has no one trail: calls on data are recorded where they are made. Each store of user data, each other vault,
    the firewall, the resolver and the network send their own logs to the evidence store. Nothing records the reading
    of the store that everything is recorded in: an account cannot log to itself
    (https://learn.microsoft.com/azure/storage/blobs/monitor-blob-storage#destination-limitations); with a second
    evidence store, that one's reading is recorded. Sign-ins are the tenant's, not the subscription's.

    The store's lock keeps what has arrived. Retention is the store's alone: diagnostic settings have none.
    """

    trail: pulumi.Output[str]
    """Id of the activity log's diagnostic setting, delivered when the evidence key is recorded as well."""

    def __init__(self, name: str, args: AccessTrailArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare both diagnostic settings; they need an evidence store that admits trusted services."""
        super().__init__("clover-azure:index:AccessTrail", name, dict(args), without_versions(opts))
        site = args["site"]
        setting_name, subscription = names.network_name(site), names.subscription_id(site)
        activities = recording.categories(subscription, "activity", setting_name)
        records = recording.Records(args["evidence"], args.get("monitor"))
        activity = recording.record(self, f"{name}-activity", activities, records)
        recorded = [activity, *self._key_use(name, subscription, args["key"], records)]
        trail = names.extension_id(subscription, "Microsoft.Insights/diagnosticSettings", setting_name)
        self.trail = once_created(trail, recorded)
        self.register_outputs({"trail": self.trail})

    def _key_use(
        self, name: str, subscription: str, key: pulumi.Input[str], records: recording.Records
    ) -> list[pulumi.Resource]:
        """Every use of the evidence key, unless its id is known to be of another subscription: nobody else may."""
        if isinstance(key, str) and not key.startswith(f"{subscription}/"):
            return []
        vault = pulumi.Output.from_input(key).apply(_vault_of)
        return [recording.record(self, f"{name}-key", recording.everything(vault), records)]


def _vault_of(key: str) -> str:
    """The id of the vault that the key with this id lies in."""
    return key.rpartition("/keys/")[0]
