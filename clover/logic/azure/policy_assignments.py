"""Azure Policy: assignments with the effects deny and denyAction, which stop requests to Azure Resource Manager.

Sources, below https://learn.microsoft.com/azure/governance/policy/concepts/: assignment-structure (enforcementMode,
notScopes), exemption-structure (expiresOn), effect-deny, effect-deny-action (DELETE alone; exempt types; resource
groups) and definition-structure-basics (modes). Effects that only watch or mend stop nothing and count as absent.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from clover.logic.aws.reading import Malformed, quoted, read_list, read_object, read_text
from clover.logic.azure.condition_operators import DATE_TIME, moment
from clover.logic.azure.policy_expressions import read_expression
from clover.logic.azure.policy_fields import Fields
from clover.logic.azure.policy_functions import EvaluationFailure
from clover.logic.azure.policy_parameters import read_parameters
from clover.logic.azure.policy_rules import Rule, Surroundings, read_rule
from clover.logic.azure.request import Request
from clover.logic.azure.scopes import Hierarchy, Scope, read_scope
from clover.logic.azure.values import read_optional_list, read_optional_text, read_word

MEMBERS = frozenset(
    {"name", "scope", "notScopes", "enforcementMode", "parameters", "definition", "exemptions", "displayName"}
)
DEFINITION_MEMBERS = frozenset({"mode", "parameters", "policyRule", "displayName", "description"})
EXEMPTION_MEMBERS = frozenset({"name", "scope", "expiresOn", "exemptionCategory"})
WATCHING = ("append", "audit", "auditIfNotExists", "deployIfNotExists", "disabled", "manual", "modify")
EFFECTS = ("deny", "denyAction", *WATCHING)
MODES = ("All", "Indexed")
ENFORCED = "Default"
EXEMPT_FROM_DENY_ACTION = frozenset(
    {
        *("microsoft.authorization/policyassignments", "microsoft.authorization/denyassignments"),
        *("microsoft.blueprint/blueprintassignments", "microsoft.resources/deploymentstacks"),
        *("microsoft.resources/subscriptions", "microsoft.authorization/locks"),
    }
)
RESOURCE_GROUP = "microsoft.resources/subscriptions/resourcegroups"
NOW = ("environment", "utcnow")


class Exemption(NamedTuple):
    """A scope that is left alone, until `expires` where that is set."""

    scope: Scope
    expires: str | None

    def counts(self, request: Request, hierarchy: Hierarchy) -> bool:
        """Whether the request is exempt now."""
        if not hierarchy.holds(self.scope, request.scope):
            return False
        now = request.attributes.get(NOW, ())
        if self.expires is not None and len(now) != 1:
            raise Malformed("request.attributes.environment: UtcNow is missing, and an exemption expires")
        return self.expires is None or moment(now[0]) < moment(self.expires)


class PolicyAssignment(NamedTuple):
    """One assignment of a definition whose effect stops requests."""

    label: str
    scope: Scope
    spared: tuple[Scope, ...]
    exemptions: tuple[Exemption, ...]
    indexed: bool
    effect: str
    cascades: bool
    rule: Rule
    parameters: Mapping[str, Any]

    def stops(self, request: Request, hierarchy: Hierarchy) -> list[str]:
        """The reasons to stop the request: none, or one for each resource that the rule is met by."""
        if not self._answers(request) or not hierarchy.holds(self.scope, request.scope):
            return []
        if any(hierarchy.holds(scope, request.scope) for scope in self.spared):
            return []
        if any(exemption.counts(request, hierarchy) for exemption in self.exemptions):
            return []
        reasons = (self._reason(body, where, request) for where, body in self._bodies(request))
        return [reason for reason in reasons if reason]

    def _answers(self, request: Request) -> bool:
        """Whether the effect is about such a request: a write, or a deletion that is not exempt."""
        action = request.action
        if action.is_data:
            return False
        if self.effect == "deny":
            return action.verb == "write"
        return action.verb == "delete" and action.type not in EXEMPT_FROM_DENY_ACTION

    def _bodies(self, request: Request) -> list[tuple[str, Mapping[str, Any]]]:
        """The resources to look at: the request's own, and what goes with a resource group that is deleted."""
        if request.action.type == RESOURCE_GROUP and self.effect == "denyAction" and self.cascades and self.indexed:
            if request.contents is None:
                raise Malformed(f"request: contents is missing, and {self.label} looks at what is deleted")
            found = [(f"request.contents[{index}]", body) for index, body in enumerate(request.contents)]
            return found + ([("request.resource", request.resource)] if request.resource is not None else [])
        if request.resource is None:
            raise Malformed(f"request: resource is missing, and {self.label} looks at it")
        return [("request.resource", request.resource)]

    def _reason(self, body: Mapping[str, Any], where: str, request: Request) -> str | None:
        """Why one resource stops the request; a failed evaluation does."""
        fields = Fields(body, where)
        if self.indexed and not fields.located:
            return None
        try:
            met = self.rule.met(Surroundings(fields, self.parameters, _scope_functions(request.scope)))
        except EvaluationFailure as failure:
            return f"{self.label} fails to evaluate, which denies: {failure}"
        return self.label if met else None


def _scope_functions(scope: Scope) -> dict[str, Mapping[str, Any]]:
    """What resourceGroup() and subscription() return of the request's scope; their tags are not known here."""
    parts = scope.text.split("/")
    found: dict[str, Mapping[str, Any]] = {"resourcegroup": {}, "subscription": {}}
    if scope.in_subscription:
        found["subscription"] = {"subscriptionId": parts[2], "id": "/".join(parts[:3])}
    if scope.segments[2:3] == ("resourcegroups",):
        found["resourcegroup"] = {"name": parts[4], "id": "/".join(parts[:5])}
    return found


def read_policy_assignments(value: object, where: str) -> tuple[PolicyAssignment, ...]:
    """The assignments that can stop a request; every one is read, and refused where it cannot be understood."""
    rows = enumerate([] if value is None else read_list(value, where))
    found = (_read(row, f"{where}[{index}]", index) for index, row in rows)
    return tuple(assignment for assignment in found if assignment is not None)


def _read(value: object, where: str, index: int) -> PolicyAssignment | None:
    """One assignment; None where it is not enforced or its effect stops nothing."""
    members = read_object(value, where, MEMBERS)
    for member in ("scope", "definition"):
        if member not in members:
            raise Malformed(f"{where}: {member} is missing")
    scope = read_scope(members["scope"], f"{where}.scope")
    mode = read_word(members.get("enforcementMode", ENFORCED), f"{where}.enforcementMode", (ENFORCED, "DoNotEnforce"))
    definition = read_object(members["definition"], f"{where}.definition", DEFINITION_MEMBERS)
    parameters = read_parameters(definition.get("parameters"), members.get("parameters"), where)
    rule = read_object(definition.get("policyRule"), f"{where}.definition.policyRule", frozenset({"if", "then"}))
    then = _Then(rule.get("then"), parameters, f"{where}.definition.policyRule.then")
    found = PolicyAssignment(
        label=f"policy assignment {read_optional_text(members, 'name', where) or index + 1} ({then.effect}) at {scope}",
        scope=scope,
        spared=_read_scopes(members, "notScopes", where),
        exemptions=_read_exemptions(members, where),
        indexed=_read_mode(definition, where) == "Indexed",
        effect=then.effect,
        cascades=then.cascades,
        rule=read_rule(rule.get("if"), f"{where}.definition.policyRule.if"),
        parameters=parameters,
    )
    return found if mode == ENFORCED and then.effect not in WATCHING else None


class _Then:
    """The `then` of a rule: its effect, and for denyAction whether resource groups are kept too."""

    def __init__(self, value: object, parameters: Mapping[str, Any], where: str) -> None:
        """Read the effect, which may be a parameter."""
        members = read_object(value, where, frozenset({"effect", "details"}))
        surroundings = Surroundings(Fields({}, where), parameters, {})
        effect = read_expression(members.get("effect"), f"{where}.effect").result(surroundings)
        self.effect = read_word(effect, f"{where}.effect", EFFECTS)
        self.cascades = False
        if self.effect == "denyAction":
            self._read_details(read_object(members.get("details"), f"{where}.details"), f"{where}.details")

    def _read_details(self, details: Mapping[str, object], where: str) -> None:
        """actionNames, which can be delete alone, and cascadeBehaviors, which deny unless told otherwise."""
        names = [read_text(name, f"{where}.actionNames") for name in read_optional_list(details, "actionNames", where)]
        if [name.lower() for name in names] != ["delete"]:
            raise Malformed(f"{where}.actionNames: {quoted(', '.join(names))} is not delete, the only action there is")
        behaviours = read_object(details.get("cascadeBehaviors") or {}, f"{where}.cascadeBehaviors")
        group = behaviours.get("resourceGroup", "deny")
        self.cascades = read_word(group, f"{where}.cascadeBehaviors.resourceGroup", ("allow", "deny")) == "deny"


def _read_mode(definition: Mapping[str, object], where: str) -> str:
    """The mode; those of resource providers are not about requests to Azure Resource Manager."""
    return read_word(definition.get("mode"), f"{where}.definition.mode", MODES)


def _read_scopes(members: Mapping[str, object], name: str, where: str) -> tuple[Scope, ...]:
    """A list of scopes."""
    rows = enumerate(read_optional_list(members, name, where))
    return tuple(read_scope(row, f"{where}.{name}[{index}]") for index, row in rows)


def _read_exemptions(members: Mapping[str, object], where: str) -> tuple[Exemption, ...]:
    """The exemptions from an assignment; one that Azure no longer honours stays in the list."""
    found: list[Exemption] = []
    for index, row in enumerate(read_optional_list(members, "exemptions", where)):
        place = f"{where}.exemptions[{index}]"
        exemption = read_object(row, place, EXEMPTION_MEMBERS)
        scope = read_scope(exemption.get("scope"), f"{place}.scope")
        expires = read_optional_text(exemption, "expiresOn", place)
        if expires is not None and not DATE_TIME.fullmatch(expires):
            raise Malformed(f"{place}.expiresOn: {quoted(expires)} is no time such as 2026-12-31T23:59:00Z")
        found.append(Exemption(scope, expires))
    return tuple(found)
