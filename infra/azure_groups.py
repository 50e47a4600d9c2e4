"""The resource groups that components of a site, vault, workspace, backend or of second copies are placed in."""

from collections.abc import Sequence

import pulumi
from pulumi_azure_native import resources

from clover.zones.vocabulary import StoreRole
from components.azure import SiteArgs
from components.azure.site import group
from components.azure.versions import without_versions
from components.tags import tags

BOTH = (StoreRole.USER_DATA, StoreRole.EVIDENCE)


class Groups(pulumi.ComponentResource):
    """The group of a place, and that of its evidence where it has any."""

    def __init__(
        self, name: str, place: SiteArgs, options: pulumi.ResourceOptions, roles: Sequence[StoreRole] = BOTH
    ) -> None:
        """Declare the groups that stores of the roles lie in."""
        told = {"roles": [role.value for role in roles]}
        super().__init__("clover:azure:ResourceGroups", name, told, without_versions(options))
        for role in roles:
            resources.ResourceGroup(
                f"{name}-{role.value}",
                resource_group_name=group(place, role),
                location=place["region"],
                tags=tags(place),
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})
