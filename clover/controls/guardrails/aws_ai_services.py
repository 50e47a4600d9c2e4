"""GRD-3, of AI services: that they keep nothing for their own improvement, which they may do in other regions.

What the topmost policies say about a service counts for all accounts below, where they let no policy below change it.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_ai-opt-out.html
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from clover.controls.aws_organisation import OPT_OUT_KIND, Above
from clover.controls.case import Case
from clover.controls.guardrails.standing import absent, binding
from clover.controls.verdict import Answer, Ground, assumed, proved, refuted, unknown
from clover.model.aws.organisation import OPT_OUT
from clover.model.aws.policies import Held
from clover.sources import Unknown
from clover.sources.plain import as_object

CHILDREN = "@@operators_allowed_for_child_policies"
NONE = ["@@none"]
OUT = "optOut"


class Loose(NamedTuple):
    """A part of a policy by its path, what it says, and what it would have to say."""

    path: str
    said: Any
    wanted: Any


def nothing_is_kept(case: Case) -> Answer:
    """Whether all AI services, those to come among them, keep nothing of the account, and nobody below changes that."""
    above = Above(case)
    if above.stack is None:
        return assumed(f"AI services keep nothing of {case.site.account}: the organisation's stack was not read")
    top = next((held for level in above.places if (held := above.declared(OPT_OUT_KIND, level))), None)
    if top is None:
        return absent(case, f"no policy keeps AI services from keeping what {case.site.account} gives them")
    if not _is_in_force(case, above):
        return absent(
            case, f"no given says that policies of the type {OPT_OUT} are enabled, and that there are no others"
        )
    return _read(above, top)


def _is_in_force(case: Case, above: Above) -> bool:
    """Whether a given says that such policies count, and that none stands on the account's path but those declared."""
    stated = case.zone.documents[above.membership].get("organisation") if above.membership else None
    return bool(stated and OPT_OUT in stated["policy_types"] and stated.get("policies_on_path_complete"))


def _read(above: Above, top: Sequence[Held]) -> Answer:
    """What the topmost policies say."""
    for held in top:
        if isinstance(held.document, Unknown):
            return unknown("what is said of AI services is not known yet")
        for loose in loose_parts(held):
            told = f"AI services may keep content: {loose.path} is not {loose.wanted!r} for everybody below"
            return refuted(told, binding(held.origin, f"content.{loose.path}", loose.said, loose.wanted))
    grounds = tuple(Ground(held.origin, f"services.default: {OUT}, and {CHILDREN}: @@none") for held in top)
    return proved("no AI service keeps what it is given", rests_on=grounds, given=above.leaning(grounds))


def loose_parts(held: Held) -> list[Loose]:
    """What a policy whose text is known leaves open."""
    return [] if isinstance(held.document, Unknown) else list(_loose(held.document))


def _loose(document: Mapping[str, Any]) -> Iterator[Loose]:
    """What of a policy leaves a service its content, or lets a policy below do so."""
    services = _object(document, "services")
    yield from _open("services", services)
    for name in dict.fromkeys(["default", *(each for each in services if not each.startswith("@@"))]):
        service = _object(services, name)
        choice, path = _object(service, "opt_out_policy"), f"services.{name}.opt_out_policy"
        if choice.get("@@assign") != OUT:
            yield Loose(f"{path}.@@assign", choice.get("@@assign"), OUT)
        yield from _open(f"services.{name}", service)
        yield from _open(path, choice)


def _open(path: str, part: Mapping[str, Any]) -> Iterator[Loose]:
    if part.get(CHILDREN) != NONE:
        yield Loose(f"{path}.{CHILDREN}", part.get(CHILDREN), NONE)


def _object(part: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return as_object(part.get(name)) or {}
