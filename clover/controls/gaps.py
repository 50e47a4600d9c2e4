"""What a reading with gaps may say: nothing is proved that leans on a call that was refused."""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import msgspec
import yaml

from clover.controls.proof import SiteProof
from clover.controls.verdict import Outcome, Verdict
from clover.sources.live.reading import THINGS, Gap


def withhold(proof: SiteProof, gaps: Sequence[Gap]) -> SiteProof:
    """The proof without what a gap may belie; each verdict names the calls that it would have needed."""
    return msgspec.structs.replace(proof, verdicts=tuple(_judged(verdict, gaps) for verdict in proof.verdicts))


def _judged(verdict: Verdict, gaps: Sequence[Gap]) -> Verdict:
    open_to = [gap for gap in gaps if _leans(verdict.control, gap)]
    if not open_to:
        return verdict
    told = f"not read: {_named(open_to)}"
    if verdict.verdict is Outcome.REFUTED:
        # What is there stays what it is; what was not seen may be what guards.
        hidden = any(gap.hides == THINGS for gap in open_to)
        outcome = Outcome.UNKNOWN if hidden else Outcome.REFUTED
        reason = f"{verdict.reason}, as far as was read ({told})" if hidden else f"{verdict.reason} ({told})"
        return msgspec.structs.replace(verdict, verdict=outcome, reason=reason)
    if verdict.verdict is Outcome.PROVED or (verdict.verdict is Outcome.ASSUMED and verdict.rests_on):
        return msgspec.structs.replace(
            verdict, verdict=Outcome.UNKNOWN, reason=told, given=(), rests_on=(), changeable_by=()
        )
    if verdict.verdict is Outcome.UNKNOWN:
        return msgspec.structs.replace(verdict, reason=f"{verdict.reason} ({told})")
    return verdict


def _leans(control: str, gap: Gap) -> bool:
    """Whether a control of this id may change its mind once the gap is closed."""
    families = _families().get(_service(gap.call))
    return families is None or control.partition("-")[0] in families


def _service(call: str) -> str:
    """The service that a call is of: `ec2` of ec2.DescribeVpcs, Microsoft.Network of an action of Azure."""
    return call.partition("/")[0] if "/" in call else call.partition(".")[0]


@cache
def _families() -> dict[str, list[str]]:
    return yaml.safe_load(Path(__file__).with_name("gaps.yaml").read_text(encoding="utf-8"))


def _named(gaps: Iterable[Gap]) -> str:
    named = list(dict.fromkeys(f"{gap.call} on {gap.about} ({gap.code})" for gap in gaps))
    more = f" and {len(named) - MOST} more calls" if len(named) > MOST else ""
    return f"{', '.join(named[:MOST])}{more}"


MOST = 6
"""Calls that one verdict names; the reading names them all."""
