"""KEY-1 on Azure, of workspaces of logs: each lies on a dedicated cluster under a key of the stack.

A workspace on shared clusters has no customer's key
(https://learn.microsoft.com/azure/azure-monitor/logs/customer-managed-keys).
"""

from collections.abc import Iterator, Sequence

from clover.controls.azure_requests import property_of
from clover.controls.case import Case
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.model.aws.network_links import known
from clover.model.azure.network_places import by_arm_id, lower
from clover.model.azure.stores import CLUSTER, Key, key_of
from clover.model.resources import value
from clover.sources import Resource

WORKSPACE = "azure-native:operationalinsights:Workspace"
LINK = "azure-native:operationalinsights:LinkedService"
_PATH = "keyVaultProperties"


def workspaces_lie_under_keys(case: Case, keys: Sequence[Key]) -> Iterator[Answer]:
    """One answer for each workspace of a stack."""
    clusters = by_arm_id(case.resources, case.site.account, CLUSTER)
    for workspace in case.resources.of(WORKSPACE):
        link = _link(case, workspace)
        if isinstance(link, Answer):
            yield link
            continue
        cluster = clusters.get(lower(value(link, "writeAccessResourceId")))
        if cluster is None:
            to = value(link, "writeAccessResourceId")
            example = property_of(link.urn, "writeAccessResourceId", to, "a cluster of the stack")
            yield refuted(f"{workspace.name} lies on no cluster of the stack", example, resource=workspace.urn)
        else:
            yield _under(workspace, link, cluster, keys)


def _link(case: Case, workspace: Resource) -> Resource | Answer:
    """What joins a workspace with a cluster, as long as that is known; the answer where nothing does."""
    doubtful: Resource | None = None
    for each in case.resources.of(LINK):
        held = [value(each, name) for name in ("workspaceName", "linkedServiceName", "writeAccessResourceId")]
        if not known(held) or not known(value(workspace, "workspaceName")):
            doubtful = each
        elif (held[0], lower(held[1])) == (value(workspace, "workspaceName"), "cluster"):
            return each
    if doubtful is not None:
        return unknown(
            f"whether {doubtful.name} joins {workspace.name} with a cluster is not known", resource=workspace.urn
        )
    example = property_of(workspace.urn, "linkedServices", None, "a link with a cluster of the stack")
    return refuted(f"{workspace.name} lies on shared clusters, under no key", example, resource=workspace.urn)


def _under(workspace: Resource, link: Resource, cluster: Resource, keys: Sequence[Key]) -> Answer:
    """Whether the cluster lies under a key of the stack, whatever its newest version."""
    held = value(cluster, _PATH)
    if not known(held):
        return unknown(f"the key of {cluster.name} is not known", resource=workspace.urn)
    key, version = key_of(cluster, keys, _PATH), value(cluster, f"{_PATH}.keyVersion")
    if key is None or key.vault is None:
        example = property_of(cluster.urn, _PATH, held, "a key in a vault of the stack")
        return refuted(
            f"{cluster.name} lies under a key that the stack does not declare", example, resource=workspace.urn
        )
    if version not in (None, ""):
        example = property_of(cluster.urn, f"{_PATH}.keyVersion", version, "no version: the newest counts")
        return refuted(f"{cluster.name} has {_PATH}.keyVersion {version!r}", example, resource=workspace.urn)
    grounds = (
        Ground(link.urn, f"writeAccessResourceId={cluster.name}"),
        Ground(cluster.urn, f"{_PATH}.keyName={value(cluster, f'{_PATH}.keyName')}"),
        Ground(key.resource.urn, f"keyName={value(key.resource, 'keyName')}"),
        Ground(key.vault.resource.urn, f"vaultName={value(key.vault.resource, 'vaultName')}"),
    )
    return proved(f"{workspace.name} lies under {key.id}", resource=workspace.urn, rests_on=grounds)
