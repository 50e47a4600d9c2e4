"""What the rows of the access register are, and how stores that no row tells apart are shown as one."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from clover.controls.case import Case
from clover.controls.proof import SiteProof
from clover.zones.vocabulary import Cloud


class Reach(StrEnum):
    """How far a caller comes with a kind of request."""

    NOTHING = "nothing"
    """No such request is allowed."""
    ENDPOINTS = "endpoints"
    """Only through the site's own endpoints."""
    AUDITOR_NETWORKS = "auditor-networks"
    """Only from the auditor's networks, or through the site's own endpoints."""
    ANYWHERE = "anywhere"
    """From elsewhere too."""
    OPEN = "open"
    """Not known."""


VERBS: tuple[str, ...] = ("read", "write", "list")
"""Kinds of requests for data, as the register's columns."""


class Row(NamedTuple):
    """One caller at one store. `kind` names the sort of caller in the page's words; `controls` decide about it."""

    kind: str
    caller: str
    reach: Mapping[str, Reach]
    controls: tuple[str, ...]
    note: str = ""


class Looked(NamedTuple):
    """A store as the cloud knows it, with its rows."""

    name: str
    data_class: str
    role: str
    rows: tuple[Row, ...]


class Access(NamedTuple):
    """Stores of one class and role that every caller reaches alike, and the rows about them."""

    data_class: str
    role: str
    stores: tuple[str, ...]
    rows: tuple[Row, ...]


def register(case: Case, proof: SiteProof) -> tuple[Access, ...]:
    """The access register of a site, by class and role of its stores."""
    from clover.dossier.access import aws, azure

    try:
        looked = tuple(aws.looked(case) if case.site.cloud is Cloud.AWS else azure.looked(case, proof))
    except Exception as error:  # noqa: BLE001 (whatever goes wrong, nobody has been shown to be kept out)
        looked = (_undecided(f"{type(error).__name__}: {error}"),)
    return tuple(_alike(looked))


def _undecided(why: str) -> Looked:
    """What is said of the site's stores where the question failed."""
    row = Row("anybody", "", dict.fromkeys(VERBS, Reach.OPEN), ("RES-3", "RES-P1"), why)
    return Looked("every store", "restricted", "user-data", (row,))


def _alike(looked: Iterable[Looked]) -> Iterable[Access]:
    found: dict[tuple[str, str, tuple[tuple[object, ...], ...]], list[Looked]] = {}
    for store in looked:
        rows = tuple((row.kind, row.caller, tuple(row.reach.values()), row.note) for row in store.rows)
        found.setdefault((store.data_class, store.role, rows), []).append(store)
    for (data_class, role, _), stores in sorted(found.items(), key=lambda each: _order(each[0][0], each[0][1])):
        yield Access(data_class, role, tuple(store.name for store in stores), stores[0].rows)


def _order(data_class: str, role: str) -> tuple[int, int, str, str]:
    """The strictest class first, and of a class the users' data."""
    classes = ("restricted", "controlled", "allowable", "public")
    rank = classes.index(data_class) if data_class in classes else -1
    return rank, int(role != "user-data"), data_class, role
