"""What the auditor publishes for assessors, on every cloud: what apps may talk to, and what the gateways let out."""

import hashlib
import json
from collections.abc import Sequence
from typing import TypedDict

SCHEMA = "clover.hosts/1"


class PublishedSite(TypedDict):
    """A site as those who assess apps have to know it."""

    site: str
    """The site's name in its zone."""
    api_hosts: Sequence[str]
    """The hosts under which the site answers the apps."""
    allowed_domains: Sequence[str]
    """The hosts that the site's gateway lets out, as its stack file declares them."""
    rule_set_digest: str
    """SHA-256 of the rules that the gateway has for these hosts; nothing for a site that declares none yet."""


def document(zone: str, sites: Sequence[PublishedSite]) -> str:
    """The published list as canonical JSON: the same sites give the same bytes."""
    listed = sorted((dict(site) for site in sites), key=lambda site: str(site["site"]))
    whole = {"schema": SCHEMA, "zone": zone, "sites": listed}
    return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def digest(text: str) -> str:
    """SHA-256 of a published document, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
