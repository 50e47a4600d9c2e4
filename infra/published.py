"""What the auditor publishes of the sites: their own hosts, and what their gateways let out, as their stack files say.

The auditor's stack comes before the sites': it reads what they declare, and computes the digest that their gateways
then have. Whether they do is a control (ASM-2).
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from clover.zones.admission import admit
from clover.zones.geography import ZoneSite
from clover.zones.site import read_site
from clover.zones.stack_file import read_stack
from clover.zones.vocabulary import Cloud, Lifecycle
from clover.zones.zone import Zone

DIGESTS = {Cloud.AWS: "infra.aws_site", Cloud.AZURE: "infra.azure_site"}
"""The module that knows the digest of a site's gateway on each cloud."""

_DEPLOYED = frozenset({Lifecycle.INTERIM, Lifecycle.LIVE})

Published = Mapping[str, Any]
"""A site as `components.assessment.PublishedSite` has it."""


def published(zone: Zone, root: Path) -> list[Published]:
    """Every site of the zone that is in use today; BadInput for a stack file in `root` that the zone refuses."""
    return list(_sites(zone, root))


def _sites(zone: Zone, root: Path) -> Iterator[Published]:
    today = datetime.now(UTC).date()
    for home in zone.file.sites:
        if home.state(today) in _DEPLOYED:
            yield {"site": home.name, "api_hosts": list(home.api_hosts), **_gateway(zone, home, root)}


def _gateway(zone: Zone, home: ZoneSite, root: Path) -> Published:
    """What the site's gateway lets out: nothing, of no digest, where no stack file of the site's name says it."""
    file = root / f"Pulumi.{home.name}.yaml"
    if not file.is_file():
        return {"allowed_domains": [], "rule_set_digest": ""}
    stack = read_stack(file)
    site = admit(read_site(stack.config, stack.place, zone))
    return {
        "allowed_domains": sorted(domain.name for domain in site.network.allowed_domains),
        "rule_set_digest": import_module(DIGESTS[site.cloud]).rule_set_digest(site),
    }
