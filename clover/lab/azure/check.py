"""Check a resource's inputs before anything is planned, and fill in what the provider adds."""

from collections.abc import Callable
from typing import Any

from clover.lab.azure import naming
from clover.lab.azure.comparison import MADE_UP, VERSION
from clover.lab.azure.model import ResourceType, resource_types, schema
from clover.lab.provider.failure import Refusal
from clover.lab.provider.naming import Naming
from clover.lab.provider.servicer import Checked
from clover.lab.provider.shapes import Findings, members, nearest
from clover.lab.provider.wire import Props

#: Returns the location of a resource group by name, None when there is no such group.
GroupLocation = Callable[[Any], Any]


def resource_type(token: str) -> ResourceType:
    """Return the type of a token; Refusal that names the types served."""
    found = resource_types().get(token)
    if found is None:
        served = ", ".join(sorted(resource_types()))
        raise Refusal(
            f"the lab's Azure provider does not serve {token}{nearest(token, resource_types())}; it serves {served}"
        )
    return found


def check(kind: ResourceType, news: Props, olds: Props, named: Naming, location_of: GroupLocation) -> Checked:
    """Check new inputs against the type, and add name, location and API version."""
    findings = Findings(schema()["objects"], exact=True)
    types = {name: known.type for name, known in kind.properties.items()}
    inputs = members(_public(news, findings, kind), types, kind.required, "", findings)
    filled = _located(kind, _named(kind, inputs, olds, named, findings), olds, location_of)
    if not findings.problems:
        findings.problems += naming.problems(kind, filled)
    return Checked({**filled, VERSION: kind.version}, findings.problems)


def _public(news: Props, findings: Findings, kind: ResourceType) -> Props:
    """Leave out the provider's own notes; another API version than the SDK's default is not served."""
    version = news.get(VERSION)
    if version not in (None, kind.version):
        findings.add(VERSION, f"the lab serves {kind.version} alone")
    return {name: value for name, value in news.items() if not name.startswith("__") and name != VERSION}


def _named(kind: ResourceType, inputs: Props, olds: Props, named: Naming, findings: Findings) -> Props:
    """Add a name where none is given: the old one, or one made up."""
    if inputs.get(kind.named) is not None:
        return inputs
    if olds.get(kind.named):
        note = {MADE_UP: True} if olds.get(MADE_UP) else {}
        return {**inputs, kind.named: olds[kind.named], **note}
    name = naming.name_for(kind, named)
    if name is None:
        findings.add(kind.named, f"automatic naming is disabled, and {kind.named} is not given")
        return inputs
    note = {MADE_UP: True} if naming.is_made_up(kind, named) else {}
    return {**inputs, kind.named: name, **note}


def _located(kind: ResourceType, inputs: Props, olds: Props, location_of: GroupLocation) -> Props:
    """Add a location where none is given: the old one, else the provider's, else that of the resource group."""
    if "location" not in kind.properties or inputs.get("location") is not None:
        return inputs
    group = None if kind.named == "resourceGroupName" else inputs.get("resourceGroupName")
    location = olds.get("location") or location_of(group)
    return {**inputs, "location": location} if location is not None else inputs
