"""Read one site as it is now."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from clover.errors import BadInput
from clover.sources.live.kept import Kept
from clover.sources.live.observation import Observer, as_export, now
from clover.sources.live.reading import Found, PlacedCloud, Reading
from clover.zones.geography import ZoneSite
from clover.zones.vocabulary import Cloud
from clover.zones.zone import Zone

Step = Callable[[int, int, str, int], None]
"""Told how many topics of how many are done, which one is under way, and how many calls were made."""


def observe(zone: Zone, site: ZoneSite, step: Step | None = None, kept: Kept | None = None) -> dict[str, Any]:
    """The site's stack export as its cloud tells of it; BadInput where the caller is wrong.

    A call that is refused leaves a gap that is named in the export, never a thing that is said not to be there.
    """
    return _READERS[site.cloud](zone, site, step or _unseen, kept)


def _unseen(_done: int, _whole: int, _topic: str, _calls: int) -> None:
    """Nobody looks."""


def _aws(zone: Zone, site: ZoneSite, step: Step, kept: Kept | None) -> dict[str, Any]:
    from clover.sources.live.aws.client import Aws

    cloud = Aws(site.region)
    caller = cloud.caller()
    if caller.account != site.account:
        raise BadInput(f"the credentials are of account {caller.account}; {site.name} is account {site.account}")
    region = zone.file.region(site.cloud, site.region)
    ground = {"account": site.account, "region": site.region, "partition": region.partition if region else "aws"}
    observer = Observer(site.name, zone.name, caller.arn, cloud.is_loopback)
    return _read(cloud, ground, tables(), observer, (step, kept))


def _azure(zone: Zone, site: ZoneSite, step: Step, kept: Kept | None) -> dict[str, Any]:
    from clover.sources.live.azure.client import Arm
    from clover.sources.live.azure.rows import tables as rows

    cloud = Arm()
    caller = cloud.caller()
    # A person of the auditor's comes from the auditor's own tenant, by a delegation (Lighthouse).
    own = [each.account for each in zone.file.auditor.principals if each.cloud is Cloud.AZURE]
    if caller.tenant not in {str(tenant).lower() for tenant in (site.tenant, *own)}:
        raise BadInput(f"the credentials are of tenant {caller.tenant}; {site.name} is of tenant {site.tenant}")
    observer = Observer(site.name, zone.name, caller.principal, cloud.is_loopback)
    return _read(cloud, {"account": site.account, "region": site.region}, rows(), observer, (step, kept))


_READERS = {Cloud.AWS: _aws, Cloud.AZURE: _azure}


def _read(
    cloud: PlacedCloud,
    ground: Mapping[str, str],
    topics: Mapping[str, Sequence[Any]],
    observer: Observer,
    how: tuple[Step, Kept | None],
) -> dict[str, Any]:
    """Work through all topics; what was kept of an audit that was cut off is not asked again."""
    step, kept = how
    asked = kept.over(cloud, f"{observer.caller} on {observer.site} at {cloud.place}") if kept else None
    begun = asked.begun if asked else now()
    reading, found = Reading(asked or cloud, ground), list[Found]()
    for number, (topic, rows) in enumerate(topics.items()):
        for thing in reading.read(rows):
            found.append(thing)
            step(number, len(topics), topic, reading.calls)
    if kept and asked:
        asked.close()
        kept.done()
    return as_export(observer._replace(begun=begun), found, reading.gaps)


@cache
def tables() -> Mapping[str, Any]:
    """What is asked of AWS, by topic."""
    files = sorted((Path(__file__).parent / "aws").glob("*.yaml"))
    return {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in files}
