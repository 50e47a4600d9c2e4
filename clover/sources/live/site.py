"""Read one site as it is now."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from clover.errors import BadInput
from clover.sources.live.observation import Observer, as_export
from clover.sources.live.reading import Reading
from clover.zones.geography import ZoneSite
from clover.zones.vocabulary import Cloud
from clover.zones.zone import Zone


def observe(zone: Zone, site: ZoneSite) -> dict[str, Any]:
    """The site's stack export as its cloud tells of it; BadInput where the caller is wrong.

    A call that is refused leaves a gap that is named in the export, never a thing that is said not to be there.
    """
    return _READERS[site.cloud](zone, site)


def _aws(zone: Zone, site: ZoneSite) -> dict[str, Any]:
    from clover.sources.live.aws.client import Aws

    cloud = Aws(site.region)
    caller = cloud.caller()
    if caller.account != site.account:
        raise BadInput(f"the credentials are of account {caller.account}; {site.name} is account {site.account}")
    region = zone.file.region(site.cloud, site.region)
    ground = {"account": site.account, "region": site.region, "partition": region.partition if region else "aws"}
    return _read(Reading(cloud, ground), tables(), Observer(site.name, zone.name, caller.arn, cloud.is_loopback))


def _azure(zone: Zone, site: ZoneSite) -> dict[str, Any]:
    from clover.sources.live.azure.client import Arm
    from clover.sources.live.azure.rows import tables as rows

    cloud = Arm()
    caller = cloud.caller()
    if caller.tenant != str(site.tenant).lower():
        raise BadInput(f"the credentials are of tenant {caller.tenant}; {site.name} is of tenant {site.tenant}")
    reading = Reading(cloud, {"account": site.account, "region": site.region})
    return _read(reading, rows(), Observer(site.name, zone.name, caller.principal, cloud.is_loopback))


_READERS = {Cloud.AWS: _aws, Cloud.AZURE: _azure}


def _read(reading: Reading, topics: Mapping[str, Sequence[Any]], observer: Observer) -> dict[str, Any]:
    found = [thing for rows in topics.values() for thing in reading.read(rows)]
    return as_export(observer, found, reading.gaps)


@cache
def tables() -> Mapping[str, Any]:
    """What is asked of AWS, by topic."""
    files = sorted((Path(__file__).parent / "aws").glob("*.yaml"))
    return {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in files}
