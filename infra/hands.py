"""The stacks that are no site's: admitted from the zone, then deployed on each of its clouds."""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pulumi

from clover.errors import BadInput
from clover.zones.hands import admit_auditor, admit_backends, admit_backups, admit_organisation, read_hand
from clover.zones.stack_file import NAMESPACE
from clover.zones.vocabulary import Cloud, StackKind
from clover.zones.zone import Zone, find_zone
from infra.configuration import Configuration
from infra.copied import copied_stores
from infra.published import published

AUDITOR = {Cloud.AWS: "infra.aws_auditor", Cloud.AZURE: "infra.azure_auditor"}
"""The module that deploys the auditor's stack on each cloud; only those that are needed are loaded."""

ORGANISATION = {Cloud.AWS: "infra.aws_organisation", Cloud.AZURE: "infra.azure_organisation"}
"""The same for the organisation's stack."""

BACKEND = {Cloud.AWS: "infra.aws_backend", Cloud.AZURE: "infra.azure_backend"}
"""The same for the backends' stack."""

BACKUPS = {Cloud.AWS: "infra.aws_backups", Cloud.AZURE: "infra.azure_backups"}
"""The same for the stack of second copies."""

Exports = Mapping[str, Mapping[str, Any]]
"""What a cloud's part of a stack hands out: by subject (`vaults`, `workspaces`, …), then by name."""


def deploy_auditor(configuration: Configuration, zones: Path) -> None:
    """Deploy what the auditor keeps for the zone; BadInput where the zone gives it no account."""
    zone, place = _zone(configuration, zones, StackKind.AUDITOR)
    admitted = admit_auditor(zone, place)
    clouds = dict.fromkeys(holding.cloud for holding in admitted.holdings)
    sites = published(zone, zones.parent) if admitted.workspaces else []
    _export(zone, StackKind.AUDITOR, (import_module(AUDITOR[cloud]).deploy(admitted, sites) for cloud in clouds))


def deploy_organisation(configuration: Configuration, zones: Path) -> None:
    """Deploy the organisation's guardrails for the zone; BadInput where the zone names no organisation."""
    zone, place = _zone(configuration, zones, StackKind.ORGANISATION)
    admitted = admit_organisation(zone, place)
    deployed = (import_module(ORGANISATION[one.holding.cloud]).deploy(one) for one in admitted)
    _export(zone, StackKind.ORGANISATION, deployed)


def deploy_backend(configuration: Configuration, zones: Path) -> None:
    """Deploy the backends of the zone's sites; BadInput where the zone names none."""
    zone, place = _zone(configuration, zones, StackKind.BACKEND)
    admitted = admit_backends(zone, place)
    _export(zone, StackKind.BACKEND, (import_module(BACKEND[one.holding.cloud]).deploy(one) for one in admitted))


def deploy_backups(configuration: Configuration, zones: Path) -> None:
    """Deploy where second copies lie; BadInput where the zone names no place."""
    zone, place = _zone(configuration, zones, StackKind.BACKUPS)
    admitted = admit_backups(zone, place)
    stores = {one.site: copied_stores(zone, one, zones.parent) for one in admitted}
    deployed = (import_module(BACKUPS[one.cloud]).deploy(one, stores[one.site]) for one in admitted)
    _export(zone, StackKind.BACKUPS, deployed)


def _zone(configuration: Configuration, zones: Path, kind: StackKind) -> tuple[Zone, Any]:
    """The zone that the configuration names, once it is known to be one of a stack of this kind."""
    values, place = configuration
    key = f"{NAMESPACE}zone"
    if key not in values:
        raise BadInput(f"the stack has no {key}", place(key))
    zone = find_zone(zones, values[key], place(key))
    read_hand(values, place, kind, zone)
    return zone, place(key)


def _export(zone: Zone, kind: StackKind, parts: Iterator[Exports]) -> None:
    """Hand out whose stack it is, and what each cloud's part delivers, joined by subject."""
    joined: dict[str, dict[str, Any]] = {}
    for part in parts:
        for subject, named in part.items():
            joined.setdefault(subject, {}).update(named)
    pulumi.export("hand", {"kind": kind.value, "zone": zone.name})
    pulumi.export("zone_digest", zone.digest)
    for subject, named in joined.items():
        pulumi.export(subject, named)


KINDS: dict[str, Callable[[Configuration, Path], None]] = {
    StackKind.AUDITOR.value: deploy_auditor,
    StackKind.ORGANISATION.value: deploy_organisation,
    StackKind.BACKEND.value: deploy_backend,
    StackKind.BACKUPS.value: deploy_backups,
}
"""What a stack of each kind deploys that is no site's."""
