"""ARM ids: from inputs, and back to the inputs that stand in them."""

import re
from typing import Any
from urllib.parse import quote, unquote

from clover.lab.azure.model import SCOPES, ResourceType
from clover.lab.provider.failure import Refusal
from clover.lab.provider.wire import Props

#: What a path segment may hold unescaped (RFC 3986, pchar, but for the percent sign).
SEGMENT = "!$&'()*+,;=:@-._~"


def id_of(kind: ResourceType, inputs: Props, subscription: str) -> str:
    """Return the id of the thing that the inputs name."""

    def filled(match: re.Match[str]) -> str:
        name = match[1]
        value: Any = subscription if name == "subscriptionId" else inputs[name]
        return str(value).strip("/") if name in SCOPES else quote(str(value), safe=SEGMENT)

    return re.sub("/+", "/", re.sub(r"{(\w+)}", filled, kind.path))


def inputs_of(kind: ResourceType, resource_id: str) -> Props:
    """Return the inputs that stand in an id; Refusal when it is no id of the type."""
    match = re.fullmatch(_pattern(kind), resource_id, re.IGNORECASE)
    if match is None:
        raise Refusal(f"{resource_id!r} is no id of {kind.token}: expected {kind.path}")
    found = {name: value for name, value in match.groupdict().items() if name != "subscriptionId"}
    return {name: f"/{value}" if name in SCOPES else unquote(value) for name, value in found.items()}


def same_id(one: str, other: str) -> bool:
    """Whether two ids say the same: ARM's ids and names know no case."""
    return one.strip("/").lower() == other.strip("/").lower()


def is_id(text: str) -> bool:
    """Whether a text looks like an ARM id."""
    return text.lower().lstrip("/").startswith(("subscriptions/", "providers/"))


def normal_location(location: str) -> str:
    """Return a location's name as ARM stores it: `West US` is `westus`."""
    return location.replace(" ", "").lower()


def _pattern(kind: ResourceType) -> str:
    parts = re.split(r"{(\w+)}", kind.path)
    return "".join(_group(part) if at % 2 else re.escape(part) for at, part in enumerate(parts))


def _group(name: str) -> str:
    return f"(?P<{name}>.*?)" if name in SCOPES else f"(?P<{name}>[^/]+)"
