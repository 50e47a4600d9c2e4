"""Values as plans and states write them: unknown, secret, or plain data.

Sentinels and signatures: sdk/go/common/resource/plugin/rpc.go and sdk/go/common/resource/sig/sig.go of the engine.
"""

from typing import Any, NoReturn

from clover.sources.plain import as_list, as_object

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 (the engine's mark of a secret, none itself)
RESOURCE_REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT_VALUE = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
ASSET = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"

SENTINELS = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
"""What stands for an unknown value of each type."""

BLINDED = "[secret]"
"""What a preview prints in place of a secret."""


class Unknown:
    """A value that is not known yet: equal to nothing, true and false to nobody."""

    def __init__(self, path: str) -> None:
        """Hold where it stands."""
        self.path = path

    def __eq__(self, other: object) -> bool:
        """Nothing is equal to what is not known."""
        return False

    __hash__ = object.__hash__

    def __bool__(self) -> NoReturn:
        """Refuse: no branch may depend on what is not known."""
        raise TypeError(f"{self.path} is not known")

    def __repr__(self) -> str:
        """What it is and where."""
        return f"{type(self).__name__}({self.path!r})"


class Secret(Unknown):
    """A value that nobody is to read; for every question it is as unknown as any other."""


class UnreadableValueError(ValueError):
    """An object with a signature that this version does not know."""


def decode(value: object, path: str) -> Any:
    """`value` with its unknowns and secrets marked; UnreadableValueError for a signature that is not known."""
    if isinstance(value, str):
        return _text(value, path)
    if (members := as_object(value)) is not None:
        return _object(members, path)
    if (items := as_list(value)) is not None:
        return [decode(item, f"{path}[{index}]") for index, item in enumerate(items)]
    return value


def without_secrets(value: Any) -> Any:
    """`value` as it was written, with every secret empty: its mark is all that is left."""
    if (items := as_list(value)) is not None:
        return [without_secrets(item) for item in items]
    if (members := as_object(value)) is None:
        return value
    if members.get(SIGNATURE) == SECRET or (members.get(SIGNATURE) == OUTPUT_VALUE and members.get("secret")):
        return {SIGNATURE: SECRET}
    return {name: without_secrets(inner) for name, inner in members.items()}


def _text(text: str, path: str) -> Any:
    """A text, unless it is a sentinel; a text that holds one among others is not known as a whole."""
    if text == BLINDED:
        return Secret(path)
    if len(text) >= 36 and any(sentinel in text for sentinel in SENTINELS):
        return Unknown(path)
    return text


def _object(value: dict[str, Any], path: str) -> Any:
    signature = value.get(SIGNATURE)
    if signature is None:
        return {name: decode(inner, f"{path}.{name}") for name, inner in value.items()}
    if signature == SECRET:
        return Secret(path)
    if signature == OUTPUT_VALUE:
        known = "value" in value and not value.get("secret")
        return decode(value["value"], path) if known else Unknown(path)
    if signature == RESOURCE_REFERENCE:
        return decode(value.get("id", value.get("urn")), path)
    if signature in (ASSET, ARCHIVE):
        return Unknown(path)
    raise UnreadableValueError(f"{path} has the unknown signature {signature!r}")
