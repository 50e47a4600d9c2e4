"""What a scanner said of one stack."""

from collections.abc import Mapping
from typing import NamedTuple


class Finding(NamedTuple):
    """One check of one resource, which has its stack before it: `dublin/aws_s3_bucket.media_bucket`."""

    check: str
    resource: str
    passed: bool


class Scan(NamedTuple):
    """All of a scan: `form` is what the scanner read, `not_evaluated` the checks that could not be run, with why."""

    oracle: str
    version: str
    stack: str
    form: str
    findings: tuple[Finding, ...]
    not_evaluated: Mapping[str, str]

    @property
    def checks(self) -> set[str]:
        """The checks that were answered."""
        return {each.check for each in self.findings}

    @property
    def resources(self) -> set[str]:
        """The resources that at least one check was answered about."""
        return {each.resource for each in self.findings}

    @property
    def failed(self) -> tuple[Finding, ...]:
        """What failed."""
        return tuple(each for each in self.findings if not each.passed)

    def has(self, checks: int, resources: int) -> bool:
        """Whether at least so many checks were answered, about at least so many resources."""
        return len(self.checks) >= checks and len(self.resources) >= resources
