"""The guard that keeps the provider inside the lab and its account, default tags, and the functions."""

import json
from typing import Any

import pytest

from clover.lab.aws import configuration
from clover.lab.provider.failure import Refusal
from clover.lab.provider.wire import UNKNOWN
from tests.lab.aws.conftest import ACCOUNT
from tests.lab.aws.world import World
from tests.lab.provider.engine import Engine, Failed, Resource

ENVIRONMENT = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    "AWS_ACCESS_KEY_ID": "a",
    "AWS_SECRET_ACCESS_KEY": "b",
    "AWS_REGION": "eu-west-1",
}


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://s3.eu-west-1.amazonaws.com",
        "http://10.0.0.1:4566",
        "http://127.0.0.1.evil.example",
        "http://0.0.0.0:1",
        "file:///etc/passwd",
        "127.0.0.1:4566",
        "http://localhost.evil.example:1",
    ],
)
def test_it_goes_nowhere_but_to_this_machine(unconfigured: Engine, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    with pytest.raises(Failed, match="this provider is the lab's"):
        unconfigured.configure(region="eu-west-1")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"])
def test_every_name_of_this_machine_will_do(url: str) -> None:
    found = configuration.configure({}, {**ENVIRONMENT, "AWS_ENDPOINT_URL": url})
    assert found is not None
    assert found.endpoint == url


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"region": "eu-west-1", "allowedAccountIds": '["444455556666"]'}, "none of the provider's allowedAccountIds"),
        ({"region": "eu-west-1", "allowedAccountIds": ["444455556666"]}, f"AWS account {ACCOUNT} is none of"),
        ({"region": "eu-west-1", "forbiddenAccountIds": f'["{ACCOUNT}"]'}, "is forbidden by the provider's"),
        ({"region": "eu-west-9"}, "the provider's region: 'eu-west-9' is no region"),
    ],
)
def test_the_wrong_account_or_region_is_refused(unconfigured: Engine, config: dict[str, Any], said: str) -> None:
    with pytest.raises(Failed, match=said):
        unconfigured.configure(**config)


@pytest.mark.parametrize("missing", ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_what_is_missing_is_named(missing: str) -> None:
    with pytest.raises(Refusal, match="the AWS provider has no"):
        configuration.configure({}, {name: value for name, value in ENVIRONMENT.items() if name != missing})


def test_the_account_is_not_asked_for_when_that_is_switched_off(
    unconfigured: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    unconfigured.configure(region="eu-west-1", skipCredentialsValidation="true", skipRequestingAccountId="true")


def test_a_cloud_that_is_not_there_is_told_in_one_line(unconfigured: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(Failed) as failure:
        unconfigured.configure(region="eu-west-1")
    assert str(failure.value).startswith("sts.GetCallerIdentity could not be sent: Could not connect to the endpoint")
    assert "\n" not in str(failure.value)


def test_a_proxy_of_the_environment_is_not_used(unconfigured: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    unconfigured.configure(region="eu-west-1")
    assert unconfigured.invoke("aws:index/getCallerIdentity:getCallerIdentity")["accountId"] == ACCOUNT


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"regoin": "x"}, ("regoin", "there is no property regoin; did you mean region?")),
        ({"allowedAccountIds": '"x"'}, ("allowedAccountIds", "must be a list, is text")),
        ({"profile": "default"}, ("profile", "the lab's AWS provider does not serve profile")),
        ({"endpoints": "[]"}, ("endpoints", "the lab's AWS provider does not serve endpoints")),
    ],
)
def test_bad_configuration_is_refused_by_name(config: dict[str, Any], said: tuple[str, str]) -> None:
    ((path, reason),) = configuration.check(config)
    assert path == said[0]
    assert reason.startswith(said[1])


def test_the_engines_own_words_in_the_configuration_are_no_problem() -> None:
    assert configuration.check({"version": "7.51.1", "__internal": {}, "region": UNKNOWN}) == []


def test_an_unknown_configuration_makes_a_preview_unknown_and_nothing_else(unconfigured: Engine) -> None:
    unconfigured.configure(region=UNKNOWN)
    planned = unconfigured.create("aws:kms/key:Key", "key", {"description": "d"}, preview=True)
    assert planned.outputs["region"] is UNKNOWN
    assert planned.outputs["tagsAll"] is UNKNOWN
    assert planned.outputs["description"] == "d"
    with pytest.raises(Failed, match="the provider's configuration is not yet known"):
        unconfigured.create("aws:kms/key:Key", "key", {})


def test_default_tags_go_under_the_resources_own(unconfigured: Engine, world: World) -> None:
    defaults = {"tags": {"site": "dublin", "class": "restricted"}}
    ignored = {"keyPrefixes": ["auto-"]}
    unconfigured.configure(region="eu-west-1", defaultTags=json.dumps(defaults), ignoreTags=json.dumps(ignored))
    inputs = {"domain": "vpc", "tags": {"class": "public"}}
    address = unconfigured.create("aws:ec2/eip:Eip", "address", inputs)
    assert address["tags"] == {"class": "public"}
    assert address["tagsAll"] == {"site": "dublin", "class": "public"}
    world.aws("ec2").create_tags(Resources=[address.id], Tags=[{"Key": "auto-scan", "Value": "x"}])
    refreshed = unconfigured.refresh(address)
    assert refreshed is not None
    assert refreshed.outputs == address.outputs
    world.aws("ec2").delete_tags(Resources=[address.id], Tags=[{"Key": "site"}])
    drifted = unconfigured.refresh(address)
    assert drifted is not None
    plan = unconfigured.plan(drifted, inputs)
    assert plan.detailed == {"tagsAll.site": "ADD"}
    assert unconfigured.update(drifted, inputs)["tagsAll"] == address["tagsAll"]


def test_a_change_of_default_tags_alone_updates(unconfigured: Engine) -> None:
    unconfigured.configure(region="eu-west-1", defaultTags='{"tags": {"site": "dublin"}}')
    address = unconfigured.create("aws:ec2/eip:Eip", "address", {"domain": "vpc"})
    unconfigured.configure(region="eu-west-1", defaultTags='{"tags": {"site": "hamar"}}')
    assert unconfigured.plan(address, {"domain": "vpc"}).detailed == {"tagsAll.site": "UPDATE"}
    assert unconfigured.update(address, {"domain": "vpc"})["tagsAll"] == {"site": "hamar"}


def test_a_region_of_the_resource_is_where_it_is_made(world: World) -> None:
    key = world.engine.create("aws:kms/key:Key", "key", {"region": "eu-west-2"})
    assert key["region"] == "eu-west-2"
    assert key["arn"].split(":")[3] == "eu-west-2"
    assert world.engine.refresh(key) == key
    assert world.engine.import_("aws:kms/key:Key", key.id) is None
    imported = world.engine.import_("aws:kms/key:Key", f"{key.id}@eu-west-2")
    assert imported is not None
    assert (imported.id, imported.inputs["region"]) == (key.id, "eu-west-2")
    world.engine.delete(key)
    assert world.engine.refresh(key) is None


def test_the_functions_answer_and_others_fail_by_name(engine: Engine) -> None:
    who = engine.invoke("aws:index/getCallerIdentity:getCallerIdentity")
    assert (who["accountId"], who["id"]) == (ACCOUNT, ACCOUNT)
    assert who["arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/lab"
    assert engine.invoke("aws:index/getPartition:getPartition") == {
        "partition": "aws",
        "id": "aws",
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
    }
    assert engine.invoke("aws:index/getRegion:getRegion")["region"] == "eu-west-1"
    with pytest.raises(Failed, match="does not serve the function aws:ec2/getAmi:getAmi; it serves aws:index/get"):
        engine.invoke("aws:ec2/getAmi:getAmi")
    with pytest.raises(Failed, match="'eu-west-9' is no region"):
        engine.invoke("aws:index/getRegion:getRegion", region="eu-west-9")


def test_a_type_that_is_not_served_is_refused_in_every_call(engine: Engine) -> None:
    stranger = Resource("aws:ec2/instance:Instance", "case", "i-1")
    with pytest.raises(Failed, match="does not serve aws:ec2/instance:Instance"):
        engine.refresh(stranger)
    with pytest.raises(Failed, match="does not serve aws:ec2/instance:Instance"):
        engine.delete(stranger)
