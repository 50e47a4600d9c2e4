"""Whether the countries, regions and sites of a zone file fit each other."""

from itertools import combinations, pairwise

from clover.zones.addresses import private_range
from clover.zones.check import Check
from clover.zones.geography import LifecycleStep, ZoneSite
from clover.zones.problems import nearest, shown
from clover.zones.vocabulary import WORKSPACE, Cloud, Lifecycle, ResidencyLevel, StackKind, TrustedKind

AWS_ACCOUNT_DIGITS = 12


def examine(check: Check) -> None:
    """Note everything in the zone's geography that does not hold together."""
    _residency(check)
    check.unique("cloud", "cloud", "clouds")
    for index in range(len(check.zone.clouds)):
        _regions(check, index)
    check.unique("site", "name", "sites")
    for index, site in enumerate(check.zone.sites):
        _site(check, site, index)
        _lifecycle(check, site.lifecycle, index)
        _people(check, site, index)
    _address_spaces(check)


def account_fits(account: str, cloud: Cloud) -> bool:
    """Tell whether `account` has the form that `cloud` gives its accounts."""
    return (len(account) == AWS_ACCOUNT_DIGITS) == (cloud is Cloud.AWS)


def _residency(check: Check) -> None:
    residency = check.zone.residency
    check.unique("group", "name", "residency", "groups")
    if (residency.level is ResidencyLevel.NAMED) != bool(residency.countries):
        check.problem("countries belong to the level 'named', and only to it", "residency", "level")
    groups = {group.name for group in residency.groups}
    for part in residency.parts():
        if part not in groups:
            check.problem(f"level {shown(part)} has no group; {nearest(part, groups)}", "residency", "level")


def _regions(check: Check, index: int) -> None:
    known = check.zone.clouds[index]
    check.unique("region", "name", "clouds", index, "regions")
    names = [region.name for region in known.regions]
    for number, region in enumerate(known.regions):
        path = ("clouds", index, "regions", number)
        check.distinct("availability zone", region.availability_zones, *path, "availability_zones")
        if region.pair is not None and region.pair not in names:
            check.problem(
                f"paired region {shown(region.pair)} is not known; {nearest(region.pair, names)}", *path, "pair"
            )


def _site(check: Check, site: ZoneSite, index: int) -> None:
    if site.name in {WORKSPACE, *(kind.value for kind in StackKind)}:
        check.problem(f"{shown(site.name)} is what a hand is called, not a site", "sites", index, "name")
    region = check.zone.region(site.cloud, site.region)
    if region is None:
        names = [region.name for known in check.zone.clouds if known.cloud is site.cloud for region in known.regions]
        message = f"region {shown(site.region)} of {site.cloud.value} is not known; {nearest(site.region, names)}"
        check.problem(message, "sites", index, "region")
    elif region.country != site.country:
        message = f"site {shown(site.name)} is promised to {site.country}, but {site.region} lies in {region.country}"
        check.problem(message, "sites", index, "country")
    if not account_fits(site.account, site.cloud):
        check.problem(f"{shown(site.account)} is no account of {site.cloud.value}", "sites", index, "account")
    check.distinct("host", site.api_hosts, "sites", index, "api_hosts")
    if (site.tenant is None) != (site.cloud is Cloud.AWS):
        check.problem("a site on Azure has a tenant, and only there", "sites", index, "tenant")


def _lifecycle(check: Check, steps: tuple[LifecycleStep, ...], index: int) -> None:
    for number, (earlier, later) in enumerate(pairwise(steps), start=1):
        if later.since <= earlier.since:
            check.problem(f"{later.since} is not after {earlier.since}", "sites", index, "lifecycle", number)
        if earlier.state is Lifecycle.RETIRED or later.state is earlier.state:
            message = f"{later.state.value} cannot follow {earlier.state.value}"
            check.problem(message, "sites", index, "lifecycle", number)
    if steps[-1].state is Lifecycle.INTERIM:
        check.problem("an interim state needs a step that ends it", "sites", index, "lifecycle", len(steps) - 1)


def _people(check: Check, site: ZoneSite, index: int) -> None:
    kinds = [trusted.kind for trusted in check.zone.trusted_base if trusted.site == site.name]
    if kinds.count(TrustedKind.DEPLOYER) != 1:
        check.problem(f"site {shown(site.name)} needs exactly one deployer in trusted_base", "sites", index)
    if kinds.count(TrustedKind.BREAK_GLASS) > 1:
        check.problem(f"site {shown(site.name)} has more than one break-glass in trusted_base", "sites", index)
    if site.name not in {pairing.site for pairing in check.zone.auditor.pairings}:
        check.problem(f"site {shown(site.name)} has no pairing with the auditor", "sites", index)
    if site.cloud not in {principals.cloud for principals in check.zone.auditor.principals}:
        check.problem(f"the auditor has no principals on {site.cloud.value}", "sites", index)


def _address_spaces(check: Check) -> None:
    spaces: list[tuple[int, ZoneSite]] = []
    for index, site in enumerate(check.zone.sites):
        try:
            private_range(site.address_space)
            spaces.append((index, site))
        except ValueError as error:
            check.problem(f"address space {shown(site.address_space)} {error}", "sites", index, "address_space")
    for (_, first), (index, second) in combinations(spaces, 2):
        if private_range(first.address_space).overlaps(private_range(second.address_space)):
            message = f"address space {second.address_space} overlaps that of {shown(first.name)}"
            check.problem(message, "sites", index, "address_space")
