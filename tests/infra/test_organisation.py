"""The organisation's stack: what the program declares on each cloud, from the zone alone."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from clover.errors import BadInput
from infra import program
from tests.components.answers import created as on_aws
from tests.components.azure.answers import created as on_azure
from tests.infra.test_program import ROOT, engine_values
from tests.recorder import Registration, World, run

FILE = ROOT / "Pulumi.organisation.yaml"


def answers(found: Registration, world: World) -> Mapping[str, Any]:
    return (on_azure if "azure" in found.type else on_aws)(found, world)


def deployed(**change: str) -> World:
    values = {**engine_values(FILE), **change}
    return run(lambda: program.deploy(ROOT, "organisation", values), answers, stack_name="organisation")


@pytest.fixture(scope="module")
def organisation() -> World:
    return deployed()


def test_every_site_of_the_zone_is_bound_on_its_own_cloud(organisation: World) -> None:
    sites = {
        cloud: [each["site"]["name"] for each in organisation.one(f"clover-{cloud}:index:Guardrails").inputs["sites"]]
        for cloud in ("aws", "azure")
    }
    assert sites == {"aws": ["dublin"], "azure": ["hamar", "dublin2"]}


def test_the_stack_is_deployed_into_the_management_account_and_the_tenant_alone(organisation: World) -> None:
    on_cloud = organisation.one("pulumi:providers:aws").inputs
    assert json.loads(on_cloud["allowedAccountIds"]) == ["777788889999"]
    providers = organisation.all("pulumi:providers:azure-native")
    assert {each.inputs["tenantId"] for each in providers} == {"00000000-0000-0000-0000-000000000100"}
    placed = {each.inputs["subscriptionId"] for each in providers if each.name.startswith("guardrails-azure-")}
    assert placed == {"00000000-0000-0000-0000-000000000111", "00000000-0000-0000-0000-000000000112"}
    for found in organisation.all():
        if found.custom and not found.type.startswith("pulumi:providers:"):
            assert "pulumi:providers:" in found.provider, found.urn


def test_everything_above_the_sites_is_protected(organisation: World) -> None:
    assert [found.urn for found in organisation.all() if not found.protect] == []


def test_digests_and_sizes_of_every_policy_are_exported(organisation: World) -> None:
    outputs = organisation.stack_outputs
    assert outputs["hand"] == {"kind": "organisation", "zone": "europe"}
    assert set(outputs["guardrails"]) == {"aws", "azure"}
    for told in outputs["guardrails"].values():
        assert set(told) == {"account", "unit", "binds", "policies", "digests", "sizes"}
        assert set(told["policies"]) == set(told["digests"]) == set(told["sizes"])
        for used in told["sizes"].values():
            length, _, most = used.partition(" of ")
            assert int(length) <= 0.9 * int(most)


def test_what_a_policy_says_follows_the_zone(organisation: World) -> None:
    texts = [each.inputs["content"] for each in organisation.all("aws:organizations/policy:Policy")]
    assert any(
        '"aws:RequestedRegion":["eu-west-1"]' in text or '"aws:RequestedRegion":"eu-west-1"' in text for text in texts
    )
    assert any("444455556666" in text for text in texts)


def test_a_zone_without_an_organisation_has_no_such_stack() -> None:
    twin, values = ROOT / "tests" / "zones" / "twin", {"clover:kind": "organisation", "clover:zone": "us"}
    with pytest.raises(BadInput, match="names no organisation"):
        run(lambda: program.deploy(twin, "organisation", values), answers, stack_name="organisation")
