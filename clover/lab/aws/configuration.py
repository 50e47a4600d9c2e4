"""The provider's own Check and Configure."""

from collections.abc import Mapping

from clover.lab.aws.model import resource_types, schema
from clover.lab.aws.settings import REFUSED, Settings, expand, lab_endpoint, read_settings, region_problems
from clover.lab.provider.failure import Refusal
from clover.lab.provider.package_schema import package_schema as described
from clover.lab.provider.shapes import Findings, members
from clover.lab.provider.wire import Props, has_unknown


def check(news: Props) -> list[tuple[str, str]]:
    """Return what is wrong with a provider's inputs: path and reason."""
    findings = Findings(schema()["objects"])
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
    shaped = members(inputs, schema()["provider"]["inputs"], (), "", Findings(schema()["objects"]))
    settings = read_settings(shaped, environment)
    for reason in region_problems(settings.region, settings):
        raise Refusal(f"the provider's region: {reason}")
    return settings


def package_schema() -> str:
    """Return what programs in other languages check their use of the provider against."""
    return described("aws", schema()["sdk"], schema()["provider"]["inputs"], resource_types())
