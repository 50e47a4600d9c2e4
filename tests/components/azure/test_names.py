"""Names and ids that follow from a site: the ones that Azure gives, within its limits, never shared."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clover.zones.vocabulary import AzureService, StoreRole
from components.azure import site as names
from components.azure.data import read
from components.azure.site import SiteArgs
from tests.components.azure.answers import arm_id
from tests.components.azure.sample import SITE
from tests.recorder import World

NAME = st.from_regex(r"[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?", fullmatch=True)
ROLES = st.sampled_from([StoreRole.USER_DATA, StoreRole.EVIDENCE, StoreRole.INTAKE])


@st.composite
def sites(draw: Any) -> SiteArgs:
    return {**SITE, "name": draw(NAME), "account": str(draw(st.uuids()))}


def test_every_id_that_a_component_names_is_one_that_azure_gave(world: World) -> None:
    """Ids are computed from names; each has to be the id of a resource that was declared, or of its scope."""
    given_ids = {arm_id(one).lower() for one in world.all() if one.custom}
    outside = [r"/roledefinitions/[0-9a-f-]{36}$", r"/subscriptions/[0-9a-f-]{36}$", r"/resourcegroups/[a-z-]+$"]
    for urn, text in world.strings():
        if text.startswith("/subscriptions/"):
            named = text.lower().removesuffix("/blobservices/default")
            assert named in given_ids or any(re.search(one, named) for one in outside), (urn, text)


@given(sites(), ROLES, NAME)
def test_account_and_vault_names_are_what_azure_takes(site: SiteArgs, role: StoreRole, store: str) -> None:
    """https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules."""
    assert re.fullmatch(r"[a-z0-9]{3,24}", names.account_name(site, role, store))
    vault = names.vault_name(site, role)
    assert re.fullmatch(r"(?!.*--)[a-z][a-z0-9-]{1,22}[a-z0-9]", vault)
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{2,127}", names.identity_name(site, role))
    assert len(names.group(site, role)) <= 90


@given(sites(), sites(), ROLES, NAME, NAME)
def test_no_two_stores_share_a_name_in_all_of_azure(
    one: SiteArgs, other: SiteArgs, role: StoreRole, store: str, another: str
) -> None:
    mine = names.account_name(one, role, store)
    if one["account"] != other["account"]:
        assert names.account_name(other, role, store) != mine
        assert names.vault_name(other, role) != names.vault_name(one, role)
    if store != another:
        assert names.account_name(one, role, another) != mine


@given(sites(), ROLES)
def test_a_guid_is_the_same_in_every_run_and_another_for_another_purpose(site: SiteArgs, role: StoreRole) -> None:
    assert names.guid(site, "a", role.value) == names.guid(dict(site), "a", role.value)  # type: ignore[arg-type]
    assert names.guid(site, "a", role.value) != names.guid(site, "b", role.value)


@pytest.mark.parametrize("service", AzureService)
def test_every_service_of_the_vocabulary_has_a_group_a_name_and_a_private_zone(service: AzureService) -> None:
    found = names.service(SITE, service)
    assert set(found) == {"group", "name", "zone"}
    assert found["zone"].startswith("privatelink.")


def test_no_service_is_described_that_the_vocabulary_lacks() -> None:
    for known in read("partitions").values():
        assert set(known["services"]) == {service.value for service in AzureService}
