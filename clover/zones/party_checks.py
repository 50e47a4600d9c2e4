"""Whether the parties of a zone file, and whom it trusts, fit each other."""

from clover.zones.addresses import auditor_range
from clover.zones.check import Check
from clover.zones.geography_checks import account_fits
from clover.zones.parties import TrustedParty
from clover.zones.problems import shown
from clover.zones.vocabulary import Cloud, PartyRole, TrustedKind


def examine(check: Check) -> None:
    """Note everything about the zone's parties that does not hold together."""
    check.unique("party", "name", "parties")
    _auditor(check)
    _auditor_networks(check)
    for index, trusted in enumerate(check.zone.trusted_base):
        _trusted(check, trusted, index)
    _separation(check)
    for index, account in enumerate(check.zone.trusted_accounts):
        check.party(account.party, "trusted_accounts", index, "party")
        if not account_fits(account.account, account.cloud):
            message = f"{shown(account.account)} is no account of {account.cloud.value}"
            check.problem(message, "trusted_accounts", index, "account")
    for index, access in enumerate(check.zone.third_country_access):
        check.party(access.owner, "third_country_access", index, "owner")


def _auditor(check: Check) -> None:
    auditor = check.zone.auditor
    role = check.party(auditor.party, "auditor", "party")
    if role not in {None, PartyRole.AUDITOR}:
        check.problem(f"party {shown(auditor.party)} is no auditor", "auditor", "party")
    check.unique("cloud", "cloud", "auditor", "principals")
    for index, principals in enumerate(auditor.principals):
        for key in ("account", "person", "machine"):
            if not principal_fits(getattr(principals, key), principals.cloud):
                message = f"{shown(getattr(principals, key))} does not exist on {principals.cloud.value}"
                check.problem(message, "auditor", "principals", index, key)
    check.unique("site", "site", "auditor", "pairings")
    check.unique("external id", "external_id", "auditor", "pairings")
    for index, pairing in enumerate(auditor.pairings):
        check.site(pairing.site, "auditor", "pairings", index, "site")
    check.unique("country", "country", "auditor", "transfers")


def _auditor_networks(check: Check) -> None:
    check.distinct("network", check.zone.auditor.networks, "auditor", "networks")
    for index, network in enumerate(check.zone.auditor.networks):
        try:
            auditor_range(network)
        except ValueError as error:
            check.problem(f"network {shown(network)} {error}", "auditor", "networks", index)


def _trusted(check: Check, trusted: TrustedParty, index: int) -> None:
    check.party(trusted.party, "trusted_base", index, "party")
    if trusted.site is not None:
        check.site(trusted.site, "trusted_base", index, "site")
    local = trusted.kind in {TrustedKind.DEPLOYER, TrustedKind.BREAK_GLASS}
    if local and (trusted.site is None or trusted.principal is None):
        check.problem(f"a {trusted.kind.value} needs a site and a principal", "trusted_base", index)
    if (trusted.kind is TrustedKind.BREAK_GLASS) != (trusted.until is not None):
        check.problem("a break-glass has a last day, and nobody else of the trusted base", "trusted_base", index)
    clouds = [site.cloud for site in check.zone.sites if site.name == trusted.site]
    if trusted.principal is not None and clouds and not principal_fits(trusted.principal, clouds[0]):
        message = f"{shown(trusted.principal)} does not exist on {clouds[0].value}"
        check.problem(message, "trusted_base", index, "principal")


def _separation(check: Check) -> None:
    """Who deploys a site may not also write the organisation's policies or keep the break-glass."""
    trusted_base = check.zone.trusted_base
    deployers = {trusted.party for trusted in trusted_base if trusted.kind is TrustedKind.DEPLOYER}
    for index, trusted in enumerate(trusted_base):
        above = trusted.kind in {TrustedKind.ORGANISATION_CONTROLLER, TrustedKind.BREAK_GLASS}
        if above and trusted.party in deployers:
            message = f"party {shown(trusted.party)} deploys a site and cannot be its {trusted.kind.value} too"
            check.problem(message, "trusted_base", index, "party")


def principal_fits(principal_or_account: str, cloud: Cloud) -> bool:
    """Tell whether a principal or account has the form of `cloud`: Azure names both by UUID."""
    is_path = "/" in principal_or_account
    return is_path == (cloud is Cloud.AWS) if not principal_or_account.isdigit() else cloud is Cloud.AWS
