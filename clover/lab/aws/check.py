"""Check a resource's inputs before anything is planned, and fill in what the provider adds."""

import json
from typing import Any

from clover.lab.aws import limits, tagging
from clover.lab.aws.documents import parse_policy
from clover.lab.aws.model import Change, Compare, ResourceType, resource_types, schema
from clover.lab.aws.naming import name_for
from clover.lab.aws.settings import Settings, region_problems
from clover.lab.aws.state import DEFAULTS
from clover.lab.provider.failure import Refusal
from clover.lab.provider.naming import Naming
from clover.lab.provider.servicer import Checked
from clover.lab.provider.shapes import Findings, members, nearest
from clover.lab.provider.wire import UNKNOWN, Props, has_unknown


def resource_type(token: str) -> ResourceType:
    """Return the type of a token; Refusal that names the types served."""
    found = resource_types().get(token)
    if found is None:
        served = ", ".join(sorted(resource_types()))
        raise Refusal(
            f"the lab's AWS provider does not serve {token}{nearest(token, resource_types())}; it serves {served}"
        )
    return found


def check(kind: ResourceType, settings: Settings | None, news: Props, olds: Props, naming: Naming) -> Checked:
    """Check new inputs against the type; `settings` are None while the provider's configuration is unknown."""
    findings = Findings(schema()["objects"])
    types = {name: known.type for name, known in kind.properties.items()}
    inputs = members(_public(news), types, kind.required, "", findings)
    _refuse_unserved(kind, inputs, findings)
    if findings.problems:
        return Checked(inputs, findings.problems)
    _read_documents(kind, inputs, findings)
    filled = _filled(kind, inputs, olds, naming, findings)
    limits.check(kind.token, inputs, filled, findings)
    findings.problems += tagging.problems(filled.get("tags"))
    if "region" in inputs and settings and inputs["region"] is not UNKNOWN:
        findings.problems += [("region", reason) for reason in region_problems(inputs["region"], settings)]
    return Checked({**filled, **_from_provider(kind, settings, filled)}, findings.problems)


def _public(inputs: Props) -> Props:
    """Leave out the provider's own notes, and `tagsAll`, which the SDK has no input for."""
    return {name: value for name, value in inputs.items() if not name.startswith("__") and name != "tagsAll"}


def _refuse_unserved(kind: ResourceType, inputs: Props, findings: Findings) -> None:
    for name, value in inputs.items():
        known = kind.properties[name]
        if known.change is Change.REFUSED and value not in (None, False, [], {}):
            findings.add(name, f"the lab does not serve {name} of {kind.token}: {known.source}")


def _read_documents(kind: ResourceType, inputs: Props, findings: Findings) -> None:
    """Write policies that are given as maps as text, and refuse text that is no JSON object."""
    for name, known in kind.properties.items():
        value = inputs.get(name)
        if known.compare is not Compare.DOCUMENT or value is None or value is UNKNOWN:
            continue
        if isinstance(value, dict):
            inputs[name] = UNKNOWN if has_unknown(value) else _text(value)
            continue
        try:
            parse_policy(value)
        except ValueError as error:
            findings.add(name, f"the policy {error}")


def _text(document: Any) -> str:
    """Write a policy in one way whatever order its members come in: the wire keeps none."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def _filled(kind: ResourceType, inputs: Props, olds: Props, naming: Naming, findings: Findings) -> Props:
    """Add defaults and a name, and note under `__defaults` what was added."""
    known_defaults = {name: known.default for name, known in kind.properties.items() if known.default is not None}
    added = {name: default for name, default in known_defaults.items() if name not in inputs}
    rule = kind.autoname
    if rule and rule.property not in inputs:
        if rule.property in olds.get(DEFAULTS, ()):
            added[rule.property] = olds[rule.property]
        else:
            added |= _named(kind, inputs, naming, findings)
    return {**added, **inputs, DEFAULTS: sorted(added)}


def _named(kind: ResourceType, inputs: Props, naming: Naming, findings: Findings) -> Props:
    rule = kind.autoname
    if rule is None:
        return {}
    try:
        return {rule.property: name_for(rule, naming, inputs)}
    except Refusal as error:
        findings.add(rule.property, str(error))
        return {}


def _from_provider(kind: ResourceType, settings: Settings | None, inputs: Props) -> Props:
    """Add region and merged tags, as pulumi-aws does before its own Check."""
    added: Props = {}
    if "region" in kind.properties and not inputs.get("region"):
        added["region"] = settings.region if settings else UNKNOWN
    if "tags" in kind.properties:
        added["tagsAll"] = tagging.merged(settings, inputs.get("tags")) if settings else UNKNOWN
    return added
