"""What AWS's documentation says of route targets, default actions and domain lists; see network.yaml."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from clover.tables import read_table


@cache
def facts() -> Mapping[str, Any]:
    """The table of facts."""
    return read_table(Path(__file__).with_name("network.yaml"))
