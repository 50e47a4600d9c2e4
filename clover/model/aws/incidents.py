"""What an auditor's monitor has to notice on AWS, as events of one site; see incidents.yaml."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from clover.tables import read_table

Event = Mapping[str, Any]
SITE, VAULT, KEEPER = "site", "vault", "keeper"
"""Whose events there are."""


class Place(NamedTuple):
    """What makes events those of one site: accounts, region, and the names of buckets."""

    account: str
    keeper: str
    region: str
    vault: str
    bucket: str


class Expected(NamedTuple):
    """Something to be noticed, or to be kept coming: whose events it shows in, and these; `ticks` on a schedule."""

    what: str
    of: str
    events: tuple[Event, ...]
    ticks: bool


@cache
def facts() -> Mapping[str, Any]:
    """The table."""
    return read_table(Path(__file__).with_name("incidents.yaml"))


def noticed(place: Place) -> Iterator[Expected]:
    """What has to be told as soon as it happens."""
    return (_expected(row, place) for row in facts()["noticed"])


def kept(place: Place) -> Iterator[Expected]:
    """What has to keep coming."""
    return (_expected(row, place) for row in facts()["kept"])


def _expected(row: Mapping[str, Any], place: Place) -> Expected:
    calls = [(service, name) for service, named in row.get("calls", {}).items() for name in named]
    made = [_call(row, service, name) for service, name in calls] or [row]
    events = tuple(_event(each, row["of"], place) for each in made)
    return Expected(row["what"], row["of"], events, row.get("ticks", False))


def _call(row: Mapping[str, Any], service: str, name: str) -> Mapping[str, Any]:
    """The row of one call."""
    detail = {"eventSource": f"{service}.amazonaws.com", "eventName": name}
    return {**row, "source": f"aws.{service}", "detail": detail}


def _event(row: Mapping[str, Any], of: str, place: Place) -> Event:
    """The event of a row in its envelope, in the words of the place."""
    envelope = facts()["envelopes"][row["envelope"]]
    own = place.account if of == SITE else place.keeper
    event: dict[str, Any] = {
        "version": "0",
        "id": "0d079340-135a-c8c6-95c2-41fb8f496c53",
        "account": own,
        "time": "2026-11-24T10:00:00Z",
        "region": place.region,
        "resources": [],
        **envelope,
        "source": row.get("source") or envelope["source"],
        "detail": _merged(envelope["detail"], row["detail"]),
    }
    return _filled(event, {**place._asdict(), "own": own})


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """The one with the other's members over it, objects member by member."""
    both = {
        name: _merged(under[name], over[name]) for name in under.keys() & over.keys() if _are_objects(under, over, name)
    }
    return {**under, **over, **both}


def _are_objects(under: Mapping[str, Any], over: Mapping[str, Any], name: str) -> bool:
    return isinstance(under[name], Mapping) and isinstance(over[name], Mapping)


def _filled(event: Mapping[str, Any], words: Mapping[str, str]) -> Event:
    text = json.dumps(event)
    for name, word in words.items():
        text = text.replace(f"{{{name}}}", word)
    return json.loads(text)
