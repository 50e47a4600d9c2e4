"""What earlier dossiers of the chain said of each control, carried along from dossier to dossier."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

import msgspec

from clover.dossier.layout import canonical
from clover.dossier.site_facts import SiteFacts, worst

MOST = 24
"""Dossiers that the history goes back: two years of one a month."""


class Past(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The outcomes of one dossier, by site and control; `digest` is that of its statement, None for this one's own."""

    as_of: date
    digest: str | None
    outcomes: Mapping[str, Mapping[str, str]]


class History(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The dossiers of the chain, the newest last."""

    schema: Literal["clover.history/1"] = "clover.history/1"
    dossiers: tuple[Past, ...] = ()

    def of(self, site: str, control: str) -> Iterator[tuple[str, str]]:
        """The days and outcomes of one control at one site."""
        for past in self.dossiers:
            outcome = past.outcomes.get(site, {}).get(control)
            if outcome:
                yield past.as_of.isoformat(), outcome


def read_history(content: bytes | None, digest: str | None) -> History:
    """The history that a previous dossier holds, its own last entry named by its statement's digest; empty for none."""
    if content is None:
        return History()
    try:
        found = msgspec.json.decode(content, type=History)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return History()
    named = [msgspec.structs.replace(one, digest=one.digest or digest) for one in found.dossiers]
    return History(dossiers=tuple(named))


def continued(history: History, day: date, sites: Sequence[SiteFacts]) -> History:
    """The history with what is found today."""
    outcomes = {site.name: {control: worst(site.of(control)).value for control in site.controls} for site in sites}
    return History(dossiers=(*history.dossiers, Past(as_of=day, digest=None, outcomes=outcomes))[-MOST:])


def as_bytes(history: History) -> bytes:
    """The history as the dossier holds it."""
    return canonical(msgspec.to_builtins(history))
