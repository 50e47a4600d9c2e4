"""What the emulator does wrong on purpose, what it logs, and many callers at once."""

import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError

from clover.lab.arm.behaviour import behaviour_of
from clover.lab.arm.behaviours import in_force
from clover.lab.arm.catalog import kinds
from clover.lab.clock import WAITED
from clover.lab.cloud.client import Cloud, CloudError
from tests.lab.arm import site
from tests.lab.arm.asking import GROUP, LOCATION, Azure, name, refused

IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"


@pytest.fixture(autouse=True)
def _faultless(cloud: Cloud) -> Iterator[None]:
    yield
    cloud.set_faults([])


@pytest.fixture
def made(azure: Azure) -> Azure:
    return azure.make_group()


def test_throttling_is_a_429_with_retry_after(cloud: Cloud, made: Azure) -> None:
    cloud.set_faults([{"kind": "throttle", "operation": f"{IDENTITY}/write", "share": 1}])
    status, body, headers = made.ask("PUT", made.id(IDENTITY, "one"), {"location": LOCATION}, version="2023-01-31")
    assert (status, body["error"]["code"], headers["Retry-After"]) == (429, "TooManyRequests", "1")
    assert made.ask("GET", made.id(IDENTITY, "one"), version="2023-01-31")[0] == 404


def test_official_clients_get_through_throttling(cloud: Cloud, made: Azure) -> None:
    cloud.set_faults([{"kind": "throttle", "operation": "Microsoft.ManagedIdentity/*", "share": 0.2}])
    patient = replace(made, retries=10)
    before = cloud.status()["calls"]
    for number in range(10):
        site.identity(patient, f"one-{number}")
    assert len(list(patient.identities.user_assigned_identities.list_by_resource_group(GROUP))) == 10
    assert cloud.status()["calls"] - before > 11


def test_a_failure_comes_so_often_and_no_more(cloud: Cloud, made: Azure) -> None:
    cloud.set_faults(
        [{"kind": "fail", "operation": f"{IDENTITY}/write", "times": 1, "code": "InternalServerError", "status": 500}]
    )
    assert refused(site.identity, made) == (500, "InternalServerError")
    site.identity(made)


def test_the_first_call_of_each_operation_that_writes_fails(cloud: Cloud, made: Azure) -> None:
    cloud.set_faults([{"kind": "fail-each", "operation": "*", "code": "BadInput", "status": 400}])
    assert refused(site.identity, made) == (400, "BadInput")
    site.identity(made)


def test_a_hanging_call_takes_effect_afterwards(cloud: Cloud, made: Azure) -> None:
    cloud.set_faults([{"kind": "hang", "operation": "*", "times": 1, "seconds": 0.2}])
    site.identity(made)
    assert cloud.status()["faults"][0]["left"] == 0


def test_a_fresh_resource_is_not_found_until_the_clock_has_gone_on(cloud: Cloud, made: Azure) -> None:
    cloud.set_faults([{"kind": "delay-consistency", "operation": f"{IDENTITY}/write", "seconds": 120}])
    site.identity(made)
    get = made.identities.user_assigned_identities.get
    assert refused(get, GROUP, "storage")[0] == 404
    assert get(GROUP, "storage", headers={WAITED: "120"}).name == "storage"


@pytest.mark.parametrize(
    "operation", ["Microsoft.Storage/nothing/write", "Microsoft.Other/*", "a/b", f"{IDENTITY}/lock/action"]
)
def test_operations_that_nobody_knows(cloud: Cloud, operation: str) -> None:
    with pytest.raises(CloudError, match="no RBAC action"):
        cloud.set_faults([{"kind": "throttle", "operation": operation, "share": 1}])


def test_the_actions_of_the_tables_are_those_that_are_served() -> None:
    in_force()
    served = {kind.type: set(behaviour_of(kind).actions) for kind in kinds().values()}
    assert served == {kind.type: {one.lower() for one in kind.actions} for kind in kinds().values()}


def test_the_log_holds_every_call_and_no_secret(cloud: Cloud, made: Azure) -> None:
    account = site.account(made)
    keys = [one.value for one in made.storage.storage_accounts.list_keys(GROUP, account.name).keys_property]
    body = {"location": LOCATION, "properties": {"adminPassword": "canary", "sharedKey": "canary"}}
    assert made.ask("PUT", made.id(IDENTITY, "one"), body, version="2023-01-31")[0] == 400
    mine = [one for one in cloud.calls() if one["account"] == made.subscription]
    text = json.dumps(mine)
    assert not any(key in text for key in keys)
    assert "canary" not in text
    assert made.token not in text
    written = next(one for one in mine if one["operation"] == "Microsoft.Storage/storageAccounts/write")
    assert written["principal"] == made.principal
    assert (written["service"], written["region"], written["status"]) == ("Microsoft.Storage", LOCATION, 202)
    assert written["resource"] == account.id
    assert written["parameters"]["sku"] == {"name": "Standard_ZRS"}
    operations = [one["operation"] for one in mine]
    assert "Microsoft.Storage/storageAccounts/listKeys/action" in operations
    assert operations[0] == "Microsoft.Resources/subscriptions/resourceGroups/write"


def test_many_callers_at_once(made: Azure) -> None:
    net = site.network(made)

    def subnet(number: int) -> int:
        body = {"properties": {"addressPrefix": f"10.0.{number}.0/24"}}
        status = 409
        while status == 409:
            status, _, _ = made.ask("PUT", f"{net.id}/subnets/s{number}", body, version="2024-05-01")
        return status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(subnet, range(16))) == {201}
    subnets = made.network.virtual_networks.get(GROUP, "net").subnets
    assert {one.address_prefix for one in subnets} == {f"10.0.{number}.0/24" for number in range(16)}


def test_one_of_many_gets_the_name(made: Azure) -> None:
    called = name("race")
    others = [Azure(made.url, str(uuid.uuid4()), str(uuid.uuid4()), made.principal).make_group() for _ in range(8)]

    def take(one: Azure) -> int:
        try:
            site.account(one, called)
        except HttpResponseError as error:
            return int(error.status_code or 0)
        return 200

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(take, others))
    assert answers == [200, *[409] * 7]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/", None),
        ("//", None),
        ("/subscriptions//resourceGroups", None),
        ("/%00/x", None),
        ("/providers/x", None),
        ("/subscriptions/%s/providers/Microsoft.Storage/storageAccounts/x", {}),
        ("/subscriptions/%s/resourceGroups/site/providers", None),
        ("/subscriptions/%s/resourceGroups/site/providers/Microsoft.Storage", None),
        (
            "/subscriptions/%s/resourceGroups/site/providers/Microsoft.Storage/storageAccounts/x/y/z/../..",
            "[" * 100_000,
        ),
        ("/subscriptions/%s/resourceGroups/site?api-version=2024-03-01", {"location": {"a": 1}}),
        ("/subscriptions/%s/resourceGroups/site", 7),
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "POST", "DELETE"])
def test_nonsense_is_refused_and_nothing_breaks(cloud: Cloud, made: Azure, method: str, path: str, body: Any) -> None:
    status, _, _ = made.ask(method, path.replace("%s", made.subscription), body)
    assert status in range(200, 500)
