"""Workspaces of logs, the dedicated clusters that they lie on, and rules that query them.

https://learn.microsoft.com/azure/azure-monitor/logs/logs-dedicated-clusters and
https://learn.microsoft.com/azure/azure-monitor/logs/customer-managed-keys.
"""

import uuid

from clover.lab.arm.behaviour import Behaviour, Write, rules
from clover.lab.arm.behaviours.encryption import Named, usable_key
from clover.lab.arm.behaviours.identity import assigned, fill_identity
from clover.lab.arm.errors import error
from clover.lab.arm.store import Resource
from clover.lab.arm.values import Body, first
from clover.lab.arm.world import World

CLUSTER = "Microsoft.OperationalInsights/clusters"
WORKSPACE = "Microsoft.OperationalInsights/workspaces"
LINK = f"{WORKSPACE}/linkedServices"
GROUP = "Microsoft.Insights/actionGroups"


class Cluster(Behaviour):
    """A dedicated cluster: its identity uses the key before anything is written under it."""

    def check(self, write: Write, /) -> None:
        """Refuse a cluster without an identity, or with a key that it may not use; name a new cluster."""
        fill_identity(write)
        write.properties["clusterId"] = write.old.properties["clusterId"] if write.old else str(uuid.uuid4())
        named: Body = write.properties.get("keyVaultProperties") or {}
        if not named:
            return
        principal = first(write.body, "identity.principalId") or _assigned(write)
        usable_key(
            write, Named(named.get("keyVaultUri", ""), named.get("keyName", ""), named.get("keyVersion", "")), principal
        )

    def show(self, world: World, resource: Resource, body: Body, /) -> None:
        """Add the workspaces that are linked."""
        linked = (one for one in world.store.of_type(LINK) if _cluster(one) == resource.key)
        body["properties"]["associatedWorkspaces"] = [{"resourceId": one.id.rsplit("/", 2)[0]} for one in linked]

    def check_deletion(self, world: World, resource: Resource, /) -> None:
        """Refuse while a workspace is linked."""
        if any(_cluster(one) == resource.key for one in world.store.of_type(LINK)):
            raise error("cluster_linked", name=resource.name)


def _assigned(write: Write) -> str:
    """The first identity of its user's; ArmError without any."""
    named = next(iter(first(write.body, "identity.userAssignedIdentities", {})), None)
    if named is None:
        raise error("cluster_no_identity")
    return assigned(write.store, named).properties["principalId"]


def _cluster(link: Resource) -> str:
    return str(link.properties.get("writeAccessResourceId", "")).lower()


class Workspace(Behaviour):
    """A workspace; records lie under the key of the cluster that it is linked with."""

    def check(self, write: Write, /) -> None:
        """Name a new workspace."""
        write.properties["customerId"] = write.old.properties["customerId"] if write.old else str(uuid.uuid4())

    def show(self, world: World, resource: Resource, body: Body, /) -> None:
        """Add the cluster that it is linked with."""
        link = world.store.get(f"{resource.id}/linkedServices/Cluster")
        if link is not None:
            features: Body = body["properties"].setdefault("features", {})
            features["clusterResourceId"] = link.properties["writeAccessResourceId"]


class Link(Behaviour):
    """The link of a workspace with a cluster of its own region."""

    def check(self, write: Write, /) -> None:
        """Refuse a cluster of another region."""
        cluster = write.store.get(str(write.properties.get("writeAccessResourceId", "")))
        workspace = write.store.get(write.parent)
        if cluster and workspace and cluster.location != workspace.location:
            words = {"cluster": cluster.location, "workspace": workspace.location}
            raise error("cluster_elsewhere", **words)


class Group(Behaviour):
    """An action group: who hears of alerts."""

    def check(self, write: Write, /) -> None:
        """Refuse a short name of more than 12 characters (the model's own limit), and take receivers as listening."""
        if len(str(write.properties.get("groupShortName", ""))) > 12:
            raise error("group_short_name", name=write.properties["groupShortName"])
        for receiver in write.properties.get("emailReceivers", ()):
            receiver["status"] = "Enabled"


rules(CLUSTER, Cluster())
rules(WORKSPACE, Workspace())
rules(LINK, Link())
rules(GROUP, Group())
