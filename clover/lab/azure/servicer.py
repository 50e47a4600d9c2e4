"""The azure-native provider: what the engine asks, turned into checks, differences and operations."""

import json
import os
from collections.abc import Mapping
from typing import Any

from clover.lab.azure import comparison, operations
from clover.lab.azure.arm import Call
from clover.lab.azure.check import check, resource_type
from clover.lab.azure.model import resource_types, schema
from clover.lab.azure.operations import Work
from clover.lab.azure.settings import REFUSED, Settings, lab_host, read_settings
from clover.lab.azure.transport import Transport
from clover.lab.provider import journal
from clover.lab.provider.deadline import Deadline
from clover.lab.provider.difference import Difference
from clover.lab.provider.failure import Refusal
from clover.lab.provider.naming import Naming
from clover.lab.provider.package_schema import package_schema as described
from clover.lab.provider.servicer import Before, Checked, Found, Job, Problems, Provider
from clover.lab.provider.shapes import Findings, members
from clover.lab.provider.wire import UNKNOWN, Props, has_unknown

CLIENT_CONFIG = "azure-native:authorization:getClientConfig"
GROUP = "azure-native:resources:ResourceGroup"
#: How long Check may take to look up the location of a resource group.
LOOK_UP_SECONDS = 60.0


class AzureProvider(Provider):
    """The provider of one subscription, over HTTP."""

    label = "the lab's Azure provider"

    def __init__(self) -> None:
        """Stay unconfigured until the engine says more."""
        self._transport: Transport | None = None
        self._locations: dict[str, str] = {}

    def version(self) -> str:
        """Return the version of the SDK whose schema is served."""
        return schema()["sdk"]

    def package_schema(self) -> str:
        """Return the least that a program can be checked against."""
        return described("azure-native", self.version(), schema()["provider"]["inputs"], resource_types())

    def check_config(self, news: Props) -> Problems:
        """Check the provider's configuration against the SDK."""
        findings = Findings(schema()["objects"])
        inputs = _expanded(news)
        members(inputs, schema()["provider"]["inputs"], (), "", findings)
        for name in sorted(REFUSED & inputs.keys()):
            findings.add(name, f"{self.label} does not serve {name}: `clover lab env` says whom to ask and as whom")
        return findings.problems

    def configure(self, arguments: Props) -> None:
        """Take the configuration; refuse to go anywhere but to the lab."""
        settings = _settings(_expanded(arguments), os.environ)
        self._transport = Transport(settings) if settings else None
        self._locations = {}

    def invoke(self, token: str, arguments: Props) -> Props:  # noqa: ARG002  the one function takes none
        """Answer the one function that needs no resource."""
        if token != CLIENT_CONFIG:
            raise Refusal(f"{self.label} does not serve the function {token}; it serves {CLIENT_CONFIG}")
        settings = self._configured().settings
        return {
            "clientId": settings.client,
            "objectId": settings.client,
            "subscriptionId": settings.subscription,
            "tenantId": settings.tenant,
        }

    def check(self, token: str, news: Props, olds: Props, naming: Naming) -> Checked:
        """Check inputs, and add name, location and API version."""
        return check(resource_type(token), news, olds, naming, self._location)

    def difference(self, token: str, before: Before, inputs: Props, ignored: list[str]) -> Difference:
        """Compare old and new inputs."""
        return comparison.compare(resource_type(token), before.inputs, inputs, ignored)

    def foreseen(self, token: str, inputs: Props) -> Props:
        """Say what a preview knows of a thing to be made."""
        return operations.foreseen(resource_type(token), inputs)

    def foreseen_update(self, token: str, before: Before, inputs: Props) -> Props:
        """Say what a preview knows of a thing to be changed."""
        return operations.foreseen_update(resource_type(token), before.outputs, inputs)

    def create(self, job: Job, inputs: Props) -> tuple[str, Props]:
        """Make the thing, and write down its id."""
        return operations.create(self._work(job), inputs, journal.recorder(job.urn))

    def read(self, job: Job, resource_id: str, before: Before) -> Found | None:
        """Read the thing."""
        return operations.read(self._work(job), resource_id, before)

    def update(self, job: Job, resource_id: str, before: Before, inputs: Props) -> Props:
        """Change the thing."""
        return operations.update(self._work(job), resource_id, before, inputs)

    def delete(self, job: Job, resource_id: str, before: Before) -> None:  # noqa: ARG002  the id says it all
        """Remove the thing."""
        operations.delete(self._work(job), resource_id)

    def _configured(self) -> Transport:
        if self._transport is None:
            raise Refusal("the provider's configuration is not yet known")
        return self._transport

    def _work(self, job: Job) -> Work:
        return Work(resource_type(job.token), Call(self._configured(), job.deadline))

    def _location(self, group: Any) -> Any:
        """Return where a resource that names no location goes: by the configuration, else where its group is."""
        if self._transport is None:
            return UNKNOWN
        if self._transport.settings.location or group is None:
            return self._transport.settings.location
        return UNKNOWN if group is UNKNOWN else self._group_location(self._transport, group)

    def _group_location(self, transport: Transport, group: str) -> str | None:
        """Ask for a resource group's location once; None when there is no such group yet."""
        if group not in self._locations:
            kind = resource_type(GROUP)
            resource_id = f"/subscriptions/{transport.settings.subscription}/resourceGroups/{group}"
            found = Call(transport, Deadline.within(LOOK_UP_SECONDS)).get(resource_id, kind.version)
            if found is None:
                return None
            self._locations[group] = found["location"]
        return self._locations[group]


def _settings(inputs: Props, environment: Mapping[str, str]) -> Settings | None:
    """Return the settings, None while they are not wholly known; Refusal when they lead out of the lab."""
    lab_host(environment)
    if has_unknown(inputs):
        return None
    for name in sorted(REFUSED & inputs.keys()):
        raise Refusal(f"the lab's Azure provider does not serve {name}: `clover lab env` says whom to ask and as whom")
    return read_settings(inputs, environment)


def _expanded(inputs: Props) -> Props:
    """Return provider inputs with nested values as data: the SDK hands everything but text over as JSON text."""
    kinds = schema()["provider"]["inputs"]
    plain = {name: value for name, value in inputs.items() if name != "version" and not name.startswith("__")}
    return {name: _parsed(value) if kinds.get(name, "string") != "string" else value for name, value in plain.items()}


def _parsed(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except json.JSONDecodeError:
        return value
