"""The management groups above the sites' subscriptions, and the names and ids that follow from them."""

from uuid import NAMESPACE_URL, uuid5

from components.organisation import OrganisationArgs

_GROUPS = "/providers/Microsoft.Management/managementGroups"


def of_site(organisation: OrganisationArgs, site: str) -> str:
    """The name of the group that one site's subscription stands in alone."""
    return f"{organisation['unit']}-{site}"


def id_of(group: str) -> str:
    """The id of a management group."""
    return f"{_GROUPS}/{group}"


def definition_id(group: str, name: str) -> str:
    """The id of a policy that is defined at a management group."""
    return f"{id_of(group)}/providers/Microsoft.Authorization/policyDefinitions/{name}"


def guid(organisation: OrganisationArgs, *parts: str) -> str:
    """A GUID of the organisation's own; the same in every run."""
    return str(uuid5(NAMESPACE_URL, "/".join(("clover", organisation["zone"], organisation["account"], *parts))))
