"""The kinds of resource that the emulator serves, from the tables in `data/kinds/`."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import msgspec
import yaml


class NameRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a name may be: a pattern it matches whole, the documentation's words, and whether Azure knows it once."""

    pattern: str = r"[A-Za-z0-9_.()-]{1,90}"
    says: str = ""
    source: str = ""
    unique: bool = False


class Reference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A property that holds the id of another resource; `kind` is the type that it must have."""

    path: str
    kind: str = ""
    must_exist: bool = True
    holds: bool = True
    """Whether the resource referred to cannot be deleted meanwhile."""
    needs: tuple[str, ...] = ()
    """What the caller has to be permitted at the resource referred to, whoever's it is."""


class Shown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A read-only property that lists (or names) those resources of `kind` that refer here by `path`."""

    kind: str
    path: str
    many: bool = True
    below: str = ""
    """What follows the id of the referring resource, where Azure names a part of it."""


class Operation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a write that takes time is reported, and how long it takes in the lab (seconds)."""

    seconds: float = 0.05
    style: Literal["azure-async", "location", "body", "delete"] = "azure-async"
    """How a client follows it: a header of either name, the body's own state, or only deletion takes time."""
    put: int = 0
    """The status of an accepted PUT; 0 where it is the kind's own."""


class Refused(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A refusal in the service's words; `{id}`, `{name}` and `{by}` are filled in."""

    code: str
    message: str
    status: int = 400


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A type of resource, and what Azure does with it whatever its properties mean."""

    type: str
    put: str = ""
    """The model of a PUT's body, as `package.Model`; empty where there is no PUT."""
    patch: str = ""
    read: str = ""
    """The model of what is read, whose further properties a writer may send back in vain."""
    packages: tuple[str, ...] = ()
    """The `azure-mgmt` packages whose API versions are accepted."""
    native: tuple[str, ...] = ()
    """The azure-native types whose API versions are accepted."""
    api: str = ""
    """The type whose API versions hold here as well."""
    scope: Literal["group", "subscription", "extension"] = "group"
    location: Literal["required", "global", "anywhere", "none"] = "none"
    """Whether it lies in a region, in none by the word global, in either, or has no such property."""
    tags: bool = False
    name: NameRule = NameRule()
    required: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    """Properties that cannot change once the resource is there."""
    fixed_refusal: Refused = Refused("PropertyChangeNotAllowed", "Changing property '{path}' is not allowed.", 409)
    defaults: Mapping[str, Any] = {}
    created: int = 201
    updated: int = 200
    deleted: int = 0
    """The status of an accepted DELETE; 0: 202 where writes take time, otherwise 200."""
    shows_deleted: bool = False
    """Whether the answer to a DELETE holds what was deleted."""
    missing: int = 204
    """The status of deleting what is not there."""
    operation: Operation | None = None
    etag: bool = False
    state: bool = True
    """Whether `properties.provisioningState` is shown."""
    merge_put: bool = False
    """Whether a PUT leaves alone what it does not name."""
    references: tuple[Reference, ...] = ()
    embeds: Mapping[str, str] = {}
    """Child types shown, and written, as a list in this property of the parent."""
    shows: Mapping[str, Shown] = {}
    held: Refused | None = None
    """How deletion is refused while others refer to the resource."""
    serial: bool = False
    """Whether one write at a time is taken for a top-level resource with all its children."""
    implicit: tuple[str, ...] = ()
    """Names that exist as soon as the parent does, with the defaults."""
    actions: tuple[str, ...] = ()
    """POST actions."""
    lists_below: bool = False
    """Whether a list at a scope holds those of the scopes below it too."""
    verbs: tuple[str, ...] = ("GET", "PUT", "PATCH", "DELETE")

    @property
    def takes_time_to_delete(self) -> bool:
        """Whether a DELETE is accepted first and done later."""
        asynchronous = self.operation is not None and self.operation.style == "azure-async"
        return self.deleted == 202 or (not self.deleted and asynchronous)

    @property
    def namespace(self) -> str:
        """`Microsoft.Storage` of `Microsoft.Storage/storageAccounts`."""
        return self.type.partition("/")[0]

    @property
    def path(self) -> tuple[str, ...]:
        """The type's segments below its namespace."""
        return tuple(self.type.split("/")[1:])

    @property
    def parent(self) -> str:
        """The parent type; empty for a top-level type."""
        above = self.type.rpartition("/")[0]
        return above if "/" in above else ""


def _rows() -> list[Any]:
    folder = files("clover.lab.arm") / "data" / "kinds"
    tables = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    return [row for file in tables for row in yaml.safe_load(file.read_text(encoding="utf-8"))]


@cache
def kinds() -> Mapping[str, Kind]:
    """All kinds, by their type in lower case."""
    made = msgspec.convert(_rows(), list[Kind])
    return {kind.type.lower(): kind for kind in made}


@cache
def children(parent: str) -> tuple[Kind, ...]:
    """The kinds whose parent is the type `parent`."""
    return tuple(kind for kind in kinds().values() if kind.parent.lower() == parent.lower())


@cache
def namespaces() -> Mapping[str, str]:
    """The namespaces in Azure's casing, by their lower case."""
    return {kind.namespace.lower(): kind.namespace for kind in kinds().values()}


@cache
def table(name: str) -> dict[str, Any]:
    """The table `name` (a YAML file in `data/`), read once."""
    return yaml.safe_load((files("clover.lab.arm") / "data" / f"{name}.yaml").read_text(encoding="utf-8"))
