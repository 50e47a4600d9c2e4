"""Whether the places of second copies fit the rest of a zone file."""

from clover.zones.check import Check
from clover.zones.geography import ZoneSite
from clover.zones.geography_checks import account_fits
from clover.zones.parties import SecondCopies
from clover.zones.party_checks import principal_fits
from clover.zones.problems import shown
from clover.zones.vocabulary import Cloud, TrustedKind


def examine(check: Check) -> None:
    """Note everything about second copies that does not hold together."""
    check.unique("site", "site", "backups")
    check.unique("account", "account", "backups")
    for index, copies in enumerate(check.zone.backups):
        _copies(check, copies, index)


def _copies(check: Check, copies: SecondCopies, index: int) -> None:
    path = ("backups", index)
    check.site(copies.site, *path, "site")
    for site in (site for site in check.zone.sites if site.name == copies.site):
        if not account_fits(copies.account, site.cloud):
            check.problem(f"{shown(copies.account)} is no account of {site.cloud.value}", *path, "account")
        if not principal_fits(copies.deployer, site.cloud):
            check.problem(f"{shown(copies.deployer)} does not exist on {site.cloud.value}", *path, "deployer")
        _place(check, copies, site, index)
    if copies.account in _taken(check):
        check.problem(f"{shown(copies.account)} is in use elsewhere in the zone", *path, "account")
    operators = {one.principal for one in check.zone.trusted_base if one.kind is TrustedKind.DEPLOYER}
    if copies.deployer in operators:
        check.problem(f"{shown(copies.deployer)} deploys a site", *path, "deployer")
    check.distinct("class", copies.data_classes, *path, "data_classes")
    known = {rules.name for rules in check.zone.data_classes}
    for number, name in enumerate(copies.data_classes):
        if name not in known:
            check.problem(f"class {shown(name.value)} is not of this zone", *path, "data_classes", number)


def _place(check: Check, copies: SecondCopies, site: ZoneSite, index: int) -> None:
    """Note a place where the cloud makes no second copy, or where the residency admits none."""
    if site.cloud is Cloud.AWS:
        if copies.at is not None:
            check.problem("copies on AWS stay in the site's own region: leave it out", "backups", index, "at")
        return
    if copies.at is None or copies.at == site.name:
        check.problem("copies on Azure lie at another site", "backups", index, "at")
        return
    check.site(copies.at, "backups", index, "at")
    for home in (home for home in check.zone.sites if home.name == copies.at):
        if (home.cloud, home.tenant) != (site.cloud, site.tenant):
            check.problem(f"{shown(home.name)} lies on another cloud, or in another tenant", "backups", index, "at")
        if not _admits(check, home, site):
            message = f"{shown(home.name)} lies in {home.country}, where data of {site.name} may not lie"
            check.problem(message, "backups", index, "at")


def _admits(check: Check, home: ZoneSite, site: ZoneSite) -> bool:
    """Whether a site's data may lie at another; a level that does not admit the site itself is another's problem."""
    allows = check.zone.residency.allows
    return allows(home.country, site.country) or not allows(site.country, site.country)


def _taken(check: Check) -> set[str]:
    """The accounts that the zone has another use for."""
    zone = check.zone
    uses = (*zone.sites, *zone.auditor.holdings, *zone.organisations, *zone.backends, *zone.trusted_accounts)
    return {use.account for use in uses}
