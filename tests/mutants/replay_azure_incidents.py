"""Counterexamples of the incident controls on Azure, checked with another reading of queries."""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from clover.model.resources import Resources, value
from clover.sources import Resource
from tests.logic.queries.second import finds

RULE = "azure-native:monitor:ScheduledQueryRule"
SETTING = "azure-native:monitor:DiagnosticSetting"
SIGNS: Mapping[str, Callable[[Any, Any], bool]] = {
    "GreaterThanOrEqual": operator.ge,
    "GreaterThan": operator.gt,
    "LessThan": operator.lt,
}


def replay(found: Mapping[str, Any], resources: Resources) -> None:
    """What is said to be missing is, in the stack that is blamed; a property has the value that it is said to have."""
    name, blamed = str(found["property"]), found["urn"].partition("::")[0]
    own = [each for each in resources.all if each.urn.partition("::")[0] == blamed]
    about = next((each for each in own if each.urn == found["urn"]), None)
    if name == RULE:
        assert not [rule for rule in own if rule.type == RULE and _tells(rule, found["event"])]
    elif name == SETTING:
        identifier = str(about.id if about else "").lower()
        settings = [each for each in own if each.type == SETTING and value(each, "workspaceId")]
        assert identifier
        assert not [each for each in settings if str(value(each, "resourceUri")).lower().startswith(identifier)]
    elif name.startswith("azure-native:"):
        assert not [each for each in own if each.type == name]
    elif name != "auditor.channel":
        assert about
        assert (value(about, name) or None) == (found["value"] or None)


def _tells(rule: Resource, event: Mapping[str, Any]) -> bool:
    """Whether a rule tells the row from nothing: it sounds for the one and not for the other, or the reverse."""
    query, sign, limit = (value(rule, f"criteria.allOf[0].{name}") for name in ("query", "operator", "threshold"))
    table, row = event["table"], event["row"]
    if row.get("MetricName") == "FirewallHealth":
        others = {table: [{**row, "MetricName": "DataProcessed"}]}
        return SIGNS[sign](len(finds(query, others)), limit) and sign == "LessThan"
    return sign != "LessThan" and SIGNS[sign](len(finds(query, {table: [row]})), limit)
