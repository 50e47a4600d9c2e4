"""Who a principal is to a site: its part in the trusted base, the auditor's, or an identity of the stack."""

from collections.abc import Mapping

from clover.dossier.site_facts import SiteFacts
from clover.model.azure import stores
from clover.model.resources import value
from clover.zones.parties import TrustedParty


def trusted_entry(site: SiteFacts, principal: str) -> TrustedParty | None:
    """The zone's entry for a principal of the trusted base: an ARN ends as the entry says, an object id is it."""
    for entry in site.case.zone.file.trusted_base:
        named = str(entry.principal or "")
        if named and entry.site in (None, site.name) and principal in (named, f"{principal[: -len(named)]}{named}"):
            return entry
    return None


def trusted_kind(site: SiteFacts, principal: str) -> str | None:
    """The principal's part in the trusted base, such as `deployer`."""
    entry = trusted_entry(site, principal)
    return entry.kind.value if entry else None


def auditor_part(site: SiteFacts, principal: str) -> str | None:
    """Whether a caller is the auditor's `person` or `machine`: the principal itself, or the role that is named so."""
    for known in site.case.zone.file.auditor.principals:
        if known.cloud is site.case.site.cloud:
            for part, named in (("person", known.person), ("machine", known.machine)):
                if principal == named or principal.endswith(f"-{part}"):
                    return part
    return None


def identities(site: SiteFacts) -> Mapping[str, str]:
    """The names of the stack's own identities on Azure by their object ids."""
    found = site.case.resources.of(stores.IDENTITY)
    return {str(value(each, "principalId")).lower(): each.name for each in found}
