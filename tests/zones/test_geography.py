"""The real zone's geography, compared with what others say of the same regions and countries."""

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from clover.zones.geography import CountryGroup, Residency
from clover.zones.vocabulary import Cloud, ResidencyLevel
from clover.zones.zone import load_zone
from tests.zones import PROJECT

ZONE = load_zone(PROJECT / "zones" / "europe.yaml").file
GROUPS = {group.name: set(group.countries) for group in ZONE.residency.groups}

COUNTRY_OF_PLACE = {
    "Frankfurt": "DE", "Germany": "DE", "Zurich": "CH", "Stockholm": "SE", "Milan": "IT", "Spain": "ES",
    "Ireland": "IE", "London": "GB", "Paris": "FR", "N. Virginia": "US", "Oregon": "US",
}  # fmt: skip


def endpoints() -> list[dict[str, Any]]:
    """The partitions of the AWS SDK's own table of endpoints."""
    botocore: Any = importlib.import_module("botocore")
    return json.loads((Path(botocore.__file__).parent / "data" / "endpoints.json").read_text())["partitions"]


def test_the_aws_sdk_says_the_same_of_every_region() -> None:
    said = {
        name: (partition["partition"], COUNTRY_OF_PLACE[region["description"].split("(")[1].rstrip(")")])
        for partition in endpoints()
        for name, region in partition["regions"].items()
        if name.startswith(("eu-", "eusc-", "us-east-1", "us-west-2")) and "iso" not in name
    }
    (aws,) = (known.regions for known in ZONE.clouds if known.cloud is Cloud.AWS)
    assert {region.name: (region.partition, region.country) for region in aws} == said


def test_the_emulator_knows_the_same_availability_zones() -> None:
    zones: Any = importlib.import_module("moto.ec2.models.availability_zones_and_regions")
    (aws,) = (known.regions for known in ZONE.clouds if known.cloud is Cloud.AWS)
    known = {region.name: region.availability_zones for region in aws if region.availability_zones}
    emulated = zones.RegionsAndZonesBackend.zones
    assert known == {name: tuple(zone.name[-1] for zone in emulated[name]) for name in known}


def test_pairs_of_regions_are_mutual() -> None:
    for known in ZONE.clouds:
        pairs = {region.name: region.pair for region in known.regions}
        assert all(pairs[pair] == name for name, pair in pairs.items() if pair)


def test_the_groups_of_countries_have_their_members() -> None:
    assert len(GROUPS["eu"]) == 27
    assert GROUPS["eea"] - GROUPS["eu"] == {"IS", "LI", "NO"}
    assert GROUPS["eu"] <= GROUPS["eea"]
    assert GROUPS["adequate"].isdisjoint(GROUPS["eea"])


@pytest.mark.parametrize(
    ("level", "inside", "outside"),
    [
        (ResidencyLevel.COUNTRY, {"IE"}, {"NO", "GB"}),
        (ResidencyLevel.EU, {"IE", "DE"}, {"NO", "GB", "US"}),
        (ResidencyLevel.EEA, {"IE", "NO"}, {"GB", "CH", "US"}),
        (ResidencyLevel.EEA_AND_ADEQUATE, {"IE", "NO", "GB", "CH"}, {"US"}),
        (ResidencyLevel.NAMED, {"IS"}, {"IE", "NO"}),
    ],
)
def test_a_level_allows_its_countries_and_no_others(level: ResidencyLevel, inside: set[str], outside: set[str]) -> None:
    named = ("IS",) if level is ResidencyLevel.NAMED else ()
    residency = Residency(level=level, countries=named, groups=ZONE.residency.groups)
    assert {country for country in inside | outside if residency.allows(country, "IE")} == inside


def test_a_level_whose_group_is_gone_allows_nothing() -> None:
    adequate = CountryGroup(name="adequate", countries=("GB",), source="none")
    residency = Residency(level=ResidencyLevel.EEA, groups=(adequate,))
    assert not residency.allows("IE", "IE")
