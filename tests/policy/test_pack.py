"""The pack as the engine sees it: what it says of itself, and what it says of stacks in every condition."""

import copy
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from clover.cli import main
from clover.controls.catalogue import controls
from clover.sources.values import SECRET, SENTINELS, SIGNATURE
from tests.data import FOLDER, first_preview, state
from tests.policy.engine import LEVELS, PACK, mandatory
from tests.policy.stacks import DAY, JUDGED, States, named, pack, put, states
from tests.zones import own_evidence

UNKNOWN = min(SENTINELS)
OTHERS = (FOLDER / "auditor.state.json", FOLDER / "organisation.state.json")


def first(site: str = "dublin") -> States:
    """The stack of a site that does not exist yet, as the engine knows it at the end of a preview."""
    found = [copy.deepcopy(step["newState"]) for step in first_preview(site)["steps"]]
    for each in found:
        each["outputs"] = {**each.get("inputs", {}), **({"arn": UNKNOWN} if each.get("custom") else {})}
        each["id"] = UNKNOWN
    return found


def test_there_is_one_mandatory_policy_a_control_with_its_words() -> None:
    told = {policy.name: policy for policy in pack().info().policies}
    assert told.keys() - controls().keys() == {"inputs-are-seen", JUDGED, "unknown-until-made"}
    for control in controls().values():
        policy = told[control.id]
        assert policy.enforcementLevel == LEVELS.MANDATORY
        assert policy.policy_type == LEVELS.POLICY_TYPE_STACK
        assert (policy.displayName, policy.description) == (control.title, control.statement)
        assert policy.remediation_steps.startswith(control.fix)
        for name, items in control.frameworks.items():
            assert {f"{name}:{item}" for item in items} <= set(policy.tags)
        assert policy.framework.name == next(iter(control.frameworks), "")
    assert told[JUDGED].enforcementLevel == LEVELS.MANDATORY


def test_the_pack_says_which_runtime_it_needs() -> None:
    told = yaml.safe_load((PACK / "PulumiPolicy.yaml").read_text(encoding="utf-8"))
    assert told["runtime"]["name"] == "python"


@pytest.mark.parametrize("site", own_evidence.SITES)
def test_a_site_that_holds_is_left_alone(site: str) -> None:
    assert pack(zone=str(own_evidence.file())).stack(states(site)) == []


@pytest.mark.parametrize("hand", ["auditor", "organisation"])
def test_another_hands_stack_that_holds_is_left_alone(hand: str) -> None:
    assert pack().stack(states(hand)) == []


def test_a_site_leans_on_the_stacks_that_are_told_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second Irish site keeps its records in the auditor's vault: without the auditor's stack nothing says so."""
    alone = mandatory(pack().stack(states("dublin2")))
    assert alone
    assert all(": unknown: " in message for messages in alone.values() for message in messages)
    monkeypatch.setenv("CLOVER_BESIDE", os.pathsep.join(map(str, OTHERS)))
    assert pack().stack(states("dublin2")) == []
    monkeypatch.delenv("CLOVER_BESIDE")
    assert pack(beside=list(map(str, OTHERS))).stack(states("dublin2")) == []


def test_a_stack_beside_itself_is_refused() -> None:
    said = mandatory(pack(beside=[str(FOLDER / "dublin.state.json")]).stack(states()))
    assert list(said) == [JUDGED]
    assert "and so is the engine" in said[JUDGED][0]


def test_a_violation_is_told_in_the_words_of_prove(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export, zone = state(own_evidence.STACK), str(own_evidence.file())
    put(named(export["deployment"]["resources"], "media-bucket"), "region", "us-east-1")
    file = tmp_path / "state.json"
    file.write_text(json.dumps(export), encoding="utf-8")
    assert main(["prove", str(file), "--zone", zone, "--as-of", DAY]) == 1
    proved = capsys.readouterr().out.splitlines()[:-1]
    said = pack(zone=zone).stack(export["deployment"]["resources"])
    told = [line for messages in mandatory(said).values() for message in messages for line in message.split("\n")]
    assert sorted(told) == sorted(proved)
    assert any(line.strip() == "RES-1.holds@own-evidence/media-bucket" for line in told)
    assert {each.urn.rpartition("::")[2] for each in said if each.policyName == "RES-1"} == {"media-bucket"}


@pytest.mark.parametrize(
    ("name", "path"),
    [("profiles-policy", "policy"), ("media-bucket", "region"), ("user-data-key", "policy"), ("dublin", "region")],
)
def test_what_is_unknown_stops_the_run_and_is_no_advice(name: str, path: str) -> None:
    found = states()
    put(named(found, name), path, UNKNOWN)
    said = pack().stack(found)
    assert mandatory(said)
    assert {each.enforcementLevel for each in said} == {LEVELS.MANDATORY}
    assert all("unknown" in each.message for each in said)


def test_an_unknown_inside_a_list_is_as_unknown() -> None:
    found = states()
    put(named(found, "egress-endpoint-s3"), "routeTableIds", ["rtb-1", UNKNOWN])
    assert mandatory(pack().stack(found))


def test_a_first_preview_is_stopped_unless_it_may_wait() -> None:
    assert sum(map(len, mandatory(pack().stack(first())).values())) > 50
    said = pack(firstPreview="advise").stack(first())
    assert mandatory(said) == {}
    (told,) = said
    assert (told.policyName, told.enforcementLevel) == ("unknown-until-made", LEVELS.ADVISORY)
    assert re.search(r"dublin: \d\d+ verdicts are unknown until it has been made: \d+ of RES-1", told.message)


def test_a_first_preview_that_may_wait_is_still_stopped_by_what_is_known() -> None:
    found = first()
    put(named(found, "media-bucket"), "region", "us-east-1")
    told = mandatory(pack(firstPreview="advise").stack(found))
    assert "RES-1.holds@dublin/media-bucket" in told["RES-1"][0]


def test_a_site_that_is_there_may_not_wait() -> None:
    found = states()
    put(named(found, "profiles-policy"), "policy", UNKNOWN)
    assert mandatory(pack(firstPreview="advise").stack(found))


CANARY = "canary-3141"


def secret(value: Any) -> dict[str, Any]:
    return {SIGNATURE: SECRET, "value": value}


def test_a_secret_is_not_read_and_not_told() -> None:
    found = states()
    policy = named(found, "profiles-policy")
    text = policy["inputs"]["policy"].replace("TlsOnly", CANARY).replace('"Deny"', '"Allow"')
    put(policy, "policy", secret(text))
    put(named(found, "media-bucket"), "region", secret(CANARY))
    said = pack().stack(found)
    told = mandatory(said)
    assert any("profiles" in message and "unknown" in message for messages in told.values() for message in messages)
    assert CANARY not in "".join(each.message for each in said)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"zone": "atlantis"}, "zone 'atlantis' has no file"),
        ({"zone": "nowhere/europe.yaml"}, "nowhere/europe.yaml"),
        ({"site": "atlantis"}, "atlantis"),
        ({"asOf": "tomorrow"}, "not a day"),
        ({"firstPreview": "ignore"}, "known: advise"),
    ],
)
def test_what_cannot_be_judged_stops_the_run_with_one_line(settings: dict[str, str], told: str) -> None:
    said = mandatory(pack(**settings).stack(states()))
    assert list(said) == [JUDGED]
    assert told in said[JUDGED][0]
    assert "\n" not in said[JUDGED][0]


def test_a_stack_that_names_no_zone_is_told_how_to_name_one(monkeypatch: pytest.MonkeyPatch) -> None:
    found = anybodys(states(own_evidence.STACK))
    (message,) = mandatory(pack().stack(found))[JUDGED]
    assert "CLOVER_ZONE" in message
    monkeypatch.setenv("CLOVER_ZONE", str(own_evidence.file()))
    assert mandatory(pack().stack(found)) == {}


def test_a_stack_of_anybodys_is_judged_by_the_zone_that_the_policy_is_given() -> None:
    found = anybodys(states())
    put(named(found, "media-bucket"), "region", "us-east-1")
    said = mandatory(pack(zone="europe", site="dublin").stack(found))
    assert "RES-1.holds@dublin/media-bucket" in said["RES-1"][0]


def anybodys(found: States) -> States:
    """The same resources without Clover's components and what they say of the site."""
    kept = [each for each in found if not each["type"].startswith("clover-")]
    for each in kept:
        each["parent"] = kept[0]["urn"] if each is not kept[0] else None
    kept[0]["outputs"] = {}
    return kept


def test_a_resource_of_no_known_type_stops_the_run() -> None:
    found = states()
    strange = {**named(found, "media-bucket"), "type": "aws:quantum/store:Store"}
    strange["urn"] = "urn:pulumi:dublin::clover::aws:quantum/store:Store::odd"
    assert "RES-5" in mandatory(pack().stack([*found, strange]))


def test_an_empty_stack_is_not_judged() -> None:
    assert "holds no resource" in mandatory(pack().stack([]))[JUDGED][0]


def test_each_run_is_judged_afresh() -> None:
    one = pack(zone=str(own_evidence.file()))
    good, bad = states(own_evidence.STACK), states(own_evidence.STACK)
    put(named(bad, "media-bucket"), "region", "us-east-1")
    assert [bool(mandatory(one.stack(found))) for found in (good, bad, good)] == [False, True, False]


def broken(*_: Any) -> Any:
    raise RuntimeError("out of order")


@pytest.mark.parametrize("where", ["clover.controls.run.prove_cases", "clover.sources.registered.registered_world"])
def test_a_pack_that_fails_stops_the_run(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    monkeypatch.setattr(where, broken)
    (message,) = mandatory(pack().stack(states()))[JUDGED]
    assert "RuntimeError: out of order" in message


def test_a_control_that_throws_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    from clover.controls import decide

    asked: Callable[..., dict[str, Any]] = decide.questions  # pyright: ignore[reportAssignmentType]

    def questions(cloud: Any, *hand: Any) -> dict[str, Any]:
        return {**asked(cloud, *hand), "RES-1": broken}

    monkeypatch.setattr(decide, "questions", questions)
    assert "the rule failed: RuntimeError" in mandatory(pack().stack(states()))["RES-1"][0]
