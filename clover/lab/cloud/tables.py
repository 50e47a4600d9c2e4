"""The data files of the cloud: what AWS documents, as tables with their sources."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def table(name: str) -> dict[str, Any]:
    """The table `name` (a YAML file in `data/`), read once."""
    return yaml.safe_load((files("clover.lab.cloud") / "data" / f"{name}.yaml").read_text())
