"""Azure Policy: rules on declared resources, and when an assignment stops a request."""

from typing import Any

import pytest
import yaml

from clover.logic.azure import Malformed, evaluate
from tests.logic.azure.evaluator_cases import ACCOUNT, CONTAINER, FOLDER, GROUP, SUBSCRIPTION, Json, assignment, request

TABLE: Json = yaml.safe_load((FOLDER / "policies.yaml").read_text())
SOURCES: dict[str, str] = TABLE["sources"]
BODY: Json = TABLE["resources"]["account"]
CLOSED = {"field": "Microsoft.Storage/storageAccounts/publicNetworkAccess", "notEquals": "Disabled"}
OPEN_BODY = {**BODY, "properties": {"publicNetworkAccess": "Enabled"}}
SITES = "/providers/Microsoft.Management/managementGroups/sites"
DELETE = "Microsoft.Storage/storageAccounts/delete"
DELETE_GROUP = "Microsoft.Resources/subscriptions/resourceGroups/delete"
ACCOUNTS = {"field": "type", "equals": "Microsoft.Storage/storageAccounts"}


def rule(condition: Json, effect: str = "deny", **details: Any) -> Json:
    return {"if": condition, "then": {"effect": effect} | ({"details": details} if details else {})}


def policy(condition: Json = CLOSED, effect: str = "deny", mode: str = "All", **more: Any) -> Json:
    details = {"actionNames": ["delete"]} if effect == "denyAction" else {}
    definition = {"mode": mode, "policyRule": rule(condition, effect, **details)}
    return {"name": "p", "scope": SUBSCRIPTION, "definition": definition} | more


def decided(asked: Json, *policies: Json) -> str:
    found = {"role_assignments": [assignment()], "policy_assignments": list(policies), "management_groups": [SITES]}
    return evaluate(asked, found).decision


@pytest.mark.parametrize("row", TABLE["cases"], ids=lambda row: row["name"].replace(" ", "-"))
def test_a_rule_meets_a_resource_as_documented(row: Json) -> None:
    parameters = row.get("parameters", {})
    found = policy(row["if"], parameters={name: {"value": value} for name, value in parameters.items()})
    found["definition"]["parameters"] = {name: {"type": "Array"} for name in parameters}
    asked = request(resource=TABLE["resources"][row.get("about", "account")])
    because = evaluate(asked, {"role_assignments": [assignment()], "policy_assignments": [found]})
    expected = {True: "explicit_deny", False: "allow", "fails": "explicit_deny"}[row["met"]]
    assert because.decision == expected, (because, SOURCES[row["source"]])
    assert ("fails to evaluate" in because.because[0]) == (row["met"] == "fails")


STRUCTURE = "https://learn.microsoft.com/azure/governance/policy/concepts/assignment-structure"
EXEMPTION = "https://learn.microsoft.com/azure/governance/policy/concepts/exemption-structure"
DENY_ACTION = "https://learn.microsoft.com/azure/governance/policy/concepts/effect-deny-action"
BASICS = "https://learn.microsoft.com/azure/governance/policy/concepts/effect-basics"
MODES = "https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-basics"
NOW = {"environment": {"UtcNow": "2026-06-01T00:00:00Z"}}
WRITE = request(resource=OPEN_BODY)
DATED = request(resource=OPEN_BODY, attributes=NOW)
REMOVE = request(DELETE, resource=BODY)
KEEP = policy(ACCOUNTS, "denyAction", "Indexed")
ASSIGNMENTS: dict[str, tuple[str, Json, list[Json], str]] = {
    "a write that the rule meets": ("explicit_deny", WRITE, [policy()], STRUCTURE),
    "a write that it does not": ("allow", request(resource=BODY), [policy()], STRUCTURE),
    "a management group above": ("explicit_deny", WRITE, [policy(scope=SITES)], STRUCTURE),
    "another resource group": ("allow", WRITE, [policy(scope=f"{SUBSCRIPTION}/resourceGroups/x")], STRUCTURE),
    "not enforced": ("allow", WRITE, [policy(enforcementMode="DoNotEnforce")], STRUCTURE),
    "an excluded scope": ("allow", WRITE, [policy(notScopes=[GROUP])], STRUCTURE),
    "another excluded scope": ("explicit_deny", WRITE, [policy(notScopes=[CONTAINER])], STRUCTURE),
    "an exemption": ("allow", WRITE, [policy(exemptions=[{"scope": ACCOUNT}])], EXEMPTION),
    "an exemption below": ("explicit_deny", WRITE, [policy(exemptions=[{"scope": CONTAINER}])], EXEMPTION),
    "an exemption in time": (
        "allow",
        DATED,
        [policy(exemptions=[{"scope": GROUP, "expiresOn": "2026-12-31T23:59:00.0000000Z"}])],
        EXEMPTION,
    ),
    "an exemption that is over": (
        "explicit_deny",
        DATED,
        [policy(exemptions=[{"scope": GROUP, "expiresOn": "2025-12-31T23:59:00.0000000Z"}])],
        EXEMPTION,
    ),
    "audit stops nothing": ("allow", WRITE, [policy(effect="audit")], BASICS),
    "modify stops nothing": ("allow", WRITE, [policy(effect="Modify")], BASICS),
    "disabled stops nothing": ("allow", WRITE, [policy(effect="disabled")], BASICS),
    "the most restrictive assignment counts": ("explicit_deny", WRITE, [policy(effect="audit"), policy()], BASICS),
    "a deny is not about deletions": ("allow", request(DELETE, resource=OPEN_BODY), [policy()], BASICS),
    "a deny is not about POST": (
        "allow",
        request("Microsoft.Storage/storageAccounts/listKeys/action", resource=OPEN_BODY),
        [policy()],
        BASICS,
    ),
    "Indexed needs location or tags": (
        "allow",
        request(resource={"type": BODY["type"], "name": "x", "properties": {}}),
        [policy(mode="Indexed")],
        MODES,
    ),
    "Indexed with a location": ("explicit_deny", WRITE, [policy(mode="indexed")], MODES),
    "denyAction stops a deletion": ("explicit_deny", REMOVE, [KEEP], DENY_ACTION),
    "denyAction stops no write": ("allow", request(resource=BODY), [KEEP], DENY_ACTION),
    "denyAction leaves other types": (
        "allow",
        request("Microsoft.KeyVault/vaults/delete", resource={"type": "Microsoft.KeyVault/vaults", "location": "x"}),
        [KEEP],
        DENY_ACTION,
    ),
    "denyAction keeps no lock": (
        "allow",
        request("Microsoft.Authorization/locks/delete", resource={"type": "Microsoft.Authorization/locks"}),
        [policy({"field": "type", "equals": "Microsoft.Authorization/locks"}, "denyAction")],
        DENY_ACTION,
    ),
    "denyAction keeps the resource group": (
        "explicit_deny",
        request(DELETE_GROUP, scope=GROUP, contents=[BODY]),
        [KEEP],
        DENY_ACTION,
    ),
    "an empty resource group goes": (
        "allow",
        request(DELETE_GROUP, scope=GROUP, contents=[]),
        [KEEP],
        DENY_ACTION,
    ),
    "what says no location goes with its group": (
        "allow",
        request(DELETE_GROUP, scope=GROUP, contents=[{"type": BODY["type"]}]),
        [KEEP],
        DENY_ACTION,
    ),
    "mode All keeps no resource group": (
        "allow",
        request(DELETE_GROUP, scope=GROUP, contents=[BODY], resource={"type": "Microsoft.Resources/resourceGroups"}),
        [policy(ACCOUNTS, "denyAction", "All")],
        DENY_ACTION,
    ),
}


@pytest.mark.parametrize(("expected", "asked", "policies", "source"), ASSIGNMENTS.values(), ids=ASSIGNMENTS)
def test_an_assignment_stops_a_request_as_documented(
    expected: str, asked: Json, policies: list[Json], source: str
) -> None:
    assert decided(asked, *policies) == expected, source


def test_cascade_behaviour_allow_lets_the_resource_group_go() -> None:
    kept = policy(ACCOUNTS, "denyAction", "Indexed")
    kept["definition"]["policyRule"]["then"]["details"]["cascadeBehaviors"] = {"resourceGroup": "allow"}
    asked = request(DELETE_GROUP, scope=GROUP, contents=[BODY], resource={"type": "Microsoft.Resources/resourceGroups"})
    assert decided(asked, kept) == "allow"


def test_an_effect_may_be_a_parameter_with_a_default() -> None:
    found = policy(effect="[parameters('effect')]")
    found["definition"]["parameters"] = {
        "effect": {"type": "String", "defaultValue": "Deny", "allowedValues": ["Deny", "Audit"]}
    }
    assert decided(WRITE, found) == "explicit_deny"
    assert decided(WRITE, {**found, "parameters": {"effect": {"value": "Audit"}}}) == "allow"


@pytest.mark.parametrize(
    ("asked", "condition", "more", "says"),
    [
        (request(), CLOSED, {}, "request: resource is missing, and policy assignment p (deny)"),
        (request(DELETE_GROUP, scope=GROUP), CLOSED, {"deny": "denyAction"}, "request: contents is missing"),
        (WRITE, {"source": "action", "like": "x"}, {}, '"like, source" is no condition of a policy rule'),
        (WRITE, {"field": "name", "equals": "a", "like": "b"}, {}, '"equals, field, like" is no condition'),
        (WRITE, {"field": "name", "startsWith": "a"}, {}, '"field, startswith" is no condition'),
        (WRITE, {"oneOf": []}, {}, '"oneof" is no condition'),
        (WRITE, {"value": "[guid(field('name'))]", "equals": "a"}, {}, 'the function "guid" is not implemented'),
        (WRITE, {"value": "[field('name')", "equals": 1, "x": 1}, {}, "is no condition"),
        (WRITE, {"value": "[concat(field('name')]", "equals": "a"}, {}, 'expected ",", got "the end"'),
        (WRITE, {"value": "[field('name') x]", "equals": "a"}, {}, 'expected the end, got "x"'),
        (WRITE, {"value": '[field("name")]', "equals": "a"}, {}, "begins no word of an expression"),
        (WRITE, {"field": "nonsense", "equals": "a"}, {}, '"nonsense" is no field of a policy rule'),
        (WRITE, {"field": "name", "like": "*a*"}, {}, '"*a*" has more than one wildcard'),
        (WRITE, {"field": "name", "exists": "maybe"}, {}, 'exists takes true or false, not "maybe"'),
        (WRITE, {"field": "tags", "contains": "a"}, {}, "contains of an array or object is not documented"),
        (WRITE, {"field": "tags['x']", "greater": "a"}, {}, "how an absent property compares by size"),
        (WRITE, {"value": "[current('x')]", "equals": "a"}, {}, 'current("x") stands in no count'),
        (WRITE, {"count": {"field": "a", "value": []}, "equals": 0}, {}, "a count is over a field or over a value"),
        (WRITE, {"count": {"value": "x"}, "equals": 0}, {}, "count.value: expected a list"),
        (WRITE, {"field": "name", "equals": "[parameters('x')]"}, {}, 'the parameter "x" has no value'),
        (WRITE, CLOSED, {"parameters": {"x": {"value": 1}}}, 'the definition has no parameter "x"'),
        (WRITE, CLOSED, {"resourceSelectors": []}, 'unknown key "resourceSelectors"'),
        (WRITE, CLOSED, {"overrides": []}, 'unknown key "overrides"'),
        (WRITE, CLOSED, {"mode": "Microsoft.KeyVault.Data"}, '"Microsoft.KeyVault.Data" is none of All, Indexed'),
        (WRITE, CLOSED, {"mode": None}, "definition.mode: expected a string"),
        (WRITE, CLOSED, {"deny": "mutate"}, '"mutate" is none of append'),
        (WRITE, CLOSED, {"enforcementMode": "Enroll"}, '"Enroll" is none of Default, DoNotEnforce'),
        (WRITE, CLOSED, {"exemptions": [{"scope": GROUP, "expiresOn": "2026-12-31"}]}, '"2026-12-31" is no time'),
        (WRITE, CLOSED, {"exemptions": [{"scope": GROUP, "expiresOn": "2026-12-31T00:00:00Z"}]}, "UtcNow is missing"),
    ],
)
def test_what_is_not_documented_is_refused_by_name(asked: Json, condition: Json, more: Json, says: str) -> None:
    mode, effect = more.pop("mode", "Indexed"), more.pop("deny", "deny")
    with pytest.raises(Malformed) as refused:
        decided(asked, policy(condition, effect, mode, **more))
    assert says in str(refused.value)
