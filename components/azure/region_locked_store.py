"""A store of the site."""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi_azure_native import authorization, network, storage

from clover.zones.vocabulary import AzureService, DataClass, Immutability, StoreRole, TlsVersion, Versioning
from components.azure import recording
from components.azure import site as names
from components.azure.containers import CONTAINER, Place, declared_container
from components.azure.policies import storage as rules
from components.azure.replication import COPIES, Copying, replicate, with_copies
from components.azure.site import SiteArgs
from components.azure.versions import without_versions
from components.ordering import once_created
from components.refusal import Refusal
from components.stores import (
    CopyOf,
    Landing,
    Lock,
    Owners,
    Runners,
    SecondCopy,
    lock_of,
    role_of,
    unreachable,
    versioning_of,
)
from components.tags import store_tags, tags

SOFT_DELETE_DAYS = 30
"""How long a deleted blob or container can still be brought back."""

FROM_NETWORKS = frozenset({StoreRole.EVIDENCE, StoreRole.AUDITOR_OWNED, StoreRole.STATE})
"""The roles of stores that are reached from the auditor's or the runners' networks, without an endpoint."""

OTHER_SERVICES = ("file", "queue", "table")
"""What an account has beside blobs; their logs have the same categories
(https://learn.microsoft.com/azure/azure-monitor/reference/supported-logs/logs-index)."""

_STATE = "immutableStorageWithVersioning.immutabilityPolicy.state"


class RegionLockedStoreArgs(TypedDict):
    """What a store holds, for whom, and how it is guarded."""

    site: SiteArgs
    """The site that the store belongs to."""
    name: str
    """The store's name within site and role."""
    data_class: DataClass
    """How closely the data is held."""
    role: StoreRole
    """What the store is for: evidence, the auditor's own, state, or data of users that is kept or coming in."""
    key: pulumi.Input[str]
    """Id of the key of this role's stores."""
    endpoints: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """Id of the subnet in which the store has its endpoint: the only way to the data of users."""
    recorded_by: NotRequired[pulumi.Input[str]]
    """Id of the evidence store that every call on the data is recorded in; the store is made after it."""
    monitor: NotRequired[str]
    """Id of the workspace in which the auditor's monitor looks at the same calls, where the site has one."""
    auditor_networks: NotRequired[Sequence[str]]
    """The networks (CIDR, IPv4) from which the auditor reads evidence, or works in a store of its own."""
    owners: NotRequired[Owners]
    """Who alone works in a store of role auditor-owned; AssessmentWorkspace gives them."""
    second_copy: NotRequired[SecondCopy]
    """Where the second copy of a store of user data lies, whose provider is given as `copies`; default none."""
    copy_of: NotRequired[CopyOf]
    """Whose copy the store is, where it is one: nothing else writes, and nobody reads. BackupVault gives it."""
    landing: NotRequired[Landing]
    """Who writes into a store of role intake, and until when; MigrationIntake gives it, and grants the writing."""
    runners: NotRequired[Runners]
    """Who reads and writes a store of role state; StateBackend gives it, and grants both."""
    versioning: NotRequired[Versioning]
    """Whether older versions are kept; default enabled."""
    immutability: NotRequired[Immutability]
    """Who can delete a version early; default compliance for what the auditor reads or owns, none for user data."""
    retention_days: NotRequired[int | None]
    """How long a version is locked; needed where it is locked."""
    minimum_tls: NotRequired[TlsVersion]
    """The lowest TLS version answered; default 1.2, the highest floor that Azure Storage takes."""
    declared_at: NotRequired[str]
    """Where the store is declared, as `file:line`."""


class RegionLockedStore(pulumi.ComponentResource):
    """A storage account in the site's region that nothing leaves but through the site, under its own key.

    Three availability zones of the one region, no replication beyond it. All four services lie under the role's key
    from the first byte. User data is reached through one private endpoint: no public network, no trusted services, no
    single resources. Evidence is written by trusted services, which pass as such, and read from the auditor's
    networks; state is reached from its runners' networks alone. There are no account keys, no public blobs, no SFTP,
    NFS or local users, no replication to other tenants.
    `store` and `physical_name` are delivered only when versions, soft deletion, container, endpoint, record and lock
    against deletion exist; the network is closed in the call that makes the account. Anybody may copy what they may
    read: what holds data inside is who may read, from which network, and what the network lets out.

    A lock on versions can only be created open. With `compliance`, closing it is a second, deliberate step of whoever
    answers for the evidence (`state` to Locked), which nothing undoes and no later deployment reverts; until then the
    lock protects against mistakes, not against somebody who may write the account. `governance` stays open.
    """

    store: pulumi.Output[str]
    """The account's id."""
    physical_name: pulumi.Output[str]
    """The account's name."""

    def __init__(self, name: str, args: RegionLockedStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the store; Refusal names an input that is missing or contradicts another."""
        opts, provider = with_copies(opts)
        super().__init__("clover-azure:index:RegionLockedStore", name, dict(args), without_versions(opts))
        site, role, lock = args["site"], role_of(args), lock_of(args)
        physical, identity = names.account_name(site, role, args["name"]), names.account_id(site, role, args["name"])
        account = self._account(name, args, role, lock)
        inside: list[pulumi.Resource] = [account, self._versioned(name, args, role, account)]
        if role is not StoreRole.EVIDENCE:
            place = Place(site, role, physical)
            inside.append(declared_container(f"{name}-container", CONTAINER, place, [account], self))
        recorder = args.get("recorded_by")
        if recorder is not None:
            records = recording.Records(recorder, args.get("monitor"))
            inside += self._recorded(name, identity, role, records, inside[:2])
        if role not in FROM_NETWORKS and "copy_of" not in args:
            inside += self._endpoint(name, args, role, inside)
        if "second_copy" in args:
            inside += replicate(self, name, _copying(args, args["second_copy"], provider), list(inside))
        guards = [*inside, self._kept(name, identity, inside)]
        self.store = once_created(identity, guards)
        self.physical_name = once_created(physical, guards)
        self.register_outputs({"store": self.store, "physical_name": self.physical_name})

    def _account(
        self, name: str, args: RegionLockedStoreArgs, role: StoreRole, lock: Lock | None
    ) -> storage.StorageAccount:
        """The account as it stays: closed, encrypted and locked in the call that makes it."""
        site = args["site"]
        closes_later = lock is not None and lock.immutability is Immutability.COMPLIANCE
        return storage.StorageAccount(
            f"{name}-account",
            account_name=names.account_name(site, role, args["name"]),
            resource_group_name=names.group(site, role),
            location=site["region"],
            kind=storage.Kind.STORAGE_V2,
            sku={"name": storage.SkuName.STANDARD_ZRS},
            access_tier=storage.AccessTier.HOT,
            identity={"type": "UserAssigned", "user_assigned_identities": [names.identity_id(site, role)]},
            encryption=pulumi.Output.from_input(args["key"]).apply(lambda key: _encryption(site, role, key)),
            public_network_access="Enabled" if role in FROM_NETWORKS else "Disabled",
            network_rule_set=_networks(args, role),
            minimum_tls_version=_floor(args),
            immutable_storage_with_versioning=rules.immutable(lock.days) if lock else None,
            enable_https_traffic_only=True,
            allow_blob_public_access=False,
            allow_shared_key_access=False,
            default_to_o_auth_authentication=True,
            allow_cross_tenant_replication=False,
            is_local_user_enabled=False,
            is_sftp_enabled=False,
            is_hns_enabled=False,
            enable_nfs_v3=False,
            dns_endpoint_type="Standard",
            tags=store_tags(site, role, args["data_class"]),
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=[_STATE] if closes_later else None),
        )

    def _versioned(
        self, name: str, args: RegionLockedStoreArgs, role: StoreRole, account: pulumi.Resource
    ) -> storage.BlobServiceProperties:
        """Versions, a feed of changes, and a while in which deletions can be undone; no page of another origin."""
        kept: Any = {"enabled": True, "days": SOFT_DELETE_DAYS}
        return storage.BlobServiceProperties(
            f"{name}-versions",
            blob_services_name="default",
            account_name=names.account_name(args["site"], role, args["name"]),
            resource_group_name=names.group(args["site"], role),
            is_versioning_enabled=versioning_of(args) is Versioning.ENABLED,
            change_feed={"enabled": True},
            delete_retention_policy=kept | {"allow_permanent_delete": False},
            container_delete_retention_policy=kept,
            cors={"cors_rules": []},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[account]),
        )

    def _endpoint(
        self, name: str, args: RegionLockedStoreArgs, role: StoreRole, after: Sequence[pulumi.Resource]
    ) -> list[pulumi.Resource]:
        """The one way in, and the name under which workloads find it: once all that is done there is recorded."""
        site, physical = args["site"], names.account_name(args["site"], role, args["name"])
        way, blob = names.store_endpoint_name(physical), names.service(site, AzureService.BLOB)
        child = pulumi.ResourceOptions(parent=self)
        identity = once_created(names.account_id(site, role, args["name"]), after)
        endpoint = network.PrivateEndpoint(
            f"{name}-endpoint",
            private_endpoint_name=way,
            resource_group_name=names.group(site),
            location=site["region"],
            subnet={"id": pulumi.Output.from_input(args.get("endpoints")).apply(lambda subnets: _only(args, subnets))},
            private_link_service_connections=[
                {"name": way, "private_link_service_id": identity, "group_ids": [blob["group"]]}
            ],
            tags=tags(site),
            opts=child,
        )
        named = network.PrivateDnsZoneGroup(
            f"{name}-name",
            private_dns_zone_group_name="default",
            private_endpoint_name=way,
            resource_group_name=names.group(site),
            private_dns_zone_configs=[
                {"name": "blob", "private_dns_zone_id": names.private_zone_id(site, AzureService.BLOB)}
            ],
            opts=pulumi.ResourceOptions.merge(child, pulumi.ResourceOptions(depends_on=[endpoint])),
        )
        return [endpoint, named]

    def _recorded(
        self, name: str, identity: str, role: StoreRole, records: recording.Records, after: Sequence[pulumi.Resource]
    ) -> list[pulumi.Resource]:
        """Every call on blobs; on the other services too, where a network reaches them: nothing uses them."""
        services = ("blob", *OTHER_SERVICES) if role in FROM_NETWORKS else ("blob",)
        sources = {
            f"{name}-access" if service == "blob" else f"{name}-{service}-access": recording.categories(
                f"{identity}/{service}Services/default", "blob"
            )
            for service in services
        }
        return [recording.record(self, called, logs, records, after) for called, logs in sources.items()]

    def _kept(self, name: str, identity: str, after: Sequence[pulumi.Resource]) -> authorization.ManagementLockByScope:
        """The account cannot be deleted by accident; last, because a lock binds what lies inside as well.

        So are connections of endpoints, which could not be taken away below it
        (https://github.com/hashicorp/terraform-provider-azurerm/issues/17478).
        """
        return authorization.ManagementLockByScope(
            f"{name}-lock",
            lock_name="clover",
            scope=identity,
            level=authorization.LockLevel.CAN_NOT_DELETE,
            notes="Declared with the store: taking it away is a change of the store's guards",
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )


def _copying(args: RegionLockedStoreArgs, there: SecondCopy, provider: pulumi.ProviderResource | None) -> Copying:
    """What is copied where; Refusal for what is not user data with versions, and without a provider that gets there."""
    if provider is None or role_of(args) is not StoreRole.USER_DATA or versioning_of(args) is not Versioning.ENABLED:
        told = f"store {args['name']}: a second copy needs user data, versioning, and a provider called {COPIES}"
        raise Refusal(told, args.get("declared_at"))
    return Copying(args["name"], args["site"], names.copies_place(args["site"], there["account"]), provider)


def _encryption(site: SiteArgs, role: StoreRole, key: str) -> Any:
    """The account's encryption under the key with this id."""
    vault, _, name = key.partition("/keys/")
    uri = names.vault_uri(site, vault.rsplit("/", 1)[-1])
    return rules.under_key(uri, name, names.identity_id(site, role))


def _networks(args: RegionLockedStoreArgs, role: StoreRole) -> Any:
    """Who passes the account's own firewall; Refusal where nobody would."""
    if role not in FROM_NETWORKS:
        return rules.closed()
    runners = args.get("runners")
    allowed = runners["networks"] if role is StoreRole.STATE and runners else args.get("auditor_networks")
    if not allowed:
        raise unreachable(args)
    return rules.log_target(allowed) if role is StoreRole.EVIDENCE else rules.owned(allowed)


def _only(args: RegionLockedStoreArgs, subnets: Any) -> str:
    """The one subnet that endpoints to stores lie in; Refusal for none."""
    if not subnets:
        raise unreachable(args)
    return subnets[0]


def _floor(args: RegionLockedStoreArgs) -> str:
    """The TLS floor as the account takes it; Refusal for 1.3, which it has a word for and does not support.

    The SDK's own description of `minimum_tls_version` says so.
    """
    if TlsVersion(args.get("minimum_tls", TlsVersion.TLS_1_2)) is TlsVersion.TLS_1_3:
        raise Refusal(f"store {args['name']}: Azure Storage takes no floor above TLS 1.2", args.get("declared_at"))
    return "TLS1_2"
