"""What AWS's documentation says of route targets, default actions and domain lists; see network.yaml."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def facts() -> Mapping[str, Any]:
    """The table of facts."""
    return yaml.safe_load(Path(__file__).with_name("network.yaml").read_text(encoding="utf-8"))
