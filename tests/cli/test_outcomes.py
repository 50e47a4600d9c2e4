"""What a user reads where something fails, is open, is excepted or is somebody else's: words, places, fixes, codes."""

import json
from pathlib import Path
from typing import Any

import pytest

from clover.cli import main
from tests.cli.test_prove import DAY, OWN, Captured, refused, saved, without_encryption
from tests.controls.plans import Plan
from tests.data import FIRST_PREVIEW, HAMAR_STATE, file_of, state
from tests.dossier.worlds import edited, without_statement
from tests.zones import own_evidence

EXCEPTION = """exceptions:
  - id: E-1
    control: KEY-1
    resource: {resource}
    legal_basis: A sample of a legal basis
    owner: operator
    destination: IE
    expires: 2026-12-24"""
STORE = "urn:pulumi:own-evidence::clover::clover-aws:index:RegionLockedStore$aws:s3/bucket:Bucket::profiles-bucket"


def told(words: list[str], capsys: Captured) -> tuple[int, list[str]]:
    code = main(words)
    return code, capsys.readouterr().out.splitlines()


def zone_with(exception: str, folder: Path) -> str:
    """The zone of a site that keeps its records itself, with one exception."""
    zone = own_evidence.written(folder)
    zone.write_text(zone.read_text(encoding="utf-8").replace("exceptions: []", exception), encoding="utf-8")
    return str(zone)


def test_a_failure_says_what_is_violated_where_and_how_to_mend_it(tmp_path: Path, capsys: Captured) -> None:
    code, lines = told(
        ["prove", saved(tmp_path, without_encryption(state(own_evidence.STACK))), "--zone", OWN[2], *DAY], capsys
    )
    assert code == 1
    assert lines[:-1] == [
        "own-evidence: refuted: Every store lies under a key of its site (holds) for profiles-bucket: "
        "profiles-bucket has no encryption of its own: S3's own keys are used",
        "    serverSideEncryption = null; allowed: aws:kms under a key of the site",
        "    declared at Pulumi.own-evidence.yaml:18",
        "    fix: Set the store's default encryption to the ARN or URI of the site's key.",
        "    KEY-1.holds@own-evidence/profiles-bucket",
    ]
    assert ", 1 refuted, " in lines[-1]


def test_a_request_is_shown_with_all_that_aws_sets_together(tmp_path: Path, capsys: Captured) -> None:
    spoiled: Any = edited(state(), "profiles-policy", without_statement("DataOnlyViaSiteEndpoints"))
    code, lines = told(["prove", saved(tmp_path, spoiled), *DAY], capsys)
    assert code == 1
    shown = next(line for line in lines if line.startswith("    arn:aws:iam::111122223333:role/"))
    assert "aws:VpceAccount=111122223333" in shown
    assert "aws:SourceVpce=vpce-" in shown


def test_what_is_open_stands_in_one_list_for_each_control(capsys: Captured) -> None:
    code, lines = told(["prove", str(FIRST_PREVIEW), *DAY], capsys)
    assert code == 2
    main(["prove", str(FIRST_PREVIEW), "--format", "json", *DAY])
    found = json.loads(capsys.readouterr().out)["verdicts"]
    text = "\n".join(lines)
    assert all(each["id"] in text for each in found if each["verdict"] == "unknown")
    beginnings = [line for line in lines if line.startswith("dublin: unknown: ")]
    assert len(beginnings) < sum(each["verdict"] == "unknown" for each in found) / 2
    assert "    fix: Name a region of the zone, or take the resource out. Or prove the state after the update." in lines


def test_what_is_excepted_is_shown_with_its_owner_and_is_three_when_strict(tmp_path: Path, capsys: Captured) -> None:
    plan = saved(tmp_path, without_encryption(state(own_evidence.STACK)))
    zone = ["--zone", zone_with(EXCEPTION.format(resource="profiles-bucket"), tmp_path)]
    code, lines = told(["prove", plan, *zone, *DAY], capsys)
    assert code == 0
    assert "exception E-1 of operator, A sample of a legal basis, until 2026-12-24" in lines[0]
    assert lines[-1].endswith(", 1 excepted, 3 disclosed; lab, not evidence; missing hands: backups, organisation")
    assert main(["prove", plan, *zone, *DAY, "--strict"]) == 3


@pytest.mark.parametrize(("day", "code"), [("2026-12-24", 0), ("2026-12-25", 1)])
def test_an_exception_ends_with_its_last_day(day: str, code: int, tmp_path: Path, capsys: Captured) -> None:
    plan = saved(tmp_path, without_encryption(state(own_evidence.STACK)))
    zone = zone_with(EXCEPTION.format(resource=STORE), tmp_path)
    found, lines = told(["prove", plan, "--zone", zone, "--as-of", day], capsys)
    assert found == code
    assert ("until 2026-12-24: expired)" in lines[0]) is (code == 1)


@pytest.mark.parametrize("resource", ["media-bucket", "profiles", "bucket", STORE.replace("own-evidence", "hamar")])
def test_an_exception_covers_nothing_else(resource: str, tmp_path: Path) -> None:
    plan = saved(tmp_path, without_encryption(state(own_evidence.STACK)))
    assert main(["prove", plan, "--zone", zone_with(EXCEPTION.format(resource=resource), tmp_path), *DAY]) == 1


def test_an_exception_never_covers_what_is_open(tmp_path: Path) -> None:
    zone = zone_with(EXCEPTION.format(resource="profiles-bucket"), tmp_path)
    assert main(["prove", str(file_of(own_evidence.STACK, "first")), "--zone", zone, *DAY]) == 2


def test_one_site_fails_and_the_other_keeps_its_line(tmp_path: Path, capsys: Captured) -> None:
    failing = saved(tmp_path, without_encryption(state()))
    together = told(["prove", failing, str(HAMAR_STATE), *DAY], capsys)
    apart = told(["prove", failing, *DAY], capsys)[1] + told(["prove", str(HAMAR_STATE), *DAY], capsys)[1]
    assert together == (1, apart)


def test_a_plan_of_somebody_else_needs_a_zone_and_is_judged_by_it(tmp_path: Path, capsys: Captured) -> None:
    plan = Plan("aws", {"region": "us-east-1", "allowedAccountIds": '["111122223333"]'})
    path = str(plan.add("aws:s3/bucket:Bucket", "photos", {"bucket": "photos"}).saved(tmp_path))
    refused(["prove", path], "names no zone: say --zone", capsys)
    code, lines = told(["prove", path, "--zone", "europe", *DAY], capsys)
    assert code == 1
    assert lines[0].startswith("prod: refuted: Every location lies in the zone (holds) for default: ")
    assert any(line.startswith("prod: refuted: Data is read through the site's own network only") for line in lines)
    nothing = [line for line in lines if line.endswith("so nothing says whether it holds, 13 times")]
    assert len(nothing) == 1
    assert "    NET-1.holds@prod: Every path out passes the gateway" in lines


def test_an_explanation_quotes_the_statements_and_who_vouches_for_the_givens(capsys: Captured) -> None:
    identifier = "RES-P1.tamper@own-evidence/profiles-bucket"
    code, lines = told(["explain", *OWN, "--id", identifier, *DAY], capsys)
    assert code == 0
    assert lines[0] == f"{identifier}: proved"
    assert any(
        line.startswith('rests on: F-A2.2: RootDoesNothing: {"Sid": "RootDoesNothing", "Effect": "Deny", ')
        for line in lines
    )
    assert any("::profiles-policy: ZoneAccountsOnly: {" in line for line in lines)
    given = next(line for line in lines if line.startswith("given: F-A2.2: "))
    assert given.endswith("(foundation/scp-root.json, attested by auditor on 2026-10-01, valid until 2027-10-01)")
    assert "changeable by: arn:aws:iam::111122223333:role/clover/deployer" in lines


def test_an_explanation_of_what_fails_shows_the_request(tmp_path: Path, capsys: Captured) -> None:
    spoiled: Any = edited(state(), "profiles-policy", without_statement("DataOnlyViaSiteEndpoints"))
    words = ["explain", saved(tmp_path, spoiled), "--id", "RES-P1.holds@dublin/profiles-bucket", *DAY]
    code, lines = told(words, capsys)
    assert code == 1
    assert any(line.startswith("counterexample: arn:aws:iam::111122223333:role/") for line in lines)
