"""x."""

from typing import Any

OPERATIONS: dict[str, Any] = {}
