"""Why failures of other scanners stand; see explained.yaml."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct, convert

from clover.tables import read_table
from tests.oracles.scan import Finding, Scan


class Satisfied(Struct, frozen=True, forbid_unknown_fields=True):
    """A site as the scanner would have it: what is changed, and the resource for which its check passes then."""

    site: str
    resource: str
    changes: tuple[dict[str, Any], ...]


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """A check that fails for some resources, and why; or the rule of `clover/lint/rules.yaml` that says why."""

    oracle: str
    check: str
    resources: tuple[str, ...]
    why: str = ""
    register: str = ""
    satisfied: Satisfied | None = None

    def matches(self, finding: Finding) -> bool:
        """Whether a finding is one of those that this explains."""
        return self.check == finding.check and any(fnmatchcase(finding.resource, each) for each in self.resources)


class Blind(Struct, frozen=True, forbid_unknown_fields=True):
    """A check whose answer says nothing of a site, because of what the lab does not serve; and why."""

    oracle: str
    check: str
    why: str


@cache
def entries(oracle: str) -> tuple[Entry, ...]:
    """What is explained of a scanner's failures."""
    found = convert(read_table(Path(__file__).with_name("explained.yaml"))["explained"], tuple[Entry, ...])
    return tuple(each for each in found if each.oracle == oracle)


@cache
def blind(oracle: str) -> tuple[Blind, ...]:
    """The checks of a scanner that the lab cannot serve."""
    found = convert(read_table(Path(__file__).with_name("explained.yaml"))["not evaluated"], tuple[Blind, ...])
    return tuple(each for each in found if each.oracle == oracle)


def unexplained(scans: Iterable[Scan], known: Iterable[Entry]) -> list[Finding]:
    """The failures that nothing explains."""
    listed = list(known)
    return [each for scan in scans for each in scan.failed if not any(one.matches(each) for one in listed)]


def stale(scans: Iterable[Scan], known: Iterable[Entry]) -> Iterator[str]:
    """The explanations of failures that do not occur, and those that would explain what passes."""
    findings = [each for scan in scans for each in scan.findings]
    for entry in known:
        same = [each for each in findings if each.check == entry.check]
        for pattern in entry.resources:
            matched = [each for each in same if fnmatchcase(each.resource, pattern)]
            if not matched or any(each.passed for each in matched):
                yield f"{entry.check} of {pattern}: {'passes' if matched else 'was not asked'}"
