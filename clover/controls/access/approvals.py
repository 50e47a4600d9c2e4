"""What both clouds say of the zone's approvals."""

from collections.abc import Iterator
from datetime import timedelta

from clover.controls.case import Case
from clover.controls.verdict import Answer, assumed, proved, unknown
from clover.zones.registers import Approval


def none_opens(case: Case) -> Answer:
    """The answer where neither the zone approves anybody nor the stack has a gate."""
    return proved(f"the zone approves nobody to read user data of {case.site.title}, and the stack has no gate")


def missing(case: Case, approval: Approval) -> Answer:
    """The answer where an approval of the day has no gate, though the stack has stores that it is about."""
    return unknown(f"the zone approves {approval.name} until {approval.until}; {case.stack} declares no gate for it")


def counts(case: Case, approval: Approval) -> bool:
    """Whether the approval counts on the day."""
    return case.day <= approval.until


def closes(approval: Approval) -> str:
    """The instant (UTC) from which nothing opens any more."""
    return f"{(approval.until + timedelta(days=1)).isoformat()}T00:00:00"


def attested(told: str) -> Iterator[Answer]:
    """What nobody can declare of a gate."""
    yield assumed(told)
