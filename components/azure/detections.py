"""What the auditor's monitor looks out for: `detections.yaml`, with a site's own names in it."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml


class Detection(NamedTuple):
    """One thing to look out for: `query` is a query on the tables of the monitor's workspace."""

    id: str
    tells: str
    query: str
    silent: bool


@cache
def _rows() -> list[dict[str, Any]]:
    """Every detection as data; see detections.yaml."""
    return yaml.safe_load(Path(__file__).with_name("detections.yaml").read_text(encoding="utf-8"))


def detections(words: Mapping[str, str]) -> Iterator[Detection]:
    """What to look out for, in a site's own words."""
    for row in _rows():
        query = row["query"]
        for name, word in words.items():
            query = query.replace(f"{{{name}}}", word)
        yield Detection(row["id"], row["tells"], query, row.get("silent", False))
