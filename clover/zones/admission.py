"""Whether a zone admits a site: a forbidden choice is refused before any resource."""

from datetime import UTC, date, datetime

from clover.errors import BadInput
from clover.zones.admitted import AdmittedDomain, AdmittedNetwork, AdmittedSite, AdmittedStore, Auditor, resolve
from clover.zones.geography import Region, ZoneSite
from clover.zones.network_admission import NetworkExaminer
from clover.zones.problems import Problems, nearest, shown
from clover.zones.site import Site
from clover.zones.store_admission import StoreExaminer
from clover.zones.vocabulary import Lifecycle

__all__ = ["AdmittedDomain", "AdmittedNetwork", "AdmittedSite", "AdmittedStore", "Auditor", "admit"]


def admit(site: Site, on: date | None = None) -> AdmittedSite:
    """Return what `site` may deploy on the day `on` (today in UTC unless given).

    Raises BadInput for what the zone forbids: the first problem with its place, and how many more there are.
    """
    day = on or datetime.now(UTC).date()
    home, region = _home(site)
    problems = Problems()
    state = _state(site, home, day, problems)
    _examine_residency(site, home, region, problems)
    _examine_auditor(site, home, day, problems)
    NetworkExaminer(site, home, problems).examine(region)
    StoreExaminer(site, home, problems).examine()
    problems.refuse_if_any()
    return resolve(site, home, region, state, day)


def _home(site: Site) -> tuple[ZoneSite, Region]:
    """Return the zone's entry for the site and its region; raise BadInput when the zone has no such site."""
    name, zone = site.config.site, site.zone.file
    known = {entry.name: entry for entry in zone.sites}
    region = zone.region(known[name].cloud, known[name].region) if name in known else None
    if region is None:
        message = f"site {shown(name)} is not of zone {zone.name}; {nearest(name, known)}"
        raise BadInput(message, site.place("clover:site"))
    return known[name], region


def _state(site: Site, home: ZoneSite, day: date, problems: Problems) -> Lifecycle:
    """Return the state that the site is in on `day`, noting when nothing of it can be deployed yet."""
    state = home.state(day) or Lifecycle.PLANNED
    if state is Lifecycle.PLANNED:
        message = f"site {home.name} is only planned on {day}: nothing of it can be deployed yet"
        problems.add(message, site.place("clover:site"))
    return state


def _examine_residency(site: Site, home: ZoneSite, region: Region, problems: Problems) -> None:
    """Note when the site's country, or that of its region, is not one that data may lie in."""
    residency = site.zone.file.residency
    for country in sorted({home.country, region.country}):
        if country != home.country or not residency.allows(country, home.country):
            message = f"site {home.name} lies in {country}, outside the zone's level {residency.level.value}"
            problems.add(message, site.place("clover:site"))


def _examine_auditor(site: Site, home: ZoneSite, day: date, problems: Problems) -> None:
    """Note every country of the auditor outside the zone that no transfer covers on `day`."""
    zone = site.zone.file
    covered = {transfer.country for transfer in zone.auditor.transfers if day <= transfer.valid_until}
    countries = (country for party in zone.parties if party.name == zone.auditor.party for country in party.countries)
    for country in countries:
        if country not in covered and not zone.residency.allows(country, home.country):
            message = f"the auditor works from {country}, outside the zone, without a transfer that is valid on {day}"
            problems.add(message, site.zone.document.place(("auditor", "transfers")))
