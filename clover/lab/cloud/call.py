"""One call to the cloud: who asks what of which service, in which account and region."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from moto.utilities.utils import get_partition

from clover.lab.cloud.answers import Refusal
from clover.lab.cloud.identity import Caller
from clover.lab.cloud.tables import table


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

    @property
    def is_read(self) -> bool:
        """Whether it changes nothing, by its name."""
        return self.operation.startswith(("Get", "Describe", "List", "Head"))

    def throttled(self) -> Refusal:
        """The refusal with which the service throttles."""
        rows = table("services")["throttled"]
        row = rows.get(self.service, rows["default"])
        return Refusal(row["code"], row["message"], row["status"])

    def mentioned(self) -> set[str]:
        """Every string among the parameters."""
        return set(_strings(self.parameters))

    def fresh(self, answered: Mapping[str, Any]) -> tuple[frozenset[str], Refusal] | None:
        """The names of what the call made, by its result, and how a read that does not find it yet is refused."""
        row = table("consistency").get(self.name)
        if row is None:
            return None
        found = (_at(source, path) for source in (answered, self.parameters) for path in row["names"])
        names = frozenset(str(name) for name in found if name)
        return names, Refusal(row["code"], NOT_YET, row["status"])


NOT_YET = "not found (not yet: injected by the lab)"
"""What a read is told that a fault lets come too early."""


def _at(value: Any, path: str) -> Any:
    """The value at a dotted path of keys, or None."""
    for key in path.split("."):
        value = cast(Any, value).get(key) if isinstance(value, dict) else None
    return value


def _strings(value: Any) -> list[str]:
    """Every string in `value` (a call's parameters), except in filters, which find nothing rather than fail."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        pairs = cast(Mapping[str, Any], value).items()
        return [text for key, part in pairs if key != "Filters" for text in _strings(part)]
    return [text for part in cast(list[Any], value) for text in _strings(part)] if isinstance(value, list) else []
