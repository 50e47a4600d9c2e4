"""The guard that keeps the provider inside the lab, its configuration, and its one function."""

import json
from typing import Any

import pytest

from clover.lab.azure.servicer import AzureProvider
from clover.lab.azure.settings import IDENTITY, Settings, read_settings
from clover.lab.azure.transport import Transport
from clover.lab.provider.failure import Refusal
from clover.lab.provider.wire import UNKNOWN
from tests.lab.azure.witness import DEPLOYER, SUBSCRIPTION, TENANT
from tests.lab.azure.world import World
from tests.lab.provider.engine import Engine, Failed, Resource

ENVIRONMENT = {
    "ARM_METADATA_HOSTNAME": "127.0.0.1:1",
    "ARM_CLIENT_ID": DEPLOYER,
    "ARM_CLIENT_SECRET": "lab",
    "ARM_TENANT_ID": TENANT,
    "ARM_SUBSCRIPTION_ID": SUBSCRIPTION,
}


@pytest.mark.parametrize(
    "host",
    [
        "",
        "management.azure.com",
        "10.0.0.1:443",
        "127.0.0.1.evil.example",
        "0.0.0.0:1",
        "127.0.0.1:1@evil.example",
        "127.0.0.1:1/../evil",
        "http://127.0.0.1:1",
        "localhost.evil.example:1",
    ],
)
def test_it_goes_nowhere_but_to_this_machine(unconfigured: Engine, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("ARM_METADATA_HOSTNAME", host)
    with pytest.raises(Failed, match="this provider is the lab's"):
        unconfigured.configure()


@pytest.mark.parametrize("host", ["127.0.0.1:1", "localhost:1", "[::1]:1"])
def test_every_name_of_this_machine_will_do(host: str) -> None:
    assert read_settings({}, {**ENVIRONMENT, "ARM_METADATA_HOSTNAME": host}).host == host


def test_a_link_that_leads_elsewhere_is_not_followed() -> None:
    transport = Transport(Settings("127.0.0.1:1", SUBSCRIPTION, TENANT, DEPLOYER, "lab"))
    transport.__dict__["_token_ends"] = float("inf")
    with pytest.raises(Refusal, match=r"ARM's answer leads out of the lab, to evil\.example"):
        transport.exchange("GET", "http://evil.example/operations/1", None, 1)


@pytest.mark.parametrize(("name", "variable"), IDENTITY.items())
def test_what_is_missing_is_named(name: str, variable: str) -> None:
    with pytest.raises(Refusal, match=f"the Azure provider has no {name}"):
        read_settings({}, {key: value for key, value in ENVIRONMENT.items() if key != variable})


def test_the_providers_own_inputs_come_before_the_environment() -> None:
    other = "12121212-1212-4212-8212-121212121212"
    assert read_settings({"subscriptionId": other}, ENVIRONMENT).subscription == other
    with pytest.raises(Refusal, match="subscriptionId 'mine' is no GUID"):
        read_settings({"subscriptionId": "mine"}, ENVIRONMENT)


def test_a_secret_is_not_in_the_settings_text() -> None:
    assert "lab" not in repr(Settings("127.0.0.1:1", SUBSCRIPTION, TENANT, DEPLOYER, "lab-secret"))


def test_the_configured_subscription_is_where_things_go(unconfigured: Engine) -> None:
    other = "12121212-1212-4212-8212-121212121212"
    unconfigured.configure(subscriptionId=other, location="norwayeast")
    group = unconfigured.create("azure-native:resources:ResourceGroup", "elsewhere", {})
    assert group.id.startswith(f"/subscriptions/{other}/resourceGroups/elsewhere")
    unconfigured.delete(group)


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"useMsi": "true"}, "useMsi: the lab's Azure provider does not serve useMsi"),
        ({"metadataHost": "evil.example"}, "metadataHost: the lab's Azure provider does not serve metadataHost"),
        ({"subscripton": "x"}, "there is no property subscripton; did you mean subscriptionId?"),
    ],
)
def test_configuration_that_is_not_served_is_named(config: dict[str, Any], said: str) -> None:
    assert said in "\n".join(f"{path}: {reason}" for path, reason in AzureProvider().check_config(config))


def test_refused_settings_stop_the_configuration_too(unconfigured: Engine) -> None:
    with pytest.raises(Failed, match="does not serve useOidc"):
        unconfigured.configure(useOidc="true")


def test_nothing_is_done_before_the_configuration_is_known(unconfigured: Engine, world: World) -> None:
    unconfigured.configure(subscriptionId=UNKNOWN)
    group = Resource("azure-native:resources:ResourceGroup", "g")
    assert unconfigured.check(group, {})[0]["location"] is UNKNOWN
    with pytest.raises(Failed, match="the provider's configuration is not yet known"):
        unconfigured.import_(group.token, world.group.id)


def test_a_cloud_that_is_not_there_is_told_in_one_line(
    unconfigured: Engine, monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    monkeypatch.setenv("ARM_METADATA_HOSTNAME", "127.0.0.1:1")
    unconfigured.configure(location="norwayeast")
    with pytest.raises(Failed, match="could not be sent") as failure:
        unconfigured.import_("azure-native:resources:ResourceGroup", world.group.id)
    assert "\n" not in str(failure.value)


def test_the_one_function_says_who_asks(engine: Engine) -> None:
    found = engine.invoke("azure-native:authorization:getClientConfig")
    assert found == {
        "clientId": DEPLOYER,
        "objectId": DEPLOYER,
        "subscriptionId": SUBSCRIPTION,
        "tenantId": TENANT,
    }
    with pytest.raises(Failed, match="does not serve the function azure-native:storage:listStorageAccountKeys"):
        engine.invoke("azure-native:storage:listStorageAccountKeys")


def test_the_schema_names_every_type() -> None:
    described = json.loads(AzureProvider().package_schema())
    assert described["name"] == "azure-native"
    assert "azure-native:storage:StorageAccount" in described["resources"]
