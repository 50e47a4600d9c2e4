"""The OSCAL files are what NIST's own model takes, whatever the plan says, and the bill of materials is CycloneDX.

NIST's schemas lie in tests/data/oscal, which says where from; compliance-trestle's classes are generated from them.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from trestle.oscal import OSCAL_VERSION as KNOWN
from trestle.oscal.assessment_results import AssessmentResults
from trestle.oscal.catalog import Catalog
from trestle.oscal.component import ComponentDefinition

from clover.dossier.oscal import OSCAL_VERSION
from tests.data import FOLDER, STACKS, file_of
from tests.dossier.asking import report
from tests.dossier.hostile import SPOILED

SCHEMAS = FOLDER / "oscal"
FILES: dict[str, tuple[str, Any]] = {
    "catalog": ("oscal_catalog_schema.json", Catalog),
    "component-definition": ("oscal_component_schema.json", ComponentDefinition),
    "assessment-results": ("oscal_assessment-results_schema.json", AssessmentResults),
}
LETTERS = {"\\p{L}": "a-zA-Z\u00c0-\uffff", "\\p{N}": "0-9"}
"""What Python's expressions lack, near enough for the names that are written."""


@pytest.fixture(scope="module", params=[*STACKS, "all", "tags and reasons", "every text", "policies", "a name: lines"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The OSCAL files of a dossier of each stack, of all of them, and of hostile ones."""
    made = tmp_path_factory.mktemp("oscal")
    asked = STACKS if request.param == "all" else (request.param,)
    plans = [file_of(stack) for stack in asked if stack in STACKS] or [made / "plan.json"]
    if request.param in SPOILED:
        plans[0].write_text(json.dumps(SPOILED[request.param]("hamar")), encoding="utf-8")
    report(plans[0], made / "made", "2026-11-01", {}, *map(str, plans[1:]))
    return made / "made" / "oscal"


@pytest.mark.parametrize("name", FILES)
def test_trestle_takes_it(folder: Path, name: str) -> None:
    _, model = FILES[name]
    content = json.loads((folder / f"{name}.json").read_bytes())[name]
    assert content["metadata"]["oscal-version"] == OSCAL_VERSION
    assert OSCAL_VERSION.split(".")[:2] == KNOWN.split(".")[:2]
    read = model.oscal_read(folder / f"{name}.json")
    assert read is not None
    assert json.loads(read.oscal_serialize_json())[name]["uuid"] == content["uuid"]


@cache
def _schema(file: str) -> Any:
    """The validator of a file of NIST's, its expressions in Python's words."""
    text = (SCHEMAS / file).read_text(encoding="utf-8")
    for letter, those in LETTERS.items():
        escaped = letter.replace("\\", "\\\\")
        text = re.sub(r"(\[[^\]]*)" + re.escape(escaped), lambda found, those=those: found[1] + those, text)
        text = text.replace(escaped, f"[{those}]")
    return jsonschema.Draft7Validator(json.loads(text))


@pytest.mark.parametrize("name", FILES)
def test_the_schema_of_nist_takes_it(folder: Path, name: str) -> None:
    content = json.loads((folder / f"{name}.json").read_bytes())
    _schema(FILES[name][0]).validate(content)


SPOILS: dict[str, tuple[str, Any]] = {
    "no uuid": ("uuid", "none"),
    "no title": ("metadata", {}),
    "a member that the model lacks": ("verdicts", []),
}


@pytest.mark.parametrize("spoil", SPOILS)
@pytest.mark.parametrize("name", FILES)
def test_the_schema_of_nist_refuses_what_is_none(made: Path, name: str, spoil: str) -> None:
    content = json.loads((made / "second" / "oscal" / f"{name}.json").read_bytes())
    member, value = SPOILS[spoil]
    content[name][member] = value
    assert list(_schema(FILES[name][0]).iter_errors(content))


@pytest.mark.parametrize("name", FILES)
def test_the_schema_is_of_the_version_that_the_files_name(name: str) -> None:
    """Files name the version that they were written to; a later patch of it takes them too."""
    version = _schema(FILES[name][0]).schema["$id"].split("/")[-2]
    assert version.split(".")[:2] == OSCAL_VERSION.split(".")[:2]
    assert [int(part) for part in version.split(".")] >= [int(part) for part in OSCAL_VERSION.split(".")]


def test_the_bill_of_materials_is_cyclonedx(made: Path) -> None:
    validation: Any = pytest.importorskip("cyclonedx.validation.json", reason="cyclonedx-python-lib is not installed")
    schema: Any = pytest.importorskip("cyclonedx.schema")
    text = (made / "second" / "sbom.cdx.json").read_text(encoding="utf-8")
    assert validation.JsonStrictValidator(schema.SchemaVersion.V1_6).validate_str(text) is None
    parts = {one["name"] for one in json.loads(text)["components"]}
    assert {"cryptography", "jinja2", "msgspec", "pyyaml", "securesystemslib"} <= parts
