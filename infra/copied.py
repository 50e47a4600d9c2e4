"""Which stores of a site have a second copy, as its stack file says.

The stack of the copies comes before the sites': a site's stack can name only a copy that is there.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NotRequired, TypedDict

import pulumi

from clover.errors import BadInput
from clover.zones.admission import admit
from clover.zones.admitted import AdmittedStore
from clover.zones.backups import AdmittedBackups
from clover.zones.site import read_site
from clover.zones.stack_file import read_stack
from clover.zones.vaults import AdmittedVault
from clover.zones.vocabulary import StoreRole
from clover.zones.zone import Zone
from components.stores import RecordedCopies


class KeptRecords(TypedDict):
    """Where what is done to copies is recorded, where the zone gives their place a vault."""

    evidence: NotRequired[pulumi.Input[str]]
    evidence_key: NotRequired[pulumi.Input[str]]


def copied_stores(zone: Zone, backups: AdmittedBackups, root: Path) -> tuple[AdmittedStore, ...]:
    """The copied stores of a site, as its stack file in `root` declares them; BadInput where there is no such file."""
    file = root / f"Pulumi.{backups.site}.yaml"
    if not file.is_file():
        raise BadInput(f"{backups.declared_at}: no {file.name} says which stores of {backups.site} are copied")
    stack = read_stack(file)
    return copied(admit(read_site(stack.config, stack.place, zone)).stores, backups)


def copied(stores: Iterable[AdmittedStore], backups: AdmittedBackups | None) -> tuple[AdmittedStore, ...]:
    """The stores that have a second copy: user data of the classes that the zone says."""
    classes = backups.data_classes if backups else ()
    return tuple(one for one in stores if one.role is StoreRole.USER_DATA and one.data_class in classes)


def recorded_copies(vault: AdmittedVault) -> list[RecordedCopies]:
    """The copies whose records a vault takes, as components are told of them."""
    return [{"site": one.site, "account": one.account, "deployer": one.deployer} for one in vault.copies]
