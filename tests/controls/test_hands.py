"""A hand that has several providers gives nobody rights in a subscription through the provider of another."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from clover.controls.run import prove
from clover.controls.verdict import Outcome
from clover.sources import read_world
from tests.data import state
from tests.mutants.site import DAY, ROOT

HAMARS_COPIES = "/subscriptions/00000000-0000-0000-0000-000000000511"
WORKSPACE = "/subscriptions/00000000-0000-0000-0000-000000000410"
STRANGER = "99999999-0000-0000-0000-000000000001"
BLOB_OWNER = "/providers/Microsoft.Authorization/roleDefinitions/b7e6dc6d-f1e8-4753-8033-0f276bb0955b"
"""https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/storage"""


def _assignment(resources: list[dict[str, Any]], provider: str, scope: str) -> dict[str, Any]:
    """A role over everything in `scope` for a stranger, deployed through the provider of that name."""
    through = next(each for each in resources if each["urn"].endswith(f"providers:azure-native::{provider}"))
    said = {
        "scope": scope,
        "principalId": STRANGER,
        "principalType": "ServicePrincipal",
        "roleDefinitionId": BLOB_OWNER,
    }
    kind = "azure-native:authorization:RoleAssignment"
    return {
        "urn": f"{through['urn'].partition('::pulumi:providers')[0]}::{kind}::stranger",
        "custom": True,
        "type": kind,
        "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{STRANGER}",
        "provider": f"{through['urn']}::{through['id']}",
        "inputs": {**said, "roleAssignmentName": STRANGER},
        "outputs": {**said, "name": STRANGER},
    }


@pytest.mark.parametrize(
    ("stack", "provider", "scope"),
    [
        ("backups", "dublin2-backups", HAMARS_COPIES),
        ("backups", "hamar-backups", HAMARS_COPIES),
        ("hamar", "hamar-copies", HAMARS_COPIES),
        ("hamar", "hamar", HAMARS_COPIES),
        ("auditor", "dublin2", WORKSPACE),
    ],
)
def test_a_stranger_s_role_is_seen_through_whichever_provider_it_is_given(
    stack: str, provider: str, scope: str, tmp_path: Path
) -> None:
    export = state(stack)
    resources = export["deployment"]["resources"]
    resources.append(_assignment(resources, provider, scope))
    file = tmp_path / f"{stack}.state.json"
    file.write_text(json.dumps(export))
    (proof,) = prove(read_world([file]), str(ROOT / "zones" / "europe.yaml"), DAY).sites
    refuted = [each for each in proof.verdicts if each.verdict is Outcome.REFUTED]
    assert any(re.search(f"stranger|{STRANGER}", f"{each.reason} {each.counterexample}") for each in refuted)
