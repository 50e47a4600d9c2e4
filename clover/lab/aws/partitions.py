"""AWS's partitions, as botocore lists them."""

import re
from functools import cache
from typing import Any, cast


def partition_of(region: str) -> tuple[str, str]:
    """Return name and DNS suffix of the partition that a region lies in."""
    found = next(entry for entry in _partitions() if re.match(entry["regionRegex"], region))
    return found["id"], found["outputs"]["dnsSuffix"]


def regions_beside(region: str) -> frozenset[str]:
    """Return all regions of a region's partition; empty where no partition has such names."""
    found = next((entry for entry in _partitions() if re.match(entry["regionRegex"], region)), None)
    return frozenset(name for name in found["regions"] if not name.endswith("-global")) if found else frozenset()


@cache
def _partitions() -> list[Any]:
    from botocore import loaders

    loader: Any = cast(Any, loaders).create_loader()
    return loader.load_data("partitions")["partitions"]
