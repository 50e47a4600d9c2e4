"""The rules of a gateway are the ones that the auditor signed: on both clouds, and refuted when they are others."""

import base64
import copy
import dataclasses
import json
from datetime import date, timedelta
from functools import cache, reduce
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clover.controls.case import Case
from clover.controls.questions import questions
from clover.controls.run import cases
from clover.controls.verdict import Answer, Basis, Outcome
from clover.sources.world import read_world
from clover.zones import attestation
from clover.zones.attestation import Attestations, Gateway
from tests.data import first_preview, state

DAY = date(2026, 11, 1)
KEY = Ed25519PrivateKey.generate()
PUBLIC = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()
SITES = ("dublin", "hamar")
Change = tuple[str, str, Any]
"""The end of a URN, the path of a property, and what it becomes."""

OTHER_RULES: dict[str, list[Change]] = {
    "dublin": [
        ("egress-rules", "ruleGroup/rulesSource/rulesString", "pass ip any any -> any any (sid:1; rev:1;)"),
        ("egress-rules", "ruleGroup/ruleVariables/ipSets/0/ipSet/definitions", ["10.16.0.0/17"]),
        ("egress-policy", "firewallPolicy/statefulDefaultActions", ["aws:drop_established"]),
        ("egress-policy", "firewallPolicy/statefulEngineOptions/streamExceptionPolicy", "REJECT"),
        ("egress-dns-allowed", "domains", ["ocsp.certificates.example.org"]),
        ("egress-dns-blocked", "domains", ["*.example.net"]),
        ("egress-dns-allow", "action", "ALERT"),
        ("egress-dns-block", "priority", 50),
        ("egress-dns-fails-closed", "firewallFailOpen", "ENABLED"),
    ],
    "hamar": [
        ("egress-rules", "ruleCollections/0/rules/0/targetFqdns", ["*.example.com"]),
        ("egress-rules", "ruleCollections/1/action/type", "Allow"),
        ("egress-policy", "threatIntelMode", "Alert"),
        ("egress-policy", "dnsSettings/enableProxy", False),
        ("egress-workload-security", "securityRules/0/access", "Allow"),
        ("egress-endpoints-security", "securityRules/1/priority", 4000),
        ("egress-dns-allowed-1-domains", "domains", ["."]),
        ("egress-dns-blocked", "dnsSecurityRuleState", "Disabled"),
    ],
}


def case_of(export: Any, tmp_path: Path) -> Case:
    file = tmp_path / "world.json"
    file.write_text(json.dumps(export))
    (found,) = cases(read_world([file]), None, DAY)
    return found


def asked(case: Case, attestations: Attestations) -> Answer:
    real = dataclasses.replace(case, attestations=attestations, basis=Basis.DECLARED)
    (answer,) = questions(case.site.cloud)["NET-7"](real)
    return answer


def signed(**instead: Any) -> Attestations:
    said: dict[str, Any] = {
        "zone": "europe",
        "site": "dublin",
        "rule_set_digest": published("dublin"),
        "attested_on": DAY,
        "valid_until": DAY + timedelta(days=365),
        **instead,
    }
    gateway = Gateway(**said)
    return Attestations(PUBLIC, {gateway.site: attestation.signed(gateway, PUBLIC, KEY.sign)})


@cache
def published(site: str) -> str:
    """What the component itself computed before anything was deployed, and the stack handed out."""
    found = next(each for each in state(site)["deployment"]["resources"] if each["type"] == "pulumi:pulumi:Stack")
    return found["outputs"]["egress"]["rule_set_digest"]


@pytest.mark.parametrize("site", SITES)
def test_the_rules_that_the_auditor_signed_are_proved(site: str, tmp_path: Path):
    case = case_of(state(site), tmp_path)
    answer = asked(case, signed(site=site, rule_set_digest=published(site)))
    assert answer.outcome is Outcome.PROVED
    assert {ground.urn for ground in answer.rests_on} <= set(case.resources.by_urn)
    assert len({ground.urn for ground in answer.rests_on}) > 5


@pytest.mark.parametrize(
    ("site", "change"),
    [(site, change) for site in SITES for change in OTHER_RULES[site]],
    ids=lambda each: str(each)[:60],
)
def test_other_rules_are_refuted(site: str, change: Change, tmp_path: Path):
    name, path, to = change
    export = copy.deepcopy(state(site))
    resource = next(each for each in export["deployment"]["resources"] if each["urn"].endswith(f"::{name}"))
    for held in (resource["inputs"], resource["outputs"]):
        *steps, end = (int(step) if step.isdigit() else step for step in path.split("/"))
        inner: Any = reduce(lambda found, step: found[step], steps, held)
        assert inner[end] != to
        inner[end] = to
    answer = asked(case_of(export, tmp_path), signed(site=site, rule_set_digest=published(site)))
    assert answer.outcome is Outcome.REFUTED
    assert answer.counterexample
    assert answer.counterexample["value"] != published(site)
    assert "signed other rules" in answer.reason


@pytest.mark.parametrize(
    ("instead", "says"),
    [
        ({"site": "hamar"}, "has signed no rules of this site"),
        ({"zone": "us"}, "is about site dublin of zone us"),
        ({"attested_on": DAY + timedelta(days=1)}, "counts from 2026-11-02"),
        ({"valid_until": DAY - timedelta(days=1), "attested_on": date(2026, 1, 1)}, "to 2026-10-31, not on 2026-11-01"),
        ({"rule_set_digest": "00" * 32}, "signed other rules"),
    ],
)
def test_a_signature_of_something_else_is_none(instead: dict[str, Any], says: str, tmp_path: Path):
    answer = asked(case_of(state(), tmp_path), signed(**instead))
    assert answer.outcome is Outcome.REFUTED
    assert says in answer.reason


def test_one_sites_signature_moved_to_another_is_none(tmp_path: Path):
    moved = Attestations(PUBLIC, {"dublin": signed(site="hamar").envelopes["hamar"]})
    answer = asked(case_of(state(), tmp_path), moved)
    assert answer.outcome is Outcome.REFUTED
    assert "is about site hamar" in answer.reason


def test_a_forged_signature_is_none(tmp_path: Path):
    other = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    answer = asked(case_of(state(), tmp_path), Attestations(other, signed().envelopes))
    assert answer.outcome is Outcome.REFUTED
    assert "not of the auditor's key" in answer.reason


@pytest.mark.parametrize("site", SITES)
def test_without_a_key_the_auditor_has_to_attest(site: str, tmp_path: Path):
    answer = asked(case_of(state(site), tmp_path), Attestations())
    assert answer.outcome is Outcome.ASSUMED
    assert "auditor attests" in answer.reason


@pytest.mark.parametrize("site", SITES)
def test_rules_that_are_not_known_yet_are_unknown(site: str, tmp_path: Path):
    answer = asked(case_of(first_preview(site), tmp_path), signed(site=site, rule_set_digest=published(site)))
    assert answer.outcome in {Outcome.UNKNOWN, Outcome.PROVED}
    assert answer.outcome is not Outcome.REFUTED
