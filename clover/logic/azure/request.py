"""One concrete request, and the attributes that conditions on assignments ask for."""

from collections.abc import Mapping
from dataclasses import dataclass

from clover.logic.aws.reading import Malformed, at, quoted, read_list, read_object, read_scalars
from clover.logic.azure.permissions import Action, read_action
from clover.logic.azure.scopes import Scope, read_scope
from clover.logic.azure.values import read_flag, read_object_id, read_optional_list, read_optional_text

MEMBERS = frozenset(
    {
        *("principal", "groups", "action", "is_data_action", "scope", "suboperation", "attributes"),
        *("resource", "contents"),
    }
)
SOURCES = frozenset({"resource", "request", "principal", "environment"})
SUBOPERATION = ("request", "suboperation")
KEY_IS_CASE_SENSITIVE = "<$key_case_sensitive$>"

Attributes = Mapping[tuple[str, str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Request:
    """Who does what to which scope.

    `groups` are the principal's groups, transitive ones included, as its token carries them. `attributes` are by
    source and name. `resource` is the body that a write declares, or the resource that a delete meets; `contents`
    are the resources of a resource group that is being deleted. Either is None where it was not said.
    """

    principal: str
    groups: frozenset[str]
    action: Action
    scope: Scope
    suboperation: str | None
    attributes: Attributes
    resource: Mapping[str, object] | None
    contents: tuple[Mapping[str, object], ...] | None

    def is_one_of(self, identifiers: frozenset[str]) -> bool:
        """Whether the principal, or one of its groups, is among the object ids."""
        return not identifiers.isdisjoint({self.principal, *self.groups})


def attribute_name(text: str) -> str:
    """The name in the form that is compared: lower case, but for a tag's key where the condition says so.

    Source: https://learn.microsoft.com/azure/role-based-access-control/conditions-format (special characters).
    """
    if not text.endswith(KEY_IS_CASE_SENSITIVE):
        return text.lower()
    head, colon, key = text.removesuffix(KEY_IS_CASE_SENSITIVE).rpartition(":")
    return f"{head.lower()}{colon}{key}{KEY_IS_CASE_SENSITIVE}"


def read_request(value: object) -> Request:
    """The request; raises Malformed where a part is missing or has no meaning."""
    members = read_object(value, "request", MEMBERS)
    for member in ("principal", "action", "scope"):
        if member not in members:
            raise Malformed(f"request: {member} is missing")
    groups = read_optional_list(members, "groups", "request")
    is_data = read_flag(members, "is_data_action", "request")
    suboperation = read_optional_text(members, "suboperation", "request")
    return Request(
        principal=read_object_id(members["principal"], "request.principal"),
        groups=frozenset(read_object_id(member, f"request.groups[{index}]") for index, member in enumerate(groups)),
        action=read_action(members["action"], "request.action", is_data=is_data),
        scope=read_scope(members["scope"], "request.scope"),
        suboperation=suboperation.lower() if suboperation else None,
        attributes=_read_attributes(members.get("attributes", {}), suboperation),
        resource=_read_body(members.get("resource"), "request.resource"),
        contents=_read_contents(members.get("contents")),
    )


def _read_attributes(value: object, suboperation: str | None) -> dict[tuple[str, str], tuple[str, ...]]:
    """Attributes by source and name; one with an empty list of values is absent."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for source, names in read_object(value, "request.attributes", SOURCES).items():
        where = f"request.attributes.{source}"
        for name, values in read_object(names, where).items():
            key = (source, attribute_name(name))
            if key in found:
                raise Malformed(f"{where}: the attribute {quoted(name)} is given twice, in different capitals")
            found[key] = () if values is None else read_scalars(values, at(where, name))
    if suboperation:
        found.setdefault(SUBOPERATION, (suboperation,))
    return found


def _read_body(value: object, where: str) -> dict[str, object] | None:
    """A resource as ARM takes it."""
    return None if value is None else read_object(value, where)


def _read_contents(value: object) -> tuple[Mapping[str, object], ...] | None:
    """The resources of a resource group."""
    if value is None:
        return None
    members = enumerate(read_list(value, "request.contents"))
    return tuple(read_object(member, f"request.contents[{index}]") for index, member in members)
