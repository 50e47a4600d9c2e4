"""The rules of a gateway as one set of plain data, whose digest an auditor signs."""

import hashlib
import json
import re
from typing import Any, NamedTuple

from clover.sources.plain import as_list, as_object


class RuleSet(NamedTuple):
    """Everything that decides what leaves; `also` holds whatever a gateway of Clover's own has none of."""

    content: dict[str, Any]
    also: list[Any]

    @property
    def digest(self) -> str:
        """SHA-256 over the canonical JSON of the set, in hexadecimal."""
        whole = {**self.content, "also": self.also} if self.also else self.content
        canonical = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(canonical.encode()).hexdigest()


def plain(held: Any) -> Any:
    """A declared value with the names of its members as Python has them, without the engine's own marks."""
    if (members := as_object(held)) is not None:
        return {_snake(name): plain(inner) for name, inner in members.items() if not name.startswith("__")}
    if (listed := as_list(held)) is not None:
        return [plain(inner) for inner in listed]
    return int(held) if isinstance(held, float) and held.is_integer() else held


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: f"_{found[1].lower()}", name)
