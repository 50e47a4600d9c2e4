"""What the declared policies let in and keep out: a table of cases, and every call that a deployment really made.

The site is one that keeps its records itself, so that its policies let in whoever writes and reads them.
"""

from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from clover.logic.aws import evaluate
from clover.model.aws.actions import actions_of
from tests.e2e.checkout import Checkout
from tests.e2e.world import World

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("keeping")]

TABLE: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "access_cases.yaml").read_text())
BASE = {"aws:RequestedRegion": "eu-west-1", "aws:SecureTransport": "true", "s3:TlsVersion": "1.3"}
DEPLOYER = "arn:aws:iam::111122223333:role/clover/deployer"


@pytest.fixture(scope="module")
def world(keeping: Checkout) -> World:
    return World(keeping)


def _filled(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(inner, names) for key, inner in cast(dict[str, Any], value).items()}
    if isinstance(value, str):
        for name, real in names.items():
            value = value.replace(f"{{{name}}}", real)
    return value


def _label(case: dict[str, Any]) -> str:
    return f"{case['who']} from {case['from']}: {case['does']} on {case['target']} -> {case['expect']}"


def test_the_table_is_wide_enough_and_every_case_has_a_source() -> None:
    cases = TABLE["cases"]
    assert len(cases) >= 40
    assert all(case["source"] for case in cases)
    assert Counter(case["expect"] for case in cases).keys() == {"allow", "deny"}


@pytest.mark.parametrize("case", TABLE["cases"], ids=_label)
def test_case(world: World, case: dict[str, Any]) -> None:
    who = TABLE["principals"][case["who"]]
    context = {**BASE, **TABLE["places"][case["from"]], **case.get("with", {})}
    request = _filled(
        {
            "principal": who["arn"],
            "action": case["does"],
            "resource": case["target"],
            "resource_account": "111122223333",
            "context": context,
        },
        world.names,
    )
    assert "{" not in str(request).replace("{'", ""), request
    resource = request["resource"]
    policies = world.policies({**who, "principal": request["principal"], "context": context}, resource)
    decision = evaluate(request, policies)
    allowed = decision.decision == "allow"
    assert allowed == (case["expect"] == "allow"), (decision, request)


def test_every_call_of_the_deployment_is_one_that_the_deployer_may_make(keeping: Checkout, world: World) -> None:
    calls = [call for call in keeping.calls() if call["principal"] == DEPLOYER]
    assert len(calls) > 200
    refused: dict[str, Any] = {}
    for call in calls:
        resource = call.get("resource") or (call["parameters"].get("ResourceIdList") or ["*"])[0]
        context = {**BASE, "aws:RequestedRegion": call["region"], "aws:SourceIp": "203.0.113.7"}
        if call["service"] == "kms":
            context["kms:CallerAccount"] = "111122223333"
        for needed in actions_of(call["service"], call["operation"], call["parameters"]):
            on = needed.resource or resource
            request = {
                "principal": DEPLOYER,
                "action": needed.action,
                "resource": on,
                "resource_account": "111122223333",
                "context": {**context, **needed.context},
            }
            policies = world.policies({"identity": "deployer", "principal": DEPLOYER, "context": context}, on)
            decision = evaluate(request, policies)
            if decision.decision != "allow":
                refused[f"{needed.action} on {on}"] = decision
    assert refused == {}
