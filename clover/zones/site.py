"""A site's stack configuration: what its owner chose, in the `clover:` namespace of the stack file."""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from msgspec import Meta, Struct, field

from clover.errors import BadInput, Place
from clover.zones.problems import shown
from clover.zones.registers import Days
from clover.zones.stack_file import NAMESPACE
from clover.zones.structure import Locate, convert, path_text
from clover.zones.vocabulary import DataClass, Immutability, StackKind, StoreRole, TlsVersion, Versioning
from clover.zones.words import Name, Sentence, Service, ZoneLetter
from clover.zones.zone import Zone


class Store(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One store of the site."""

    name: Annotated[Name, Meta(description="The store's name, unique in the site.")]
    data_class: Annotated[DataClass, Meta(description="How closely its data is held.")] = field(name="class")
    role: Annotated[StoreRole, Meta(description="What it is for.")] = StoreRole.USER_DATA
    versioning: Annotated[Versioning, Meta(description="Whether older versions are kept.")] = Versioning.ENABLED
    immutability: Annotated[
        Immutability | None, Meta(description="The lock on stored versions; evidence is locked unless said otherwise.")
    ] = None
    retention_days: Annotated[
        Days | None, Meta(description="Days that the lock holds; only with a lock. The zone's floor unless given.")
    ] = None
    minimum_tls: Annotated[
        TlsVersion | None,
        Meta(description="The lowest TLS version answered; the highest that the cloud can insist on unless given."),
    ] = None


class AllowedDomain(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A host that workloads may reach through the gateway."""

    name: Annotated[str, Meta(description="A host name, or `*.` and a name for everything below it.")]
    reason: Annotated[Sentence, Meta(description="What it is needed for.")]


class Network(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The site's network and what it lets out."""

    cidr: Annotated[str, Meta(description="A private IPv4 range from the site's address space.")]
    availability_zones: Annotated[
        tuple[ZoneLetter, ...], Meta(min_length=1, description="The letters or digits of its availability zones.")
    ]
    interface_endpoints: Annotated[
        tuple[Service, ...] | None,
        Meta(description="Services with a private endpoint, besides stores; if left out, sts on AWS, none on Azure."),
    ] = None
    allowed_domains: Annotated[
        tuple[AllowedDomain, ...], Meta(description="Hosts that workloads may reach; none unless listed.")
    ] = ()


class SiteConfig(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename=NAMESPACE.__add__):
    """The configuration of a site's stack."""

    kind: Annotated[StackKind, Meta(description="Whose hand runs the stack; `site` here.")]
    zone: Annotated[Name, Meta(description="The zone: a file in zones/.")]
    site: Annotated[Name, Meta(description="The site: one of the zone's.")]
    network: Annotated[Network, Meta(description="The site's network.")]
    stores: Annotated[tuple[Store, ...], Meta(min_length=1, description="The site's stores.")]


class Site(Struct, frozen=True):
    """A site's configuration together with its zone and the places of its keys."""

    config: SiteConfig
    zone: Zone
    place: Callable[[str], Place | None]


def read_site(config: Mapping[str, Any], place: Callable[[str], Place | None], zone: Zone) -> Site:
    """Return the site that `config` describes, in `zone`; keys outside the `clover:` namespace are not looked at.

    `config` holds full keys such as `clover:stores`, values as data or as the JSON text that the engine hands over;
    `place` is asked with paths such as `clover:stores[0].class`. Raises BadInput for what does not fit.
    """
    locate: Locate = lambda path: place(path_text(path))  # noqa: E731
    ours = {key: _decoded(key, value, locate) for key, value in config.items() if key.startswith(NAMESPACE)}
    site = convert(ours, SiteConfig, locate)
    if site.zone != zone.name:
        raise BadInput(f"zone {shown(site.zone)} is not the zone {shown(zone.name)}", place(f"{NAMESPACE}zone"))
    if site.kind is not StackKind.SITE:
        raise BadInput(f"a stack of kind {shown(site.kind.value)} is not a site", place(f"{NAMESPACE}kind"))
    return Site(site, zone, place)


def _decoded(key: str, value: object, locate: Locate) -> object:
    """Return the data behind the JSON text that the engine makes of lists and mappings."""
    if key not in {f"{NAMESPACE}network", f"{NAMESPACE}stores"} or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise BadInput(f"{key}: {shown(value)} is neither data nor JSON", locate((key,))) from None
