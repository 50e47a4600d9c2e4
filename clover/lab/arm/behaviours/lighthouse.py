"""Azure Lighthouse: offers to another tenant, and their assignment to a scope."""

from clover.lab.arm.behaviour import Behaviour, Write, rules
from clover.lab.arm.catalog import table
from clover.lab.arm.errors import error
from clover.lab.arm.rendering import rendered
from clover.lab.arm.roles import builtin, guid_of
from clover.lab.arm.store import Resource
from clover.lab.arm.tokens import is_guid
from clover.lab.arm.values import Body, first, found
from clover.lab.arm.world import World

DEFINITION = "Microsoft.ManagedServices/registrationDefinitions"
ASSIGNMENT = "Microsoft.ManagedServices/registrationAssignments"


class Definition(Behaviour):
    """An offer: which principals of the managing tenant get which roles.

    https://learn.microsoft.com/azure/lighthouse/concepts/tenants-users-roles: built-in roles only, no Owner, none with
    data actions; User Access Administrator only to give roles to managed identities.
    """

    def check(self, write: Write, /) -> None:
        """Refuse roles that cannot be delegated, and a tenant that would manage itself."""
        properties = write.properties
        tenant = str(properties["managedByTenantId"])
        if not is_guid(tenant):
            raise error("lighthouse_tenant", tenant=tenant)
        if tenant.lower() == write.call.caller.tenant:
            raise error("lighthouse_own_tenant", tenant=tenant)
        if not properties["authorizations"] and not properties.get("eligibleAuthorizations"):
            raise error("missing_property", path="properties.authorizations")
        for one in (*found(properties, "authorizations[]"), *found(properties, "eligibleAuthorizations[]")):
            _refuse_role(one)
        properties["manageeTenantId"] = write.call.caller.tenant


def _refuse_role(authorization: Body) -> None:
    guid = guid_of(str(authorization["roleDefinitionId"]))
    role = builtin(guid)
    if not is_guid(str(authorization["principalId"])):
        raise error("principal_form", principal=authorization["principalId"])
    if role is None:
        raise error("lighthouse_role", role=guid, why="only built-in roles can be delegated")
    limits = table("lighthouse")
    if guid in limits["never"]:
        raise error("lighthouse_role", role=guid, why=f"the role {role['name']} cannot be delegated")
    if role.get("dataActions"):
        raise error("lighthouse_role", role=guid, why=f"the role {role['name']} has data actions")
    delegated = list(found(authorization, "delegatedRoleDefinitionIds[]"))
    if (guid == limits["assigning"]) != bool(delegated):
        raise error(
            "lighthouse_role",
            role=guid,
            why="delegatedRoleDefinitionIds go with User Access Administrator, and with no other role",
        )
    for one in delegated:
        given = builtin(guid_of(one))
        if given is None or guid_of(one) in (*limits["never"], limits["assigning"]):
            raise error("lighthouse_role", role=guid_of(one), why="it cannot be given to managed identities")


class Assignment(Behaviour):
    """An offer that has been taken up for a subscription or resource group."""

    def check(self, write: Write, /) -> None:
        """Refuse an offer of another subscription, and the same one twice at a scope."""
        definition = str(first(write.body, "properties.registrationDefinitionId", ""))
        if definition.lower().split("/")[2:3] != write.parent.lower().split("/")[2:3]:
            raise error("invalid_reference", target=definition, id=write.id)
        for other in write.store.below(write.parent):
            same = str(other.properties.get("registrationDefinitionId", "")).lower() == definition.lower()
            if other.kind is write.kind and other.key != write.id.lower() and same:
                raise error("lighthouse_assigned", name=other.name)

    def show(self, world: World, resource: Resource, body: Body, /) -> None:
        """Add the offer."""
        definition = world.store.get(str(resource.properties["registrationDefinitionId"]))
        if definition:
            body["properties"]["registrationDefinition"] = rendered(world, definition)


rules(DEFINITION, Definition())
rules(ASSIGNMENT, Assignment())
