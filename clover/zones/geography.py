"""Where a zone lies: its countries, the regions of each cloud, and the sites in them."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from clover.zones.vocabulary import Cloud, Lifecycle, ResidencyLevel, TlsVersion
from clover.zones.words import Account, AddressRange, Count, Country, HostName, Name, RegionName, Sentence, ZoneLetter


class CountryGroup(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Countries that a residency level speaks of together."""

    name: Annotated[Name, Meta(description="The group's name; a level such as `eea` is the group of that name.")]
    countries: Annotated[tuple[Country, ...], Meta(min_length=1, description="ISO 3166-1 alpha-2 codes.")]
    source: Annotated[Sentence, Meta(description="The legal text that makes the group.")]


class Residency(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How wide the zone's data may lie."""

    level: Annotated[ResidencyLevel, Meta(description="The width of the promise.")]
    countries: Annotated[tuple[Country, ...], Meta(description="The countries, for the level `named` only.")] = ()
    groups: Annotated[tuple[CountryGroup, ...], Meta(description="The groups that levels are made of.")] = ()

    def allows(self, country: str, home: str) -> bool:
        """Tell whether data of a site in the country `home` may lie in `country`."""
        if self.level is ResidencyLevel.COUNTRY:
            return country == home
        return country in self.named_countries()

    def named_countries(self) -> frozenset[str]:
        """Return every country that the level names; none for the level `country`."""
        if self.level is ResidencyLevel.NAMED:
            return frozenset(self.countries)
        parts = self.parts()
        return frozenset(country for group in self.groups if group.name in parts for country in group.countries)

    def parts(self) -> tuple[str, ...]:
        """Return the names of the groups that the level is made of."""
        listed = self.level in {ResidencyLevel.NAMED, ResidencyLevel.COUNTRY}
        return () if listed else tuple(self.level.value.split("+"))


class Region(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One region of a cloud."""

    name: Annotated[RegionName, Meta(description="The cloud's own name of the region.")]
    country: Annotated[Country, Meta(description="The country it lies in.")]
    partition: Annotated[Name, Meta(description="AWS: the ARN partition; Azure: the cloud environment.")]
    pair: Annotated[RegionName | None, Meta(description="The region that the cloud pairs it with, if any.")] = None
    availability_zones: Annotated[
        tuple[ZoneLetter, ...], Meta(description="The letters (AWS) or digits (Azure) of its availability zones.")
    ] = ()
    hands_on_alarms: Annotated[
        bool, Meta(description="Azure: whether groups of actions can lie in it, which hand alarms on from there alone.")
    ] = False


class StoreLimit(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How many stores a cloud takes in one place."""

    count: Annotated[Count, Meta(description="The number.")]
    counted: Annotated[Sentence, Meta(description="What is counted, and where: the cloud's own limit in plain words.")]
    source: Annotated[Sentence, Meta(description="Where the cloud documents it.")]


class CloudRegions(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The regions of one cloud that this zone knows by name."""

    cloud: Annotated[Cloud, Meta(description="The cloud.")]
    regions: Annotated[tuple[Region, ...], Meta(min_length=1, description="Its regions.")]
    highest_tls_floor: Annotated[
        TlsVersion, Meta(description="The highest TLS version that a store there can be told to insist on.")
    ] = TlsVersion.TLS_1_3
    most_stores: Annotated[StoreLimit | None, Meta(description="How many stores one site there can hold.")] = None


class LifecycleStep(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A state that a site enters on a date and keeps until the next one."""

    state: Annotated[Lifecycle, Meta(description="The state.")]
    since: Annotated[date, Meta(description="The first day of the state.")]


class ZoneSite(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A data-centre site of the zone."""

    name: Annotated[Name, Meta(description="The site's name in stacks, resource names and reports.")]
    title: Annotated[Sentence, Meta(description="The place as people call it.")]
    cloud: Annotated[Cloud, Meta(description="The cloud that hosts it.")]
    region: Annotated[RegionName, Meta(description="The region of that cloud.")]
    country: Annotated[Country, Meta(description="The country that the site is promised to lie in.")]
    account: Annotated[Account, Meta(description="AWS: the account number; Azure: the subscription id.")]
    tenant: Annotated[Account | None, Meta(description="Azure: the tenant id of the subscription.")] = None
    address_space: Annotated[AddressRange, Meta(description="Private addresses that the site's network is cut from.")]
    api_hosts: Annotated[
        tuple[HostName, ...],
        Meta(description="The hosts under which the site answers the apps; published to assessors."),
    ] = ()
    lifecycle: Annotated[
        tuple[LifecycleStep, ...], Meta(min_length=1, description="The site's states, earliest first.")
    ]

    def state(self, on: date) -> Lifecycle | None:
        """Return the state in force on the day `on`; None before the first."""
        entered = [step.state for step in self.lifecycle if step.since <= on]
        return entered[-1] if entered else None
