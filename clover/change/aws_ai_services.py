"""Whether AI services come to keep what an organisation's accounts give them, place by place: root, unit or account.

What stands at a place counts there unless something further up decides already, which a stack may not know.
"""

from collections.abc import Iterator, Sequence

from clover.change.finding import Direction, Finding, undecided
from clover.change.pairing import Sides
from clover.controls.guardrails.aws_ai_services import loose_parts
from clover.controls.guardrails.standing import binding
from clover.model.aws.organisation import OPT_OUT, Attached, attached
from clover.model.resources import Resources
from clover.sources import Unknown

CONTROL = "GRD-3"


def ai_services_findings(sides: Sides) -> Iterator[Finding]:
    """Every place at which something else is said of AI services than before."""
    old, new = _attached(sides.before), _attached(sides.after)
    for target in dict.fromkeys(each.target for each in (*old, *new)):
        before, after = ([each for each in side if each.target == target] for side in (old, new))
        if isinstance(target, Unknown) or [_text(each) for each in before] != [_text(each) for each in after]:
            yield _found(target, before, after)


def _attached(resources: Resources) -> list[Attached]:
    return sorted(attached(resources, {OPT_OUT: OPT_OUT}), key=_text)


def _text(each: Attached) -> str:
    return str(each.policy.document)


def _found(target: str | Unknown, before: Sequence[Attached], after: Sequence[Attached]) -> Finding:
    """What a place comes to."""
    one = (*after, *before)[0]
    urn = one.policy.origin if before and after else one.attachment
    if isinstance(target, Unknown) or any(isinstance(each.policy.document, Unknown) for each in after):
        return undecided(CONTROL, urn, f"what is said of AI services by {_name(one)} is not known")
    was, now = _keeps(before), _keeps(after)
    told = f"AI services {now} of accounts at or below {target}"
    if was == now:
        return undecided(CONTROL, urn, f"another policy is attached to {target}: {told}, as before", was)
    if now == KEEPS:
        witness = binding(one.policy.origin, f"{OPT_OUT} at {target}", _said(after), "optOut for everybody below")
        return Finding(CONTROL, urn, was, now, Direction.WIDENS, witness, told)
    return Finding(CONTROL, urn, was, now, Direction.NARROWS, None, told)


KEEPS, NOT = "may keep content", "keep nothing"


def _keeps(held: Sequence[Attached]) -> str:
    """Whether what stands at a place keeps AI services from keeping anything, for good."""
    closed = held and not any(isinstance(each.policy.document, Unknown) or loose_parts(each.policy) for each in held)
    return NOT if closed else KEEPS


def _said(held: Sequence[Attached]) -> str:
    """The first thing that is said otherwise, or that nothing is said."""
    loose = [part for each in held for part in loose_parts(each.policy)]
    return f"{loose[0].path}: {loose[0].said!r}" if loose else "nothing"


def _name(each: Attached) -> str:
    return each.policy.origin.rpartition("::")[2]
