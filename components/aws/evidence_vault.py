"""Where the records of a site end when the auditor keeps them."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi

from clover.zones.vocabulary import DataClass, Immutability, StoreRole, TlsVersion
from components.aws import site as names
from components.aws.access_trail import AccessTrail
from components.aws.kept import KeptKey, KeptStore
from components.aws.records import kept_records
from components.aws.region_locked_store import RegionLockedStoreArgs
from components.aws.site import SiteArgs
from components.refusal import Refusal
from components.stores import RecordedCopies


class EvidenceVaultArgs(TypedDict):
    """Whose records are kept, where, by whom, for whom and for how long."""

    site: SiteArgs
    """The site whose records are kept."""
    account: str
    """The auditor's AWS account, in which the vault lies; never the site's."""
    deployer: str
    """ARN of the auditor's role that deploys the vault: the only principal that may change its controls."""
    person: str
    """ARN of the one principal that a person of the auditor reads as, with a second factor."""
    machine: str
    """ARN of the one principal that the auditor's tool reads as."""
    networks: Sequence[str]
    """The networks (CIDR) that the auditor reads from."""
    retention_days: int
    """Days for which nobody can delete a record."""
    copies: NotRequired[Sequence[RecordedCopies]]
    """Second copies in the site's region whose records are kept too; default none."""
    declared_at: NotRequired[str]
    """Where the vault is declared, as `file:line`."""


class EvidenceVault(pulumi.ComponentResource):
    """A locked store under a key of its own, both in the auditor's account and in the site's region.

    The site's log services write, each bound to the site's account and sources, and so do the trails of second copies
    in the region; the auditor reads, from its own networks; nobody else does either. No principal of the site or of
    the copies has a part in it but for looking up which key stands behind the alias. What has arrived is locked against
    everybody for the days given. A trail of the auditor's own account records who reads and changes the vault, and
    delivers into it.

    Names follow from the site and the auditor's account, so that a site can name its vault before either exists.
    """

    vault: pulumi.Output[str]
    """ARN of the vault's store, delivered when its guards exist."""
    physical_name: pulumi.Output[str]
    """The store's name."""
    key: pulumi.Output[str]
    """ARN of the vault's key."""
    alias: pulumi.Output[str]
    """The key's alias, by which the site finds it."""

    def __init__(self, name: str, args: EvidenceVaultArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare key, store and trail; Refusal when the vault would lie in the site's own account."""
        super().__init__("clover-aws:index:EvidenceVault", name, dict(args), opts)
        place, child = _place(args), pulumi.ResourceOptions(parent=self)
        records = kept_records(args["site"], place, args["person"], args["machine"], _copies(args))
        key = KeptKey(f"{name}-key", records, {"site": place, "role": StoreRole.EVIDENCE}, child)
        kept: RegionLockedStoreArgs = {
            "site": place,
            "name": names.VAULT_STORE,
            "data_class": DataClass.RESTRICTED,
            "role": StoreRole.EVIDENCE,
            "key": key.key,
            "auditor_networks": args["networks"],
            "immutability": Immutability.COMPLIANCE,
            "retention_days": args["retention_days"],
            "minimum_tls": TlsVersion.TLS_1_2,
        }
        store = KeptStore(f"{name}-store", records, kept, child)
        AccessTrail(f"{name}-trail", {"site": place, "evidence": store.store, "key": key.key}, child)
        self.vault, self.physical_name, self.key, self.alias = store.store, store.physical_name, key.key, key.alias
        outputs = ("vault", "physical_name", "key", "alias")
        self.register_outputs({output: getattr(self, output) for output in outputs})


def _copies(args: EvidenceVaultArgs) -> list[SiteArgs]:
    """The places of the copies whose records are kept; each trail has the name of the site whose copies they are."""
    return [
        {**names.vault_place(args["site"], copies["account"], copies["deployer"]), "name": copies["site"]}
        for copies in args.get("copies", ())
    ]


def _place(args: EvidenceVaultArgs) -> SiteArgs:
    """The vault's own place: the site's region in the auditor's account; Refusal for the site's account."""
    if args["account"] == args["site"]["account"]:
        raise Refusal(f"account: {args['account']} is the site's own, not the auditor's", args.get("declared_at"))
    return names.vault_place(args["site"], args["account"], args["deployer"])
