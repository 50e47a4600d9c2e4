"""EVD-3 on Azure, of workspaces of logs: what is looked at there is read by nobody but the auditor."""

from collections.abc import Iterator

from clover.controls.azure_requests import Asked, Permissions, auditor, worst
from clover.controls.case import Case
from clover.controls.residency.azure_reading import stranger
from clover.controls.verdict import Answer, Ground, proved, unknown
from clover.model.azure import stores
from clover.model.azure.arm_ids import arm_id
from clover.model.resources import value
from clover.sources import Resource

WORKSPACE = "azure-native:operationalinsights:Workspace"
BY_RESOURCE = "features.enableLogAccessUsingOnlyResourcePermissions"
"""Whether a role at what a record is about lets its holder read the record; RES-2 asks for false."""


def readers_of_workspaces(case: Case) -> Iterator[Answer]:
    """One answer for each workspace of a stack."""
    permissions = Permissions(case)
    for workspace in case.resources.of(WORKSPACE):
        yield _read(case, permissions, workspace)


def _read(case: Case, permissions: Permissions, workspace: Resource) -> Answer:
    """Whether anybody but the auditor has a role that shows what the workspace holds."""
    urn, identifier = workspace.urn, arm_id(workspace, case.site.account)
    if identifier is None:
        return unknown(f"the id of {workspace.name} is not known", resource=urn)
    undecided = permissions.undecided(f"who reads {workspace.name} is not known", urn)
    if undecided:
        return undecided
    actions, machine = stores.data_actions()["logs"], auditor(case).machine
    own = (*(principal.lower() for principal in case.trusted), machine)
    asked = [Asked(actions["control"], identifier, is_data=False), Asked(actions["data"], identifier, is_data=True)]
    found = worst(permissions.permitted(asked, None, own))
    if found:
        return stranger(found, [], urn)
    grounds = (Ground(urn, f"{BY_RESOURCE}={value(workspace, BY_RESOURCE)}"), *permissions.grounds(identifier))
    told = f"nobody but the auditor reads what {workspace.name} holds"
    return proved(told, resource=urn, rests_on=grounds, given=permissions.given)
