"""What pulumi-policy hands a policy, as the plain data that the prover reads.

The SDK wraps properties: reading an unknown value raises, which it then reports as advice, and a secret reads as its
plain text. Both wrappers are taken off here, so that an unknown stays an unknown, which no control takes for a pass,
and a secret stays unread where the engine said that it is one.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from google.protobuf import json_format
from pulumi_policy import Secret
from pulumi_policy.deserialize import deserialize_properties

from clover.sources.registered import Shown
from clover.sources.values import ASSET, SECRET, SIGNATURE

BEHIND = "__target"
"""The key that the SDK's wrappers of mappings and lists answer with what they wrap (pulumi_policy/proxy.py)."""


def plain(value: Any) -> Any:
    """The value as the engine sent it: secrets and files marked, unknowns in it, whole numbers whole."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str | int | float | None):
        return value
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [plain(inner) for inner in cast("list[Any]", value)]
    if isinstance(value, Mapping | Sequence):
        return plain(cast("Any", value)[BEHIND])
    return {SIGNATURE: SECRET if isinstance(value, Secret) else ASSET}


def shown(resource: Any, inputs: Mapping[str, Any] | None) -> Shown:
    """One resource of a stack with the inputs that were seen of it; what is secret in them is so in its outputs."""
    hidden = {*_secret(inputs or {}), *resource.options.additionalSecretOutputs}
    properties = deserialize_properties(json_format.MessageToDict(resource.properties))
    outputs = {name: {SIGNATURE: SECRET} if name in hidden else held for name, held in plain(properties).items()}
    return Shown(
        urn=resource.urn,
        type=resource.type,
        inputs=inputs,
        outputs=outputs,
        parent=resource.parent or None,
        provider=resource.provider.urn if resource.HasField("provider") else None,
        dependencies=tuple(resource.dependencies),
        protect=resource.options.protect,
    )


def _secret(inputs: Mapping[str, Any]) -> Iterator[str]:
    """The names of the inputs with a secret in them."""
    return (name for name, held in inputs.items() if SECRET in str(held))
