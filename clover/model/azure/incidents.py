"""What an auditor's monitor has to notice on Azure, as rows of the tables of a workspace; see incidents.yaml."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from clover.tables import read_table

Row = Mapping[str, Any]
SITE, KEEPER = "site", "keeper"
"""Whose events there are."""


class Place(NamedTuple):
    """What makes rows those of one site: subscriptions, region, names of accounts, and an address of the site's."""

    account: str
    keeper: str
    region: str
    vault: str
    store: str
    inside: str


class Expected(NamedTuple):
    """Something to be noticed, or to be kept coming: whose it is, in which table it shows, and as which rows."""

    what: str
    of: str
    table: str
    rows: tuple[Row, ...]


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


def _expected(entry: Mapping[str, Any], place: Place) -> Expected:
    table = entry["table"]
    operations = [_operation(table, name) for name in entry.get("operations", ())]
    words = {**place._asdict(), "own": place.account if entry["of"] == SITE else place.keeper}
    shape = facts()["tables"][table]["row"]
    rows = tuple(_filled({**shape, **each}, words) for each in operations or [entry["row"]])
    return Expected(entry["what"], entry["of"], table, rows)


def _operation(table: str, name: str) -> Row:
    """The columns by which a table tells one operation from others."""
    if table != "AzureActivity":
        return {"OperationName": name}
    return {"OperationNameValue": name.upper(), "ResourceProviderValue": name.partition("/")[0].upper()}


def _filled(row: Row, words: Mapping[str, str]) -> Row:
    text = json.dumps(row)
    for name, word in words.items():
        text = text.replace(f"{{{name}}}", word)
    return json.loads(text)
