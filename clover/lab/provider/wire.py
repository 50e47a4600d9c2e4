"""Property values on the wire: protobuf structs with signed objects for secrets and signed text for unknowns.

The form is that of the engine (sdk/go/common/resource/plugin/rpc.go). Inside the plugin a value is plain JSON data with
`UNKNOWN` in the places that a preview cannot know; which places are secret is kept beside it, in `Secrets`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from google.protobuf import struct_pb2
from pulumi.runtime import rpc

Props = dict[str, Any]
Path = tuple[str | int, ...]

SIGNATURE_KEY: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  a mark of the wire format
OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
#: One text per kind of unknown: text, boolean, number, list, asset, archive, map.
UNKNOWN_TEXTS: Final = frozenset(
    {
        rpc.UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
#: Shorter text is too common to be followed into other properties or to be cut out of messages.
SHORTEST_TRACED_SECRET: Final = 8


class Unknown:
    """A value that only the deployment itself will know."""

    def __repr__(self) -> str:
        """As a reader of a message sees it."""
        return "(not yet known)"

    def __deepcopy__(self, memo: object) -> "Unknown":
        """Stay the one instance: it is compared by identity."""
        return self


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Secrets:
    """Where a resource's secrets stand, and the texts that must appear nowhere else in the clear."""

    paths: frozenset[Path] = frozenset()
    texts: frozenset[str] = frozenset()

    def __or__(self, other: "Secrets") -> "Secrets":
        """Join what two messages hold secret."""
        return Secrets(self.paths | other.paths, self.texts | other.texts)

    def for_outputs(self, props: Props) -> "Secrets":
        """Widen paths to whole lists, since the cloud may give a list back in another order, and to what is there."""
        return Secrets(frozenset(_up_to_list(path) for path in self.paths), self.texts).within(props)

    def within(self, props: Props) -> "Secrets":
        """Widen paths that lead nowhere, as into a policy that has become text, to the last part that is there."""
        return Secrets(frozenset(_as_far_as_there(path, props) for path in self.paths), self.texts)

    def covers(self, path: Path, value: Any) -> bool:
        """Whether the value at `path` has to be sent as a secret."""
        return path in self.paths or (isinstance(value, str) and any(text in value for text in self.texts))

    def redact(self, message: str) -> str:
        """Return the message without any secret text."""
        for text in sorted(self.texts, key=len, reverse=True):
            message = message.replace(text, "[secret]")
        return message


def decode(struct: struct_pb2.Struct) -> tuple[Props, Secrets]:
    """Return the plain data of a message and what of it is secret."""
    paths: set[Path] = set()
    texts: set[str] = set()
    props = {
        name: _decode(value, (name,), paths, texts)
        for name, value in struct.fields.items()
        if value.WhichOneof("kind") != "null_value"
    }
    return props, Secrets(frozenset(paths), frozenset(texts))


def encode(props: Mapping[str, Any], secrets: Secrets) -> struct_pb2.Struct:
    """Return the message of plain data, with everything that `secrets` covers signed as a secret."""
    struct = struct_pb2.Struct()
    for name, value in props.items():
        if value is not None:
            struct.fields[name].CopyFrom(_encode(value, (name,), secrets))
    return struct


def has_unknown(value: Any) -> bool:
    """Whether anything in the value is unknown."""
    return any(leaf is UNKNOWN for leaf in leaves(value))


def leaves(value: Any) -> Iterator[Any]:
    """Yield everything in the value that is neither a map nor a list."""
    if isinstance(value, dict):
        for entry in as_map(value).values():
            yield from leaves(entry)
    elif isinstance(value, list):
        for item in as_list(value):
            yield from leaves(item)
    else:
        yield value


def as_map(value: Any) -> Props:
    """Say to the type checker that a value is a map."""
    return value


def as_list(value: Any) -> list[Any]:
    """Say to the type checker that a value is a list."""
    return value


def _decode(value: struct_pb2.Value, path: Path, paths: set[Path], texts: set[str]) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return _decode_map(value.struct_value, path, paths, texts)
    if kind == "list_value":
        return [_decode(item, (*path, at), paths, texts) for at, item in enumerate(value.list_value.values)]
    if kind == "string_value":
        return UNKNOWN if value.string_value in UNKNOWN_TEXTS else value.string_value
    if kind == "number_value":
        return int(value.number_value) if value.number_value.is_integer() else value.number_value
    return value.bool_value if kind == "bool_value" else None


def _decode_map(struct: struct_pb2.Struct, path: Path, paths: set[Path], texts: set[str]) -> Any:
    """Decode a map, or what a signed object stands for."""
    signature = struct.fields[SIGNATURE_KEY].string_value if SIGNATURE_KEY in struct.fields else ""
    if signature not in ("", SECRET, OUTPUT):
        message = f"{'.'.join(map(str, path))} is a file or a resource; no property of the types served takes one"
        raise ValueError(message)
    if not signature:
        return {
            name: _decode(entry, (*path, name), paths, texts)
            for name, entry in struct.fields.items()
            if entry.WhichOneof("kind") != "null_value"
        }
    inner = _decode(struct.fields["value"], path, paths, texts) if "value" in struct.fields else UNKNOWN
    if signature == SECRET or struct.fields["secret"].bool_value:
        paths.add(path)
        texts.update(leaf for leaf in leaves(inner) if isinstance(leaf, str) and len(leaf) >= SHORTEST_TRACED_SECRET)
    return inner


def _encode(value: Any, path: Path, secrets: Secrets) -> struct_pb2.Value:
    if not secrets.covers(path, value):
        return _encode_plain(value, path, secrets)
    signed = struct_pb2.Value()
    signed.struct_value.fields[SIGNATURE_KEY].string_value = SECRET
    signed.struct_value.fields["value"].CopyFrom(_encode_plain(value, path, Secrets()))
    return signed


def _encode_plain(value: Any, path: Path, secrets: Secrets) -> struct_pb2.Value:
    if isinstance(value, dict):
        fields = {name: _encode(entry, (*path, name), secrets) for name, entry in as_map(value).items()}
        return struct_pb2.Value(struct_value=struct_pb2.Struct(fields=fields))
    if isinstance(value, list):
        items = [_encode(item, (*path, at), secrets) for at, item in enumerate(as_list(value))]
        return struct_pb2.Value(list_value=struct_pb2.ListValue(values=items))
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, int | float):
        return struct_pb2.Value(number_value=value)
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    return struct_pb2.Value(string_value=rpc.UNKNOWN if value is UNKNOWN else str(value))


def _as_far_as_there(path: Path, props: Props) -> Path:
    value: Any = props
    for at, part in enumerate(path):
        is_map = isinstance(value, dict) and part in value
        is_list = isinstance(value, list) and isinstance(part, int) and part < len(as_list(value))
        if not (is_map or is_list):
            return path[:at]
        value = cast(Any, value)[part]
    return path


def _up_to_list(path: Path) -> Path:
    at = next((at for at, part in enumerate(path) if isinstance(part, int)), len(path))
    return path[:at]
