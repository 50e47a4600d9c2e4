"""Pages of sites where something fails, has expired, is excepted, is approved, or is not there yet."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from clover.dossier.layout import STATEMENT
from tests.data import FIRST_PREVIEW, HAMAR_FIRST_PREVIEW, STATE, state
from tests.dossier.asking import report
from tests.dossier.reading import Page
from tests.dossier.worlds import edited, without_statement

ZONES = Path(__file__).parents[2] / "zones"
EXCEPTION = """exceptions:
  - id: E-1
    control: RES-P1
    resource: profiles-bucket
    legal_basis: A sample of a legal basis
    owner: operator
    destination: US
    expires: 2026-12-24"""
APPROVAL = """third_country_access:
  - country: US
    data_class: allowable
    basis: standard-contractual-clauses
    reference: Commission Implementing Decision (EU) 2021/914
    owner: operator
    expires: 2027-01-01"""


def _page(folder: Path, plan: Path, day: str = "2026-11-01", *words: str) -> str:
    report(plan, folder / "made", day, {}, *words)
    text = (folder / "made" / "index.html").read_text(encoding="utf-8")
    assert Page(text).open == []
    return text


def _row(page: str, section: str, begins: str) -> str:
    _, _, after = page.partition(f'id="{section}"')
    return re.findall(rf'<tr[^>]*><th scope="row">{begins}.*?</tr>', after, re.DOTALL)[0]


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """Dublin without the statement that keeps reads of profiles inside."""
    spoiled: Any = edited(state("dublin"), "profiles-policy", without_statement("DataOnlyViaSiteEndpoints"))
    (tmp_path / "broken.json").write_text(json.dumps(spoiled))
    return tmp_path / "broken.json"


def test_what_fails_is_told_with_its_counterexample_and_its_fix(tmp_path: Path, broken: Path) -> None:
    page = _page(tmp_path, broken)
    row = _row(page, "dublin-RES-P1", "profiles-bucket")
    for told in ("refuted", "Counterexample", "may call s3:", "Smallest fix", "Pulumi.dublin.yaml:18"):
        assert told in row, told
    assert "Not shown: a caller of the access register reads" in page
    assert "reads, writes, lists names from anywhere" in page
    assert "What is not proved need not be tampered with." in row


def test_an_exception_and_an_approval_stand_in_their_registers(tmp_path: Path, broken: Path) -> None:
    shutil.copytree(ZONES, tmp_path / "zones")
    zone = tmp_path / "zones" / "europe.yaml"
    text = zone.read_text(encoding="utf-8").replace("exceptions: []", EXCEPTION)
    zone.write_text(text.replace("third_country_access: []", APPROVAL), encoding="utf-8")
    page = _page(tmp_path, broken, "2026-11-01", "--zone", str(zone))
    assert "A sample of a legal basis" in _row(page, "exceptions", "E-1")
    assert "excepted" in _row(page, "dublin-RES-P1", "profiles-bucket")
    assert "2021/914" in _row(page, "access", "US")


def test_a_given_that_has_expired_is_marked_and_nothing_leans_on_it(tmp_path: Path) -> None:
    page = _page(tmp_path, STATE, "2029-01-01")
    row = _row(page, "foundation", r"F-A2\.7")
    assert "does not count on this day" in row
    assert "0 claims" in row


@pytest.mark.parametrize("plan", [FIRST_PREVIEW, HAMAR_FIRST_PREVIEW], ids=["dublin", "hamar"])
def test_a_site_that_is_not_there_yet_has_pages_of_what_is_unknown(tmp_path: Path, plan: Path) -> None:
    page = _page(tmp_path, plan)
    assert "preview of a change" in page
    assert "not known" in page
    site = json.loads((tmp_path / "made" / STATEMENT).read_bytes())["predicate"]["sites"][0]
    assert site["source_written"] is None


def test_a_stack_of_nothing_has_pages_without_a_single_proof(tmp_path: Path) -> None:
    root = next(one for one in state("dublin")["deployment"]["resources"] if one["type"] == "pulumi:pulumi:Stack")
    (tmp_path / "empty.json").write_text(json.dumps({"version": 3, "deployment": {"resources": [root]}}))
    page = _page(tmp_path, tmp_path / "empty.json")
    assert '<b class="v proved">' not in page.partition('id="controls"')[2].partition('id="exceptions"')[0]
    assert "stopped</span>" not in page


def test_a_live_reading_has_the_stores_that_its_tags_tell(tmp_path: Path) -> None:
    """What a reading lacks are components; the same state without them stands for one."""
    seen = state("dublin")
    held: list[Any] = seen["deployment"]["resources"]
    root = next(one for one in held if one["type"] == "pulumi:pulumi:Stack")
    gone = {one["urn"] for one in held if one["type"].startswith("clover-aws:")}
    kept = [one for one in held if one["urn"] not in gone]
    for one in kept:
        one["parent"] = root["urn"] if one.get("parent") in gone else one.get("parent")
        one["dependencies"] = []
    seen["deployment"]["resources"] = kept
    seen["observed"] = {"caller": "auditor", "lab": False, "gaps": []}
    (tmp_path / "observed.json").write_text(json.dumps(seen))
    page = _page(tmp_path, tmp_path / "observed.json")
    assert "Observed: read from the live cloud." in page
    assert "live reading" in page
    assert "restricted" in _row(page, "site-dublin", "profiles-bucket")
    assert "Nobody, as far as requests go" in page
