"""What the auditor looks out for in a site's records."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi_azure_native import authorization, operationalinsights

from clover.zones.vocabulary import DataClass, StoreRole
from components.azure import recording
from components.azure import site as names
from components.azure.alarms import Watching, alarm
from components.azure.detections import detections
from components.azure.encryption_key import EncryptionKey
from components.azure.policies import roles
from components.azure.site import SiteArgs
from components.azure.versions import without_versions
from components.ordering import once_created
from components.refusal import Refusal
from components.tags import role_tags, store_tags

RETENTION_DAYS = 30
"""How long the workspace keeps a record: the least that it takes. What is to last lies in the vault."""

COMMITMENT = 100
"""Gigabytes a day for which a dedicated cluster is paid at least
(https://learn.microsoft.com/azure/azure-monitor/logs/logs-dedicated-clusters)."""


class DataFlowMonitorArgs(TypedDict):
    """Which site is watched, from where, by whom, and where that is told."""

    site: SiteArgs
    """The site that is watched."""
    account: str
    """The auditor's subscription, in which the site's vault and the monitor lie; never the site's."""
    deployer: str
    """Object id of the auditor's principal that deploys the monitor."""
    network: str
    """The addresses (CIDR, IPv4) that the site's own calls come from."""
    vault: pulumi.Input[str]
    """Id of the vault's storage account, in which the monitor's own key is recorded."""
    channel: pulumi.Input[str]
    """Id of the action group that alarms sound in."""
    declared_at: NotRequired[str]
    """Where the monitor is declared, as `file:line`."""


class DataFlowMonitor(pulumi.ComponentResource):
    """A workspace of logs in the auditor's subscription, with rules whose queries sound in the incident channel.

    The site's diagnostic settings send it what they send to the vault, and so do settings of the auditor's own: its
    subscription's activities, and who reads the vault, which no other place records. The workspace lies on a dedicated
    cluster under a key of the monitor's own; a workspace on shared clusters has no customer's key. No network reaches
    it, neither to send nor to ask: what diagnostic settings send takes a way of Azure's own, and rules are asked inside
    the service. It takes no account keys, and nobody has a role to ask it; a role on the site's resource shows nothing
    of what the workspace holds. When the figures stop that the firewall sends every minute, that is an alarm.

    The cluster is paid for a commitment that a site of this kind does not fill, and takes hours to be made. Whoever
    deploys the site may name the workspace, for which Azure asks that it may list keys, of which the workspace takes
    none. Records of activities and of calls have no figure where nothing happens, so that their silence is not heard;
    taking a setting away is itself an activity. Rules run as who has written them last. Of the five diagnostic settings
    that a subscription has at most, each vault with its monitor takes two: one subscription keeps two sites' records,
    and a third is refused.
    """

    monitor: pulumi.Output[str]
    """Id of the workspace, delivered when it lies on its cluster and the site may name it."""

    def __init__(self, name: str, args: DataFlowMonitorArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare key, cluster, workspace and rules; Refusal when the monitor would lie in the site's subscription."""
        super().__init__("clover-azure:index:DataFlowMonitor", name, dict(args), without_versions(opts))
        place = _place(args)
        linked = self._workspace(name, place, args["vault"])
        workspace = once_created(names.monitor_id(place), linked)
        named = self._named(name, place, args["site"], workspace)
        recorded = self._recorded(name, place, args["vault"], workspace)
        watching = Watching(place, workspace, args["channel"])
        for detection in detections(_words(place, args)):
            alarm(self, f"{name}-{detection.id}", watching, detection)
        self.monitor = once_created(names.monitor_id(place), [*linked, named, *recorded])
        self.register_outputs({"monitor": self.monitor})

    def _workspace(self, name: str, place: SiteArgs, vault: pulumi.Input[str]) -> list[pulumi.Resource]:
        """The workspace, linked with its cluster before it takes any record."""
        on = once_created(_cluster_id(place), [self._cluster(name, place, vault)])
        workspace = operationalinsights.Workspace(
            f"{name}-workspace",
            workspace_name=names.monitor_name(place),
            sku={"name": "PerGB2018"},
            retention_in_days=RETENTION_DAYS,
            public_network_access_for_ingestion="Disabled",
            public_network_access_for_query="Disabled",
            features={
                "cluster_resource_id": on,
                "disable_local_auth": True,
                "enable_data_export": False,
                "enable_log_access_using_only_resource_permissions": False,
            },
            tags=store_tags(place, StoreRole.EVIDENCE, DataClass.RESTRICTED),
            **_placed(place),
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["sku"]),
        )
        link = operationalinsights.LinkedService(
            f"{name}-link",
            linked_service_name="Cluster",
            workspace_name=names.monitor_name(place),
            resource_group_name=names.group(place),
            write_access_resource_id=on,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[workspace]),
        )
        return [workspace, link]

    def _cluster(self, name: str, place: SiteArgs, vault: pulumi.Input[str]) -> operationalinsights.Cluster:
        """The cluster under a key of the monitor's own; without a version the key's rotation is followed."""
        role = StoreRole.AUDITOR_OWNED
        child = pulumi.ResourceOptions(parent=self)
        key = EncryptionKey(f"{name}-key", {"site": place, "role": role, "recorded_by": vault}, child)
        return operationalinsights.Cluster(
            f"{name}-cluster",
            cluster_name=names.monitor_name(place),
            sku={"name": "CapacityReservation", "capacity": COMMITMENT},
            billing_type="Cluster",
            identity={"type": "UserAssigned", "user_assigned_identities": [names.identity_id(place, role)]},
            key_vault_properties=key.alias.apply(_under_key),
            is_availability_zones_enabled=True,
            is_double_encryption_enabled=True,
            tags=role_tags(place, StoreRole.EVIDENCE),
            **_placed(place),
            opts=child,
        )

    def _named(
        self, name: str, place: SiteArgs, site: SiteArgs, workspace: pulumi.Input[str]
    ) -> authorization.RoleAssignment:
        """The site's deployer names the workspace as a place of its records."""
        guid, group = names.guid(place, "monitor", "target"), names.group_id(place)
        definition = authorization.RoleDefinition(
            f"{name}-target",
            role_definition_id=guid,
            role_name=f"Clover {site['name']}: names the monitor as a place of its records",
            description="What Azure asks of whoever points records to the workspace; it takes none of the keys.",
            role_type="CustomRole",
            scope=group,
            assignable_scopes=[group],
            permissions=[roles.monitor_target()],
            opts=pulumi.ResourceOptions(parent=self),
        )
        return authorization.RoleAssignment(
            f"{name}-source",
            role_assignment_name=names.guid(place, "monitor", "source"),
            scope=workspace,
            role_definition_id=once_created(names.role_definition(place, guid), [definition]),
            principal_id=site["deployer"],
            principal_type="ServicePrincipal",
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _recorded(
        self, name: str, place: SiteArgs, vault: pulumi.Input[str], workspace: pulumi.Input[str]
    ) -> list[pulumi.Resource]:
        """What is done in the auditor's own subscription, and every call on the vault."""
        records = recording.Records(None, workspace)
        calls, called = pulumi.Output.concat(vault, "/blobServices/default"), names.monitor_name(place)
        sources = {
            "activity": recording.categories(names.subscription_id(place), "activity", called),
            "vault": recording.categories(calls, "blob", called),
        }
        return [recording.record(self, f"{name}-{what}", source, records) for what, source in sources.items()]


def _placed(place: SiteArgs) -> dict[str, Any]:
    """Where the monitor's resources lie."""
    return {"resource_group_name": names.group(place), "location": place["region"]}


def _cluster_id(place: SiteArgs) -> str:
    """The id of the cluster."""
    return names.resource_id(place, "Microsoft.OperationalInsights/clusters", names.monitor_name(place))


def _under_key(alias: str) -> Any:
    """The key as a cluster is told of it."""
    vault, _, key = alias.partition("/keys/")
    return {"key_vault_uri": f"{vault}/", "key_name": key, "key_version": ""}


def _words(place: SiteArgs, args: DataFlowMonitorArgs) -> Mapping[str, str]:
    """The site's own words in the detections."""
    return {
        "account": args["site"]["account"],
        "keeper": place["account"],
        "vault": names.account_name(place, StoreRole.EVIDENCE, names.VAULT_STORE),
        "network": args["network"],
    }


def _place(args: DataFlowMonitorArgs) -> SiteArgs:
    """Where the monitor lies: the site's region in the auditor's subscription; Refusal for the site's."""
    if args["account"] == args["site"]["account"]:
        raise Refusal(f"account: {args['account']} is the site's own, not the auditor's", args.get("declared_at"))
    return names.vault_place(args["site"], args["account"], args["deployer"])
