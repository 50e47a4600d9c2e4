"""GRD-1, GRD-8 and GRD-9 on Azure: who is bound, who writes, and whether what is attested is what is declared."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from clover.controls.azure_organisation import Above, Denying
from clover.controls.azure_requests import request_of
from clover.controls.case import Case
from clover.controls.guardrails.azure_writes import asked
from clover.controls.guardrails.standing import absent, binding, controller_deploys_nothing
from clover.controls.organisation import organisation_of, stack_of
from clover.controls.verdict import Answer, Ground, assumed, proved, refuted, unknown
from clover.logic.azure.permissions import PERMISSION_MEMBERS, Action, read_permissions
from clover.model.azure.declared_roles import ANYBODY, Held, Open
from clover.model.azure.organisation import HIERARCHY
from clover.model.azure.roles_in_force import RolesInForce, attested, roles_in_force
from clover.model.resources import Resources, value
from clover.sources import Unknown
from clover.sources.plain import as_list, as_object
from clover.zones.geography import ZoneSite
from clover.zones.parties import Organisation
from clover.zones.vocabulary import GivenKind, StackKind

KINDS = (GivenKind.MANAGEMENT_GROUP_POLICY, GivenKind.DENY_ASSIGNMENTS)
_PROTECTED = "requireAuthorizationForGroupCreation"
_ADMINISTRATORS = "everyone who administers the tenant"


def every_account_is_bound(case: Case) -> Iterator[Answer]:
    """GRD-1: a site's subscription stands below policies and a denial; of the organisation every site's."""
    if case.hand is StackKind.ORGANISATION:
        sites = (site for site in case.zone.file.sites if site.cloud is case.site.cloud)
        yield from (_bound(case, Above(case, site), site) for site in sites)
        return
    yield _bound(case, Above(case), case.site)


def _bound(case: Case, above: Above, site: ZoneSite) -> Answer:
    """Whether one site's subscription is bound."""
    if above.open:
        return unknown(f"what stands above {site.account}: {', '.join(above.open)} is not known")
    if not above.bound:
        return absent(case, f"nothing says that {site.account} stands below the organisation's groups")
    denying = [each for each in above.policies if getattr(each.read, "effect", "") == "deny"]
    for found, what in ((denying, "policy that denies"), (above.denials, "denial")):
        if not found:
            return absent(case, f"no {what} is in force above {site.account}")
    grounds = (*above.placing(), *_grounds(denying), *_grounds(above.denials))
    told = (
        f"{site.account} stands below {len(denying)} policies that deny, and denials of everybody but the trusted base"
    )
    return proved(told, rests_on=tuple(dict.fromkeys(grounds)), given=above.leaning(grounds))


def _grounds(found: Iterable[Denying]) -> Iterator[Ground]:
    for each in found:
        yield from each.grounds


def only_the_controller_writes(case: Case) -> Iterator[Answer]:
    """GRD-8: who holds a role at the groups that changes guardrails is the organisation's controller."""
    part, organisation = case if case.hand is StackKind.ORGANISATION else stack_of(case), organisation_of(case)
    if organisation is None:
        yield absent(case, "the zone names no organisation on this cloud")
        return
    lists = [one.id for one in case.givens.values() if one.kind is GivenKind.ROLE_ASSIGNMENTS]
    tenants = [one.id for one in case.givens.values() if one.kind is GivenKind.GLOBAL_ADMINISTRATION]
    if not lists or not tenants:
        yield absent(
            case, f"no given says who {'holds a role at the groups' if not lists else 'administers the tenant'}"
        )
        return
    conflict = controller_deploys_nothing(case, organisation) or _open_groups(case, part)
    yield conflict or _of_the_roles(case, part, organisation, (*lists, *tenants))


def _open_groups(case: Case, part: Case | None) -> Answer | None:
    """Refuted where whoever is in the tenant may make groups.

    https://learn.microsoft.com/azure/governance/management-groups/how-to/protect-resource-hierarchy
    """
    if part is None:
        return None
    setting = next(iter(part.resources.of(HIERARCHY)), None)
    found = value(setting, _PROTECTED) if setting else None
    if isinstance(found, Unknown):
        return unknown("who makes management groups is not known yet")
    if found is True:
        return None
    example = binding(setting.urn if setting else None, _PROTECTED, found, "true")
    return refuted(f"whoever is in the tenant of {case.site.title} makes management groups", example)


def _of_the_roles(case: Case, part: Case | None, organisation: Organisation, given: tuple[str, ...]) -> Answer:
    """The answer of the roles at the groups, declared or given, and of whoever administers the tenant."""
    resources = part.resources if part else Resources(())
    roles = roles_in_force(resources, attested(case.givens, case.zone.documents))
    for each in roles.open:
        return unknown(f"who writes the guardrails: {each.what} is not known")
    writers = [held for held in roles.granting if _is_above(held) and _writes(held)]
    controller = organisation.controller.lower()
    strangers = [held for held in writers if held.principal != controller]
    if any(held.principal == ANYBODY for held in strangers):
        return unknown("who writes the guardrails: the principal of a role at the groups is not known")
    if strangers:
        who = strangers[0].principal
        return refuted(f"{who} writes the guardrails too, as {strangers[0].role}", _writing(case, strangers[0]))
    for one in case.givens.values():
        listed = case.zone.documents[one.id]["administrators"] if one.kind is GivenKind.GLOBAL_ADMINISTRATION else ()
        for who in (str(each) for each in listed if str(each).lower() != controller):
            example = binding(one.id, "administrators", who, controller)
            return refuted(f"{who} administers the tenant, and so the groups", example, given=(one.id,))
    return _written_by(case, part, writers, roles, given)


def _written_by(
    case: Case, part: Case | None, writers: Iterable[Held], roles: RolesInForce, given: tuple[str, ...]
) -> Answer:
    organisation = organisation_of(case)
    controller = organisation.controller if organisation else ""
    held = (Ground(origin, f"{each.role} at {each.scope}") for each in writers for origin in each.origins)
    listed = (Ground(one, "every role that is assigned in no stack") for one in roles.given)
    settings = part.resources.of(HIERARCHY) if part else ()
    shut = (Ground(each.urn, f"{_PROTECTED}=true") for each in settings)
    tenants = (Ground(one, _ADMINISTRATORS) for one in given if one not in roles.given)
    grounds = tuple(dict.fromkeys((*held, *listed, *shut, *tenants)))
    told = f"only the controller {controller} writes the guardrails"
    return proved(told, rests_on=grounds, given=tuple(sorted(given)), changeable_by=(controller,))


def _is_above(held: Held) -> bool:
    """Whether a role is held at a management group or at the root, which no denial of a subscription reaches."""
    return not held.scope.lower().startswith("/subscriptions/")


def _writes(held: Held) -> bool:
    """Whether the role permits anything that changes guardrails."""
    return any(_permits(held, action) for action in asked()["writing"])


def _permits(held: Held, action: str) -> bool:
    role = read_permissions({name: held.row["role"].get(name) for name in PERMISSION_MEMBERS}, held.role)
    return role.cover(Action(action.lower(), is_data=False))


def _writing(case: Case, held: Held) -> dict[str, Any]:
    """A call of a role's holder that changes guardrails where the role is held."""
    action = next(action for action in asked()["writing"] if _permits(held, action))
    return {"kind": "request", "request": request_of(case, held.principal, action, held.scope, is_data=False)}


def what_is_attested_is_declared(case: Case) -> Iterator[Answer]:
    """GRD-9: the policies and denials that givens list are those that the organisation's stack declares."""
    above = Above(case)
    given = {kind: list(above.given(kind)) for kind in KINDS}
    ids = tuple(sorted({origin for held in given.values() for each in held for origin in each.origins}))
    if above.stack is None:
        told = f"{case.site.name} goes by what is attested: the organisation's stack was not read"
        nothing = "nothing is attested, and no stack of the organisation was read"
        yield assumed(told, given=ids) if ids else unknown(nothing)
        return
    if not ids:
        yield proved("no policy is attested: what counts is what the organisation's stack declares")
    yield from (_compared(above, kind, held) for kind, held in given.items() if held)


def _compared(above: Above, kind: GivenKind, attested_rows: list[Held]) -> Answer:
    """Whether the rows of a kind are the same as attested and as declared."""
    ids = tuple(sorted({origin for each in attested_rows for origin in each.origins}))
    rows = above.declared(kind)
    for row in rows:
        if isinstance(row, Open):
            return unknown(f"{row.what} is not known yet", given=ids)
    declared = [each for each in rows if isinstance(each, Held)]
    before, after = ({_canonical(each.row): each for each in held} for held in (attested_rows, declared))
    for text in (*sorted(before.keys() - after.keys()), *sorted(after.keys() - before.keys())):
        held, how = (
            (before[text], "attested and not declared") if text in before else (after[text], "declared, not attested")
        )
        told = f"{held.row.get('name', kind.value)} at {held.scope} is {how} so"
        example = binding(held.origins[0], str(held.row.get("name", "")), dict(held.row), "the same on both sides")
        return refuted(told, example, given=ids)
    grounds = tuple(Ground(origin, f"{kind.value} at {each.scope}") for each in declared for origin in each.origins)
    return proved(f"every {kind.value} is declared as it is attested", rests_on=grounds, given=ids)


def _canonical(row: Mapping[str, Any]) -> str:
    """A row as a text that is the same for the same meaning: what is empty or says nothing is left out."""
    kept = {name: content for name, content in row.items() if name not in ("name", "description", "displayName")}
    return json.dumps(_bare({**kept, "scope": str(row["scope"]).lower()}), sort_keys=True)


def _bare(content: Any) -> Any:
    """The content without members that are empty, false or absent."""
    if (members := as_object(content)) is not None:
        inner = {name: _bare(each) for name, each in members.items()}
        return {name: each for name, each in inner.items() if each not in (None, "", False, [], {})}
    listed = as_list(content)
    return content if listed is None else [_bare(each) for each in listed]
