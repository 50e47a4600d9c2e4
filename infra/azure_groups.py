"""The resource groups that a site's components, a vault's, or those of second copies, are placed in."""

import pulumi
from pulumi_azure_native import resources

from clover.zones.vocabulary import StoreRole
from components.azure import SiteArgs
from components.azure.site import group
from components.azure.versions import without_versions
from components.tags import tags


class Groups(pulumi.ComponentResource):
    """The group of a place, and that of its evidence."""

    def __init__(self, name: str, place: SiteArgs, options: pulumi.ResourceOptions) -> None:
        """Declare both."""
        super().__init__("clover:azure:ResourceGroups", name, None, without_versions(options))
        for role in (StoreRole.USER_DATA, StoreRole.EVIDENCE):
            resources.ResourceGroup(
                f"{name}-{role.value}",
                resource_group_name=group(place, role),
                location=place["region"],
                tags=tags(place),
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})
