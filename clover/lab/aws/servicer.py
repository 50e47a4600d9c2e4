"""The AWS provider: what the engine asks, turned into checks, differences and operations."""

import os

from clover.lab.aws import configuration, difference, operations, state, tagging
from clover.lab.aws.check import check, resource_type
from clover.lab.aws.cloud import Call, Cloud
from clover.lab.aws.functions import invoke
from clover.lab.aws.kinds import KINDS
from clover.lab.aws.model import ResourceType, schema
from clover.lab.aws.operations import Work
from clover.lab.provider import journal
from clover.lab.provider.difference import Difference
from clover.lab.provider.failure import Refusal
from clover.lab.provider.naming import Naming
from clover.lab.provider.servicer import Before, Checked, Found, Job, Problems, Provider
from clover.lab.provider.wire import UNKNOWN, Props, Secrets


class AwsProvider(Provider):
    """The provider of one account, over boto3."""

    label = "the lab's AWS provider"

    def __init__(self) -> None:
        """Stay unconfigured until the engine says more."""
        self._cloud: Cloud | None = None

    def version(self) -> str:
        """Return the version of the SDK whose schema is served."""
        return schema()["sdk"]

    def package_schema(self) -> str:
        """Return a package schema that names the types served."""
        return configuration.package_schema()

    def check_config(self, news: Props) -> Problems:
        """Check the provider's configuration against the SDK."""
        return configuration.check(news)

    def configure(self, arguments: Props) -> None:
        """Take the configuration; refuse to go anywhere but to the lab, or into an account that is not allowed."""
        settings = configuration.configure(arguments, os.environ)
        self._cloud = Cloud(settings) if settings else None
        if self._cloud and settings and not settings.skips_account:
            _ = self._cloud.identity

    def invoke(self, token: str, arguments: Props) -> Props:
        """Answer the few functions that need no resource."""
        return invoke(token, arguments, self._configured())

    def check(self, token: str, news: Props, olds: Props, naming: Naming) -> Checked:
        """Check inputs, and fill in defaults, name, region and merged tags."""
        settings = self._cloud.settings if self._cloud else None
        return check(resource_type(token), settings, news, olds, naming)

    def input_secrets(self, secrets: Secrets, inputs: Props) -> Secrets:
        """Hold the copies of secret tags secret too."""
        return tagging.with_all(secrets).within(inputs)

    def difference(self, token: str, before: Before, inputs: Props, ignored: list[str]) -> Difference:
        """Compare old and new inputs."""
        return difference.compare(resource_type(token), before.inputs, inputs, ignored)

    def foreseen(self, token: str, inputs: Props) -> Props:
        """Say what a preview knows of a thing to be made."""
        return state.foreseen(resource_type(token), inputs)

    def foreseen_update(self, token: str, before: Before, inputs: Props) -> Props:
        """Say what a preview knows of a thing to be changed."""
        kind = resource_type(token)
        changed = difference.compare(kind, before.inputs, inputs).changed
        return state.foreseen_update(kind, changed, before.outputs, inputs)

    def create(self, job: Job, inputs: Props) -> tuple[str, Props]:
        """Make the thing, and write down its id."""
        return operations.create(self._work(job, inputs), inputs, journal.recorder(job.urn))

    def read(self, job: Job, resource_id: str, before: Before) -> Found | None:
        """Read the thing, on an import in the region that the id names."""
        plain_id, region = (resource_id, None) if before.outputs else imported_id(resource_type(job.token), resource_id)
        work = self._work(job, {"region": region} if region else before.outputs)
        found = operations.read(work, plain_id, before.outputs, before.inputs)
        return Found(*found) if found else None

    def update(self, job: Job, resource_id: str, before: Before, inputs: Props) -> Props:
        """Change the thing."""
        return operations.update(self._work(job, inputs), resource_id, before.outputs, before.inputs, inputs)

    def delete(self, job: Job, resource_id: str, before: Before) -> None:
        """Remove the thing."""
        operations.delete(self._work(job, before.outputs), resource_id, before.outputs)

    def _configured(self) -> Cloud:
        if self._cloud is None:
            raise Refusal("the provider's configuration is not yet known")
        return self._cloud

    def _work(self, job: Job, props: Props) -> Work:
        """Return the operation that a job asks for, in the region that the properties name."""
        kind = resource_type(job.token)
        cloud = self._configured()
        region = props.get("region") or cloud.settings.region
        if region is UNKNOWN:
            raise Refusal("the region is not yet known")
        return Work(kind, KINDS[kind.token], Call(cloud, region, job.deadline))


def imported_id(kind: ResourceType, resource_id: str) -> tuple[str, str | None]:
    """Return id and region of an id to import, which may say `id@region` where the type has regions (pulumi-aws 7)."""
    plain, _, region = resource_id.rpartition("@")
    return (plain, region) if plain and "region" in kind.properties else (resource_id, None)
