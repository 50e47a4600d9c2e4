"""What a policy of an organisation may hold.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html,
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html,
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_ai-opt-out_syntax.html.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal, cast

from moto.organizations.models import FakePolicy
from msgspec import Struct, convert, field

from clover.lab.cloud.answers import Refusal
from clover.lab.cloud.call import Call
from clover.lab.cloud.documents import problems
from clover.lab.cloud.extensions.organizations.membership import backend_of
from clover.lab.cloud.tables import table

_OPERATORS = "@@operators_allowed_for_child_policies"
_Operator = Literal["@@all", "@@none", "@@assign", "@@append", "@@remove"]


class _Choice(Struct, forbid_unknown_fields=True):
    assign: Literal["optIn", "optOut"] = field(name="@@assign")
    allowed: list[_Operator] = field(name=_OPERATORS, default_factory=list[_Operator])


class _Service(Struct, forbid_unknown_fields=True):
    opt_out_policy: _Choice
    allowed: list[_Operator] = field(name=_OPERATORS, default_factory=list[_Operator])


class _OptingOut(Struct, forbid_unknown_fields=True):
    services: dict[str, Any]


def check_new(call: Call) -> None:
    """CreatePolicy: of a type that is served, within its size, in its language."""
    kind = call.parameters["Type"]
    if kind not in table("organizations")["types"]:
        raise Refusal("PolicyTypeNotAvailableForOrganizationException", f"the lab has no policies of type {kind}")
    _check(kind, call.parameters["Content"])


def check_change(call: Call) -> None:
    """UpdatePolicy: the same of the new text, and of a name that no other policy has."""
    refuse_managed(call)
    policy = policy_of(call)
    if "Content" in call.parameters:
        _check(policy.type, call.parameters["Content"])
    others = (other for other in backend_of(call).policies if other is not policy)
    if call.parameters.get("Name") in {other.name for other in others}:
        raise Refusal("DuplicatePolicyException", "A policy with the same name already exists.")


def refuse_managed(call: Call) -> None:
    """Refuse to change or delete what is AWS's own."""
    if policy_of(call).aws_managed:
        raise Refusal("AccessDeniedException", "You cannot modify or delete an AWS managed policy.")


def policy_of(call: Call) -> FakePolicy:
    """The policy that a call names."""
    wanted = call.parameters["PolicyId"]
    found = (policy for policy in backend_of(call).policies if policy.id == wanted)
    policy = next(found, None)
    if policy is None:
        raise Refusal("PolicyNotFoundException", "We can't find a policy with the PolicyId that you specified.")
    return policy


def _check(kind: str, text: str) -> None:
    row = table("organizations")["types"][kind]
    if len(text) > row["characters"]:
        message = f"You have exceeded the maximum policy size of {row['characters']} characters"
        raise Refusal("ConstraintViolationException", f"{message} (POLICY_CONTENT_LIMIT_EXCEEDED).")
    problem = next(_problems(kind, text, row["grammar"]), None)
    if problem:
        raise Refusal("MalformedPolicyDocumentException", f"The provided policy document is malformed: {problem}")


def _problems(kind: str, text: str, grammar: str) -> Iterator[str]:
    """What is wrong with a text; the rules of its own type only where it is a policy at all."""
    if grammar == "opt-out":
        yield from _of_opting_out(text)
        return
    found = list(problems(text, grammar))
    yield from found
    if not found and kind == "RESOURCE_CONTROL_POLICY":
        listed: Any = json.loads(text)["Statement"]
        for statement in cast(list[Mapping[str, Any]], listed if isinstance(listed, list) else [listed]):
            yield from _of_resource_control(statement)


def _of_opting_out(text: str) -> Iterator[str]:
    """Services by name, each with its choice and what policies below may do; nothing else, in these very letters."""
    try:
        services = convert(json.loads(text), _OptingOut).services
        named = [convert(each, _Service) for name, each in services.items() if name != _OPERATORS]
    except ValueError as error:
        yield str(error)
        return
    if not named:
        yield "services names none"


def _of_resource_control(statement: Mapping[str, Any]) -> Iterator[str]:
    actions: Any = statement.get("Action", [])
    if statement["Effect"] != "Deny":
        yield "a resource control policy of one's own only denies"
    if statement.get("Principal") != "*":
        yield "the principal of a resource control policy is *"
    if "NotAction" in statement or "NotPrincipal" in statement:
        yield "a resource control policy has no NotAction and no NotPrincipal"
    if "*" in (actions if isinstance(actions, list) else [actions]):
        yield "a resource control policy names the service of its actions"
