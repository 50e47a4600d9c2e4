"""The provider's own Check and Configure."""

import json
from collections.abc import Mapping

from clover.lab.aws.failure import Refusal
from clover.lab.aws.model import resource_types, schema
from clover.lab.aws.settings import REFUSED, Settings, expand, lab_endpoint, read_settings, region_problems
from clover.lab.aws.shapes import Findings, members
from clover.lab.aws.wire import Props, has_unknown


def check(news: Props) -> list[tuple[str, str]]:
    """Return what is wrong with a provider's inputs: path and reason."""
    findings = Findings()
    inputs = {name: value for name, value in expand(news).items() if not name.startswith("__")}
    members(inputs, schema()["provider"]["inputs"], (), "", findings)
    for name in sorted(REFUSED & inputs.keys()):
        findings.add(
            name, f"the lab's AWS provider does not serve {name}: `clover lab env` says whom to ask and as whom"
        )
    return findings.problems


def configure(arguments: Props, environment: Mapping[str, str]) -> Settings | None:
    """Return the settings, None while they are not wholly known; Refusal when they lead out of the lab."""
    lab_endpoint(environment)
    inputs = expand(arguments)
    if has_unknown(inputs):
        return None
    shaped = members(inputs, schema()["provider"]["inputs"], (), "", Findings())
    settings = read_settings(shaped, environment)
    for reason in region_problems(settings.region, settings):
        raise Refusal(f"the provider's region: {reason}")
    return settings


def package_schema() -> str:
    """Return the least schema that the engine takes: name, version and tokens."""
    resources: Props = {token: {} for token in resource_types()}
    return json.dumps({"name": "aws", "version": schema()["sdk"], "resources": resources})
