"""Where the second copies of a site's stores lie."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from clover.zones.vocabulary import DataClass, Immutability, StoreRole, TlsVersion
from components.aws import site as names
from components.aws.access_trail import AccessTrail, AccessTrailArgs
from components.aws.encryption_key import EncryptionKey
from components.aws.policies import keys
from components.aws.policies.document import Document
from components.aws.region_locked_store import RegionLockedStore, RegionLockedStoreArgs
from components.aws.site import SiteArgs
from components.refusal import Refusal
from components.stores import CopiedStore, CopyOf, Recorded, Restore, instant, keeper


class BackupVaultArgs(TypedDict):
    """Whose stores are copied, where the copies lie, and for how long nobody can delete them."""

    site: SiteArgs
    """The site whose stores are copied."""
    account: str
    """The AWS account that the copies lie in; never the site's."""
    deployer: str
    """ARN of the role that deploys the copies: the only principal that may change their controls."""
    stores: Sequence[CopiedStore]
    """The stores that are copied."""
    retention_days: int
    """Days for which nobody can delete a copy."""
    evidence: NotRequired[pulumi.Input[str]]
    """ARN of the auditor's vault that the copies' trail is kept in; without it nothing is recorded."""
    evidence_key: NotRequired[pulumi.Input[str]]
    """ARN of the vault's key; given with the vault."""
    restore: NotRequired[Restore]
    """Through what, and until when, copies are read; without it nobody reads them."""
    declared_at: NotRequired[str]
    """Where the copies are declared, as `file:line`."""


class BackupVault(pulumi.ComponentResource):
    """A locked store for each store of the site that is copied, under a key of their own, in another account.

    S3's own replication writes, as one role of the site's for each store, which reads nothing back; nobody else writes,
    and nobody reads, the deployer of the copies neither. What has arrived is locked against everybody for the days
    given. An open restore lets principals of the site's account read until its day, through the endpoints named in it.
    A trail of the account records every call on copies and every use of their key, in the auditor's vault; it is there
    before they are.

    Names follow from the site and the account, so that a site can name its copies before either exists.
    """

    copies: pulumi.Output[Mapping[str, str]]
    """The ARNs of the copies by their stores' names, each delivered when its guards exist."""
    key: pulumi.Output[str]
    """ARN of the key that they lie under."""
    alias: pulumi.Output[str]
    """The key's alias, by which a replication finds it."""

    def __init__(self, name: str, args: BackupVaultArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare trail, key and stores; Refusal when the copies would lie in the site's own account."""
        super().__init__("clover-aws:index:BackupVault", name, dict(args), opts)
        place, child = _place(args), pulumi.ResourceOptions(parent=self)
        recorded = _recorded(name, place, args, child)
        key = _CopiesKey(f"{name}-key", place, args, child)
        made = {
            each["name"]: RegionLockedStore(
                f"{name}-{each['name']}", {**_store(args, place, key, each), **recorded}, child
            )
            for each in args["stores"]
        }
        self.copies = pulumi.Output.all(**{store: copy.store for store, copy in made.items()})
        self.key, self.alias = key.key, key.alias
        self.register_outputs({output: getattr(self, output) for output in ("copies", "key", "alias")})


class _CopiesKey(EncryptionKey):
    """The key of second copies: written with by the site's copiers, and read with by nobody."""

    def __init__(self, name: str, place: SiteArgs, args: BackupVaultArgs, opts: pulumi.ResourceOptions) -> None:
        """Declare the key of copies at a place."""
        self._args = args
        super().__init__(name, {"site": place, "role": StoreRole.USER_DATA}, opts)

    def _policy(self, site: SiteArgs, role: StoreRole) -> Document:  # noqa: ARG002  copies are of user data alone
        source, restore = self._args["site"], self._args.get("restore")
        copiers = names.role_arn(source, names.COPIES_PATH, "*")
        closes = instant(restore["closes"], self._args.get("declared_at")) if restore else None
        return keys.copies_key(site, names.account_principal(source), copiers, closes)


def _recorded(name: str, place: SiteArgs, args: BackupVaultArgs, opts: pulumi.ResourceOptions) -> Recorded:
    """The trail of the copies' account, where there is a vault to keep it in; Refusal for a vault without its key."""
    kept = keeper(args.get("evidence"), args.get("evidence_key"), args.get("declared_at"))
    if kept is None:
        return {}
    told: AccessTrailArgs = {"site": place, "evidence": kept.vault, "key": kept.key}
    return {"recorded_by": AccessTrail(f"{name}-trail", told, opts).trail}


def _place(args: BackupVaultArgs) -> SiteArgs:
    """The copies' own place: the site's region in another account; Refusal for the site's account."""
    if args["account"] == args["site"]["account"]:
        raise Refusal(
            f"account: {args['account']} is the site's own, no place for second copies", args.get("declared_at")
        )
    return names.vault_place(args["site"], args["account"], args["deployer"])


def _store(args: BackupVaultArgs, place: SiteArgs, key: EncryptionKey, store: CopiedStore) -> RegionLockedStoreArgs:
    """The copy of one store: of its class, and locked."""
    copy: CopyOf = {"account": args["site"]["account"], "copier": names.copier_arn(args["site"], store["name"])}
    if restore := args.get("restore"):
        copy["restore"] = restore
    return {
        "site": place,
        "name": store["name"],
        "data_class": DataClass(store["data_class"]),
        "role": StoreRole.USER_DATA,
        "key": key.key,
        "copy_of": copy,
        "immutability": Immutability.COMPLIANCE,
        "retention_days": args["retention_days"],
        "minimum_tls": TlsVersion(store.get("minimum_tls", TlsVersion.TLS_1_3)),
        "declared_at": store.get("declared_at", ""),
    }
