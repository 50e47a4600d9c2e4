"""Where the state of a site's stack lies, and whom the site's runners are to it."""

from collections.abc import Sequence
from typing import NamedTuple, NotRequired, TypedDict

import pulumi
from pulumi_azure_native import authorization, keyvault, managedidentity

from clover.zones.vocabulary import DataClass, StoreRole, TlsVersion
from components.azure import site as names
from components.azure.containers import CONTAINER, Place, declared_container
from components.azure.encryption_key import (
    EncryptionKey,
    KeyPlace,
    declared_administrator,
    declared_key,
    declared_vault,
)
from components.azure.policies import backend, roles, storage
from components.azure.region_locked_store import RegionLockedStore
from components.azure.site import SiteArgs
from components.azure.versions import without_versions
from components.ordering import once_created
from components.stores import Runners, refuse_wide_runners
from components.tags import tags

STORE = "pulumi"
"""The name of the store in a backend."""


class StateBackendArgs(TypedDict):
    """Whose state is kept where, and who the runners are."""

    site: SiteArgs
    """The site whose state is kept, at the backend's own place: its account and its deployer, the site's region."""
    issuer: str
    """Who signs the runners' tokens, without `https://`."""
    audience: str
    """Whom the tokens are for."""
    deploys: str
    """The exact subject of the runner that brings the site up."""
    previews: str
    """The exact subject of the runner that only reads."""
    networks: Sequence[str]
    """The networks (CIDR) that the runners call from."""
    declared_at: NotRequired[str]
    """Where the backend is declared, as `file:line`."""


class Reached(NamedTuple):
    """What a runner reaches: the container of the state and the key of the secrets, by their ids."""

    state: pulumi.Output[str]
    secrets: pulumi.Output[str]


class StateBackend(pulumi.ComponentResource):
    """A versioned account under a key of its own, a second key for the secrets in the state, and two runners.

    State reveals the whole topology, and whoever writes it tells the deployer what is there. So both runners read, one
    of them writes, from the runners' networks: account and vault answer no other, and no service of Azure. The
    backends' own state has a container of its own, which their deployer alone reads and writes. No role here deletes a
    version.
    The secrets' key is opened by the runners alone, not by who administers it. A runner is one exact subject of one
    issuer's tokens for one audience.

    Azure denies nobody: a role that somebody grants a runner besides counts, and who may grant one is what guards that.
    Rules on addresses do not see callers of the account's own region, so runners stand in another, or outside Azure
    (https://learn.microsoft.com/azure/storage/common/storage-network-security). What the runners may do in the site's
    subscription is not declared here.
    """

    backend_url: pulumi.Output[str]
    """What `pulumi login` is given, delivered when the store's guards exist."""
    secrets_provider: pulumi.Output[str]
    """What `pulumi stack change-secrets-provider` is given: one version of the key, known once it is made."""
    deploying_identity: pulumi.Output[str]
    """Client id of the identity of the runner that brings the site up."""
    previewing_identity: pulumi.Output[str]
    """Client id of the identity of the runner that only reads."""

    def __init__(self, name: str, args: StateBackendArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare keys, store, identities and roles; Refusal for a subject or an audience that fits several."""
        super().__init__("clover-azure:index:StateBackend", name, dict(args), without_versions(opts))
        refuse_wide_runners(args)
        site, runners = args["site"], backend.runners(args["site"], args["networks"])
        store, key = self._store(name, site, runners), self._secrets_key(name, args)
        secrets = f"{names.resource_id(site, 'Microsoft.KeyVault/vaults', names.secrets_vault_name(site))}/keys"
        state = store.store.apply(lambda account: f"{account}/blobServices/default/containers/{CONTAINER}")
        reached = Reached(state, once_created(f"{secrets}/{names.SECRETS}", [key]))
        self.backend_url = store.physical_name.apply(lambda account: backend.backend_url(site, account, CONTAINER))
        self.secrets_provider = key.key_uri_with_version.apply(backend.secrets_provider)
        role = self._role(name, site, "deploys")
        self.deploying_identity = self._runner(name, args, "deploys", role, reached)
        self.previewing_identity = self._runner(name, args, "previews", self._role(name, site, "previews"), reached)
        self._own_state(name, site, store, role)
        outputs = ("backend_url", "secrets_provider", "deploying_identity", "previewing_identity")
        self.register_outputs({output: getattr(self, output) for output in outputs})

    def _store(self, name: str, site: SiteArgs, runners: Runners) -> RegionLockedStore:
        """The store, under a key that it alone uses."""
        child = pulumi.ResourceOptions(parent=self)
        key = EncryptionKey(f"{name}-key", {"site": site, "role": StoreRole.STATE}, child)
        return RegionLockedStore(
            f"{name}-store",
            {
                "site": site,
                "name": STORE,
                "data_class": DataClass.RESTRICTED,
                "role": StoreRole.STATE,
                "key": key.key,
                "runners": runners,
                "minimum_tls": TlsVersion.TLS_1_2,
            },
            child,
        )

    def _secrets_key(self, name: str, args: StateBackendArgs) -> keyvault.Key:
        """The key that Pulumi calls itself, for the secrets in the state: in a vault that the runners come to."""
        place = KeyPlace(
            args["site"], StoreRole.STATE, names.SECRETS, names.secrets_vault_name(args["site"]), args["site"]["name"]
        )
        vault = declared_vault(f"{name}-secrets", place, storage.callers_alone(args["networks"]), self)
        administered = declared_administrator(f"{name}-secrets", place, vault, self)
        return declared_key(f"{name}-secrets", place, ("encrypt", "decrypt"), [vault, administered], self)

    def _role(self, name: str, site: SiteArgs, kind: str) -> pulumi.Output[str]:
        """What a runner may do where it is assigned."""
        writes = kind == "deploys"
        guid, group = names.guid(site, "runner", kind), names.group_id(site, StoreRole.STATE)
        definition = authorization.RoleDefinition(
            f"{name}-{kind}-role",
            role_definition_id=guid,
            role_name=f"Clover {site['name']}: the runner that {kind}",
            description=f"{'Reads and writes' if writes else 'Reads'} a state; deletes no version of it.",
            role_type="CustomRole",
            scope=group,
            assignable_scopes=[group],
            permissions=[roles.state(writes=writes)],
            opts=pulumi.ResourceOptions(parent=self),
        )
        return once_created(names.role_definition(site, guid), [definition])

    def _runner(
        self, name: str, args: StateBackendArgs, kind: str, role: pulumi.Input[str], reached: Reached
    ) -> pulumi.Output[str]:
        """A runner's identity; its client id is delivered with its token and its roles in place."""
        site = args["site"]
        identity = managedidentity.UserAssignedIdentity(
            f"{name}-{kind}",
            resource_name_=names.runner_name(site, kind),
            resource_group_name=names.group(site, StoreRole.STATE),
            location=site["region"],
            tags=tags(site),
            opts=pulumi.ResourceOptions(parent=self),
        )
        token = managedidentity.FederatedIdentityCredential(
            f"{name}-{kind}-token",
            federated_identity_credential_resource_name=backend.ISSUED,
            resource_name_=names.runner_name(site, kind),
            resource_group_name=names.group(site, StoreRole.STATE),
            issuer=f"https://{args['issuer']}",
            subject=args["deploys"] if kind == "deploys" else args["previews"],
            audiences=[args["audience"]],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[identity]),
        )
        granted = [
            self._granted(f"{name}-{kind}-{what}", site, scope, role, identity.principal_id)
            for what, scope in reached._asdict().items()
        ]
        return once_created(identity.client_id, [token, *granted])

    def _own_state(self, name: str, site: SiteArgs, store: RegionLockedStore, role: pulumi.Input[str]) -> None:
        """Where the backends' own state may lie, read and written by their deployer alone."""
        account = names.account_name(site, StoreRole.STATE, STORE)
        place = Place(site, StoreRole.STATE, account)
        own = declared_container(f"{name}-own", backend.OWN_CONTAINER, place, [store], self)
        identity = names.account_id(site, StoreRole.STATE, STORE)
        scope = once_created(f"{identity}/blobServices/default/containers/{backend.OWN_CONTAINER}", [own])
        self._granted(f"{name}-own-state", site, scope, role, site["deployer"])

    def _granted(
        self,
        name: str,
        site: SiteArgs,
        scope: pulumi.Input[str],
        role: pulumi.Input[str],
        principal: pulumi.Input[str],
    ) -> authorization.RoleAssignment:
        return authorization.RoleAssignment(
            name,
            role_assignment_name=names.guid(site, name),
            scope=scope,
            role_definition_id=role,
            principal_id=principal,
            principal_type="ServicePrincipal",
            opts=pulumi.ResourceOptions(parent=self),
        )
