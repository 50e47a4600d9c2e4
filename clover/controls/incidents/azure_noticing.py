"""INC-1 and INC-3 on Azure: what has to be noticed is, and what has to keep coming is missed when it stops."""

import ipaddress
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from clover.controls.case import Case
from clover.controls.evidence.azure_stores import EvidenceAccounts
from clover.controls.incidents.azure_rules import RULE, Tables, grounds, sounds, workspaces, wrongs
from clover.controls.incidents.azure_sending import sent
from clover.controls.incidents.rules import Found, root, with_event
from clover.controls.incidents.watched import Watched, each_watched
from clover.controls.network.counterexample import wrong
from clover.controls.verdict import Answer, Outcome, assumed, proved, refuted
from clover.model.aws.network_links import text
from clover.model.azure.incidents import KEEPER, Expected, Place, Row, facts, kept, noticed
from clover.sources import Resource

TENANT = (
    "changes of users, applications and groups are records of the tenant, which no stack sends on: "
    "the auditor attests how it hears of them"
)
QUIET = (
    "records of activities and of calls have no figure where nothing happens: that they keep coming, "
    "and that the monitor's rules run, the auditor attests"
)


def everything_is_noticed(case: Case) -> Iterator[Answer]:
    """INC-1: one answer for each thing that the auditor has to notice at a site."""
    yield from each_watched(case, _noticed)


def silence_is_an_alarm(case: Case) -> Iterator[Answer]:
    """INC-3: one answer for each thing that has to keep coming."""
    yield from each_watched(case, _kept)


def _noticed(watched: Watched) -> Iterator[Answer]:
    paths = _Paths(watched)
    yield from (paths.answer(each, silent=False) for each in noticed(paths.place))
    yield assumed(TENANT)


def _kept(watched: Watched) -> Iterator[Answer]:
    paths = _Paths(watched)
    yield from (paths.answer(each, silent=True) for each in kept(paths.place))
    yield assumed(QUIET)


class _Path(NamedTuple):
    """A rule that sounds, with the grounds on which it is told, or what is wrong."""

    rule: Resource | None
    found: Found


class _Paths:
    """The ways from a row to the channel: of the auditor's part, and of the site where its stack was read."""

    def __init__(self, watched: Watched) -> None:
        self._part, self._site = watched
        site = next(each for each in self._part.zone.file.sites if each.name == self._part.site.name)
        network = ipaddress.ip_network(site.address_space)
        inside = str(next(network.hosts()))
        self.place = Place(site.account, self._part.site.account, site.region, self._vault, "store", inside)

    @cached_property
    def _vault(self) -> str:
        """The name of the vault's storage account."""
        found = (text(each, "accountName") for each in EvidenceAccounts(self._part).all)
        return next((name for name in found if name), "")

    @cached_property
    def _workspace(self) -> str | None:
        """The id of the monitor's workspace."""
        return next(iter(workspaces(self._part)), None)

    def answer(self, expected: Expected, *, silent: bool) -> Answer:
        """The verdict on one thing: every row of it is told, or with `silent` that none comes any more."""
        paths = [self._of(expected, row, silent=silent) for row in expected.rows]
        for path, row in zip(paths, expected.rows, strict=True):
            if isinstance(path.found, Answer):
                return with_event(path.found, {"table": expected.table, "row": row})
        held = {ground for path in paths if not isinstance(path.found, Answer) for ground in path.found}
        told = f"{expected.what}: an alarm sounds when it stops" if silent else f"{expected.what} is noticed and told"
        resource = next((path.rule.urn for path in paths if path.rule), None)
        return proved(told, resource=resource, rests_on=tuple(sorted(held)))

    def _of(self, expected: Expected, row: Row, *, silent: bool) -> _Path:
        """The way of one row: sent to the workspace, and found there by a rule that sounds."""
        if self._workspace is None:
            told = "the auditor has no workspace in which records are looked at"
            example = wrong(root(self._part.resources), "azure-native:operationalinsights:Workspace", None, "one")
            return _Path(None, refuted(told, example))
        before = self._sent(expected, self._workspace)
        if isinstance(before, Answer):
            return _Path(None, before)
        tried = list(self._tried(expected, row, self._workspace, silent=silent))
        best = _best(tried, self._nobody(expected))
        return best if isinstance(best.found, Answer) else _Path(best.rule, (*before, *best.found))

    def _sent(self, expected: Expected, workspace: str) -> Found:
        """Whether the row comes to the workspace; nothing is said of a site whose stack was not read."""
        if expected.of == KEEPER:
            vault = self._vault if facts()["tables"][expected.table]["from"] == "store" else None
            return sent(self._part, expected.table, workspace, vault)
        return sent(self._site, expected.table, workspace) if self._site else ()

    def _tried(self, expected: Expected, row: Row, workspace: str, *, silent: bool) -> Iterator[_Path]:
        """Each rule that sounds for the row, or may, with what is wrong with it."""
        for rule in self._part.resources.of(RULE):
            heard = self._hears(rule, expected, row, silent=silent)
            if isinstance(heard, Answer):
                yield _Path(rule, heard)
            elif heard:
                problem = next(wrongs(self._part, rule, workspace, silent=silent), None)
                yield _Path(rule, problem or grounds(self._part, rule, workspace))

    def _hears(self, rule: Resource, expected: Expected, row: Row, *, silent: bool) -> bool | Answer:
        """Whether the rule sounds for the row and not without; with `silent`, without it among others alone.

        A rule that sounds at any rate tells nothing.
        """
        others: Tables = self._others if silent else {}
        without = sounds(rule, others)
        coming = sounds(rule, {**others, expected.table: [*others.get(expected.table, ()), row]})
        doubt = next((each for each in (without, coming) if isinstance(each, Answer)), None)
        return doubt or (without, coming) == (silent, not silent)

    @cached_property
    def _others(self) -> Tables:
        """Every row that is noticed: what may come while something else stops."""
        found: dict[str, list[Row]] = {}
        for each in noticed(self.place):
            found.setdefault(each.table, []).extend(each.rows)
        return found

    def _nobody(self, expected: Expected) -> Answer:
        """The answer where no rule sounds at all."""
        told = f"nothing in {self._part.stack} notices {expected.what}"
        return refuted(told, wrong(root(self._part.resources), RULE, None, "a rule whose query finds the row"))


def _best(tried: Sequence[_Path], nothing: Answer) -> _Path:
    """A rule that is sound, else one of which that is not known, else what is wrong with one that is not."""
    sound = (path for path in tried if not isinstance(path.found, Answer))
    doubtful = (path for path in tried if isinstance(path.found, Answer) and path.found.outcome is Outcome.UNKNOWN)
    return next(iter((*sound, *doubtful, *tried, _Path(None, nothing))))
