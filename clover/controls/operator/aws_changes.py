"""On AWS: which calls change a resource, and whether anybody outside the trusted base is allowed one of them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from clover.controls.aws_callers import insiders, not_trusted, partition
from clover.controls.aws_organisation import Above
from clover.controls.aws_policies import Policies
from clover.controls.aws_requests import Asked, Finding, ask_each, requests
from clover.controls.aws_wide import BECOMING, FREE, LEAVING, listed, role_edits, wide
from clover.controls.case import Case
from clover.controls.residency.aws_reading import stores
from clover.controls.verdict import Ground
from clover.model.aws import policies
from clover.model.aws.policies import Held
from clover.model.resources import value
from clover.sources import Resource, Unknown

_WORD = re.compile(r"\{([\w.\[\]-]+)\}")


class Change(NamedTuple):
    """Whether a resource can be changed from outside the trusted base; `about` is the ARN that the calls act on."""

    finding: Finding
    about: str
    actions: Sequence[str]


class Changes:
    """What can be changed in one site's account, worked out once."""

    def __init__(self, case: Case) -> None:
        """Take the case; nothing is decided yet."""
        self._case = case
        self._bound = Policies().under(case)
        self._guards = self._own_policies()
        self._found: dict[str, Change] = {}

    def _own_policies(self) -> dict[str, Held | None]:
        """The policy of each bucket, key and topic, by ARN."""
        held = self._case.resources
        guarded = (*stores(self._case), *policies.keys(held), *policies.topics(held))
        return {each.arn: _certain(each.policy) for each in guarded if isinstance(each.arn, str)}

    def of(self, resources: Sequence[Resource]) -> Iterator[tuple[Resource, Change]]:
        """The change of each resource that a call can change."""
        for resource in resources:
            asked = self._asked.get(resource.urn)
            if asked:
                yield resource, self._change(resource.type, asked)

    def unclear(self, resources: Sequence[Resource]) -> str | None:
        """Why it is not known what changes some of the resources, in words: no call is listed, or not on what."""
        for resource in resources:
            if resource.type.startswith("aws:") and resource.urn not in self._asked:
                has_calls = resource.type in listed("changes.yaml")
                what = f"the ARN of {resource.name} is" if has_calls else f"which calls change a {resource.type} is"
                return f"{what} not known"
        return None

    @cached_property
    def _asked(self) -> dict[str, Asked]:
        """The calls that change each resource, by its URN."""
        found = ((resource.urn, self._about(resource)) for resource in self._case.resources.all)
        return {urn: asked for urn, asked in found if asked}

    @cached_property
    def _kinds(self) -> dict[str, dict[str, Asked]]:
        """For each ARN with a policy of its own the types of what is changed there, each with its calls."""
        found: dict[str, dict[str, Asked]] = {}
        for resource in self._case.resources.all:
            asked = self._asked.get(resource.urn)
            if asked:
                found.setdefault(asked.resources[0], {})[resource.type] = asked
        return found

    def _change(self, kind: str, asked: Asked) -> Change:
        """The change of one resource: by the policy of its own, or together with all others of its type."""
        about = asked.resources[0]
        if self._guards.get(about):
            key = f"{kind} {about}"
            if key not in self._found:
                met = self._bound._replace(resource=self._guards[about])
                found = self._decided(met, dict(sorted(self._kinds[about].items())), not_trusted(self._case))
                self._found |= {f"{each} {about}": change for each, change in found.items()}
            return self._found[key]
        together = self._together(kind, asked.actions)
        if together.finding.empty:
            return together
        if about not in self._found:
            self._found |= self._decided(self._bound, {about: asked}, insiders(self._case))
        return self._found[about]

    def _together(self, kind: str, actions: Sequence[str]) -> Change:
        """The change of all resources of a type that have no policy of their own, asked as one.

        All types of one service are asked about at once.
        """
        if kind not in self._found:
            service = actions[0].partition(":")[0]
            every: dict[str, Asked] = {}
            for resource in self._case.resources.all:
                asked = self._asked.get(resource.urn)
                if asked and asked.actions[0].partition(":")[0] == service and not self._guards.get(asked.resources[0]):
                    arns = every[resource.type].resources if resource.type in every else ()
                    every[resource.type] = Asked(asked.actions, list(dict.fromkeys((*arns, *asked.resources))))
            self._found |= self._decided(self._bound, every, insiders(self._case))
        return self._found[kind]

    def _decided(self, met: Policies, asked: Mapping[str, Asked], who: Mapping[str, Any]) -> dict[str, Change]:
        """Whether anybody else is allowed any of the calls, for each of several sets of them by its name."""
        found = ask_each(self._case, met, {name: requests([each], who) for name, each in asked.items()})
        return {name: Change(found[name], each.resources[0], each.actions) for name, each in asked.items()}

    def _about(self, resource: Resource) -> Asked | None:
        """The calls that change a resource, and on what; None where no call does, or where the ARN is not known."""
        row = listed("changes.yaml").get(resource.type)
        about = filled(self._case, resource, row["about"]) if row else None
        return Asked(row["actions"], [about]) if row and about else None

    def adding(self, control: str) -> Change | None:
        """Whether somebody outside the trusted base may add what the control says is not there."""
        row = listed("additions.yaml").get(control)
        return row and Change(self._wide[control], "*", row.get("actions", ("*",)))

    def becoming_trusted(self) -> Change:
        """Whether somebody outside the trusted base can become one of it: by its roles, or by whom they trust."""
        roles = sorted(self._case.trusted)
        return Change(self._wide[BECOMING], roles[0] if roles else "*", role_edits())

    def leaving(self) -> Change:
        """Whether somebody outside the trusted base can shed the organisation's policies, by taking the account out.

        https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_leave-as-member.html
        """
        return Change(self._wide[FREE], "*", LEAVING)

    @cached_property
    def _wide(self) -> Mapping[str, Finding]:
        """What is asked about the whole account, all at once, for all is decided by the organisation's policies."""
        return ask_each(self._case, self._bound, wide(self._case))

    def stands_alone(self, control: str) -> bool:
        """Whether only additions can undo the control: what is there already cannot be changed against it."""
        row: Mapping[str, Any] = listed("additions.yaml").get(control) or {}
        return bool(row.get("alone"))

    def givens_in(self, grounds: Sequence[Ground]) -> tuple[str, ...]:
        """The givens that the grounds lean on."""
        return Above(self._case).leaning(grounds)


def _certain(policy: Held | None) -> Held | None:
    """The policy of a thing; of several nobody knows which counts."""
    return Held(policy.origin, Unknown(policy.origin)) if policy and policy.rivals else policy


def filled(case: Case, resource: Resource, template: str) -> str | None:
    """The ARN that a template of changes.yaml makes of a resource; None where a part of it is not known."""
    facts: dict[str, Any] = {
        "partition": partition(case),
        "region": case.site.region,
        "account": case.site.account,
        "id": resource.id,
        "path-of-role": _path_of_role(case, resource),
    }
    parts = {name: facts[name] if name in facts else value(resource, name) for name in _WORD.findall(template)}
    if any(part is None or isinstance(part, Unknown) for part in parts.values()):
        return None
    return _WORD.sub(lambda found: str(parts[found[1]]), template)


def _path_of_role(case: Case, resource: Resource) -> Any:
    """The path of the role that a policy is attached to, `/` where the stack does not declare it."""
    named = value(resource, "role")
    roles = case.resources.of("aws:iam/role:Role")
    return next((value(role, "path") or "/" for role in roles if value(role, "name") == named), "/")
