"""GRD-1, GRD-8 and GRD-9 on AWS: who is bound, who writes, and whether what is attested is what is declared."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from clover.controls.aws_organisation import KINDS, Above
from clover.controls.case import Case
from clover.controls.guardrails.standing import absent, binding, controller_deploys_nothing
from clover.controls.organisation import organisation_of, stack_of
from clover.controls.verdict import Answer, Ground, assumed, proved, refuted, unknown
from clover.logic.aws_sets.comparison import compare
from clover.model.aws.organisation import DELEGATIONS, attached, denies, full_access
from clover.model.aws.policies import Held, statements
from clover.sources import Unknown
from clover.sources.plain import as_list
from clover.zones.geography import ZoneSite
from clover.zones.parties import Organisation
from clover.zones.vocabulary import GivenKind, OrganisationLevel, StackKind


def every_account_is_bound(case: Case) -> Iterator[Answer]:
    """GRD-1: a site's account stands below policies of both kinds at every level; of the organisation every site's."""
    if case.hand is StackKind.ORGANISATION:
        yield from (_attached_above(case, site) for site in case.zone.file.sites if site.cloud is case.site.cloud)
        return
    above = Above(case)
    if above.stack is None and not any(above.given(kind, level) for kind in KINDS for level in OrganisationLevel):
        yield absent(case, "neither the organisation's stack nor a given says what stands above the account")
        return
    if above.membership is None:
        yield absent(case, "no given says that the account stands below the organisation's root and unit")
        return
    of = above.given if above.stack is None else above.declared
    found = {
        (kind, level): [held for held in of(kind, level) if denies(held)] for kind in KINDS for level in above.places
    }
    lacking = [f"{kind} at the {level.value}" for (kind, level), held in found.items() if not held]
    if lacking:
        yield absent(case, f"nothing is denied by a {lacking[0]}")
        return
    grounds = tuple(
        Ground(held.origin, f"{kind} at the {level.value}") for (kind, level), all_ in found.items() for held in all_
    )
    given = tuple(sorted({above.membership, *above.leaning(grounds)}))
    yield proved(
        f"{case.site.account} stands below policies of both kinds at every level", rests_on=grounds, given=given
    )


def _attached_above(case: Case, site: ZoneSite) -> Answer:
    """Whether the organisation's stack attaches denials of both kinds to root, unit and one site's account."""
    organisation, told = organisation_of(case), f"policies of both kinds are attached above {site.name}"
    places = [organisation.root, organisation.unit, site.account] if organisation else []
    grounds: list[Ground] = []
    for kind in KINDS:
        for place in places:
            held = [each for each in attached(case.resources) if each.kind == kind and each.target == place]
            denying = [each.policy for each in held if denies(each.policy)]
            if not denying:
                return absent(case, f"no {kind} that denies anything is attached to {place}, above {site.name}")
            grounds += [Ground(each.origin, f"attached to {place}") for each in denying]
    return proved(told, rests_on=tuple(dict.fromkeys(grounds)))


def only_the_controller_writes(case: Case) -> Iterator[Answer]:
    """GRD-8: the policies are written from the management account alone, by nobody who deploys a site."""
    part, organisation = case if case.hand is StackKind.ORGANISATION else stack_of(case), organisation_of(case)
    if organisation is None:
        yield absent(case, "the zone names no organisation on this cloud")
        return
    for resource in part.resources.of(*DELEGATIONS) if part else ():
        example = binding(resource.urn, "type", resource.type, "no delegation of the organisation's policies")
        yield refuted(f"{resource.name} lets another account write the organisation's policies", example)
        return
    yield controller_deploys_nothing(case, organisation) or _from_the_management_account(case, organisation)


def _from_the_management_account(case: Case, organisation: Organisation) -> Answer:
    """The answer of the given that says who administers the organisation and who writes its policies there."""
    for given in case.givens.values():
        stated = case.zone.documents[given.id].get("organisation") if given.kind is GivenKind.ORGANISATION else None
        if not stated or stated.get("management_account") != organisation.account:
            continue
        delegates, writers = (as_list(stated.get(name)) for name in ("delegated_administrators", "policy_writers"))
        if delegates is None or writers is None:
            continue
        strangers = [*map(str, delegates), *(str(each) for each in writers if each != organisation.controller)]
        if strangers:
            return refuted(
                f"{strangers[0]} writes the organisation's policies too", _detaching(strangers[0], organisation)
            )
        told = f"only {organisation.controller.rpartition('/')[2]} of {organisation.account} writes the guardrails"
        named = (f"{name}={json.dumps(stated[name])}" for name in _ADMINISTRATION)
        grounds = tuple(Ground(given.id, each) for each in named)
        return proved(told, rests_on=grounds, given=(given.id,), changeable_by=_writers(case, organisation))
    return refuted("no given says who administers the organisation", _detaching(case.site.account, organisation))


_ADMINISTRATION = ("management_account", "delegated_administrators", "policy_writers")


def _writers(case: Case, organisation: Organisation) -> tuple[str, ...]:
    """Whoever may write the policies: the controller, and the root user above it, whom no policy binds."""
    region = case.zone.file.region(case.site.cloud, case.site.region)
    head = f"arn:{region.partition if region else 'aws'}:iam::{organisation.account}"
    return (f"{head}:{organisation.controller}", f"{head}:root")


def _detaching(who: str, organisation: Organisation) -> dict[str, Any]:
    """The call of an account or a role that nobody says may not make it."""
    request: dict[str, Any] = {
        "principal": f"arn:aws:iam::{who}:root" if who.isdecimal() else who,
        "action": "organizations:DetachPolicy",
        "resource": "*",
        "resource_account": organisation.account,
        "context": {},
    }
    return {"kind": "chain", "requests": [request], "assuming": {"policy_writer": who}}


def what_is_attested_is_declared(case: Case) -> Iterator[Answer]:
    """GRD-9: what givens hold for a level and what the organisation's stack attaches there mean the same."""
    above = Above(case)
    given = {(kind, level): above.given(kind, level) for kind in KINDS for level in OrganisationLevel}
    attested = {place: held for place, held in given.items() if any(map(denies, held))}
    if above.stack is None:
        ids = tuple(sorted(held.origin for all_ in attested.values() for held in all_))
        told = f"{case.site.name} goes by what is attested: the organisation's stack was not read"
        yield (
            assumed(told, given=ids)
            if ids
            else unknown("nothing is attested, and no stack of the organisation was read")
        )
        return
    for (kind, level), held in attested.items():
        yield _compared(above, kind, level, held)
    if not attested:
        yield proved("no policy is attested: what counts is what the organisation's stack declares")


def _compared(above: Above, kind: str, level: OrganisationLevel, attested: Sequence[Held]) -> Answer:
    """Whether the policies of a kind at a level mean the same as attested and as declared, however they are packed."""
    declared = above.declared(kind, level)
    ids = tuple(sorted(held.origin for held in attested if denies(held)))
    open_ones = [held.origin for held in declared if isinstance(held.document, Unknown)]
    if open_ones:
        return unknown(f"the text of {open_ones[0].rpartition('::')[2]} is not known yet", given=ids)
    before, after = _together(kind, attested), _together(kind, declared)
    found = compare(before, after)
    if found.relation != "equal":
        request = dict(found.added or found.removed or {})
        how = (
            "allowed as declared and denied as attested"
            if found.added
            else "denied as declared and allowed as attested"
        )
        told = (
            f"{', '.join(ids)} is not what the organisation's stack attaches at the {level.value}: a request is {how}"
        )
        return refuted(told, {"kind": "request", "request": request}, given=ids)
    grounds = tuple(Ground(held.origin, f"{kind} at the {level.value}") for held in declared)
    return proved(f"the {kind} at the {level.value} is declared as it is attested", rests_on=grounds, given=ids)


def _together(kind: str, held: Sequence[Held]) -> Mapping[str, Any]:
    """All policies of a level as one, AWS's own with them."""
    denying = [each for policy in held if denies(policy) for each in statements(policy.document)]
    return {"Version": "2012-10-17", "Statement": [*statements(full_access(kind)), *denying]}
