"""The policy of the site's VPC endpoints."""

from components.aws.policies.document import ANYBODY, Document, allow, document
from components.aws.site import SiteArgs


def site_only(site: SiteArgs) -> Document:
    """The site's principals on the site's resources, and nothing else.

    Without the second half, the site's network would be a way to a foreign bucket. A gateway endpoint passes Network
    Firewall by, so this policy is all that stands there.
    """
    own = {"aws:PrincipalAccount": site["account"], "aws:ResourceAccount": site["account"]}
    return document(allow("SitePrincipalsOnSiteResources", ANYBODY, "*", "*", {"StringEquals": own}))
