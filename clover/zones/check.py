"""What every check of a zone file works with: the content, where it stands, and the problems found so far."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from clover.zones.document import Document, Keys
from clover.zones.problems import Problems, nearest, shown
from clover.zones.vocabulary import PartyRole
from clover.zones.zone_file import ZoneFile


class Check:
    """One zone file under examination."""

    def __init__(self, zone: ZoneFile, document: Document) -> None:
        self.zone = zone
        self.problems = Problems()
        self._document = document
        self._roles = {party.name: party.role for party in zone.parties}
        self._sites = [site.name for site in zone.sites]

    def problem(self, message: str, *path: str | int) -> None:
        """Note a problem at `path`."""
        self.problems.add(message, self._document.place(path))

    def unique(self, what: str, key: str, *path: str | int) -> None:
        """Note entries of the list at `path` whose `key` an earlier entry has."""
        self.distinct(what, (entry[key] for entry in self._at(path)), *path)

    def distinct(self, what: str, values: Iterable[object], *path: str | int) -> None:
        """Note `values` that stand twice in the list at `path`."""
        seen: Counter[object] = Counter()
        for index, value in enumerate(values):
            if seen[value]:
                self.problem(f"{what} {shown(value)} stands twice", *path, index)
            seen[value] += 1

    def party(self, name: str, *path: str | int) -> PartyRole | None:
        """Return the role of the party called `name`; note that there is none."""
        if name not in self._roles:
            self.problem(f"party {shown(name)} is not known; {nearest(name, self._roles)}", *path)
        return self._roles.get(name)

    def site(self, name: str, *path: str | int) -> None:
        """Note that there is no site called `name`."""
        if name not in self._sites:
            self.problem(f"site {shown(name)} is not known; {nearest(name, self._sites)}", *path)

    def _at(self, path: Keys) -> Any:
        data = self._document.data
        for step in path:
            if step not in data and isinstance(step, str):
                return ()
            data = data[step]
        return data
