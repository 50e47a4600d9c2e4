"""Where the records of a site end when the auditor keeps them."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi
from pulumi_azure_native import authorization

from clover.zones.vocabulary import DataClass, Immutability, StoreRole
from components.azure import site as names
from components.azure.access_trail import AccessTrail
from components.azure.encryption_key import EncryptionKey
from components.azure.policies import roles
from components.azure.region_locked_store import RegionLockedStore
from components.azure.site import SiteArgs
from components.azure.versions import without_versions
from components.ordering import once_created
from components.refusal import Refusal
from components.stores import RecordedCopies


class EvidenceVaultArgs(TypedDict):
    """Whose records are kept, where, by whom, for whom and for how long."""

    site: SiteArgs
    """The site whose records are kept."""
    account: str
    """The auditor's subscription, in which the vault lies; never the site's, and of the site's tenant."""
    deployer: str
    """Object id of the auditor's principal that deploys the vault."""
    person: str
    """The one user of the auditor's that persons sign in as: tenant and object id, with a slash between them."""
    machine: str
    """Object id of the one service principal, in the site's tenant, that the auditor's tool reads as."""
    networks: Sequence[str]
    """The networks (CIDR, IPv4) that the auditor reads from."""
    retention_days: int
    """Days for which nobody can delete a record."""
    copies: NotRequired[Sequence[RecordedCopies]]
    """Second copies in the site's region whose records are kept too; default none."""
    declared_at: NotRequired[str]
    """Where the vault is declared, as `file:line`."""


class EvidenceVault(pulumi.ComponentResource):
    """A storage account under a key of its own, both in the auditor's subscription and in the site's region and tenant.

    Trusted services write, as diagnostic settings and flow logs do, which reach no other tenant; the auditor's machine
    reads, from its own networks. Of the site, its deployer alone has a part in it, and so has that of second copies in
    the region: it may name the account as the place of its logs, for which Azure asks that it may list keys, of which
    the account takes none. Versions are locked for the days given from the day on which the auditor closes the policy,
    a second step that nothing undoes; until then whoever may write the account may shorten them, and nobody of the site
    may. The subscription's own activities and the key's use are recorded in the vault; who reads it is not, for an
    account cannot log to itself.

    Whoever administers the tenant can make themselves administrator of every subscription in it: that stays trust.
    Persons of another tenant read through the machine; nothing is delegated to `person` here.
    """

    vault: pulumi.Output[str]
    """Id of the vault's storage account, delivered when its guards exist and the site may name it."""
    physical_name: pulumi.Output[str]
    """The account's name."""
    key: pulumi.Output[str]
    """Id of the vault's key."""
    alias: pulumi.Output[str]
    """The key's address without a version."""

    def __init__(self, name: str, args: EvidenceVaultArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare key, account, records and roles; Refusal when the vault would lie in the site's own subscription."""
        super().__init__("clover-azure:index:EvidenceVault", name, dict(args), without_versions(opts))
        place, child = _place(args), pulumi.ResourceOptions(parent=self)
        key = EncryptionKey(f"{name}-key", {"site": place, "role": StoreRole.EVIDENCE}, child)
        store = RegionLockedStore(
            f"{name}-store",
            {
                "site": place,
                "name": names.VAULT_STORE,
                "data_class": DataClass.RESTRICTED,
                "role": StoreRole.EVIDENCE,
                "key": key.key,
                "auditor_networks": args["networks"],
                "immutability": Immutability.COMPLIANCE,
                "retention_days": args["retention_days"],
            },
            child,
        )
        AccessTrail(f"{name}-trail", {"site": place, "evidence": store.store, "key": key.key}, child)
        assigned = [self._read(name, place, args["machine"]), *self._named(name, place, args, store)]
        self.vault = once_created(names.evidence_vault_id(place), [store, *assigned])
        self.physical_name, self.key, self.alias = store.physical_name, key.key, key.alias
        outputs = ("vault", "physical_name", "key", "alias")
        self.register_outputs({output: getattr(self, output) for output in outputs})

    def _read(self, name: str, place: SiteArgs, machine: str) -> authorization.RoleAssignment:
        """The auditor's machine reads the containers of logs."""
        return authorization.RoleAssignment(
            f"{name}-reader",
            role_assignment_name=names.guid(place, "vault", "reader"),
            scope=names.group_id(place, StoreRole.EVIDENCE),
            role_definition_id=names.built_in_role(place, "storage-blob-data-reader"),
            principal_id=machine,
            principal_type="ServicePrincipal",
            condition=roles.log_containers_only(),
            condition_version=roles.CONDITION_VERSION,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _named(
        self, name: str, place: SiteArgs, args: EvidenceVaultArgs, store: RegionLockedStore
    ) -> list[authorization.RoleAssignment]:
        """The deployers of the site, and of copies beside it, name the account as the place of their logs."""
        guid, group = names.guid(place, "vault", "log-target"), names.group_id(place, StoreRole.EVIDENCE)
        definition = authorization.RoleDefinition(
            f"{name}-log-target",
            role_definition_id=guid,
            role_name=f"Clover {place['name']}: names the vault as the place of its logs",
            description="What Azure asks of whoever points logs to the account; it takes none of the keys.",
            role_type="CustomRole",
            scope=group,
            assignable_scopes=[group],
            permissions=[roles.log_target()],
            opts=pulumi.ResourceOptions(parent=self),
        )
        role = once_created(names.role_definition(place, guid), [definition])
        return [
            authorization.RoleAssignment(
                "-".join((name, *source)),
                role_assignment_name=names.guid(place, "vault", *source),
                scope=store.store,
                role_definition_id=role,
                principal_id=deployer,
                principal_type="ServicePrincipal",
                opts=pulumi.ResourceOptions(parent=self),
            )
            for source, deployer in _sources(args)
        ]


def _sources(args: EvidenceVaultArgs) -> list[tuple[tuple[str, ...], str]]:
    """Who points logs to the vault: what each is called, and its object id."""
    copies = args.get("copies", ())
    return [
        (("log-source",), args["site"]["deployer"]),
        *((("log-source", "copies", each["site"]), each["deployer"]) for each in copies),
    ]


def _place(args: EvidenceVaultArgs) -> SiteArgs:
    """The vault's own place: the site's region in the auditor's subscription; Refusal for the site's subscription."""
    if args["account"] == args["site"]["account"]:
        raise Refusal(f"account: {args['account']} is the site's own, not the auditor's", args.get("declared_at"))
    return names.vault_place(args["site"], args["account"], args["deployer"])
