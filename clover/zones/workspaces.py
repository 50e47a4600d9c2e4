"""Where the auditor keeps its assessments: on which clouds, in which region, as whom."""

from msgspec import Struct

from clover.errors import BadInput
from clover.zones.parties import AuditorWorkspace
from clover.zones.vaults import partition_of, principal_name
from clover.zones.vocabulary import Cloud, HoldingPurpose
from clover.zones.zone import Zone


class AdmittedWorkspace(Struct, frozen=True):
    """The auditor's workspace on one cloud: where it lies, who deploys it, and the two who work in it.

    Principals are in the form that the cloud has. `declared_at` is the workspace's line of the zone file.
    """

    cloud: Cloud
    region: str
    partition: str
    account: str
    tenant: str | None
    deployer: str
    person: str
    machine: str
    retention_days: int
    declared_at: str


def workspaces_of(zone: Zone) -> tuple[AdmittedWorkspace, ...]:
    """Return the auditor's workspaces, one a cloud at most."""
    return tuple(_admitted(zone, workspace) for workspace in zone.file.auditor.workspaces)


def _admitted(zone: Zone, workspace: AuditorWorkspace) -> AdmittedWorkspace:
    """The workspace with its names; BadInput without an account, which the zone's own checks refuse before."""
    auditor, cloud = zone.file.auditor, workspace.cloud
    holding = auditor.holding(cloud, HoldingPurpose.ASSESSMENT)
    if holding is None:
        raise BadInput(f"the auditor has no account on {cloud.value} that keeps assessments")
    partition = partition_of(zone, cloud, workspace.region)
    readers = next(one for one in auditor.principals if one.cloud is cloud)
    return AdmittedWorkspace(
        cloud=cloud,
        region=workspace.region,
        partition=partition,
        account=holding.account,
        tenant=holding.tenant,
        deployer=principal_name(holding.deployer, holding.account, partition),
        person=principal_name(readers.person, readers.account, partition),
        machine=principal_name(workspace.machine or readers.machine, readers.account, partition),
        retention_days=workspace.retention_days,
        declared_at=_declared_at(zone, workspace),
    )


def _declared_at(zone: Zone, workspace: AuditorWorkspace) -> str:
    """The line of the zone file that names the workspace."""
    place = zone.document.place(("auditor", "workspaces", zone.file.auditor.workspaces.index(workspace)))
    return f"{place.file}:{place.line}"
