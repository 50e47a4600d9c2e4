"""ACC-3 on Azure: what the givens say of the roles that the break-glass holds."""

import re
from collections.abc import Iterator

from clover.controls.access import break_glass
from clover.controls.azure_requests import Permissions, request_of
from clover.controls.case import Case
from clover.controls.verdict import Answer, proved, refuted, unknown
from clover.model.azure.declared_roles import Held


def break_glass_is_bound(case: Case) -> Iterator[Answer]:
    """ACC-3: the break-glass holds no role standing; when what it may activate ends, no given says."""
    repairer = break_glass.named(case)
    if repairer is None:
        yield break_glass.without(case)
        return
    permissions, who = Permissions(case), str(repairer.principal).lower()
    held = [each for each in permissions.roles.role_assignments if each.principal == who]
    standing = next((each for each in held if not each.eligible and _opens(each)), None)
    if standing:
        yield _stands(case, standing)
    elif held:
        yield unknown(f"no given says when what the break-glass of {case.site.title} may activate ends")
    else:
        undecided = permissions.undecided(f"which roles the break-glass of {case.site.title} holds is not known", None)
        yield undecided or proved("the break-glass holds no role", given=permissions.roles.given)
    yield from break_glass.alarm()


def _opens(held: Held) -> bool:
    return bool(held.row["role"]["actions"] or held.row["role"]["dataActions"])


def _stands(case: Case, held: Held) -> Answer:
    """Refuted with a call that the break-glass may make at any time, whoever knows of it."""
    role = held.row["role"]
    actions, data = [*role["actions"]], [*role["dataActions"]]
    request = request_of(case, held.principal, _one_of((actions or data)[0]), held.scope, is_data=not actions)
    told = f"the break-glass of {case.site.title} holds {held.role} standing, at any time and for ever"
    return refuted(told, {"kind": "request", "request": request})


def _one_of(pattern: str) -> str:
    """One action that a pattern of a role covers."""
    whole = re.sub(r"^\*(?=/|$)", "Microsoft.Resources/*", pattern)
    return re.sub(r"\*$", "things/write", whole).replace("*", "things")
