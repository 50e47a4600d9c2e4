"""One call to the cloud: who asks what of which service, in which account and region."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.utilities.utils import get_partition

from clover.lab.cloud.identity import Caller


@dataclass(frozen=True, slots=True)
class Call:
    """A parsed call; `service` and `operation` are botocore's names."""

    service: str
    operation: str
    parameters: Mapping[str, Any]
    caller: Caller
    region: str

    @property
    def name(self) -> str:
        """`service.Operation`, as faults and tables name it."""
        return f"{self.service}.{self.operation}"

    @property
    def account(self) -> str:
        """The account that the call lands in."""
        return self.caller.account

    @property
    def partition(self) -> str:
        """The partition that the call's region lies in."""
        return get_partition(self.region)

    def arn(self, service: str, resource: str) -> str:
        """The ARN of `resource` of `service` in this call's account and region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"
