"""No resource carries the SDK's aliases to types of one API version; what a refactor names stays."""

import re
from collections.abc import Callable

import pulumi
import pytest
from pulumi_azure_native import resources

from components.azure.versions import without_versions
from tests.components.azure.answers import created
from tests.recorder import Registration, World, declaring

OF_A_VERSION = re.compile(r"azure-native:\w+/v\d")
OLDER_NAME = pulumi.Alias(name="older")
OLDER_TYPE = pulumi.Alias(type_="azure-native:groups:ResourceGroup")


def _of_versions(found: Registration) -> list[str]:
    return [alias for alias in found.aliases if OF_A_VERSION.search(alias)]


def _child(wrapped: Callable[[pulumi.ResourceOptions | None], pulumi.ResourceOptions | None]) -> Registration:
    """A resource group with two aliases of its own below a component with these options."""
    with declaring(created) as world:
        parent = pulumi.ComponentResource("test:index:Group", "parent", None, wrapped(None))
        options = pulumi.ResourceOptions(parent=parent, aliases=[OLDER_NAME, OLDER_TYPE])
        resources.ResourceGroup("group", resource_group_name="group", opts=options)
    return world.one("azure-native:resources:ResourceGroup")


def test_nothing_of_a_site_has_an_alias_of_an_api_version(world: World) -> None:
    assert {found.urn: found.aliases for found in world.all() if _of_versions(found)} == {}


def test_aliases_of_any_other_kind_stay() -> None:
    found = _child(without_versions)
    assert _of_versions(found) == []
    assert any("older" in alias for alias in found.aliases)
    assert any("azure-native:groups:ResourceGroup" in alias for alias in found.aliases)


def test_without_it_the_sdk_adds_one_for_each_version() -> None:
    assert len(_of_versions(_child(lambda options: options))) > 10


@pytest.mark.parametrize("options", [None, pulumi.ResourceOptions(protect=True)])
def test_the_options_given_are_left_alone(options: pulumi.ResourceOptions | None) -> None:
    trimmed = without_versions(options)
    assert trimmed.protect is (options and options.protect)
    assert options is None or options.transformations is None
