"""The types through which data leaves, and the properties that name where to, are those of the pinned SDK."""

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from clover.model.aws import locations

FOLDER = Path(locations.__file__).parent
MOVERS: dict[str, Any] = yaml.safe_load((FOLDER / "movers.yaml").read_text(encoding="utf-8"))
DOORS: dict[str, Any] = yaml.safe_load((FOLDER / "network_doors.yaml").read_text(encoding="utf-8"))["doors"]
TYPES = sorted({*DOORS, *(kind for part in MOVERS.values() for kind in part)})


def source(kind: str) -> str:
    """The SDK's text of a type; the file is found by the type's own token."""
    spec = find_spec("pulumi_aws")
    assert spec is not None
    assert spec.origin is not None
    module, file = kind.split(":")[1].split("/")
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", file).lower()
    folder = Path(spec.origin).parent / (f"{module}_" if module == "lambda" else module).lower()
    found = [each for each in folder.glob("*.py") if each.stem.replace("_", "") == name.replace("_", "")]
    return found[0].read_text(encoding="utf-8") if found else ""


@pytest.mark.parametrize("kind", TYPES)
def test_a_type_is_one_of_the_sdk(kind: str):
    assert f"'{kind}'" in source(kind) or f'"{kind}"' in source(kind)


@pytest.mark.parametrize("kind", [kind for kind, row in MOVERS["copies"].items() if row.get("to")])
def test_where_a_copy_goes_is_a_property_of_the_sdk(kind: str):
    text = source(kind)
    for path in MOVERS["copies"][kind]["to"]:
        first = re.sub(r"(?<!^)(?=[A-Z])", "_", path.partition(".")[0].removesuffix("[]")).lower()
        assert f'"{first}"' in text, path
