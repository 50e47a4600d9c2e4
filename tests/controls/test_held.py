"""What components and stacks say they hold (OPS-3): the table is whole, and what a plan changes is not known yet."""

from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pulumi import ComponentResource

import components.aws
import components.azure
from clover.controls.run import cases, prove
from clover.controls.verdict import Claim, Outcome, Verdict
from clover.model.held import held
from clover.model.resources import Resources
from clover.sources import read_world
from tests.controls.plans import Plan
from tests.controls.test_as_deployed import planned
from tests.data import STACKS, file_of, preview_of, state
from tests.mutants.asking import ask
from tests.mutants.cascade import below
from tests.mutants.site import DAY, ROOT

ZONE = str(ROOT / "zones" / "europe.yaml")


def declared(module: ModuleType, cloud: str) -> dict[str, set[str]]:
    """The outputs of each component of a package, by its type."""
    known = (getattr(module, name) for name in module.__all__)
    return {
        f"clover-{cloud}:index:{each.__name__}": {name for name in each.__annotations__ if not name.startswith("_")}
        for each in known
        if isinstance(each, type) and issubclass(each, ComponentResource)
    }


@pytest.mark.parametrize(("module", "cloud"), [(components.aws, "aws"), (components.azure, "azure")])
def test_every_output_of_every_component_is_in_the_table(module: ModuleType, cloud: str):
    rows = held().components
    told = {kind: {*rows[kind].told, *rows[kind].says} for kind in rows if kind.startswith(f"clover-{cloud}:")}
    assert told == declared(module, cloud)


@pytest.mark.parametrize("stack", STACKS)
def test_all_that_a_deployed_stack_says_it_holds_is_there(stack: str):
    proof = prove(read_world([file_of(each) for each in dict.fromkeys((stack, *STACKS))]), ZONE, DAY)
    asked = [each for each in proof.verdicts if each.control == "OPS-3"]
    assert {each.verdict for each in asked} == {Outcome.PROVED}


@pytest.mark.parametrize("cloud", ["aws", "azure-native"])
def test_of_a_stack_without_components_somebody_attests_that_nothing_is_missing(cloud: str):
    where = {"aws": {"region": "eu-west-1"}, "azure-native": {"location": "norwayeast"}}[cloud]
    kind = {"aws": "aws:s3/bucket:Bucket", "azure-native": "azure-native:storage:StorageAccount"}[cloud]
    (case,) = cases(Plan(cloud, where).add(kind, "own", {}).world(), ZONE, DAY)
    (answer,) = ask(case, "OPS-3", Claim.HOLDS)
    assert (answer.outcome, ask(case, "OPS-3", Claim.TAMPER)) == (Outcome.ASSUMED, [])


def test_exports_of_the_same_names_are_nobodys_business_in_another_stack():
    plan = Plan("aws", {"region": "eu-west-1"}).add("aws:s3/bucket:Bucket", "own", {})
    plan.export["deployment"]["resources"][0]["outputs"] = {"trail": "arn:aws:cloudtrail:eu-west-1:1:trail/own"}
    (case,) = cases(plan.world(), ZONE, DAY)
    assert [each.outcome for each in ask(case, "OPS-3", Claim.HOLDS)] == [Outcome.ASSUMED]


def without_a_store(urn: str) -> dict[str, Any]:
    """The plan that takes a store out of Dublin, of which the engine knows the old exports alone."""
    export = state("dublin")
    resources = export["deployment"]["resources"]
    gone = below(resources, urn)
    plan = preview_of(export)
    for step in plan["steps"]:
        if step["urn"] in gone:
            step["op"] = "delete"
            del step["newState"]
    plan["changeSummary"] = {"same": len(resources) - len(gone), "delete": len(gone)}
    return plan


def test_what_a_plan_takes_away_is_not_known_to_be_handed_out(tmp_path: Path):
    plan = without_a_store("urn:pulumi:dublin::clover::clover-aws:index:RegionLockedStore::usage")
    asked = [each for each in planned("dublin", plan, tmp_path).verdicts if each.control == "OPS-3"]
    assert {name(each) for each in asked if each.verdict is Outcome.UNKNOWN} == {"clover-dublin"}
    assert Outcome.REFUTED not in {each.verdict for each in asked}


def test_what_a_first_plan_will_hold_is_assumed_where_something_of_the_kind_is_planned():
    (case,) = cases(read_world([file_of("dublin", "first")]), ZONE, DAY)
    assert {each.outcome for each in ask(case, "OPS-3", Claim.HOLDS)} == {Outcome.ASSUMED}
    less = replace(case, resources=Resources(each for each in case.resources.all if each.name != "media-bucket"))
    said = {each.outcome: each for each in ask(less, "OPS-3", Claim.HOLDS)}
    assert said.keys() == {Outcome.ASSUMED, Outcome.UNKNOWN}
    assert str(said[Outcome.UNKNOWN].resource).endswith("::media")


def name(verdict: Verdict) -> str:
    """What a verdict is about."""
    return str(verdict.resource).rpartition("::")[2]
