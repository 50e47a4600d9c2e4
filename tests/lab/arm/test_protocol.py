"""What ARM does whatever the resource is: versions, casing, tenants, conditions, pages, bodies."""

import json
import uuid
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from clover.lab.arm.catalog import kinds
from clover.lab.arm.schema import schema
from clover.lab.cloud.client import Cloud
from tests.lab.arm import site
from tests.lab.arm.asking import GROUP, LOCATION, Azure, name, refused


@pytest.fixture
def made(azure: Azure) -> Azure:
    return azure.make_group()


def code_of(answer: tuple[int, Any, Any]) -> tuple[int, str]:
    return answer[0], answer[1]["error"]["code"]


@pytest.mark.parametrize(
    ("path", "version", "answer"),
    [
        ("/resourceGroups/site", None, (400, "MissingApiVersionParameter")),
        ("/resourceGroups/site", "1999-01-01", (400, "InvalidApiVersionParameter")),
        (
            "/resourceGroups/site/providers/Microsoft.Storage/storageAccounts/x",
            "1999-01-01",
            (400, "NoRegisteredProviderFound"),
        ),
        ("/resourceGroups/site/providers/Microsoft.Storage/accounts/x", "2024-01-01", (404, "InvalidResourceType")),
        ("/resourceGroups/site/providers/Microsoft.Unknown/things/x", "2024-01-01", (404, "InvalidResourceNamespace")),
        ("/resourceGroups/other", "2024-03-01", (404, "ResourceGroupNotFound")),
        (
            "/resourceGroups/other/providers/Microsoft.Storage/storageAccounts/x",
            "2024-01-01",
            (404, "ResourceGroupNotFound"),
        ),
        ("/resourceGroups/site/providers/Microsoft.Storage/storageAccounts/x", "2024-01-01", (404, "ResourceNotFound")),
        (
            "/resourceGroups/site/providers/Microsoft.Network/virtualNetworks/x/subnets",
            "2024-05-01",
            (404, "ParentResourceNotFound"),
        ),
        ("/nothing/here", "2024-01-01", (404, "NotFound")),
    ],
)
def test_addresses_that_lead_nowhere(made: Azure, path: str, version: str | None, answer: tuple[int, str]) -> None:
    assert code_of(made.ask("GET", made.scope + path, version=version)) == answer


def test_the_refusal_of_a_version_names_those_there_are(made: Azure) -> None:
    _, body, _ = made.ask("GET", made.id("Microsoft.Storage/storageAccounts", "x"), version="1999-01-01")
    assert "'storageAccounts'" in body["error"]["message"]
    assert "2024-01-01, 2025-01-01" in body["error"]["message"]


@pytest.mark.parametrize("version", ["2024-01-01", "2026-09-01"])
def test_both_providers_versions_are_served(made: Azure, version: str) -> None:
    assert made.ask("GET", f"{made.scope}/providers/Microsoft.Storage/storageAccounts", version=version)[0] == 200


def test_every_kind_has_versions() -> None:
    assert {kind.type for kind in kinds().values() if not schema()["versions"][kind.type]} == set()


def test_ids_are_found_in_any_casing_and_come_back_as_they_were_made(made: Azure) -> None:
    site.identity(made, "Keeper")
    path = made.id("microsoft.managedidentity/USERASSIGNEDIDENTITIES", "kEEPER").replace(
        "resourceGroups", "RESOURCEGROUPS"
    )
    status, body, _ = made.ask("GET", path, version="2023-01-31")
    assert (status, body["id"]) == (200, made.id("Microsoft.ManagedIdentity/userAssignedIdentities", "Keeper"))
    assert body["type"] == "Microsoft.ManagedIdentity/userAssignedIdentities"


def test_a_subscription_belongs_to_its_first_tenant(azure: Azure) -> None:
    assert azure.ask("GET", azure.scope, version="2022-12-01")[1]["tenantId"] == azure.tenant
    stranger = replace(azure, tenant=str(uuid.uuid4()))
    assert code_of(stranger.ask("GET", azure.scope, version="2022-12-01")) == (401, "InvalidAuthenticationTokenTenant")
    listed = azure.ask("GET", "/subscriptions", version="2022-12-01")[1]["value"]
    assert [one["subscriptionId"] for one in listed] == [azure.subscription]


@pytest.mark.parametrize(
    ("subscription", "answer"),
    [("no-guid", (400, "InvalidSubscriptionId")), (str(uuid.UUID(int=0)), (404, "SubscriptionNotFound"))],
)
def test_subscriptions_that_there_are_not(azure: Azure, subscription: str, answer: tuple[int, str]) -> None:
    assert code_of(azure.ask("GET", f"/subscriptions/{subscription}/resourceGroups", version="2024-03-01")) == answer


@pytest.mark.parametrize("token", ["x", "a.b.c", "", "eyJhbGciOiJub25lIn0.e30."])
def test_tokens_that_the_daemon_did_not_give(azure: Azure, token: str) -> None:
    answer = azure.ask("GET", azure.scope, headers={"Authorization": f"Bearer {token}"})
    assert code_of(answer) == (401, "InvalidAuthenticationToken")
    assert "WWW-Authenticate" in answer[2]


def test_both_token_endpoints_and_the_metadata(cloud: Cloud, azure: Azure) -> None:
    status, body, _ = azure.ask(
        "POST", f"/{azure.tenant}/oauth2/token", f"client_id={azure.principal}&client_secret=s&resource=r", version=None
    )
    assert (status, body["token_type"]) == (200, "Bearer")
    assert azure.ask("POST", f"/{azure.tenant}/oauth2/token", "client_id=me", version=None)[0] == 400
    known = cloud.arm_credentials(azure.tenant, azure.subscription, azure.principal)
    assert known["ARM_METADATA_HOSTNAME"] == urlsplit(cloud.url).netloc
    assert cloud.token not in known.values()
    with urlopen(f"http://{known['ARM_METADATA_HOSTNAME']}/metadata/endpoints?api-version=2022-09-01") as answer:
        assert json.load(answer)["resourceManager"] == f"{cloud.url}/"


def test_a_put_creates_and_then_updates(made: Azure) -> None:
    path, body = made.id("Microsoft.ManagedIdentity/userAssignedIdentities", "one"), {"location": LOCATION}
    first = made.ask("PUT", path, body, version="2023-01-31")
    again = made.ask("PUT", path, {**body, "tags": {"a": "b"}}, version="2023-01-31")
    assert (first[0], again[0]) == (201, 200)
    assert first[1]["properties"] == again[1]["properties"]
    assert made.ask("HEAD", path, version="2023-01-31")[0] == 200
    assert made.ask("DELETE", path, version="2023-01-31")[0] == 200
    assert made.ask("DELETE", path, version="2023-01-31")[0] == 204
    assert made.ask("HEAD", path, version="2023-01-31")[0] == 404


def test_conditions_guard_writes_and_deletions(made: Azure) -> None:
    path, body = made.id("Microsoft.Network/routeTables", "one"), {"location": LOCATION}
    assert made.ask("PUT", path, body, {"If-Match": "*"}, "2024-05-01")[0] == 412
    site_made = made.network.route_tables.begin_create_or_update(GROUP, "one", body).result()
    assert made.ask("PUT", path, body, {"If-None-Match": "*"}, "2024-05-01")[0] == 412
    assert made.ask("DELETE", path, None, {"If-Match": 'W/"other"'}, "2024-05-01")[0] == 412
    assert made.ask("DELETE", path, None, {"If-Match": site_made.etag}, "2024-05-01")[0] == 202


def test_lists_come_in_pages(made: Azure) -> None:
    for number in range(101):
        site.identity(made, f"one-{number:03}")
    url = f"{made.group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
    _, body, _ = made.ask("GET", url, version="2023-01-31")
    assert (len(body["value"]), "nextLink" in body) == (100, True)
    names = [one.name for one in made.identities.user_assigned_identities.list_by_resource_group(GROUP)]
    assert names == [f"one-{number:03}" for number in range(101)]


ACCOUNT = {"location": LOCATION, "sku": {"name": "Standard_ZRS"}, "kind": "StorageV2"}


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({**ACCOUNT, "colour": "blue"}, "Could not find member 'colour'"),
        ({**ACCOUNT, "properties": {"allowSharedKeyAcces": False}}, "Path 'properties.allowSharedKeyAcces'"),
        (
            {**ACCOUNT, "properties": {"networkAcls": {"ipRules": [{"valeu": "1"}]}}},
            "Path 'properties.networkAcls.ipRules[0].valeu'",
        ),
        ({**ACCOUNT, "properties": {"allowSharedKeyAccess": "no"}}, "to type 'bool'"),
        ({**ACCOUNT, "properties": {"minimumTlsVersion": "TLS9"}}, "TLS1_2"),
        ({**ACCOUNT, "kind": "Storage9"}, "there are: Storage, StorageV2"),
        ({**ACCOUNT, "tags": ["a"]}, "an object is expected"),
        ({"location": LOCATION, "kind": "StorageV2"}, "Required property 'sku'"),
        ([], "must be an object"),
        ("{", "could not be deserialized"),
    ],
)
def test_bodies_that_no_model_knows(made: Azure, body: Any, problem: str) -> None:
    status, shown, _ = made.ask("PUT", made.id("Microsoft.Storage/storageAccounts", name("body")), body)
    assert (status, shown["error"]["code"]) == (400, "InvalidRequestContent")
    assert problem in shown["error"]["message"]


def test_what_only_reads_show_may_be_sent_back(made: Azure) -> None:
    account = site.account(made)
    _, body, _ = made.ask("GET", account.id)
    assert "primaryEndpoints" in body["properties"]
    assert made.ask("PUT", account.id, body)[0] == 200


@pytest.mark.parametrize(
    ("location", "answer"),
    [("mars", (400, "LocationNotAvailableForResourceType")), (None, (400, "LocationRequired"))],
)
def test_locations_that_there_are_not(made: Azure, location: str | None, answer: tuple[int, str]) -> None:
    path = made.id("Microsoft.ManagedIdentity/userAssignedIdentities", "one")
    body = {"location": location} if location else {}
    assert code_of(made.ask("PUT", path, body, version="2023-01-31")) == answer


def test_nothing_moves(made: Azure) -> None:
    site.identity(made, "one")
    path = made.id("Microsoft.ManagedIdentity/userAssignedIdentities", "one")
    assert code_of(made.ask("PUT", path, {"location": "northeurope"}, version="2023-01-31")) == (
        409,
        "InvalidResourceLocation",
    )
    moved = made.ask("PUT", made.group, {"location": "northeurope"}, version="2024-03-01")
    assert code_of(moved) == (409, "InvalidResourceGroupLocation")


@pytest.mark.parametrize(
    ("kind", "version", "called"),
    [
        ("Microsoft.Storage/storageAccounts", "2024-01-01", "Upper"),
        ("Microsoft.Storage/storageAccounts", "2024-01-01", "a" * 25),
        ("Microsoft.Storage/storageAccounts", "2024-01-01", "ab"),
        ("Microsoft.KeyVault/vaults", "2024-11-01", "1vault"),
        ("Microsoft.KeyVault/vaults", "2024-11-01", "va--ult"),
        ("Microsoft.KeyVault/vaults", "2024-11-01", "v" * 25),
        ("Microsoft.Network/virtualNetworks", "2024-05-01", "-net"),
        ("Microsoft.Network/virtualNetworks", "2024-05-01", "n" * 81),
        ("Microsoft.ManagedIdentity/userAssignedIdentities", "2023-01-31", "ab"),
    ],
)
def test_names_that_azure_does_not_take(made: Azure, kind: str, version: str, called: str) -> None:
    bodies: dict[str, Any] = {
        "Microsoft.Storage/storageAccounts": ACCOUNT,
        "Microsoft.KeyVault/vaults": site.vault_body(made),
        "Microsoft.Network/virtualNetworks": site.NETWORK,
    }
    body = bodies.get(kind, {"location": LOCATION})
    assert code_of(made.ask("PUT", made.id(kind, called), body, version=version)) == (400, "InvalidResourceName")


def test_resources_of_a_group_and_of_the_subscription(made: Azure) -> None:
    site.network(made, a="10.0.1.0/24")
    site.identity(made)
    in_group = {one.type for one in made.resources.resources.list_by_resource_group(GROUP)}
    assert in_group == {"Microsoft.Network/virtualNetworks", "Microsoft.ManagedIdentity/userAssignedIdentities"}
    wanted = "resourceType eq 'Microsoft.Network/networkWatchers'"
    assert [one.name for one in made.resources.resources.list(filter=wanted)] == [f"NetworkWatcher_{LOCATION}"]


def test_providers_are_registered(azure: Azure) -> None:
    assert azure.resources.providers.get("Microsoft.Storage").registration_state == "Registered"
    assert azure.resources.providers.register("microsoft.keyvault").namespace == "Microsoft.KeyVault"
    assert {one.namespace for one in azure.resources.providers.list()} >= {"Microsoft.Network", "Microsoft.Insights"}


def test_a_group_takes_all_that_is_in_it_along(made: Azure) -> None:
    account = site.account(made)
    site.network(made, a="10.0.1.0/24")
    made.resources.resource_groups.begin_delete(GROUP).result()
    assert refused(made.storage.storage_accounts.get_properties, GROUP, account.name) == (404, "ResourceGroupNotFound")
    made.make_group()
    assert list(made.resources.resources.list_by_resource_group(GROUP)) == []
    site.account(made, account.name)


def test_a_group_that_others_lean_on_stays(made: Azure) -> None:
    made.resources.resource_groups.create_or_update("edge", {"location": LOCATION})
    routes = made.network.route_tables.begin_create_or_update("edge", "routes", {"location": LOCATION}).result()
    site.network(made)
    body = {"properties": {"addressPrefix": "10.0.1.0/24", "routeTable": {"id": routes.id}}}
    made.network.subnets.begin_create_or_update(GROUP, "net", "a", body).result()
    assert refused(made.resources.resource_groups.begin_delete, "edge") == (409, "ResourceGroupDeletionBlocked")
    made.resources.resource_groups.begin_delete(GROUP).result()
    made.resources.resource_groups.begin_delete("edge").result()
