"""What a store's inputs have to agree on, whatever the cloud."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, NotRequired, TypedDict

import pulumi

from clover.zones.vocabulary import DataClass, Immutability, StoreRole, TlsVersion, Versioning
from components.refusal import Refusal

NEEDED = {
    StoreRole.USER_DATA: ("endpoints", "recorded_by"),
    StoreRole.INTAKE: ("endpoints", "recorded_by"),
    StoreRole.EVIDENCE: ("auditor_networks",),
    StoreRole.STATE: ("runners",),
    StoreRole.AUDITOR_OWNED: ("auditor_networks", "owners", "recorded_by"),
}
"""The inputs that the guards of each role's stores are made of."""


class Landing(TypedDict):
    """Who writes into a store of role intake, and until when."""

    writer: str
    """The one principal that writes: an ARN on AWS, an object id on Azure. It reads nothing back."""
    closes: str
    """The first day on which nothing lands any more, in UTC, such as `2027-01-01`."""


class Runners(TypedDict):
    """Who reads a store of role state, which of the two writes, and from where."""

    deploys: str
    """The one principal that writes: an ARN on AWS, the id of an identity on Azure."""
    previews: str
    """The one that only reads."""
    networks: Sequence[str]
    """The networks (CIDR) that both call from."""


class SecondCopy(TypedDict):
    """Where the second copy of a store lies."""

    account: str
    """The account that the copy lies in, whose BackupVault keeps it; never the store's own."""
    retention_days: int
    """Days for which nobody can delete a copy there."""


class CopiedStore(TypedDict):
    """A store of a site that has a second copy."""

    name: str
    """The store's name within the site."""
    data_class: DataClass
    """How closely its data is held."""
    minimum_tls: NotRequired[TlsVersion]
    """The lowest TLS version that the copy answers; default 1.3."""
    declared_at: NotRequired[str]
    """Where the store is declared, as `file:line`."""


class RecordedCopies(TypedDict):
    """Second copies whose records a vault takes."""

    site: str
    """The site whose stores are copied."""
    account: str
    """The account that the copies lie in."""
    deployer: str
    """Who deploys them: an ARN on AWS, an object id on Azure."""


class Recorded(TypedDict):
    """What a store is told of what records it, where something does."""

    recorded_by: NotRequired[pulumi.Input[str]]


class Keeper(NamedTuple):
    """A vault that records are kept in, and its key."""

    vault: pulumi.Input[str]
    key: pulumi.Input[str]


def keeper(
    vault: pulumi.Input[str] | None, key: pulumi.Input[str] | None, declared_at: str | None = None
) -> Keeper | None:
    """The vault with its key; None where there is no vault. Refusal for a vault without its key."""
    if vault is None:
        return None
    if key is None:
        raise Refusal("evidence: a vault is given without its key", declared_at)
    return Keeper(vault, key)


class Restore(TypedDict):
    """An opening through which copies are read for a while."""

    endpoints: Sequence[str]
    """Ids of the endpoints that reads come through."""
    closes: str
    """The first day on which nothing is read any more, in UTC, such as `2027-01-01`."""


class CopyOf(TypedDict):
    """Whose copy a store is."""

    account: str
    """The account of the store that is copied."""
    copier: str
    """The one principal that writes: an ARN on AWS. It reads nothing back."""
    restore: NotRequired[Restore]
    """Through what, and until when, copies are read; without it nobody reads them."""


class Owners(TypedDict):
    """Who alone works in a store of role auditor-owned: ARNs on AWS, object ids on Azure."""

    person: str
    """The auditor's person; shows a second factor."""
    machine: str
    """The auditor's tool."""


def closing(landing: Landing, declared_at: str | None) -> str:
    """The instant at which a landing closes, as policies write it; Refusal for what is no day."""
    return instant(landing["closes"], declared_at)


def instant(closes: str, declared_at: str | None) -> str:
    """The instant (UTC, ISO 8601) at which a day begins that something closes on; Refusal for what is no day."""
    try:
        return f"{date.fromisoformat(closes).isoformat()}T00:00:00Z"
    except ValueError:
        raise Refusal(f"closes: {closes!r} is no day such as 2027-01-01", declared_at) from None


class Lock(NamedTuple):
    """How versions are locked, and for how long."""

    immutability: Immutability
    days: int


def role_of(args: Mapping[str, Any]) -> StoreRole:
    """The store's role; Refusal when it has no guards here, or when an input that they need is missing."""
    role = StoreRole(args["role"])
    if role not in NEEDED:
        raise Refusal(f"store {args['name']}: stores of role {role.value} are not a site's", args.get("declared_at"))
    needs = () if args.get("copy_of") else NEEDED[role]
    missing = [needed for needed in needs if args.get(needed) is None]
    if missing:
        raise Refusal(f"store {args['name']}: role {role.value} needs {', '.join(missing)}", args.get("declared_at"))
    return role


def versioning_of(args: Mapping[str, Any]) -> Versioning:
    """Whether older versions are kept; they are unless said otherwise."""
    return Versioning(args.get("versioning", Versioning.ENABLED))


def lock_of(args: Mapping[str, Any]) -> Lock | None:
    """The lock, None where nothing is locked; Refusal when immutability, days and versioning do not agree."""
    kept = args["role"] in {StoreRole.EVIDENCE, StoreRole.AUDITOR_OWNED}
    default = Immutability.COMPLIANCE if kept else Immutability.NONE
    immutability, days = Immutability(args.get("immutability", default)), args.get("retention_days")
    if immutability is Immutability.NONE:
        if days is not None:
            raise Refusal(f"store {args['name']}: retention_days without immutability", args.get("declared_at"))
        return None
    if days is None or versioning_of(args) is not Versioning.ENABLED:
        raise Refusal(
            f"store {args['name']}: immutability needs retention_days and versioning", args.get("declared_at")
        )
    return Lock(immutability, days)


def unreachable(args: Mapping[str, Any]) -> Refusal:
    """The refusal of a store whose first needed input is an empty list."""
    needed = NEEDED[StoreRole(args["role"])][0]
    return Refusal(f"store {args['name']}: {needed} is empty, so nobody could reach it", args.get("declared_at"))


def refuse_wide_runners(args: Mapping[str, Any]) -> None:
    """Raise Refusal for what fits several tokens, for two runners that are one, and for runners without a network."""
    place = args.get("declared_at")
    for which in ("audience", "deploys", "previews"):
        if not args[which] or set("*?$") & set(args[which]):
            raise Refusal(f"{which}: {args[which]!r} does not stand for one exact subject", place)
    if args["deploys"] == args["previews"]:
        raise Refusal(f"previews: {args['previews']!r} deploys as well", place)
    if not args["networks"]:
        raise Refusal("networks: the runners call from at least one declared network", place)
