"""What every component of a site is told, and the names and ids that follow from it.

Names are deterministic, and so are the ids made of them: one component can name what another creates, and the plan
stays known in the first preview. Names that all of Azure shares end with a digest, because they have to be short.
"""

import hashlib
from collections.abc import Sequence
from typing import TypedDict
from uuid import NAMESPACE_URL, uuid5

from clover.zones.vocabulary import AzureService, StoreRole
from components.azure.data import read
from components.refusal import Refusal


class SiteArgs(TypedDict):
    """The site that a component belongs to."""

    name: str
    """The site's name in its zone."""
    account: str
    """The Azure subscription that holds the site."""
    tenant: str
    """The Entra tenant that the subscription trusts."""
    region: str
    """The one region that the site lies in."""
    partition: str
    """The cloud environment of that region."""
    deployer: str
    """Object id of the principal that deploys the site: the only one that administers its keys."""
    zone: str
    """The name of the zone that the site stands in."""


class Service(TypedDict):
    """How resources of a service are reached."""

    group: str
    """What a private endpoint connects to."""
    name: str
    """The domain below which such resources have their names."""
    zone: str
    """The private zone that answers for them."""


def environment(site: SiteArgs) -> str:
    """The provider's name of the site's cloud environment; Refusal for one that is not known."""
    known = read("partitions")
    if site["partition"] not in known:
        raise Refusal(f"partition {site['partition']!r} is not one of {', '.join(known)}")
    return known[site["partition"]]["environment"]


def service(site: SiteArgs, name: AzureService) -> Service:
    """How resources of a service are reached in the site's cloud environment; Refusal for one that is not known."""
    environment(site)
    return read("partitions")[site["partition"]]["services"][AzureService(name).value]


def group(site: SiteArgs, role: StoreRole = StoreRole.USER_DATA) -> str:
    """The resource group of a role's stores: evidence has its own, so that the auditor's role can end there."""
    suffix = "-evidence" if role is StoreRole.EVIDENCE else ""
    return f"clover-{site['name']}{suffix}"


def subscription_id(site: SiteArgs) -> str:
    """The id of the site's subscription."""
    return f"/subscriptions/{site['account']}"


def group_id(site: SiteArgs, role: StoreRole = StoreRole.USER_DATA) -> str:
    """The id of a resource group."""
    return f"{subscription_id(site)}/resourceGroups/{group(site, role)}"


def resource_id(site: SiteArgs, kind: str, *path: str) -> str:
    """The id of a resource outside the evidence group; `kind` is its namespace and type."""
    return f"{group_id(site)}/providers/{kind}/{'/'.join(path)}"


def extension_id(scope: str, kind: str, name: str) -> str:
    """The id of what is declared on a scope: a lock, a role assignment, a diagnostic setting."""
    return f"{scope}/providers/{kind}/{name}"


def role_definition(site: SiteArgs, guid: str) -> str:
    """The id of a role, built-in or the site's own."""
    return extension_id(subscription_id(site), "Microsoft.Authorization/roleDefinitions", guid)


def built_in_role(site: SiteArgs, name: str) -> str:
    """The id of a built-in role; KeyError for one that roles.yaml does not have."""
    return role_definition(site, built_in_guid(name))


def built_in_guid(name: str) -> str:
    """The GUID of a built-in role, the same in every tenant; KeyError for one that roles.yaml does not have."""
    return read("roles")["built_in"][name]


def guid(site: SiteArgs, *parts: str) -> str:
    """A GUID of the site's own for a role, an assignment or a delegation; the same in every run."""
    return str(uuid5(NAMESPACE_URL, "/".join(("clover", site["zone"], site["account"], site["name"], *parts))))


def _digest(site: SiteArgs, parts: Sequence[str], length: int) -> str:
    """The part of a name that tells it from all others in Azure."""
    text = "/".join((site["zone"], site["account"], site["name"], *parts))
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def _letters(name: str, length: int) -> str:
    """The readable part of a name, without its hyphens."""
    return name.replace("-", "")[:length]


def account_name(site: SiteArgs, role: StoreRole, store: str) -> str:
    """The name of a store's storage account: 24 lower-case letters and digits at most, unique in all of Azure."""
    stem = _letters(site["name"], 5) + _letters(store, 7)
    return stem + _digest(site, (StoreRole(role).value, store), 12)


def account_id(site: SiteArgs, role: StoreRole, store: str) -> str:
    """The id of a store's storage account."""
    return f"{group_id(site, role)}/providers/Microsoft.Storage/storageAccounts/{account_name(site, role, store)}"


def gate_role(site: SiteArgs, approval: str) -> str:
    """The GUID of the role that those may activate whom an approval lets in."""
    return guid(site, "access", approval)


def landing_role(site: SiteArgs) -> str:
    """The GUID of the role under which historic data is added to the site's landings."""
    return guid(site, "landing")


def store_endpoint_name(account: str) -> str:
    """The name of the private endpoint of a store, after its account."""
    return f"{account}-blob"


def vault_name(site: SiteArgs, role: StoreRole) -> str:
    """The name of the vault of one role's key: 24 letters, digits and hyphens at most, unique in all of Azure."""
    value = StoreRole(role).value
    return f"{_letters(site['name'], 6)}{_letters(value, 8)}-{_digest(site, ('vault', value), 9)}"


def vault_id(site: SiteArgs, role: StoreRole) -> str:
    """The id of the vault of one role's key."""
    return resource_id(site, "Microsoft.KeyVault/vaults", vault_name(site, role))


def key_id(site: SiteArgs, role: StoreRole) -> str:
    """The id of the key of one role's stores."""
    return f"{vault_id(site, role)}/keys/{StoreRole(role).value}"


def vault_uri(site: SiteArgs, vault: str) -> str:
    """Where a vault answers."""
    return f"https://{vault}.{service(site, AzureService.VAULT)['name']}/"


def key_uri(site: SiteArgs, role: StoreRole) -> str:
    """The key without a version: whoever uses it follows its rotation."""
    return f"{vault_uri(site, vault_name(site, role))}keys/{StoreRole(role).value}"


def identity_id(site: SiteArgs, role: StoreRole) -> str:
    """The id of the identity with which one role's stores use their key."""
    return resource_id(site, "Microsoft.ManagedIdentity/userAssignedIdentities", identity_name(site, role))


def identity_name(site: SiteArgs, role: StoreRole) -> str:
    """The name of the identity with which one role's stores use their key."""
    return f"clover-{site['name']}-{StoreRole(role).value}"


def runner_name(site: SiteArgs, kind: str) -> str:
    """The name of the identity of a site's runner that `kind` (deploys or previews)."""
    return f"clover-{site['name']}-{kind}"


def runner_id(site: SiteArgs, kind: str) -> str:
    """The id of a runner's identity."""
    return resource_id(site, "Microsoft.ManagedIdentity/userAssignedIdentities", runner_name(site, kind))


SECRETS = "secrets"
"""The name of the key that Pulumi opens secrets in a state with."""


def secrets_vault_name(site: SiteArgs) -> str:
    """The name of the vault of that key: 24 letters, digits and hyphens at most, unique in all of Azure."""
    return f"{_letters(site['name'], 6)}{SECRETS}-{_digest(site, ('vault', SECRETS), 9)}"


def network_name(site: SiteArgs) -> str:
    """The name of the site's network, and the beginning of the names of its parts."""
    return f"clover-{site['name']}"


def network_id(site: SiteArgs) -> str:
    """The id of the site's network."""
    return resource_id(site, "Microsoft.Network/virtualNetworks", network_name(site))


def private_zone_id(site: SiteArgs, name: AzureService) -> str:
    """The id of the private zone in which a service's endpoints are named."""
    return resource_id(site, "Microsoft.Network/privateDnsZones", service(site, name)["zone"])


WORKSPACE_STORE = "workspace"
"""The name of the auditor's own store."""


VAULT_STORE = "vault"
"""The name of the store in a vault."""


def vault_place(site: SiteArgs, account: str, deployer: str) -> SiteArgs:
    """Where the vault of a site's records lies: in the site's region and tenant, in a subscription of its keeper's."""
    return SiteArgs(
        name=site["name"],
        account=account,
        tenant=site["tenant"],
        region=site["region"],
        partition=site["partition"],
        deployer=deployer,
        zone=site["zone"],
    )


def copies_place(site: SiteArgs, account: str) -> SiteArgs:
    """Where the copies of a site's stores lie, as names and ids need it: in another account."""
    return vault_place(site, account, site["deployer"])


def monitor_id(place: SiteArgs) -> str:
    """The id of the workspace of a monitor at a place."""
    return resource_id(place, "Microsoft.OperationalInsights/workspaces", monitor_name(place))


def monitor_name(place: SiteArgs) -> str:
    """The name of a monitor's workspace, of the cluster that it lies on, and of the group that alarms are told to."""
    return f"clover-{place['name']}-monitor"


def channel_id(place: SiteArgs) -> str:
    """The id of the action group that alarms are told to."""
    return resource_id(place, "Microsoft.Insights/actionGroups", monitor_name(place))


def detection_name(place: SiteArgs, detection: str) -> str:
    """The name of the rule of a detection."""
    return f"clover-{place['name']}-{detection}"


def evidence_vault_id(place: SiteArgs) -> str:
    """The id of the storage account of a vault at a place."""
    return account_id(place, StoreRole.EVIDENCE, VAULT_STORE)
