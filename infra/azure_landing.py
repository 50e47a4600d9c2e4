"""The role under which historic data is added to a site's landings on Azure."""

import pulumi
from pulumi_azure_native import authorization

from components.azure import SiteArgs
from components.azure import site as names
from components.azure.policies import roles
from components.azure.versions import without_versions
from components.ordering import once_created


class LandingRole(pulumi.ComponentResource):
    """One role for all landings of a site: its guardrails list the role, and know none of its stores."""

    adding: pulumi.Output[str]
    """The role's id, once it is there."""

    def __init__(self, name: str, site: SiteArgs, options: pulumi.ResourceOptions) -> None:
        """Declare the role; nobody holds it until a landing assigns it."""
        super().__init__("clover:azure:LandingRole", name, {"site": site}, without_versions(options))
        guid = names.landing_role(site)
        definition = authorization.RoleDefinition(
            f"{name}-adding",
            role_definition_id=guid,
            role_name=f"Clover {site['name']}: adds to landings",
            description="Adds blobs; overwrites, reads, lists and deletes none.",
            role_type="CustomRole",
            scope=names.group_id(site),
            assignable_scopes=[names.group_id(site)],
            permissions=[roles.adding()],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.adding = once_created(names.role_definition(site, guid), [definition])
        self.register_outputs({})
