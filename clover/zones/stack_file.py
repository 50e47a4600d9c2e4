"""A stack file as the engine keeps it: configuration keys and how its secrets are held."""

from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct

from clover.errors import Place
from clover.zones.document import Document, parse_path, read_document
from clover.zones.structure import structured

NAMESPACE = "clover:"
"""What the engine puts before a key of this project; a stack file may leave it out."""


class StackFile(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A stack file's content."""

    config: Annotated[dict[str, Any], Meta(description="The configuration.")]
    secretsprovider: Annotated[str | None, Meta(description="The key service that encrypts secrets.")] = None
    encryptedkey: Annotated[str | None, Meta(description="The data key, encrypted by that service.")] = None
    encryptionsalt: Annotated[str | None, Meta(description="The salt of a passphrase.")] = None


class Stack(Struct, frozen=True):
    """A stack file that was read: its configuration by full key, and where everything stands."""

    config: dict[str, Any]
    document: Document

    def place(self, path: str) -> Place:
        """Return the place of a configuration path such as `clover:stores[0].class`, or of what it should be in."""
        key, *rest = parse_path(path) or ("",)
        written = ("config", key, *rest)
        if f"{key}".startswith(NAMESPACE) and key not in self.document.data["config"]:
            written = ("config", f"{key}".removeprefix(NAMESPACE), *rest)
        return self.document.place(written)


def read_stack(path: Path) -> Stack:
    """Read the stack file at `path`; messages name it by its last part. Raises BadInput for what does not fit."""
    document = read_document(path, path.name)
    written = structured(document, StackFile).config
    return Stack({key if ":" in key else NAMESPACE + key: value for key, value in written.items()}, document)
