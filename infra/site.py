"""The stack of a site: admitted by its zone, then deployed on its cloud."""

from importlib import import_module
from pathlib import Path

from clover.errors import BadInput
from clover.zones.admission import admit
from clover.zones.admitted import AdmittedSite
from clover.zones.site import read_site
from clover.zones.stack_file import NAMESPACE
from clover.zones.vocabulary import Cloud
from clover.zones.zone import find_zone
from infra.configuration import Configuration

CLOUDS = {Cloud.AWS: "infra.aws_site", Cloud.AZURE: "infra.azure_site"}
"""The module that deploys a site on each cloud; only the one that is needed is loaded, with its cloud's large SDK."""


def deploy(configuration: Configuration, zones: Path) -> None:
    """Deploy the site that the configuration describes; BadInput for whatever its zone forbids."""
    values, place = configuration
    key = f"{NAMESPACE}zone"
    if key not in values:
        raise BadInput(f"the stack has no {key}", place(key))
    admitted = admit(read_site(values, place, find_zone(zones, values[key], place(key))))
    deploy_on_cloud(admitted)


def deploy_on_cloud(admitted: AdmittedSite) -> None:
    """Deploy an admitted site on its cloud."""
    import_module(CLOUDS[admitted.cloud]).deploy(admitted)
