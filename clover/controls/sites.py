"""Which site of a zone a stack stands for: the one that it names, else the one whose account or place it is in."""

import re
from collections.abc import Callable, Iterator, Sequence

from clover.errors import BadInput
from clover.model.resources import Resources, value
from clover.sources import Resource, Subject
from clover.zones.geography import ZoneSite
from clover.zones.problems import nearest, shown
from clover.zones.vocabulary import Cloud
from clover.zones.zone import Zone

PREFIXES = {Cloud.AWS: "aws:", Cloud.AZURE: "azure-native:"}
"""How the types of a cloud's resources begin."""
_PROVIDERS = {Cloud.AWS: "pulumi:providers:aws", Cloud.AZURE: "pulumi:providers:azure-native"}
_OWNER = re.compile(r"arn:[\w-]+:[\w-]*:[\w-]*:([0-9]{12}):|/subscriptions/([0-9a-f-]{36})(?:/|$)", re.IGNORECASE)
_PLACES = ("region", "location")


def site_of(subject: Subject, resources: Resources, zone: Zone) -> ZoneSite:
    """The site of a stack; BadInput where it names one that the zone does not have, or several fit it alike.

    A stack that names none, such as somebody else's, stands for the site of its cloud whose account it is in, else for
    the one whose region it names, else for the only one there is; without a resource of any cloud of the zone, for the
    zone's first, of which nothing is proved then.
    """
    known = {site.name: site for site in zone.file.sites}
    if subject.site:
        if subject.site not in known:
            raise BadInput(f"site {shown(subject.site)} is not of zone {zone.name}; {nearest(subject.site, known)}")
        return known[subject.site]
    if resources.accounts() & {entry.account for entry in zone.file.trusted_accounts}:
        raise BadInput(f"stack {subject.stack} names no site, and is in an account of another hand of {zone.name}")
    if subject.stack in known:
        return known[subject.stack]
    mine = [site for site in known.values() if _declares(resources, site.cloud)]
    for fits in _FITTING:
        found = [site for site in mine if fits(resources, site)]
        if len(found) == 1:
            return found[0]
    if mine:
        raise BadInput(f"stack {subject.stack} names no site, and {len(mine)} of {zone.name} may be meant")
    return next(iter(known.values()))


def _declares(resources: Resources, cloud: Cloud) -> bool:
    """Whether the stack has anything of the cloud."""
    return any(kind.startswith(PREFIXES[cloud]) or kind == _PROVIDERS[cloud] for kind in resources.types)


def _in_its_account(resources: Resources, site: ZoneSite) -> bool:
    """Whether a provider is held to the site's account, or a resource has been made in it."""
    owned = (owner for resource in resources.all for owner in _owners(resource))
    return site.account in resources.accounts() or site.account in owned


def _owners(resource: Resource) -> Iterator[str]:
    """The account or subscription in a resource's own identifiers."""
    for text in (resource.id, resource.outputs.get("arn"), resource.outputs.get("id")):
        found = _OWNER.match(text) if isinstance(text, str) else None
        if found:
            yield found[1] or found[2]


def _in_its_region(resources: Resources, site: ZoneSite) -> bool:
    """Whether a provider or a resource names the site's region."""
    named = (value(resource, name) for resource in resources.all for name in _PLACES)
    return any(isinstance(place, str) and place.replace(" ", "").lower() == site.region for place in named)


def _any(_resources: Resources, _site: ZoneSite) -> bool:
    return True


_FITTING: Sequence[Callable[[Resources, ZoneSite], bool]] = (_in_its_account, _in_its_region, _any)
