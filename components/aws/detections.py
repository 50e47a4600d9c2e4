"""What the auditor's monitor looks out for: `detections.yaml`, with a site's own names in it."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from clover.zones.vocabulary import Cloud
from components.aws.site import SiteArgs
from components.limits import refuse_over


class Detection(NamedTuple):
    """One thing to look out for; `pattern` is the text of an event pattern, `every` a schedule."""

    id: str
    of: str
    tells: str
    pattern: str
    silent: bool
    every: str | None


@cache
def _rows() -> list[dict[str, Any]]:
    """Every detection as data; see detections.yaml."""
    return yaml.safe_load(Path(__file__).with_name("detections.yaml").read_text(encoding="utf-8"))


def sent_on(site: SiteArgs) -> Iterator[Detection]:
    """What comes up in the site's own account; OverLimit for a pattern that is larger than EventBridge takes."""
    return (each for each in detections(site) if each.of == "site")


def detections(site: SiteArgs, vault: str = "") -> Iterator[Detection]:
    """What to look out for at a site with a vault of that name; OverLimit as for `sent_on`."""
    for row in _rows():
        text = json.dumps(row["pattern"], separators=(",", ":"))
        pattern = text.replace("{account}", site["account"]).replace("{vault}", vault)
        refuse_over(Cloud.AWS, "eventbridge-event-pattern", len(pattern))
        yield Detection(row["id"], row["of"], row["tells"], pattern, row.get("silent", False), row.get("every"))
