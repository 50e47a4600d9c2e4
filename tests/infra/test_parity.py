"""One description of a site, admitted on either cloud, declares the same components with the same intent."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from infra import program
from tests.components.answers import created as on_aws
from tests.components.azure.answers import created as on_azure
from tests.infra.test_program import KEEPING, engine_values
from tests.recorder import Registration, World, run

INTENT = ("data_class", "role", "versioning", "immutability", "retention_days", "name", "networks", "external_id")
"""What a description says of a component, whatever the cloud."""


def _answers(found: Registration, world: World) -> Mapping[str, Any]:
    return (on_azure if "azure" in found.type else on_aws)(found, world)


def _declared(site: str, stores: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Component, name and intent of everything that a site declares, with the stores of another site's description."""
    values = engine_values(KEEPING / f"Pulumi.{site}.yaml")
    values["clover:stores"] = engine_values(KEEPING / f"Pulumi.{stores}.yaml")["clover:stores"]
    world = run(lambda: program.deploy(KEEPING, site, values), _answers, stack_name=site)
    known = [found for found in world.all() if found.type.startswith(("clover-aws:", "clover-azure:"))]
    return [(one.type.rpartition(":")[2], one.name, _intent(one.inputs)) for one in known]


def _intent(inputs: Mapping[str, Any]) -> dict[str, Any]:
    told = {key: inputs[key] for key in INTENT if inputs.get(key) is not None}
    domains = [domain["name"] for domain in inputs.get("allowed_domains", ())]
    return {**told, "domains": domains}


@pytest.mark.parametrize("stores", ["dublin", "hamar"])
def test_the_same_description_declares_the_same_on_both_clouds(stores: str) -> None:
    dublin, hamar = _declared("dublin", stores), _declared("hamar", stores)
    for (component, name, intent), other in zip(sorted(dublin, key=str), sorted(hamar, key=str), strict=True):
        assert (component, name) == other[:2]
        if component != "AuditorAccess":
            assert json.dumps(intent, sort_keys=True) == json.dumps(other[2], sort_keys=True)
