"""One call to ARM, as faults and the call log see it, and the reply to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

from clover.lab.arm.catalog import Kind, namespaces
from clover.lab.arm.paths import Address
from clover.lab.arm.tokens import Caller

_VERBS = {"GET": "read", "HEAD": "read", "PUT": "write", "PATCH": "write", "DELETE": "delete"}
_RBAC_TYPES = {"Microsoft.Resources/resourceGroups": "Microsoft.Resources/subscriptions/resourceGroups"}
"""Types whose RBAC actions are written otherwise."""


def as_object(value: Any) -> Mapping[str, Any]:
    """`value` where it is a JSON object, an empty one otherwise."""
    return cast(Mapping[str, Any], value) if isinstance(value, dict) else {}


class Reply(NamedTuple):
    """An answer of ARM; `body` is JSON, None for none."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class ArmCall:
    """A parsed request; `action` is the last segment of a POST."""

    method: str
    address: Address
    caller: Caller
    query: Mapping[str, str]
    headers: Mapping[str, str]
    base: str
    """`http://127.0.0.1:PORT`, for the links in answers."""
    body: Any = None
    action: str = ""
    extra: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def given(self) -> Mapping[str, Any]:
        """The body where it is an object, an empty one otherwise."""
        return as_object(self.body)

    @property
    def api_version(self) -> str:
        """The API version asked for; empty where none is."""
        return self.query.get("api-version", "")

    @property
    def kind(self) -> Kind | None:
        """The kind of resource addressed; None for what is no resource, or unknown."""
        return self.address.kind if self.address.parts or self.address.group else None

    @property
    def type(self) -> str:
        """The type addressed, in Azure's casing where it is known."""
        if self.kind and not self.address.rest:
            return _RBAC_TYPES.get(self.kind.type, self.kind.type)
        if self.address.parts:
            part = self.address.parts[-1]
            return "/".join((namespaces().get(part.namespace.lower(), part.namespace), *part.types))
        if len(self.address.rest) > 1 and self.address.rest[0].lower() == "providers":
            namespace = namespaces().get(self.address.rest[1].lower(), self.address.rest[1])
            return "/".join((namespace, *self.address.rest[2:]))
        rest = "/".join(self.address.rest)
        above = "subscriptions/resourceGroups" if self.address.group else "subscriptions"
        return f"Microsoft.Resources/{above}" + (f"/{rest}" if rest else "")

    @property
    def service(self) -> str:
        """The provider's namespace."""
        return self.type.partition("/")[0]

    @property
    def name(self) -> str:
        """The RBAC action: `Microsoft.Storage/storageAccounts/write`, `…/listKeys/action`."""
        return f"{self.type}/{self.action}/action" if self.method == "POST" else f"{self.type}/{_VERBS[self.method]}"

    @property
    def is_write(self) -> bool:
        """Whether it changes a resource (an action may)."""
        return self.method not in ("GET", "HEAD")
