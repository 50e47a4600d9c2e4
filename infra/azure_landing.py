"""The role under which historic data is added to a site's landings on Azure."""

import pulumi

from components.azure import SiteArgs
from components.azure.migration_intake import landing_role
from components.azure.versions import without_versions


class LandingRole(pulumi.ComponentResource):
    """One role for all landings of a site, that stays when one of them goes."""

    adding: pulumi.Output[str]
    """The role's id, once it is there."""

    def __init__(self, name: str, site: SiteArgs, options: pulumi.ResourceOptions) -> None:
        """Declare the role; nobody holds it until a landing assigns it."""
        super().__init__("clover:azure:LandingRole", name, {"site": site}, without_versions(options))
        self.adding = landing_role(f"{name}-adding", site, self)
        self.register_outputs({})
