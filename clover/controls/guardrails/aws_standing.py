"""GRD-1, GRD-8 and GRD-9 on AWS: who is bound, who writes, and whether what is attested is what is declared."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
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
    yield _at_every_level(case, above, above.membership)


def _at_every_level(case: Case, above: Above, membership: str) -> Answer:
    """Whether something is denied by policies of both kinds at every level above an account."""
    of, grounds = above.given if above.stack is None else above.declared, list[Ground]()
    for kind, level in product(KINDS, above.places):
        place = f"{kind} at the {level.value}"
        denying = [held for held in of(kind, level) if denies(held)]
        if not denying:
            return absent(case, f"nothing is denied by a {place}")
        if all(isinstance(held.document, Unknown) for held in denying):
            return unknown(f"what is denied by a {place} is not known yet")
        grounds += [Ground(held.origin, place) for held in denying]
    told = f"{case.site.account} stands below policies of both kinds at every level"
    return proved(told, rests_on=tuple(grounds), given=tuple(sorted({membership, *above.leaning(grounds)})))


def _attached_above(case: Case, site: ZoneSite) -> Answer:
    """Whether the organisation's stack attaches denials of both kinds to root, unit and one site's account."""
    organisation, grounds = organisation_of(case), list[Ground]()
    places = [organisation.root, organisation.unit, site.account] if organisation else []
    for kind, place in product(KINDS, places):
        held = [each for each in attached(case.resources) if each.kind == kind and denies(each.policy)]
        here = [each.policy for each in held if each.target == place]
        if not here and any(isinstance(each.target, Unknown) for each in held):
            return unknown(f"where a {kind} is attached is not known yet")
        if not here:
            return absent(case, f"no {kind} that denies anything is attached to {place}, above {site.name}")
        if all(isinstance(policy.document, Unknown) for policy in here):
            return unknown(f"what a {kind} at {place} denies is not known yet")
        grounds += [Ground(policy.origin, f"attached to {place}") for policy in here]
    told = f"policies of both kinds are attached above {site.name}"
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
            where = "delegated_administrators" if delegates else "policy_writers"
            example = binding(given.id, where, strangers[0], organisation.controller)
            return refuted(f"{strangers[0]} writes the organisation's policies too", example, given=(given.id,))
        told = f"only {organisation.controller.rpartition('/')[2]} of {organisation.account} writes the guardrails"
        named = (f"{name}={json.dumps(stated[name])}" for name in _ADMINISTRATION)
        grounds = tuple(Ground(given.id, each) for each in named)
        return proved(told, rests_on=grounds, given=(given.id,), changeable_by=_writers(case, organisation))
    return absent(case, "no given says who administers the organisation and writes its policies")


_ADMINISTRATION = ("management_account", "delegated_administrators", "policy_writers")


def _writers(case: Case, organisation: Organisation) -> tuple[str, ...]:
    """Whoever may write the policies: the controller, and the root user above it, whom no policy binds."""
    region = case.zone.file.region(case.site.cloud, case.site.region)
    head = f"arn:{region.partition if region else 'aws'}:iam::{organisation.account}"
    return (f"{head}:{organisation.controller}", f"{head}:root")


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
