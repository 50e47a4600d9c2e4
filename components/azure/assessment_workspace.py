"""The auditor's own store for assessments."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi
from pulumi_azure_native import authorization

from clover.zones.vocabulary import DataClass, Immutability, StoreRole
from components.assessment import PublishedSite, digest, document
from components.azure import site as names
from components.azure.access_trail import AccessTrail
from components.azure.encryption_key import EncryptionKey, EncryptionKeyArgs
from components.azure.policies import roles
from components.azure.region_locked_store import RegionLockedStore, RegionLockedStoreArgs
from components.azure.site import SiteArgs
from components.azure.versions import without_versions
from components.ordering import once_created


class AssessmentWorkspaceArgs(TypedDict):
    """Where assessments are kept, by whom, for how long, and what is published to those who make them."""

    site: SiteArgs
    """The workspace's own place: the auditor's subscription and tenant, and its principal that deploys there."""
    person: str
    """Object id of the one user, of the workspace's tenant, that a person of the auditor works as."""
    machine: str
    """Object id of the one service principal, of the workspace's tenant, that the auditor's tool works as."""
    networks: Sequence[str]
    """The networks (CIDR, IPv4) that the auditor works from."""
    retention_days: int
    """Days for which nobody can delete an assessment, or a record of who read one."""
    published: Sequence[PublishedSite]
    """The hosts of each site that an app's traffic is compared with."""
    declared_at: NotRequired[str]
    """Where the workspace is declared, as `file:line`."""


class AssessmentWorkspace(pulumi.ComponentResource):
    """A locked account for assessments of apps and infrastructure, in the auditor's own subscription and tenant.

    The auditor's person and machine read and write blobs under a role that deletes and signs nothing, from the
    auditor's networks; trusted services do not get in. Its reads, the use of its key and the subscription's activities
    are recorded in an account of evidence beside it, under a key of its own, which the same two read. No principal of
    a site exists in this tenant.

    The locks on versions are open until the auditor closes them, a second step that nothing undoes. Whether a person
    shows a second factor is a rule of the tenant's sign-in.

    What apps may talk to and what the gateways let out is published as one JSON document.
    """

    store: pulumi.Output[str]
    """Id of the account, delivered when its guards, its record and both roles exist."""
    physical_name: pulumi.Output[str]
    """The account's name."""
    key: pulumi.Output[str]
    """Id of the account's key."""
    records: pulumi.Output[str]
    """Id of the account of evidence on who uses the account."""
    hosts: pulumi.Output[str]
    """The published hosts as JSON (`clover.hosts/1`); known in a preview."""
    hosts_digest: pulumi.Output[str]
    """SHA-256 of that document."""

    def __init__(self, name: str, args: AssessmentWorkspaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare keys, accounts, records and roles."""
        super().__init__("clover-azure:index:AssessmentWorkspace", name, dict(args), without_versions(opts))
        site, child = args["site"], pulumi.ResourceOptions(parent=self)
        sealing = EncryptionKey(f"{name}-record-key", {"site": site, "role": StoreRole.EVIDENCE}, child)
        evidence = RegionLockedStore(f"{name}-records", _store(args, StoreRole.EVIDENCE, sealing.key), child)
        AccessTrail(f"{name}-trail", {"site": site, "evidence": evidence.store, "key": sealing.key}, child)
        of_key: EncryptionKeyArgs = {"site": site, "role": StoreRole.AUDITOR_OWNED, "recorded_by": evidence.store}
        key = EncryptionKey(f"{name}-key", of_key, child)
        owned = _store(args, StoreRole.AUDITOR_OWNED, key.key)
        owned["recorded_by"] = evidence.store
        owned["owners"] = {"person": args["person"], "machine": args["machine"]}
        store = RegionLockedStore(f"{name}-store", owned, child)
        working = [*self._works(name, args, store.store), *self._reads(name, args, evidence.store)]
        published = document(site["zone"], args["published"])
        self.store, self.physical_name = once_created(store.store, working), once_created(store.physical_name, working)
        self.key, self.records = key.key, evidence.store
        self.hosts = pulumi.Output.from_input(published)
        self.hosts_digest = pulumi.Output.from_input(digest(published))
        self.register_outputs({output: getattr(self, output) for output in _OUTPUTS})

    def _works(
        self, name: str, args: AssessmentWorkspaceArgs, store: pulumi.Input[str]
    ) -> list[authorization.RoleAssignment]:
        """Both read and write in the account of assessments."""
        site = args["site"]
        guid, group = names.guid(site, "assessing"), names.group_id(site, StoreRole.AUDITOR_OWNED)
        definition = authorization.RoleDefinition(
            f"{name}-assessing",
            role_definition_id=guid,
            role_name=f"Clover {site['zone']}: reads and writes assessments",
            description="Deletes nothing, and signs for nobody.",
            role_type="CustomRole",
            scope=group,
            assignable_scopes=[group],
            permissions=[roles.assessing()],
            opts=pulumi.ResourceOptions(parent=self),
        )
        role = once_created(names.role_definition(site, guid), [definition])
        return [self._assigned(f"{name}-{who}-works", args, who, store, role) for who in _TYPES]

    def _reads(
        self, name: str, args: AssessmentWorkspaceArgs, evidence: pulumi.Input[str]
    ) -> list[authorization.RoleAssignment]:
        """Both read the containers of records."""
        role = names.built_in_role(args["site"], "storage-blob-data-reader")
        return [
            self._assigned(f"{name}-{who}-reads", args, who, evidence, role, roles.log_containers_only())
            for who in _TYPES
        ]

    def _assigned(  # noqa: PLR0913, PLR0917 (an assignment says who, where, what, and under which condition)
        self,
        name: str,
        args: AssessmentWorkspaceArgs,
        who: str,
        scope: pulumi.Input[str],
        role: pulumi.Input[str],
        condition: str | None = None,
    ) -> authorization.RoleAssignment:
        return authorization.RoleAssignment(
            name,
            role_assignment_name=names.guid(args["site"], name),
            scope=scope,
            role_definition_id=role,
            principal_id=args["person"] if who == "person" else args["machine"],
            principal_type=_TYPES[who],
            condition=condition,
            condition_version=roles.CONDITION_VERSION if condition else None,
            opts=pulumi.ResourceOptions(parent=self),
        )


_OUTPUTS = ("store", "physical_name", "key", "records", "hosts", "hosts_digest")
_TYPES = {"person": "User", "machine": "ServicePrincipal"}
"""Who works in the workspace, and what each is to Entra."""


def _store(args: AssessmentWorkspaceArgs, role: StoreRole, key: pulumi.Input[str]) -> RegionLockedStoreArgs:
    """What both accounts are told."""
    return {
        "site": args["site"],
        "name": names.WORKSPACE_STORE,
        "data_class": DataClass.RESTRICTED,
        "role": role,
        "key": key,
        "auditor_networks": args["networks"],
        "immutability": Immutability.COMPLIANCE,
        "retention_days": args["retention_days"],
    }
