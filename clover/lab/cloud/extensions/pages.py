"""Lists in pages: NextToken and MaxResults, as the JSON services have them."""

from collections.abc import Mapping, Sequence
from typing import Any

from clover.lab.cloud.answers import Refusal

_MOST = 100


def page(items: Sequence[Any], parameters: Mapping[str, Any], key: str, error: str) -> dict[str, Any]:
    """One page of `items` under `key`; a token that none was given for is refused with the code `error`."""
    token = parameters.get("NextToken", "0")
    if not token.isdecimal() or int(token) > len(items):
        raise Refusal(error, "The NextToken that you provided is invalid")
    start = int(token)
    end = start + int(parameters.get("MaxResults", _MOST))
    return {key: list(items[start:end]), **({"NextToken": str(end)} if end < len(items) else {})}
