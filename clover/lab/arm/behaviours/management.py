"""Management groups, the subscriptions in them, and the settings of the hierarchy."""

from clover.lab.arm import hierarchy
from clover.lab.arm.behaviour import Behaviour, Write, rules
from clover.lab.arm.errors import error
from clover.lab.arm.hierarchy import GROUP, PLACE, id_of, name_in
from clover.lab.arm.store import Resource
from clover.lab.arm.values import Body, first
from clover.lab.arm.world import World

SETTINGS = f"{GROUP}/settings"


class Group(Behaviour):
    """A management group."""

    def check(self, write: Write, /) -> None:
        """Refuse a parent that is not there, circles, too many levels, and a move of the root."""
        tenant = write.call.caller.tenant
        write.inside["tenant"] = tenant
        wanted = first(write.body, "properties.details.parent.id")
        if write.name.lower() == tenant and wanted:
            raise error("group_root", name=write.name)
        parent = str(wanted or id_of(tenant))
        if write.store.get(parent) is None:
            raise error("group_unknown", name=name_in(parent))
        chain = [name_in(each).lower() for each in hierarchy.above(write.world, parent)]
        if write.name.lower() in chain:
            raise error("group_circle", name=write.name)
        if len(chain) > hierarchy.DEEPEST:
            raise error("group_depth", name=write.name, most=hierarchy.DEEPEST)
        write.properties.setdefault("displayName", write.name)

    def show(self, world: World, resource: Resource, body: Body, /) -> None:
        """Add the tenant, the parent and the version."""
        properties = body["properties"]
        parent = hierarchy.parent_of(resource)
        above = world.store.get(parent)
        details = {"version": 1, "updatedTime": resource.changed, "updatedBy": resource.created_by}
        if above:
            shown = above.properties.get("displayName", above.name)
            details |= {"parent": {"id": above.id, "name": above.name, "displayName": shown}}
        properties |= {"tenantId": resource.inside["tenant"], "details": details}

    def check_deletion(self, world: World, resource: Resource, /) -> None:
        """Refuse to delete a root group, and one that holds something."""
        if resource.name.lower() == resource.inside["tenant"]:
            raise error("group_root", name=resource.name)
        below = [one for one in world.store.of_type(GROUP) if _same(hierarchy.parent_of(one), resource.id)]
        below += [one for one in world.store.below(resource.id) if one.kind.type == PLACE]
        if below:
            raise error("group_holds", name=resource.name, held=below[0].id)


def _same(one: str, other: str) -> bool:
    return one.lower() == other.lower()


class Place(Behaviour):
    """A subscription in a management group: in one alone."""

    def check(self, write: Write, /) -> None:
        """Know the subscription, which has to be one of the caller's tenant."""
        write.world.tenant_of(write.name, write.call.caller, works_in_it=False)

    def done(self, write: Write, resource: Resource, /) -> None:
        """Take the subscription out of the group that it was in."""
        for other in list(write.store.of_type(PLACE)):
            if other is not resource and other.name.lower() == resource.name.lower():
                write.store.remove(other)

    def show(self, world: World, resource: Resource, body: Body, /) -> None:
        """Add the tenant, the state and the group."""
        tenant = world.known_tenant(resource.name)
        parent = {"id": resource.parent}
        body["properties"] = {"tenant": tenant, "displayName": resource.name, "state": "Active", "parent": parent}


class Settings(Behaviour):
    """The settings of the hierarchy."""

    def check(self, write: Write, /) -> None:
        """Refuse them anywhere but at the root group, and a default group that is not there."""
        root = id_of(write.call.caller.tenant)
        if not _same(write.parent, root):
            raise error("settings_root", root=name_in(root), name=name_in(write.parent))
        default = write.properties.get("defaultManagementGroup")
        if default and write.store.get(str(default)) is None:
            raise error("group_unknown", name=name_in(str(default)))
        write.properties["tenantId"] = write.call.caller.tenant


rules(GROUP, Group())
rules(PLACE, Place())
rules(SETTINGS, Settings())
