"""Which stacks this checkout has, and what the lab must know of one before it starts the engine."""

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from clover.errors import BadInput, Place
from clover.zones.admission import AdmittedSite, admit
from clover.zones.document import Document, parse_path, read_document
from clover.zones.site import read_site
from clover.zones.zone import load_zone


@dataclass(frozen=True)
class SiteStack:
    """One admitted site's stack: where it goes and as whom."""

    project: str
    name: str
    region: str
    account: str
    deployer: str


def stack_names(root: Path) -> list[str]:
    """The stacks that have a file beside `Pulumi.yaml`, sorted."""
    return sorted(path.name.split(".")[1] for path in root.glob("Pulumi.*.yaml"))


def read_stack(root: Path, name: str) -> SiteStack:
    """Read and admit one stack; BadInput for an unknown one and for whatever its zone forbids."""
    names = stack_names(root)
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(names) or 'none'}"
        raise BadInput(f"no stack {name!r} (no Pulumi.{name}.yaml); {hint}")
    project = read_document(root / "Pulumi.yaml", "Pulumi.yaml").data["name"]
    document = read_document(root / f"Pulumi.{name}.yaml", f"Pulumi.{name}.yaml")
    site = _admitted(root, document)
    return SiteStack(project, name, site.region, site.account, site.deployer)


def _admitted(root: Path, document: Document) -> AdmittedSite:
    """Admit the site that a stack file describes, as the program will before any resource."""
    config: object = document.data.get("config") if isinstance(document.data, dict) else None
    if not isinstance(config, dict):
        raise BadInput("no config: a stack file says kind, zone, site, network and stores", document.place(()))
    values = cast(dict[str, Any], config)
    zone = load_zone(root / "zones" / f"{values.get('clover:zone')}.yaml")

    def place(path: str) -> Place:
        return document.place(("config", *parse_path(path)))

    return admit(read_site(values, place, zone))
