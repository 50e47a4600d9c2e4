"""The stack of a site: admitted by its zone, then deployed on its cloud."""

from collections.abc import Callable
from pathlib import Path

from clover.errors import BadInput
from clover.zones.admission import admit
from clover.zones.admitted import AdmittedSite
from clover.zones.problems import shown
from clover.zones.site import read_site
from clover.zones.stack_file import NAMESPACE
from clover.zones.vocabulary import Cloud
from clover.zones.zone import find_zone
from infra import aws_site
from infra.configuration import Configuration

CLOUDS: dict[Cloud, Callable[[AdmittedSite], None]] = {Cloud.AWS: aws_site.deploy}
"""How a site is deployed on each cloud."""


def deploy(configuration: Configuration, zones: Path) -> None:
    """Deploy the site that the configuration describes; BadInput for whatever its zone forbids."""
    values, place = configuration
    key = f"{NAMESPACE}zone"
    if key not in values:
        raise BadInput(f"the stack has no {key}", place(key))
    admitted = admit(read_site(values, place, find_zone(zones, values[key], place(key))))
    if admitted.cloud not in CLOUDS:
        known = ", ".join(cloud.value for cloud in CLOUDS)
        message = f"site {shown(admitted.name)} stands on {admitted.cloud.value}; sites can be deployed on {known}"
        raise BadInput(message, place(f"{NAMESPACE}site"))
    CLOUDS[admitted.cloud](admitted)
