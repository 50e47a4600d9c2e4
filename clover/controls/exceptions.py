"""The zone's register of exceptions: dated, owned, and never a proof."""

import msgspec

from clover.controls.case import Case
from clover.controls.verdict import Outcome, Verdict
from clover.zones.registers import ControlException


class Register:
    """Applies the exceptions of the site's zone."""

    def __init__(self, case: Case) -> None:
        """Take the exceptions of the case's zone."""
        self._case = case
        self._entries = case.zone.file.exceptions

    def apply(self, verdict: Verdict) -> Verdict:
        """A refuted verdict that an entry covers is excepted until the entry expires; all others stay as they are."""
        entry = self._entry(verdict) if verdict.verdict is Outcome.REFUTED else None
        if entry is None:
            return verdict
        told = f"{entry.id} of {entry.owner}, {entry.legal_basis}, until {entry.expires}"
        if entry.expires < self._case.day:
            return msgspec.structs.replace(verdict, reason=f"{verdict.reason} (exception {told}: expired)")
        excepted = f"{verdict.reason} (exception {told})"
        return msgspec.structs.replace(verdict, verdict=Outcome.EXCEPTED, reason=excepted)

    def _entry(self, verdict: Verdict) -> ControlException | None:
        """The entry for the verdict's control and resource, named by URN or by the URN's last part."""
        resource = verdict.resource or ""
        names = (resource, resource.rpartition("::")[2])
        matching = (entry for entry in self._entries if entry.control == verdict.control and entry.resource in names)
        return next(matching, None)
