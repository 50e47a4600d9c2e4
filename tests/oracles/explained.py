"""Why failures of other scanners stand; see explained.yaml."""

from collections import Counter
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


class Beyond(Struct, frozen=True, forbid_unknown_fields=True):
    """A rule of the register about what no stack has, and a site that has it."""

    register: str
    site: str
    changes: tuple[dict[str, Any], ...]


class Blind(Struct, frozen=True, forbid_unknown_fields=True):
    """Checks whose answer says nothing of a stack where the scanner met an error (a pattern), and why it meets it.

    `stack` is the one where it does, where it is one alone. Without checks it is what the scanner left to a person, and
    what it said beside that counts.
    """

    oracle: str
    error: str
    why: str
    checks: tuple[str, ...] = ()
    stack: str = "*"

    def met_by(self, trouble: str) -> bool:
        """Whether this is what a scanner met."""
        return fnmatchcase(trouble, self.error)

    def silences(self, entry: Entry) -> bool:
        """Whether an entry explains an answer that this says is none."""
        stacks = (pattern.partition("/")[0] for pattern in entry.resources)
        return entry.check in self.checks and any(fnmatchcase(each, self.stack) or each == "*" for each in stacks)


@cache
def _table() -> Any:
    return read_table(Path(__file__).with_name("explained.yaml"))


def entries(oracle: str) -> tuple[Entry, ...]:
    """What is explained of a scanner's failures."""
    return tuple(each for each in convert(_table()["explained"], list[Entry]) if each.oracle == oracle)


def blind(oracle: str) -> tuple[Blind, ...]:
    """What a scanner cannot be answered."""
    return tuple(each for each in convert(_table()["not evaluated"], list[Blind]) if each.oracle == oracle)


def beyond() -> tuple[Beyond, ...]:
    """The rules of the register about what no stack has."""
    return convert(_table()["beyond"], tuple[Beyond, ...])


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


def figures(scan: Scan, known: Iterable[Entry]) -> dict[str, Any]:
    """What a scan came to: how much was asked, and by check what failed, why it stands, and what was not evaluated."""
    register = {each.check for each in known if each.register}
    failed = Counter(each.check for each in scan.failed)
    return {
        "oracle": scan.oracle,
        "version": scan.version,
        "stack": scan.stack,
        "of": scan.form,
        "checks": len(scan.checks),
        "resources": len(scan.resources),
        "passed": len(scan.findings) - len(scan.failed),
        "failed and explained": {check: failed[check] for check in sorted(failed.keys() - register)},
        "conflicts": {check: failed[check] for check in sorted(failed.keys() & register)},
        "not evaluated": dict(sorted(scan.not_evaluated.items())),
    }
