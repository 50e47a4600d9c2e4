"""The policies of the residency controls decide what they are written for."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.logic.evaluator_cases import ACCOUNT, Json, allowing, decision

FOLDER = Path(__file__).parent / "controls"
TABLE: Json = yaml.safe_load((FOLDER / "cases.yaml").read_text())
GRANT = allowing()


def _policies(name: str) -> Json:
    """The named document where it belongs, beside full identity and, for organisation policies, full access."""
    control = json.loads((FOLDER / f"{name}.json").read_text())
    kinds: dict[str, Any] = {
        "rcp": {"rcp": [[allowing("*")], [allowing("*"), control]]},
        "relays": {"scp": [[GRANT], [GRANT, control]]},
    }
    return {"identity": [GRANT]} | kinds.get(name, {"resource": control})


@pytest.mark.parametrize("row", TABLE["cases"], ids=lambda row: row["why"].replace(" ", "-"))
def test_a_control_decides(row: Json) -> None:
    asked = {
        "principal": TABLE["callers"].get(row["by"], row["by"]),
        "action": row["does"],
        "resource": TABLE["resources"][row["to"]],
        "resource_account": ACCOUNT,
        "context": TABLE["contexts"][row["from"]],
    }
    assert decision(asked, _policies(row["under"])) == row["expected"]
