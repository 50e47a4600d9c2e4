"""The hosts that the auditor publishes (`clover.hosts/1`): in a document of their own, or in its stack export."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from clover.errors import BadInput, Place
from clover.sources.files import read_json
from clover.sources.plain import as_list, as_object

SCHEMA = "clover.hosts/1"


class SiteHosts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What belongs to one site."""

    site: str
    api_hosts: Annotated[tuple[str, ...], Meta(description="The hosts under which the site answers the apps.")]
    allowed_domains: Annotated[
        tuple[str, ...],
        Meta(description="What the site's gateway lets out: names, or `*.` and a name for all below it."),
    ]
    rule_set_digest: Annotated[
        str, Meta(description="SHA-256 of the gateway's rules; empty where none are declared yet.")
    ]


class Published(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the auditor publishes of the sites of a zone."""

    schema: Literal["clover.hosts/1"] = SCHEMA
    zone: str
    sites: tuple[SiteHosts, ...]

    def covering(self, host: str) -> str | None:
        """Whose a host is, in words, a site's own before what a gateway lets out; None for one that is nobody's."""
        for site in self.sites:
            if host in site.api_hosts:
                return f"API of {site.site}"
        for site in self.sites:
            if any(_covers(name, host) for name in site.allowed_domains):
                return f"let out by {site.site}"
        return None


def _covers(name: str, host: str) -> bool:
    """Whether a declared name is the host, or with a star stands for it: a star is at least one label."""
    return host.endswith(name[1:]) and host != name[1:] if name.startswith("*.") else host == name


def read_published(path: Path) -> Published:
    """Read the published hosts from a document or a stack export; BadInput for a file that holds none, or several."""
    found = list(_documents(read_json(path)))
    distinct = [one for index, one in enumerate(found) if one not in found[:index]]
    if len(distinct) != 1:
        raise BadInput(f"holds {len(distinct) or 'no'} lists of published hosts; one is read", Place(str(path)))
    try:
        return msgspec.convert(distinct[0], Published)
    except msgspec.ValidationError as error:
        raise BadInput(f"is no {SCHEMA}: {error}", Place(str(path))) from None


def _documents(data: Any) -> Iterator[Any]:
    """The document itself, or those that the stack of an export hands out."""
    held = as_object(data) or {}
    if held.get("schema") == SCHEMA:
        yield held
    for resource in as_list((as_object(held.get("deployment")) or {}).get("resources")) or ():
        outputs = as_object((as_object(resource) or {}).get("outputs")) or {}
        for workspace in (as_object(outputs.get("workspaces")) or {}).values():
            hosts = (as_object(workspace) or {}).get("hosts")
            if hosts is not None:
                yield hosts
