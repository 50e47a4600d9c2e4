"""Which stacks this checkout has, and what the lab must know of one before it starts the engine."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clover.errors import BadInput
from clover.sources.plain import as_object
from clover.zones.admission import admit
from clover.zones.document import read_document
from clover.zones.hands import (
    AdmittedHolding,
    admit_auditor,
    admit_backends,
    admit_backups,
    admit_organisation,
    read_hand,
)
from clover.zones.problems import nearest, shown
from clover.zones.site import read_site
from clover.zones.stack_file import Stack
from clover.zones.stack_file import read_stack as read_stack_file
from clover.zones.vocabulary import Cloud, StackKind
from clover.zones.zone import Zone, find_zone


@dataclass(frozen=True)
class Actor:
    """As whom a stack is deployed on one cloud; `account` is a subscription on Azure, which has a tenant.

    `auditor` is the principal of the auditor's tool, where the stack is a site's.
    """

    cloud: Cloud
    region: str
    account: str
    tenant: str | None
    principal: str
    auditor: str = ""


@dataclass(frozen=True)
class LabStack:
    """One admitted stack: whose hand runs it, and as whom on each cloud; `site` is a site stack's own.

    `organisation` is what has to stand before an organisation's stack is deployed: the accounts that it binds on AWS.
    `needs` are the hands whose stacks of the zone have to be up before.
    """

    project: str
    name: str
    zone: str
    kind: StackKind
    site: str | None
    actors: tuple[Actor, ...]
    organisation: Mapping[str, Any] | None = None
    needs: frozenset[StackKind] = frozenset()

    def actor(self, cloud: Cloud) -> Actor | None:
        """As whom the stack is deployed on `cloud`; the first of several."""
        return next((actor for actor in self.actors if actor.cloud is cloud), None)


def stack_names(root: Path) -> list[str]:
    """The stacks that have a file beside `Pulumi.yaml`, sorted."""
    return sorted(path.name.split(".")[1] for path in root.glob("Pulumi.*.yaml"))


def read_stack(root: Path, name: str) -> LabStack:
    """Read and admit one stack, as the program will before any resource.

    BadInput for an unknown one and for whatever its zone forbids.
    """
    names = stack_names(root)
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(names) or 'none'}"
        raise BadInput(f"no stack {name!r} (no Pulumi.{name}.yaml); {hint}")
    project = read_document(root / "Pulumi.yaml", "Pulumi.yaml").data["name"]
    stack = read_stack_file(root / f"Pulumi.{name}.yaml")
    _refuse_secrets(stack)
    zone = find_zone(root / "zones", stack.config.get("clover:zone"), stack.place("clover:zone"))
    kind = _kind(stack)
    site, actors = _ADMITTED[kind](stack, zone)
    founded = _founded(zone) if kind is StackKind.ORGANISATION else None
    return LabStack(project, name, zone.name, kind, site, actors, founded, _needs(zone, kind, site))


def needed(root: Path, stack: LabStack) -> list[LabStack]:
    """The stacks of this checkout that have to be up before `stack`, each after what it needs itself.

    Those are where its records and its second copies go.
    """
    others = (read_stack(root, name) for name in stack_names(root) if name != stack.name) if stack.needs else ()
    found = [other for other in others if other.zone == stack.zone and other.kind in stack.needs]
    return list({each.name: each for other in found for each in (*needed(root, other), other)}.values())


def _needs(zone: Zone, kind: StackKind, site: str | None) -> frozenset[StackKind]:
    """The hands that keep something of a site's, or the records of second copies, in accounts of their own."""
    if kind is StackKind.BACKUPS:
        return frozenset({StackKind.AUDITOR} if any(each.vault for each in admit_backups(zone)) else ())
    if site is None:
        return frozenset()
    keepers = {StackKind.AUDITOR: zone.file.auditor.vault(site), StackKind.BACKUPS: zone.file.copies(site)}
    return frozenset(hand for hand, kept in keepers.items() if kept)


def _refuse_secrets(stack: Stack) -> None:
    """Raise BadInput for a setting that is kept encrypted, in the program's words."""
    for key, held in stack.config.items():
        if (as_object(held) or {}).keys() == {"secure"}:
            raise BadInput(f"{key} is a secret; what configures a site is declared in the open", stack.place(key))


def _kind(stack: Stack) -> StackKind:
    """Whose hand the stack is run by; BadInput for a kind that nobody knows."""
    known, named = {kind.value: kind for kind in StackKind}, stack.config.get("clover:kind", StackKind.SITE.value)
    if not isinstance(named, str):
        raise BadInput(f"clover:kind: a text is expected: {', '.join(known)}", stack.place("clover:kind"))
    if named not in known:
        raise BadInput(f"clover:kind: {shown(named)} is not known; {nearest(named, known)}", stack.place("clover:kind"))
    return known[named]


def _site(stack: Stack, zone: Zone) -> tuple[str | None, tuple[Actor, ...]]:
    site = admit(read_site(stack.config, stack.place, zone))
    machine = site.auditor.machine
    return site.name, (Actor(site.cloud, site.region, site.account, site.tenant, site.deployer, machine),)


def _auditor(stack: Stack, zone: Zone) -> tuple[str | None, tuple[Actor, ...]]:
    read_hand(stack.config, stack.place, StackKind.AUDITOR, zone)
    admitted = admit_auditor(zone, stack.place("clover:zone"))
    return None, tuple(_actor(holding, _first_region(zone, holding.cloud)) for holding in admitted.holdings)


def _organisation(stack: Stack, zone: Zone) -> tuple[str | None, tuple[Actor, ...]]:
    read_hand(stack.config, stack.place, StackKind.ORGANISATION, zone)
    admitted = admit_organisation(zone, stack.place("clover:zone"))
    return None, tuple(_actor(one.holding, one.region) for one in admitted)


def _backend(stack: Stack, zone: Zone) -> tuple[str | None, tuple[Actor, ...]]:
    read_hand(stack.config, stack.place, StackKind.BACKEND, zone)
    admitted = admit_backends(zone, stack.place("clover:zone"))
    return None, tuple(_actor(one.holding, one.region) for one in admitted)


def _backups(stack: Stack, zone: Zone) -> tuple[str | None, tuple[Actor, ...]]:
    read_hand(stack.config, stack.place, StackKind.BACKUPS, zone)
    admitted = admit_backups(zone, stack.place("clover:zone"))
    return None, tuple(Actor(one.cloud, one.region, one.account, one.tenant, one.deployer) for one in admitted)


_ADMITTED: dict[StackKind, Callable[[Stack, Zone], tuple[str | None, tuple[Actor, ...]]]] = {
    StackKind.SITE: _site,
    StackKind.AUDITOR: _auditor,
    StackKind.ORGANISATION: _organisation,
    StackKind.BACKEND: _backend,
    StackKind.BACKUPS: _backups,
}


def _founded(zone: Zone) -> Mapping[str, Any] | None:
    """The organisation on AWS with its accounts, which no stack makes; None where the zone has none."""
    known = (one for one in admit_organisation(zone) if one.holding.cloud is Cloud.AWS)
    for one in known:
        accounts = {account.site.name: account.site.account for account in one.sites}
        ids = {"account": one.holding.account, "root": one.root, "unit": one.unit}
        return {"partition": one.partition, **ids, "accounts": accounts}
    return None


def _actor(holding: AdmittedHolding, region: str) -> Actor:
    return Actor(holding.cloud, region, holding.account, holding.tenant, holding.deployer)


def _first_region(zone: Zone, cloud: Cloud) -> str:
    return next((site.region for site in zone.file.sites if site.cloud is cloud), "")
