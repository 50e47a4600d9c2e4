"""Historic data lands at a site as the zone and its stack file say."""

import json

from infra import program
from tests.components.azure.answers import created
from tests.infra.test_program import ROOT, engine_values
from tests.recorder import World, run

ASSIGNED = "azure-native:authorization:RoleAssignment"


def hamar(*landings: str) -> World:
    """The site of the project's own files, with a landing for each name."""
    values = engine_values(ROOT / "Pulumi.hamar.yaml")
    kept = [store for store in json.loads(values["clover:stores"]) if store.get("role") != "intake"]
    added = [{"name": name, "class": "restricted", "role": "intake"} for name in landings]
    values["clover:stores"] = json.dumps([*kept, *added])
    return run(lambda: program.deploy(ROOT, "hamar", values), created, stack_name="hamar")


def test_landings_of_a_site_share_a_role() -> None:
    world = hamar("accounts", "messages")
    adding = world.one("azure-native:authorization:RoleDefinition", "landing-adding").inputs
    (permission,) = adding["permissions"]
    assert permission["dataActions"] == ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action"]
    assert permission["actions"] == []
    for landing in ("accounts", "messages"):
        held = world.one(ASSIGNED, f"{landing}-writer").inputs
        assert held["roleDefinitionId"].endswith(f"/{adding['roleDefinitionId']}")
        assert held["condition"] == "(@Environment[UtcNow] DateTimeLessThan '2027-07-01T00:00:00.000Z')"


def test_without_a_landing_nobody_may_add() -> None:
    assert "LandingRole" not in {one.type.rpartition(":")[2] for one in hamar().all()}
