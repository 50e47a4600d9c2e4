"""Whether AI services come to keep what an organisation's accounts give them, place by place: root, unit or account.

What the root says for good counts everywhere, for an organisation has one root; else what stands at a place is taken to
count there.
"""

from collections.abc import Iterator, Sequence

from clover.change.finding import Direction, Finding, undecided
from clover.change.pairing import Sides
from clover.controls.guardrails.aws_ai_services import OUT, loose_parts
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
            yield from _found(target, (before, after), (_keeps(before, old), _keeps(after, new)))


def _attached(resources: Resources) -> list[Attached]:
    return sorted(attached(resources, {OPT_OUT: OPT_OUT}), key=_text)


def _text(each: Attached) -> str:
    return str(each.policy.document)


def _found(
    target: str | Unknown, sides: tuple[Sequence[Attached], Sequence[Attached]], states: tuple[str, str]
) -> Iterator[Finding]:
    """What a place comes to."""
    (before, after), (was, now) = sides, states
    one = (*after, *before)[0]
    urn = one.policy.origin if before and after else one.attachment
    if isinstance(target, Unknown) or any(isinstance(each.policy.document, Unknown) for each in after):
        yield undecided(CONTROL, urn, f"what is said of AI services by {_name(one)} is not known")
        return
    told = f"AI services {now} of accounts at or below {target}"
    if was == now == KEEPS:
        yield undecided(CONTROL, urn, f"which of them: {told}, as before", was)
    elif now == KEEPS:
        witness = {
            "kind": "property",
            "urn": urn,
            "property": f"{OPT_OUT} at {target}",
            "before": OUT,
            "after": _said(after),
        }
        yield Finding(CONTROL, urn, was, now, Direction.WIDENS, witness, told)
    elif was == KEEPS:
        yield Finding(CONTROL, urn, was, now, Direction.NARROWS, None, told)


KEEPS, NOT = "may keep content", "keep nothing"


def _keeps(here: Sequence[Attached], everywhere: Sequence[Attached]) -> str:
    """Whether AI services may keep anything at a place, by what the root says, or by what stands there."""
    root = [each for each in everywhere if not isinstance(each.target, Unknown) and each.target.startswith("r-")]
    return NOT if any(map(_is_closed, (root, here))) else KEEPS


def _is_closed(held: Sequence[Attached]) -> bool:
    """Whether what stands at a place keeps AI services from keeping anything, for good."""
    return bool(held) and not any(
        isinstance(each.policy.document, Unknown) or loose_parts(each.policy) for each in held
    )


def _said(held: Sequence[Attached]) -> str:
    """The first thing that is said otherwise, or that nothing is said."""
    loose = [part for each in held for part in loose_parts(each.policy)]
    return f"{loose[0].path}: {loose[0].said!r}" if loose else "nothing"


def _name(each: Attached) -> str:
    return each.policy.origin.rpartition("::")[2]
