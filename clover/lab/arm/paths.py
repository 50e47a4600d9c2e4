"""The addresses of ARM: scopes, resources, collections and actions, whatever their casing."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from clover.lab.arm.catalog import Kind, kinds, namespaces
from clover.lab.arm.errors import error


@dataclass(frozen=True, slots=True)
class Part:
    """One `providers/NAMESPACE/TYPE/NAME/TYPE/NAME` of an address; a collection lacks the last name."""

    namespace: str
    types: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def type(self) -> str:
        """`Microsoft.Storage/storageAccounts/blobServices`, cased as it came."""
        return "/".join((self.namespace, *self.types))

    def text(self) -> str:
        """The part as a path, in Azure's casing where the type is known."""
        kind = kinds().get(self.type.lower())
        types = kind.path if kind else self.types
        namespace = namespaces().get(self.namespace.lower(), self.namespace)
        pairs = [text for pair in zip(types, self.names, strict=False) for text in pair]
        rest = types[len(self.names) :]
        return "/".join(("", "providers", namespace, *pairs, *rest))


@dataclass(frozen=True, slots=True)
class Address:
    """Where a request points to."""

    subscription: str
    group: str
    parts: tuple[Part, ...]
    rest: tuple[str, ...] = ()
    """Segments that are no resource: `resources`, `locations` below a subscription."""

    @property
    def root(self) -> str:
        """The subscription or resource group; empty for the tenant."""
        below = f"/resourceGroups/{self.group}" if self.group else ""
        return f"/subscriptions/{self.subscription}{below}" if self.subscription else ""

    @property
    def id(self) -> str:
        """The whole address in Azure's casing."""
        return self.root + "".join(part.text() for part in self.parts)

    @property
    def scope(self) -> str:
        """What the last part hangs on."""
        return self.root + "".join(part.text() for part in self.parts[:-1])

    @property
    def kind(self) -> Kind | None:
        """The kind of the last part (a resource group where there is no part); None where nobody knows it."""
        if not self.parts:
            return kinds()["microsoft.resources/resourcegroups"]
        return kinds().get(self.parts[-1].type.lower())

    @property
    def is_collection(self) -> bool:
        """Whether the address ends with a type rather than a name."""
        last = self.parts[-1] if self.parts else None
        return last is not None and len(last.types) > len(last.names)

    @property
    def name(self) -> str:
        """The resource's name."""
        if not self.parts:
            return self.group
        return self.parts[-1].names[-1] if self.parts[-1].names else ""

    @property
    def parent(self) -> str:
        """The id of the parent resource of a nested one, otherwise the scope; for a group, its subscription."""
        if not self.parts:
            return f"/subscriptions/{self.subscription}"
        last = self.parts[-1]
        types, names = last.types[:-1], last.names if self.is_collection else last.names[:-1]
        return self.scope + (Part(last.namespace, types, names).text() if types else "")


def parsed(path: str) -> Address:
    """The address that a URL's path is; ArmError where it is none."""
    segments = [unquote(segment) for segment in path.split("/") if segment]
    subscription = group = ""
    if segments and segments[0].lower() == "subscriptions" and len(segments) > 1:
        subscription, segments = segments[1], segments[2:]
        if segments and segments[0].lower() == "resourcegroups" and len(segments) > 1:
            group, segments = segments[1], segments[2:]
    parts: list[Part] = []
    while segments and segments[0].lower() == "providers" and len(segments) > 2:
        end = _end(segments)
        parts.append(_part(segments[1:end]))
        segments = segments[end:]
    return Address(subscription, group, tuple(parts), tuple(segments))


def _end(segments: Sequence[str]) -> int:
    """Where the first part ends: at the next `providers` that stands where a type stands."""
    for number in range(4, len(segments), 2):
        if segments[number].lower() == "providers":
            return number
    return len(segments)


def _part(segments: Sequence[str]) -> Part:
    return Part(segments[0], tuple(segments[1::2]), tuple(segments[2::2]))


def address_of(resource_id: str) -> Address:
    """The address of a resource id out of a body; ArmError where it is none."""
    address = parsed(resource_id)
    if not resource_id.startswith("/") or address.rest or address.is_collection or not (address.parts or address.group):
        raise error("linked_id", id=resource_id)
    return address
