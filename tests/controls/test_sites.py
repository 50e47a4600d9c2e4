"""A stack that is not Clover's own is judged as a site of the zone, by its account, its region, or its cloud."""

from typing import Any

import pytest

from clover.controls.run import cases
from clover.errors import BadInput
from tests.controls.plans import Plan
from tests.mutants.site import DAY, ROOT, zone

ZONE = str(ROOT / "zones" / "europe.yaml")
SUBSCRIPTION = next(site.account for site in zone().file.sites if site.name == "hamar")


def site_of(plan: Plan) -> str:
    (case,) = cases(plan.world(), ZONE, DAY)
    return case.site.name


@pytest.mark.parametrize(
    ("provider", "site"),
    [
        ({"region": "eu-west-1"}, "dublin"),
        ({"region": "us-east-1"}, "dublin"),
        ({}, "dublin"),
        ({"allowedAccountIds": '["111122223333"]'}, "dublin"),
        ({"allowedAccountIds": '["999999999999"]', "region": "us-west-2"}, "dublin"),
    ],
)
def test_aws_is_the_one_site_there_is(provider: dict[str, Any], site: str):
    plan = Plan("aws", provider).add("aws:s3/bucket:Bucket", "own", {"bucket": "own"})
    assert site_of(plan) == site


@pytest.mark.parametrize(
    ("provider", "location", "site"),
    [
        ({"location": "norwayeast"}, "norwayeast", "hamar"),
        ({}, "Norway East", "hamar"),
        ({}, "northeurope", "dublin2"),
        ({"subscriptionId": SUBSCRIPTION}, "northeurope", "hamar"),
    ],
)
def test_azure_is_the_site_of_the_account_or_the_region(provider: dict[str, Any], location: str, site: str):
    plan = Plan("azure-native", provider)
    assert site_of(plan.add("azure-native:storage:StorageAccount", "own", {"location": location})) == site


def test_a_stack_named_after_a_site_is_it():
    plan = Plan("azure-native", {}, stack="hamar").add("azure-native:storage:StorageAccount", "own", {})
    assert site_of(plan) == "hamar"


def test_a_stack_that_several_sites_fit_alike_is_refused():
    plan = Plan("azure-native", {}).add("azure-native:storage:StorageAccount", "own", {"location": "eastus"})
    with pytest.raises(BadInput, match="names no site"):
        site_of(plan)


def test_a_stack_of_no_cloud_of_the_zone_is_judged_and_nothing_is_proved_of_it():
    assert site_of(Plan("gcp", {}).add("gcp:storage/bucket:Bucket", "own", {})) == "dublin"
