"""A witness is replayed by what was written apart from the comparison: denied before, allowed after."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from clover.change.classes import types
from clover.change.finding import Finding
from clover.change.pairing import Sides
from clover.logic.aws import evaluate
from clover.logic.azure import evaluate as evaluate_azure
from clover.logic.azure import evaluate_network


def replays(finding: Finding, sides: Sides) -> None:
    """Fail unless the witness of a widening shows it."""
    witness = finding.witness or {}
    _REPLAYS[witness["kind"]](finding, witness, sides)


def _request(finding: Finding, witness: Mapping[str, Any], sides: Sides) -> None:
    policies = witness["policies"]
    decide = evaluate_azure if "scope" in witness["request"] else evaluate
    assert decide(witness["request"], policies["before"]).decision != "allow"
    assert decide(witness["request"], policies["after"]).decision == "allow"


def _property(finding: Finding, witness: Mapping[str, Any], sides: Sides) -> None:
    """The two values are there, and the table says that the second is the weaker one, or is neither."""
    assert witness["before"] != witness["after"]
    pair = next(each for each in sides.pairs if each.urn == witness["urn"])
    setting = types()[pair.type].settings.get(witness["property"]) if pair.type in types() else None
    if setting and setting.strong and finding.direction.value == "widens":
        order = [str(each).lower() for each in setting.strong]
        assert order.index(str(witness["before"]).lower()) < order.index(str(witness["after"]).lower())


def _origin(finding: Finding, witness: Mapping[str, Any], sides: Sides) -> None:
    settings = witness["settings"]
    assert evaluate_network(witness["origin"], settings["before"]).decision != "allow"
    assert evaluate_network(witness["origin"], settings["after"]).decision == "allow"


def _path(finding: Finding, witness: Mapping[str, Any], sides: Sides) -> None:
    """A path names who stands on it, and where to; the comparison itself replays flows packet by packet."""
    assert witness["hops"][0]["urn"]
    assert ip_address(witness["flow"]["destination"])


_REPLAYS = {"request": _request, "property": _property, "origin": _origin, "path": _path}
