"""Where the second copies of a site's stores lie."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
from pulumi_azure_native import authorization

from clover.zones.vocabulary import Immutability, StoreRole
from components.azure import site as names
from components.azure.access_trail import AccessTrail
from components.azure.encryption_key import EncryptionKey, EncryptionKeyArgs
from components.azure.policies import roles
from components.azure.region_locked_store import RegionLockedStore, RegionLockedStoreArgs
from components.azure.site import SiteArgs
from components.azure.versions import without_versions
from components.ordering import once_created
from components.refusal import Refusal
from components.stores import CopiedStore, CopyOf, Recorded, Restore, keeper


class BackupVaultArgs(TypedDict):
    """Whose stores are copied, where to, by whom, and for how long a copy stays."""

    site: SiteArgs
    """The site whose stores are copied."""
    account: str
    """The subscription that the copies lie in, of the site's tenant; never the site's."""
    deployer: str
    """Object id of the principal that deploys the copies, and no site."""
    stores: Sequence[CopiedStore]
    """The stores that are copied."""
    retention_days: int
    """Days for which nobody can delete a copy."""
    region: NotRequired[str]
    """The region that the copies lie in, another site's; the site's own, which is refused, where nothing is said."""
    evidence: NotRequired[pulumi.Input[str]]
    """Id of the auditor's vault in the copies' region that what is done is recorded in; without it nothing is."""
    evidence_key: NotRequired[pulumi.Input[str]]
    """Id of the vault's key; given with the vault."""
    restore: NotRequired[Restore]
    """Through what, and until when, copies are read; without it nobody reads them."""
    declared_at: NotRequired[str]
    """Where the copies are declared, as `file:line`."""


class BackupVault(pulumi.ComponentResource):
    """A key of its own, and for each store that is copied an account that object replication alone writes into.

    Nobody reads: no network, no endpoint, no key of the account, and no role for data. Versions are locked for the days
    given, from the day on which the copies' deployer closes the policies, a second step that nothing undoes. Azure
    refuses every other write into a container that a rule copies into. The site's deployer writes the policies of
    replication, which a role of its own permits on these accounts and nothing else, not their deletion either: so that
    one update of the site's stack makes both halves. It could have the copies copied on, to an account of the tenant
    that agrees to it; Azure's roles tell no direction apart.

    The subscription's activities, every call on the blobs of copies and every use of their key are recorded in the
    auditor's vault of the region that they lie in, for an account takes the logs of its own region alone
    (https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings#destinations).

    Azure copies block blobs, and no deletions of locked versions. It makes both halves of a policy agree, and says of
    each blob how far it is; that a copy can be brought back, somebody tries.
    """

    copies: pulumi.Output[dict[str, str]]
    """The id of each copy's account by the name of its store, once its guards exist and the site may copy into it."""
    key: pulumi.Output[str]
    """Id of the key that they lie under."""
    alias: pulumi.Output[str]
    """The key's address without a version."""

    def __init__(self, name: str, args: BackupVaultArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare records, key, accounts and role; Refusal for the site's subscription or region, or a restore."""
        super().__init__("clover-azure:index:BackupVault", name, dict(args), without_versions(opts))
        place, child = _place(args), pulumi.ResourceOptions(parent=self)
        recorded = _recorded(name, place, args, child)
        of_key: EncryptionKeyArgs = {"site": place, "role": StoreRole.USER_DATA, "copy_of": _copied(args)}
        key = EncryptionKey(f"{name}-key", {**of_key, **recorded}, child)
        stores = {
            store["name"]: RegionLockedStore(
                f"{name}-{store['name']}", {**_store(args, place, store, key.key), **recorded}, child
            )
            for store in args["stores"]
        }
        assigned = self._assigned(name, place, args["site"]["deployer"], stores)
        self.copies = pulumi.Output.all(
            **{
                each: once_created(names.account_id(place, StoreRole.USER_DATA, each), [store, assigned[each]])
                for each, store in stores.items()
            }
        )
        self.key, self.alias = key.key, key.alias
        self.register_outputs({output: getattr(self, output) for output in ("copies", "key", "alias")})

    def _role(self, name: str, place: SiteArgs) -> pulumi.Output[str]:
        """What the site's deployer may do with accounts of copies: write policies of replication."""
        guid, group = names.guid(place, "copies", "replication"), names.group_id(place)
        definition = authorization.RoleDefinition(
            f"{name}-replication",
            role_definition_id=guid,
            role_name=f"Clover {place['name']}: has its stores copied",
            description="Reading and writing policies of object replication; neither deleting them nor anything else.",
            role_type="CustomRole",
            scope=group,
            assignable_scopes=[group],
            permissions=[roles.replication()],
            opts=pulumi.ResourceOptions(parent=self),
        )
        return once_created(names.role_definition(place, guid), [definition])

    def _assigned(
        self, name: str, place: SiteArgs, deployer: str, stores: Mapping[str, RegionLockedStore]
    ) -> dict[str, pulumi.Resource]:
        """The site's deployer may have each store copied into its account."""
        role = self._role(name, place)
        return {
            called: authorization.RoleAssignment(
                f"{name}-{called}-source",
                role_assignment_name=names.guid(place, "copies", called),
                scope=store.store,
                role_definition_id=role,
                principal_id=deployer,
                principal_type="ServicePrincipal",
                opts=pulumi.ResourceOptions(parent=self),
            )
            for called, store in stores.items()
        }


def _recorded(name: str, place: SiteArgs, args: BackupVaultArgs, opts: pulumi.ResourceOptions) -> Recorded:
    """The record of the subscription, where there is a vault to keep it in; Refusal for a vault without its key."""
    kept = keeper(args.get("evidence"), args.get("evidence_key"), args.get("declared_at"))
    if kept is None:
        return {}
    AccessTrail(f"{name}-trail", {"site": place, "evidence": kept.vault, "key": kept.key}, opts)
    return {"recorded_by": kept.vault}


def _store(args: BackupVaultArgs, place: SiteArgs, store: CopiedStore, key: pulumi.Input[str]) -> RegionLockedStoreArgs:
    """The account of one copy, locked as evidence is."""
    return {
        "site": place,
        "name": store["name"],
        "data_class": store["data_class"],
        "role": StoreRole.USER_DATA,
        "key": key,
        "copy_of": _copied(args),
        "immutability": Immutability.COMPLIANCE,
        "retention_days": args["retention_days"],
        "declared_at": store.get("declared_at", args.get("declared_at", "")),
    }


def _copied(args: BackupVaultArgs) -> CopyOf:
    """Whose copies they are; the site's deployer is who has them made."""
    return {"account": args["site"]["account"], "copier": args["site"]["deployer"]}


def _place(args: BackupVaultArgs) -> SiteArgs:
    """The copies' own place; Refusal for the site's subscription or region, and for a restore."""
    site, declared_at = args["site"], args.get("declared_at")
    if args["account"] == site["account"]:
        raise Refusal(f"account: {args['account']} is the site's own", declared_at)
    region = args.get("region", site["region"])
    if region == site["region"]:
        raise Refusal(f"region: {region} is the site's own, and copies lie at another site", declared_at)
    if "restore" in args:
        raise Refusal("restore: reading second copies cannot be declared on Azure yet", declared_at)
    return {**names.copies_place(site, args["account"]), "deployer": args["deployer"], "region": region}
