"""Which stacks this checkout has, and what the lab must know of one before it starts the engine."""

import difflib
from dataclasses import dataclass
from pathlib import Path

from clover.errors import BadInput
from clover.zones.admission import AdmittedSite, admit
from clover.zones.document import read_document
from clover.zones.site import read_site
from clover.zones.stack_file import read_stack as read_stack_file
from clover.zones.vocabulary import Cloud
from clover.zones.zone import find_zone


@dataclass(frozen=True)
class SiteStack:
    """One admitted site's stack: where it goes and as whom."""

    project: str
    name: str
    site: str
    cloud: Cloud
    region: str
    account: str
    tenant: str | None
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
    site = _admitted(root, name)
    return SiteStack(project, name, site.name, site.cloud, site.region, site.account, site.tenant, site.deployer)


def _admitted(root: Path, name: str) -> AdmittedSite:
    """Admit the site that a stack file describes, as the program will before any resource."""
    stack = read_stack_file(root / f"Pulumi.{name}.yaml")
    zone = find_zone(root / "zones", stack.config.get("clover:zone"), stack.place("clover:zone"))
    return admit(read_site(stack.config, stack.place, zone))
