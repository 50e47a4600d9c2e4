"""What requests to the deployed site on Azure meet: taken from the state, the call log and the foundation."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from clover.model.azure.roles import built_in_role
from clover.zones.vocabulary import GivenKind
from clover.zones.zone import Zone, load_zone
from tests.e2e.checkout import Checkout

LISTS = ("actions", "notActions", "dataActions", "notDataActions")
CONTAINER = "/blobServices/default/containers/"
WRITTEN = (200, 201, 202)


class AzureWorld:
    """Assignments, locks, delegations and what the organisation sets, also at second copies; networks; names."""

    def __init__(self, checkout: Checkout) -> None:
        self.state: list[dict[str, Any]] = checkout.state()["resources"]
        copies = checkout.beside("backups").state()["resources"]
        self.state += [row for row in copies if row["type"].startswith("azure-native:authorization:Role")]
        self.outputs = checkout.outputs()
        self.zone: Zone = load_zone(Path(checkout.root / "zones" / "europe.yaml"))
        self.subscription = f"/subscriptions/{self.outputs['site']['account']}"
        writes = (call for call in checkout.deployment if call["operation"].endswith("/write"))
        self.bodies = {call["resource"].lower(): call for call in writes if call["status"] in WRITTEN}
        self.definitions = {row["id"].rsplit("/", 1)[-1].lower(): row for row in self._definitions()}
        self.names = self._names()

    def policies(self, who: Mapping[str, Any], *, organisation: bool) -> dict[str, Any]:
        """All that `evaluate` is to weigh for one principal, with what the organisation stops or without."""
        held = [self._assigned(who["id"], self.fill(row["at"]), row["role"]) for row in who.get("holds", ())]
        held += self._assignments("PimRoleEligibilitySchedule") if who.get("activated") else ()
        managing = who.get("managing", False)
        stops = (GivenKind.DENY_ASSIGNMENTS, GivenKind.MANAGEMENT_GROUP_POLICY) if organisation else ()
        rows = {kind.value.replace("-", "_"): list(self._given(kind)) for kind in stops}
        return {
            "role_assignments": [] if managing else [*held, *self._assignments(), *self._given_assignments()],
            "lighthouse": list(self._delegations()),
            "locks": list(self._locks()),
            "deny_assignments": rows.get("deny_assignments", []),
            "policy_assignments": rows.get("management_group_policy", []),
            "management_groups": list(self._members(GivenKind.ROLE_ASSIGNMENTS, "management_groups")),
        }

    def body(self, action: str, target: str, declares: Mapping[str, Any]) -> dict[str, Any]:
        """The resource that a write declares or a deletion meets: as it was written, with `declares` laid over it."""
        kind, name = action.rpartition("/")[0], target.rsplit("/", 1)[-1]
        call = self.bodies.get(target.lower())
        own = call is not None and call["operation"].lower() == f"{kind}/write".lower()
        written: dict[str, Any] = call["parameters"] if call and own else {}
        return {**_laid(written, declares), "type": kind, "name": name, "id": target}

    def settings(self, target: str) -> dict[str, Any]:
        """What decides from where the store or vault at, or above, `target` is reached."""
        for row in self._of("storage:StorageAccount", "keyvault:Vault"):
            if f"{target}/".lower().startswith(f"{row['id']}/".lower()):
                vault = row["type"].endswith(":Vault")
                properties = row["outputs"]["properties"] if vault else row["outputs"]
                return {
                    "kind": "vault" if vault else "storage",
                    "publicNetworkAccess": properties["publicNetworkAccess"],
                    "networkAcls": properties["networkAcls" if vault else "networkRuleSet"],
                    "privateEndpointConnections": list(self._connections(row["id"])),
                }
        raise AssertionError(f"{target} is in no store or vault")

    def fill(self, value: Any) -> Any:
        """The value with every name in it replaced."""
        if isinstance(value, dict):
            return {key: self.fill(inner) for key, inner in cast(dict[str, Any], value).items()}
        if isinstance(value, list):
            return [self.fill(inner) for inner in cast(list[Any], value)]
        if isinstance(value, str):
            for name, real in self.names.items():
                value = value.replace(f"{{{name}}}", real)
        return value

    def has_given(self, *kinds: GivenKind) -> bool:
        """Whether the zone states givens of all these kinds for the site."""
        return set(kinds) <= {given.kind for given in self.zone.file.foundation if self._site in given.scope}

    @property
    def _site(self) -> str:
        return self.outputs["site"]["name"]

    def _of(self, *tokens: str) -> Iterator[dict[str, Any]]:
        wanted = {f"azure-native:{token}" for token in tokens}
        return (resource for resource in self.state if resource["type"] in wanted)

    def _named(self, token: str, name: str) -> dict[str, Any]:
        return next(row for row in self._of(token) if row["urn"].endswith(f"::{name}"))

    def _members(self, kind: GivenKind, member: str) -> Iterator[Any]:
        """The rows of one member of every document of a kind that is given for the site."""
        for given in self.zone.file.foundation:
            if given.kind is kind and self._site in given.scope:
                yield from self.zone.documents[given.id].get(member, [])

    def _given(self, kind: GivenKind) -> Iterator[Any]:
        member = {
            GivenKind.DENY_ASSIGNMENTS: "deny_assignments",
            GivenKind.MANAGEMENT_GROUP_POLICY: "policy_assignments",
        }
        return self._members(kind, member[kind])

    def _definitions(self) -> Iterator[dict[str, Any]]:
        """The custom roles; the site's have one set of permissions each."""
        for row in self._of("authorization:RoleDefinition"):
            (permissions,) = row["outputs"]["permissions"]
            yield {
                "id": row["outputs"]["name"],
                "roleName": row["outputs"]["roleName"],
                "roleType": row["outputs"]["roleType"],
                "assignableScopes": row["outputs"]["assignableScopes"],
                **{name: permissions[name] for name in LISTS},
            }
        yield from self._members(GivenKind.ROLE_ASSIGNMENTS, "role_definitions")

    def _role(self, reference: str) -> Mapping[str, Any]:
        return self.definitions.get(reference.rsplit("/", 1)[-1].lower()) or built_in_role(reference)

    def _assigned(self, principal: str, scope: str, role: str, **more: Any) -> dict[str, Any]:
        return {"principalId": self.fill(principal), "scope": scope, "role": self._role(role), **more}

    def _assignments(self, kind: str = "RoleAssignment") -> Iterator[dict[str, Any]]:
        for row in self._of(f"authorization:{kind}"):
            found = row["outputs"]
            condition = {name: found[name] for name in ("condition", "conditionVersion") if found.get(name)}
            yield self._assigned(found["principalId"], found["scope"], found["roleDefinitionId"], **condition)

    def _given_assignments(self) -> Iterator[dict[str, Any]]:
        for row in self._members(GivenKind.ROLE_ASSIGNMENTS, "role_assignments"):
            condition = {name: row[name] for name in ("condition", "conditionVersion") if name in row}
            yield self._assigned(row["principalId"], row["scope"], row["roleDefinitionId"], **condition)

    def _delegations(self) -> Iterator[dict[str, Any]]:
        """Authorizations, the eligible ones as activated."""
        taken = {row["outputs"]["properties"]["registrationDefinitionId"] for row in self._of(*_TAKEN)}
        for row in self._of("managedservices:RegistrationDefinition"):
            offer = row["outputs"]["properties"]
            for each in [*offer["authorizations"], *offer["eligibleAuthorizations"]] if row["id"] in taken else []:
                yield self._assigned(each["principalId"], self.subscription, each["roleDefinitionId"])

    def _locks(self) -> Iterator[dict[str, Any]]:
        for row in self._of("authorization:ManagementLockByScope"):
            scope = row["id"].partition("/providers/Microsoft.Authorization/locks/")[0]
            yield {"scope": scope, "level": row["outputs"]["level"]}

    def _connections(self, target: str) -> Iterator[dict[str, str]]:
        for row in self._of("network:PrivateEndpoint"):
            for each in row["outputs"]["privateLinkServiceConnections"]:
                if each["privateLinkServiceId"] == target:
                    yield {"id": row["id"], "status": each["privateLinkServiceConnectionState"]["status"]}

    def _names(self) -> dict[str, str]:
        group = f"{self.subscription}/resourceGroups/clover-{self._site}"
        auditor, egress = self.outputs["auditor"], self.outputs["egress"]
        provider = self._named("managedservices:RegistrationDefinition", "auditor-person")["outputs"]["properties"]
        return {
            **self._store_names(),
            **self._key_names(group),
            "subscription": self.subscription,
            "group": group,
            "evidence-group": f"{group}-evidence",
            "network": egress["network_id"],
            "subnet": self._named("network:Subnet", "egress-workload")["id"],
            "firewall": self._named("network:AzureFirewall", "egress-firewall")["id"],
            "routes": self._named("network:RouteTable", "egress-routes")["id"],
            "watcher-log": self._named("network:FlowLog", "egress-flows")["id"],
            "trail": self.outputs["trail"],
            "person": auditor["person_access"],
            "machine": auditor["machine_access"],
            "tenant": provider["manageeTenantId"],
            "auditor-tenant": provider["managedByTenantId"],
        }

    def _store_names(self) -> dict[str, str]:
        """Stores, their endpoints and containers; log services make the containers of evidence themselves."""
        stores = {f"store:{name}": facts["store"] for name, facts in self.outputs["stores"].items()}
        containers = {
            f"container:{name}": facts["store"]
            + CONTAINER
            + ("insights-activity-logs" if facts["role"] == "evidence" else "data")
            for name, facts in self.outputs["stores"].items()
        }
        accounts = {
            f"account:{name}": facts["store"].rpartition("/")[2] for name, facts in self.outputs["stores"].items()
        }
        endpoints = {_stem(row, "-endpoint"): row["id"] for row in self._of("network:PrivateEndpoint")}
        return {**stores, **accounts, **containers, **{f"endpoint:{name}": found for name, found in endpoints.items()}}

    def _key_names(self, group: str) -> dict[str, str]:
        """Keys with vaults and identities; a vault has no endpoint, so its name is that of one that is not there."""
        names: dict[str, str] = {}
        for role, facts in self.outputs["keys"].items():
            identity = self._named("managedidentity:UserAssignedIdentity", f"{role}-identity")
            names |= {
                f"key:{role}": facts["key"],
                f"vault:{role}": facts["key"].rpartition("/keys/")[0],
                f"identity:{role}": identity["id"],
                f"principal:{role}": identity["outputs"]["principalId"],
                f"endpoint:{role}": f"{group}/providers/Microsoft.Network/privateEndpoints/{role}",
            }
        return names


_TAKEN = ("managedservices:RegistrationAssignment",)


def _stem(resource: Mapping[str, Any], suffix: str) -> str:
    return resource["urn"].rsplit("::", 1)[-1].removesuffix(suffix)


def _laid(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """One body laid over another, object by object."""
    both = dict(below)
    for name, value in above.items():
        old = both.get(name)
        nested = isinstance(value, dict) and isinstance(old, dict)
        both[name] = _laid(cast(dict[str, Any], old), cast(dict[str, Any], value)) if nested else value
    return both


def container_of(target: str) -> Sequence[str]:
    """The name of the container that a target lies in, where it lies in one."""
    return [target.partition("/containers/")[2].partition("/")[0]] if "/containers/" in target else []
