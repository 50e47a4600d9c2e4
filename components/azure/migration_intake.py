"""A landing for historic data."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi
from pulumi_azure_native import authorization

from clover.zones.vocabulary import DataClass, Immutability, TlsVersion, Versioning
from components.azure import site as names
from components.azure.policies import roles
from components.azure.region_locked_store import RegionLockedStore
from components.azure.site import SiteArgs
from components.azure.versions import without_versions
from components.migration import landing_of, store_args
from components.ordering import once_created
from components.stores import closing


class MigrationIntakeArgs(TypedDict):
    """What lands, by whom, and until when."""

    site: SiteArgs
    """The site that takes the data in."""
    name: str
    """The store's name within site and role."""
    data_class: DataClass
    """How closely the data is held."""
    key: pulumi.Input[str]
    """Id of the key of the site's intake stores."""
    endpoints: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Id of the subnet in which the store has its endpoint: the only way to the data."""
    recorded_by: pulumi.Input[str]
    """Id of the evidence store that every call on the data is recorded in; the store is made after it."""
    monitor: NotRequired[str]
    """Id of the workspace in which the auditor's monitor looks at the same calls, where the site has one."""
    writer: str
    """Object id of the one principal that writes."""
    adding: NotRequired[pulumi.Input[str]]
    """Id of the role that the writer holds on the store; default one declared with it, of which a site can have one."""
    closes: str
    """The first day on which nothing lands any more, in UTC, such as `2027-01-01`."""
    versioning: NotRequired[Versioning]
    """Whether older versions are kept; default enabled."""
    immutability: NotRequired[Immutability]
    """Who can delete a version early; default none."""
    retention_days: NotRequired[int | None]
    """How long a version is locked; needed where it is locked."""
    minimum_tls: NotRequired[TlsVersion]
    """The lowest TLS version answered; default the highest that the cloud can insist on."""
    declared_at: NotRequired[str]
    """Where the landing is declared, as `file:line`."""


class MigrationIntake(pulumi.ComponentResource):
    """A store of role intake that one writer fills until a day, and that closes by itself.

    The writer holds one role on the store: adding blobs, in one upload each, under a condition that ends with the
    deadline. It overwrites, reads and deletes nothing. Azure denies nobody: that nobody else writes rests on no
    assignment granting it, at any scope. Blob Storage checks what arrives against a checksum where the caller sends
    one; no setting asks for it.
    """

    store: pulumi.Output[str]
    """The store's id."""
    physical_name: pulumi.Output[str]
    """The account's name."""

    def __init__(self, name: str, args: MigrationIntakeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the landing; Refusal when it closes on no day, or an input contradicts another."""
        super().__init__("clover-azure:index:MigrationIntake", name, dict(args), without_versions(opts))
        store = RegionLockedStore(f"{name}-store", store_args(args), pulumi.ResourceOptions(parent=self))
        landed = self._landing(name, args, store)
        self.store = once_created(store.store, [landed])
        self.physical_name = once_created(store.physical_name, [landed])
        self.register_outputs({"store": self.store, "physical_name": self.physical_name})

    def _landing(self, name: str, args: MigrationIntakeArgs, store: RegionLockedStore) -> authorization.RoleAssignment:
        """The writer adds blobs to the store until it closes."""
        site, adding = args["site"], args.get("adding")
        return authorization.RoleAssignment(
            f"{name}-writer",
            role_assignment_name=names.guid(site, "landing-writer", args["name"]),
            scope=store.store,
            role_definition_id=landing_role(f"{name}-adding", site, self) if adding is None else adding,
            principal_id=args["writer"],
            principal_type="ServicePrincipal",
            condition=roles.until(closing(landing_of(args), args.get("declared_at"))),
            condition_version=roles.CONDITION_VERSION,
            opts=pulumi.ResourceOptions(parent=self),
        )


def landing_role(name: str, site: SiteArgs, parent: pulumi.Resource) -> pulumi.Output[str]:
    """Declare the role under which historic data is added to a site's landings; its id, once it is there.

    A site has one: its guardrails list the role's id, and know none of its stores.
    """
    guid = names.landing_role(site)
    definition = authorization.RoleDefinition(
        name,
        role_definition_id=guid,
        role_name=f"Clover {site['name']}: adds to landings",
        description="Adds blobs; overwrites, reads, lists and deletes none.",
        role_type="CustomRole",
        scope=names.group_id(site),
        assignable_scopes=[names.group_id(site)],
        permissions=[roles.adding()],
        opts=pulumi.ResourceOptions(parent=parent),
    )
    return once_created(names.role_definition(site, guid), [definition])
