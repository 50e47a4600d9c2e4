"""The facts of Azure that the components are built from, read from the files beside this module."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def read(name: str) -> dict[str, Any]:
    """The content of the file `name`.yaml."""
    return yaml.safe_load(Path(__file__).with_name(f"{name}.yaml").read_text(encoding="utf-8"))
